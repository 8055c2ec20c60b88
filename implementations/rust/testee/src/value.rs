//! The values that contexts carry: the state, and the types of the vocabulary of extensions.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use serde::{Deserialize, Serialize};

/// The state that a context carries: a plain text, and a handle that the clones of a state share.
#[derive(Debug, Clone, Default)]
pub struct State {
    /// The plain text.
    pub text: String,
    /// The shared handle.
    pub shared: Shared,
}

impl State {
    /// A state of that text, with a handle of its own on 0.
    pub fn new(text: &str) -> Self {
        State {
            text: text.to_owned(),
            shared: Shared::default(),
        }
    }
}

/// A shared handle on an integer: clones refer to the same one.
#[derive(Debug, Clone, Default)]
pub struct Shared(Arc<AtomicI64>);

impl Shared {
    pub(crate) fn read(&self) -> i64 {
        self.0.load(Ordering::Relaxed)
    }

    pub(crate) fn write(&self, number: i64) {
        self.0.store(number, Ordering::Relaxed);
    }
}

/// A type of the vocabulary, by its name in the script. [`with_type!`](crate::with_type) leads to the Rust type.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[allow(missing_docs)]
pub enum Type {
    Number,
    Text,
    Name,
    Flag,
    Marker,
    OptionalText,
    Counter,
    HiddenText,
}

impl Type {
    pub(crate) const ALL: [Type; 8] = [
        Type::Number,
        Type::Text,
        Type::Name,
        Type::Flag,
        Type::Marker,
        Type::OptionalText,
        Type::Counter,
        Type::HiddenText,
    ];
}

/// Evaluates an expression with a name for the Rust type that corresponds to a [`Type`]: `with_type!(typ, T => context.get::<T>())`.
#[macro_export]
macro_rules! with_type {
    ($typ:expr, $T:ident => $use:expr) => {
        $crate::with_type!(@ $typ, $T => $use,
            Number: i64, Text: String, Name: $crate::Name, Flag: bool, Marker: $crate::Marker,
            OptionalText: Option<String>, Counter: $crate::Shared, HiddenText: Box<dyn $crate::Hidden>)
    };
    (@ $typ:expr, $T:ident => $use:expr, $($name:ident: $rust:ty),+) => {
        match $typ {
            $($crate::Type::$name => {
                type $T = $rust;
                $use
            })+
        }
    };
}

/// A type of which a context carries a value, and the text form of its values.
pub trait Extension: Clone + Default + Send + Sync + 'static {
    /// Reads a text form.
    ///
    /// # Errors
    ///
    /// If it is none, which is the script's mistake.
    fn parse(text: &str) -> Result<Self, String>;

    /// The text form.
    fn form(&self) -> String;

    /// Changes the value in place: for a shared handle, what it refers to.
    ///
    /// # Errors
    ///
    /// As for [`parse`](Extension::parse).
    fn write(&mut self, text: &str) -> Result<(), String> {
        *self = Self::parse(text)?;
        Ok(())
    }
}

pub(crate) fn parse_number(text: &str) -> Result<i64, String> {
    text.parse().map_err(|error| format!("{text:?} is no number: {error}"))
}

impl Extension for i64 {
    fn parse(text: &str) -> Result<Self, String> {
        parse_number(text)
    }

    fn form(&self) -> String {
        self.to_string()
    }
}

impl Extension for String {
    fn parse(text: &str) -> Result<Self, String> {
        Ok(text.to_owned())
    }

    fn form(&self) -> String {
        self.clone()
    }
}

/// A newtype of a text.
#[derive(Debug, Clone, Default)]
pub struct Name(String);

impl Extension for Name {
    fn parse(text: &str) -> Result<Self, String> {
        Ok(Name(text.to_owned()))
    }

    fn form(&self) -> String {
        self.0.clone()
    }
}

impl Extension for bool {
    fn parse(text: &str) -> Result<Self, String> {
        text.parse()
            .map_err(|error| format!("{text:?} is no truth value: {error}"))
    }

    fn form(&self) -> String {
        self.to_string()
    }
}

/// A type with one value.
#[derive(Debug, Clone, Default)]
pub struct Marker;

impl Extension for Marker {
    fn parse(_: &str) -> Result<Self, String> {
        Ok(Marker)
    }

    fn form(&self) -> String {
        "marker".to_owned()
    }
}

impl Extension for Option<String> {
    fn parse(text: &str) -> Result<Self, String> {
        match text.strip_prefix("some:") {
            Some(value) => Ok(Some(value.to_owned())),
            None if text == "none" => Ok(None),
            None => Err(format!("{text:?} is no option of a text")),
        }
    }

    fn form(&self) -> String {
        match self {
            Some(value) => format!("some:{value}"),
            None => "none".to_owned(),
        }
    }
}

impl Extension for Shared {
    fn parse(text: &str) -> Result<Self, String> {
        let made = Shared::default();
        made.write(parse_number(text)?);
        Ok(made)
    }

    fn form(&self) -> String {
        self.read().to_string()
    }

    fn write(&mut self, text: &str) -> Result<(), String> {
        Shared::write(self, parse_number(text)?);
        Ok(())
    }
}

/// A text behind an interface. The interface is the static type: `Box<dyn Hidden>`.
pub trait Hidden: Send + Sync {
    /// The text.
    fn text(&self) -> String;
}

impl Hidden for String {
    fn text(&self) -> String {
        self.clone()
    }
}

impl Clone for Box<dyn Hidden> {
    fn clone(&self) -> Self {
        Box::new(self.text())
    }
}

impl Default for Box<dyn Hidden> {
    fn default() -> Self {
        Box::new(String::new())
    }
}

impl Extension for Box<dyn Hidden> {
    fn parse(text: &str) -> Result<Self, String> {
        Ok(Box::new(text.to_owned()))
    }

    fn form(&self) -> String {
        self.text()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_type_reads_what_it_writes() {
        let forms = ["7", "a", "b", "true", "marker", "some:c", "8", "d"];
        for (typ, text) in Type::ALL.into_iter().zip(forms) {
            let form = with_type!(typ, T => T::parse(text).map(|value| value.form()));
            assert_eq!(form.as_deref(), Ok(text), "{typ:?}");
        }
        assert_eq!(
            Option::<String>::parse("none").map(|value| value.form()),
            Ok("none".to_owned())
        );
    }

    #[test]
    fn what_is_no_text_form_is_the_scripts_mistake() {
        for (typ, text) in [
            (Type::Number, "one"),
            (Type::Flag, "yes"),
            (Type::OptionalText, "some"),
            (Type::Counter, ""),
        ] {
            assert!(with_type!(typ, T => T::parse(text).is_err()), "{typ:?}");
        }
    }

    #[test]
    fn a_write_to_a_counter_shows_in_its_clones() {
        let mut counter = Shared::default();
        let clone = counter.clone();
        Extension::write(&mut counter, "7").expect("a number");
        assert_eq!(clone.form(), "7");
    }
}
