//! What an adapter has to implement.

use std::error::Error;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::Pin;
use std::rc::Rc;

use crate::context::AnyContext;
use crate::failure::BoxError;
use crate::leaf::Leaf;
use crate::protocol::{Layer, Stack};
use crate::value::State;
use crate::world::World;

/// An operation under way. To drop it is to give up on it.
pub type Pending<T> = Pin<Box<dyn Future<Output = Result<T, BoxError>>>>;

/// The glue between the suite and one implementation. It keeps nothing between subjects.
pub trait Adapter {
    /// Builds the layers, the first being outermost, into one value that can be applied to a leaf.
    fn compose(&self, world: &World, layers: &[Layer]) -> Result<Box<dyn Composed>, Refusal>;

    /// Builds a factory of the stack's services (feature `factory`).
    fn factory(&self, world: &World, stack: &Stack) -> Result<Rc<dyn Factory>, Refusal> {
        let _ = (world, stack);
        Err(Refusal::unsupported("factory"))
    }

    /// Makes a context with that state, or with the default of the state's type (feature `context`). It is graceful, and so has a
    /// guard, only if that is asked for (feature `guard`).
    fn context(&self, state: Option<State>, graceful: bool) -> Result<AnyContext, Refusal> {
        let _ = (state, graceful);
        Err(Refusal::unsupported("context"))
    }

    /// Names one link of an error's chain by the words of the specification, or returns `None` for a link that it does not
    /// know. It judges that link alone, never its causes.
    fn kind(error: &(dyn Error + 'static)) -> Option<&'static str>
    where
        Self: Sized;
}

/// Layers that wait for a service.
pub trait Composed {
    /// Puts the layers around `leaf`. Applying again makes another service.
    fn apply(&self, leaf: Leaf) -> Result<Rc<dyn Service>, Refusal>;
}

/// A service of the implementation. The suite closes it by dropping it, with its callers.
pub trait Service {
    /// A new caller: a handle of its own.
    fn caller(&self) -> Result<Rc<dyn Caller>, Refusal>;
}

/// Makes calls. Operations of one caller may overlap. To drop it is to leave; what it has begun goes on.
///
/// An operation that an implementation does not have is `None`.
pub trait Caller {
    /// Waits until the service is ready and calls it.
    fn invoke(&self, request: String) -> Pending<String>;

    /// The same with a context that the adapter has made. The call is given it by value: `context` stays the script's own.
    fn invoke_in(&self, context: &AnyContext, request: String) -> Option<Pending<String>> {
        let _ = (context, request);
        None
    }

    /// Waits until the service is ready for this caller.
    fn ready(&self) -> Option<Pending<()>> {
        None
    }

    /// Calls the service without asking for readiness first.
    fn call(&self, request: String) -> Option<Pending<String>> {
        let _ = request;
        None
    }

    /// Lets the service do its background work.
    fn poll(&self) -> Option<Pending<()>> {
        None
    }

    /// Shuts the service down.
    fn shutdown(&self) -> Option<Pending<()>> {
        None
    }
}

/// Makes services.
pub trait Factory {
    /// Makes one.
    fn create(&self, config: String) -> Pending<Rc<dyn Service>>;
}

/// Why something was not built.
#[derive(Debug)]
pub enum Refusal {
    /// The implementation does not have what the script asks for.
    Unsupported {
        /// Usually the name of a layer.
        what: String,
    },
    /// The implementation, or the type of the parameter, rejects a value.
    Refused {
        /// The parameter as scripts write it: `limit`, `function`, ...
        parameter: String,
        /// What the implementation says, for people.
        text: String,
    },
}

impl Refusal {
    /// The implementation does not have `what`.
    pub fn unsupported(what: &str) -> Self {
        Refusal::Unsupported { what: what.to_owned() }
    }

    /// The value of that parameter is rejected.
    pub fn refused(parameter: &str, text: impl ToString) -> Self {
        Refusal::Refused {
            parameter: parameter.to_owned(),
            text: text.to_string(),
        }
    }
}

/// Builds something by an implementation that rejects parameters with a panic. `parameter` finds out which one it was from the
/// panic's message; a panic that it does not know goes on.
pub fn guard<T>(parameter: impl FnOnce(&str) -> Option<&'static str>, build: impl FnOnce() -> T) -> Result<T, Refusal> {
    catch_unwind(AssertUnwindSafe(build)).or_else(|payload| {
        let text = panic_text(&*payload);
        match parameter(&text) {
            Some(parameter) => Err(Refusal::refused(parameter, text)),
            None => std::panic::resume_unwind(payload),
        }
    })
}

/// What a panic said.
pub(crate) fn panic_text(payload: &(dyn std::any::Any + Send)) -> String {
    payload
        .downcast_ref::<String>()
        .cloned()
        .or_else(|| payload.downcast_ref::<&str>().map(|text| (*text).to_owned()))
        .unwrap_or_else(|| "a panic without a text".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_panic_that_is_known_is_a_refusal() {
        let refusal = guard(
            |text| text.contains("bound").then_some("bound"),
            || panic!("bound must not be 0"),
        );
        assert!(matches!(refusal, Err::<(), _>(Refusal::Refused { parameter, .. }) if parameter == "bound"));
    }

    #[test]
    #[should_panic(expected = "something else")]
    fn a_panic_that_is_not_known_goes_on() {
        let _ = guard(|_| None, || panic!("something else"));
    }
}
