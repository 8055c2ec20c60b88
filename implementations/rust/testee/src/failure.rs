//! Errors that come from the script, and the kinds along a chain of causes.

use std::error::Error;
use std::fmt;

/// The error type that most of the Rust ecosystem's stacks can carry.
pub type BoxError = Box<dyn Error + Send + Sync>;

/// An error of a kind that the script names: from a leaf, or from a function of the vocabulary.
#[derive(Debug)]
pub struct Failure {
    kind: String,
    cause: Option<BoxError>,
}

impl Failure {
    /// An error of that kind, because of `cause`.
    pub fn new(kind: &str, cause: Option<BoxError>) -> Self {
        Failure {
            kind: kind.to_owned(),
            cause,
        }
    }

    /// The error of a chain of kinds as a script writes it, `KIND<CAUSE`, outermost first.
    pub fn chain(kinds: &str) -> Self {
        match kinds.split_once('<') {
            None => Failure::new(kinds, None),
            Some((kind, causes)) => Failure::new(kind, Some(Box::new(Failure::chain(causes)))),
        }
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.cause {
            None => f.write_str(&self.kind),
            Some(cause) => write!(f, "{}: {cause}", self.kind),
        }
    }
}

impl Error for Failure {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        self.cause.as_ref().map(|cause| &**cause as &(dyn Error + 'static))
    }
}

/// Names one link of a chain of causes by the words of the specification, or says that it does not know it.
pub(crate) type Kind = fn(&(dyn Error + 'static)) -> Option<&'static str>;

/// How many links a chain is followed. No stack of the suite is as deep by far; an error that is its own cause is.
const LONGEST: usize = 64;

/// The kinds along the chain of causes, outermost first. A link that nobody knows adds nothing; a chain in which nobody knows
/// any link is `unrecognised`. A chain that leads back to itself, and so has no
/// end, is what it repeats and `endless`.
pub(crate) fn kinds(error: &(dyn Error + 'static), kind: Kind) -> Vec<String> {
    let mut kinds = Vec::new();
    let mut link = Some(error);
    let mut followed = 0;
    while let Some(error) = link {
        if let Some(own) = error.downcast_ref::<Failure>() {
            kinds.push(own.kind.clone());
        } else if let Some(known) = kind(error) {
            kinds.push(known.to_owned());
        }
        link = error.source();
        followed += 1;
        if followed == LONGEST {
            kinds.dedup();
            kinds.push("endless".to_owned());
            break;
        }
    }
    if kinds.is_empty() {
        kinds.push("unrecognised".to_owned());
    }
    kinds
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_chain_is_read_outermost_first() {
        let failure = Failure::chain("outer<middle<inner");
        assert_eq!(kinds(&failure, |_| None), ["outer", "middle", "inner"]);
        assert_eq!(failure.to_string(), "outer: middle: inner");
    }

    #[test]
    fn a_link_that_only_the_adapter_knows_counts() {
        let foreign = std::io::Error::other(Failure::chain("boom"));
        assert_eq!(
            kinds(&foreign, |error| error.is::<std::io::Error>().then_some("elapsed")),
            ["elapsed"]
        );
    }

    #[test]
    fn an_error_that_is_its_own_cause_is_endless() {
        #[derive(Debug)]
        struct Ouroboros;
        impl fmt::Display for Ouroboros {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("because")
            }
        }
        impl Error for Ouroboros {
            fn source(&self) -> Option<&(dyn Error + 'static)> {
                Some(self)
            }
        }
        assert_eq!(kinds(&Ouroboros, |_| Some("overloaded")), ["overloaded", "endless"]);
    }

    #[test]
    fn a_chain_that_nobody_knows_is_unrecognised() {
        assert_eq!(kinds(&std::fmt::Error, |_| None), ["unrecognised"]);
    }
}
