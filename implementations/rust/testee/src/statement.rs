//! What an implementation declares about itself, as far as a testee has to say it.

/// The parts of a `statement.yaml` that a testee's greeting repeats.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Statement {
    /// The implementation's name.
    pub implementation: String,
    /// The version that is checked.
    pub version: String,
    /// What it has, by the names of the specification.
    pub features: Vec<String>,
}

impl Statement {
    /// Reads these parts of a statement that is written in the plainest YAML, a key or a list item a line. The suite reads the
    /// whole of it, strictly, and compares.
    pub fn parse(text: &str) -> Self {
        let mut statement = Statement::default();
        let mut in_features = false;
        for line in text.lines() {
            if let Some(feature) = line.trim_start().strip_prefix("- ").filter(|_| in_features) {
                statement.features.push(feature.trim().to_owned());
            } else if let Some((key, value)) = line.split_once(':').filter(|_| !line.starts_with([' ', '#'])) {
                in_features = key == "features";
                match key {
                    "implementation" => statement.implementation = value.trim().to_owned(),
                    "version" => statement.version = value.trim().to_owned(),
                    _ => {}
                }
            }
        }
        statement
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_greeting_repeats_the_statement() {
        let text = "implementation: tower\nversion: 0.5.3\n# people\nfeatures:\n  - reserving\n  - timeout\n\
                    deviations:\n  - requirement: a.b\n    observed: nothing\n";
        let statement = Statement {
            implementation: "tower".into(),
            version: "0.5.3".into(),
            features: vec!["reserving".into(), "timeout".into()],
        };
        assert_eq!(Statement::parse(text), statement);
    }
}
