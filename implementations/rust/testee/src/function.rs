//! The functions of the vocabulary.

use std::error::Error;

use crate::adapter::Refusal;
use crate::failure::{BoxError, Failure};
use crate::leaf::ORDERED;
use crate::protocol::Happening;
use crate::value::State;
use crate::world::World;

/// One function of the vocabulary, such as `append:a`. Each use is reported before it takes effect.
#[derive(Clone)]
pub struct Function {
    world: World,
    text: String,
    word: Word,
}

#[derive(Debug, Clone, PartialEq)]
enum Word {
    Append(String),
    Fail(String),
    Wrap(String),
    Recover(String),
    Accept,
    Reject(String),
    RejectIf { request: String, kind: String },
    Call(usize),
    See,
    Panic,
}

impl Function {
    pub(crate) fn parse(world: &World, text: &str) -> Result<Self, Refusal> {
        if text.is_empty() || text == "nil" {
            return Err(Refusal::refused("function", "in Rust a function cannot be missing"));
        }
        match Word::parse(text) {
            Some(word) => Ok(Function {
                world: world.clone(),
                text: text.to_owned(),
                word,
            }),
            None => Err(Refusal::unsupported(&format!("function {text}"))),
        }
    }

    /// Applies the function to the outcome of a call.
    pub fn on_result<E>(&self, result: Result<String, E>) -> Result<String, BoxError>
    where
        E: Into<BoxError>,
    {
        let result = result.map_err(Into::into);
        self.report(&match &result {
            Ok(value) => value.clone(),
            Err(error) => self.world.error_text(&**error as &(dyn Error + 'static)),
        });
        self.apply(result)
    }

    /// Applies the function to a request or a response that it may reject or fail.
    pub fn fallible(&self, value: String) -> Result<String, BoxError> {
        self.on_result(Ok::<_, BoxError>(value))
    }

    /// Applies the function to a request or a response.
    ///
    /// # Panics
    ///
    /// If the function is one that fails.
    pub fn map(&self, value: String) -> String {
        self.fallible(value)
            .unwrap_or_else(|error| panic!("{} cannot map: {error}", self.text))
    }

    /// Applies the function to the text of a state. The handle stays.
    ///
    /// # Panics
    ///
    /// If the function is one that fails.
    pub fn map_state(&self, mut state: State) -> State {
        state.text = self.map(state.text);
        state
    }

    /// Applies the function to an error.
    ///
    /// # Panics
    ///
    /// If the function is one that recovers.
    pub fn map_error<E>(&self, error: E) -> BoxError
    where
        E: Into<BoxError>,
    {
        match self.on_result(Err(error)) {
            Ok(response) => panic!("{} made the response {response:?} of an error", self.text),
            Err(mapped) => mapped,
        }
    }

    /// Reports that the function was given `input`, or a call that has no outcome yet if that is empty, and does nothing else.
    pub fn report(&self, input: &str) {
        self.world.log(Happening::Applied {
            function: self.text.clone(),
            input: input.to_owned(),
        });
    }

    /// What the function makes of a result, without a report.
    pub fn apply(&self, result: Result<String, BoxError>) -> Result<String, BoxError> {
        let failure = |kind: &str, cause| Err(Failure::new(kind, cause).into());
        match (&self.word, result) {
            (Word::Append(text), Ok(value)) => Ok(format!("{value}>{text}")),
            (Word::Fail(kind), Ok(_)) => failure(kind, None),
            (Word::Wrap(kind), Err(cause)) => failure(kind, Some(cause)),
            (Word::Recover(response), Err(_)) => Ok(response.clone()),
            (Word::Reject(kind), _) => failure(kind, None),
            (Word::RejectIf { request, kind }, Ok(value)) if value == *request => failure(kind, None),
            (Word::Panic, _) => panic!("{ORDERED} this function to panic"),
            (_, unchanged) => unchanged,
        }
    }

    /// How often `call:N` calls, or `None` for any other function.
    pub fn times(&self) -> Option<usize> {
        match self.word {
            Word::Call(times) => Some(times),
            _ => None,
        }
    }
}

impl Word {
    fn parse(text: &str) -> Option<Self> {
        let (name, argument) = text.split_once(':').unwrap_or((text, ""));
        let given = (!argument.is_empty()).then(|| argument.to_owned());
        match name {
            "append" => given.map(Word::Append),
            "fail" => given.map(Word::Fail),
            "wrap" => given.map(Word::Wrap),
            "recover" => given.map(Word::Recover),
            "reject" => given.map(Word::Reject),
            "see" => given.map(|_| Word::See),
            "call" => argument.parse().ok().map(Word::Call),
            "reject-if" => {
                let (request, kind) = argument.split_once(':')?;
                Some(Word::RejectIf {
                    request: request.to_owned(),
                    kind: kind.to_owned(),
                })
            }
            "accept" if given.is_none() => Some(Word::Accept),
            "panic" if given.is_none() => Some(Word::Panic),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn world() -> World {
        World::new(|_| None, crate::clock::Clock::Virtual)
    }

    fn outcome(text: &str, result: Result<&str, &str>) -> Result<String, Vec<String>> {
        let world = world();
        let function = world.function(text).expect("a function of the vocabulary");
        let result = result
            .map(str::to_owned)
            .map_err(|kinds| BoxError::from(Failure::chain(kinds)));
        function.on_result(result).map_err(|error| world.kinds(&*error))
    }

    fn good(text: &str) -> Result<String, Vec<String>> {
        Ok(text.to_owned())
    }

    fn bad(kinds: &[&str]) -> Result<String, Vec<String>> {
        Err(kinds.iter().map(|kind| (*kind).to_owned()).collect())
    }

    #[test]
    fn each_word_does_what_it_says() {
        assert_eq!(outcome("append:a", Ok("r")), good("r>a"));
        assert_eq!(outcome("append:a", Err("boom")), bad(&["boom"]));
        assert_eq!(outcome("fail:x", Ok("r")), bad(&["x"]));
        assert_eq!(outcome("fail:x", Err("boom")), bad(&["boom"]));
        assert_eq!(outcome("wrap:x", Ok("r")), good("r"));
        assert_eq!(outcome("wrap:x", Err("boom<spark")), bad(&["x", "boom", "spark"]));
        assert_eq!(outcome("recover:fine", Err("boom")), good("fine"));
        assert_eq!(outcome("accept", Ok("r")), good("r"));
        assert_eq!(outcome("reject:x", Ok("r")), bad(&["x"]));
        assert_eq!(outcome("reject-if:r:x", Ok("r")), bad(&["x"]));
        assert_eq!(outcome("reject-if:r:x", Ok("s")), good("s"));
    }

    #[test]
    fn a_use_is_reported_with_its_input() {
        let world = world();
        let function = world.function("wrap:x").expect("a function");
        drop(function.map_error(Failure::chain("boom<spark")));
        let events: Vec<_> = world.take_events().into_iter().map(|event| event.what).collect();
        assert_eq!(
            events,
            [Happening::Applied {
                function: "wrap:x".into(),
                input: "error:boom<spark".into()
            }]
        );
    }

    #[test]
    fn what_is_not_in_the_vocabulary_is_not_supported() {
        for text in [
            "append",
            "append:",
            "reject-if:r",
            "panic:now",
            "teleport:a",
            "call:often",
        ] {
            assert!(
                matches!(world().function(text), Err(Refusal::Unsupported { .. })),
                "{text}"
            );
        }
        assert!(matches!(world().function("nil"), Err(Refusal::Refused { .. })));
    }
}
