//! Puts ntex-service under check, with those services of ntex-util that correspond to layers. What a trace shows is their own.
//!
//! - A service is a `Pipeline` and a caller is a `PipelineBinding` of it. An invocation is `call`, a call alone is `call_nowait`.
//! - The readiness check of a binding lives in the binding, and nothing but dropping the binding ends it. So a caller that gives
//!   its check up drops its binding and goes on with a clone.
//! - A layer is a `Middleware`, or a combinator around what is inside. The hook of a shutdown is a service of its own, in front
//!   of the one that it watches.
//! - The services of ntex-util that take time read the machine's clock, and wait for a thread that does: futures-timer's, whatever the
//!   runtime. That cannot be made to stand still, so they are checked by a program of their own, whose clock is real.

mod binding;
mod factory;
mod layers;
mod leaf;
mod retry;

use std::error::Error;
use std::rc::Rc;

use ntex_service::{Pipeline, boxed};
use ntex_util::services::{buffer::BufferServiceError, timeout::TimeoutError};
use plumbline_testee::{Adapter, BoxError, Composed, Factory, Layer, Leaf, Refusal, Service, Stack, World};

/// A service of whatever layers.
type AnyService = boxed::BoxService<String, String, BoxError>;

/// The adapter.
pub struct Ntex {
    /// Whether the services that take time are there.
    pub timed: bool,
}

impl Adapter for Ntex {
    fn compose(&self, world: &World, layers: &[Layer]) -> Result<Box<dyn Composed>, Refusal> {
        self.takes(layers)?;
        Ok(Box::new(Composition(
            (!layers.is_empty())
                .then(|| layers::compose(world, layers))
                .transpose()?,
        )))
    }

    fn factory(&self, world: &World, stack: &Stack) -> Result<Rc<dyn Factory>, Refusal> {
        self.takes(&stack.layers)?;
        Ok(Rc::new(factory::Opened::new(factory::factory(world, stack)?)))
    }

    fn kind(error: &(dyn Error + 'static)) -> Option<&'static str> {
        // Only what the buffer and the time-out themselves say remains inside these types; other errors are taken out of them.
        if error.is::<BufferServiceError<BoxError>>() {
            Some("cancelled")
        } else if error.is::<TimeoutError<BoxError>>() {
            Some("elapsed")
        } else if error.is::<layers::Idle>() {
            Some("idle")
        } else {
            None
        }
    }
}

impl Ntex {
    /// Refuses layers that take time where those are not there.
    fn takes(&self, layers: &[Layer]) -> Result<(), Refusal> {
        for layer in layers {
            if !self.timed && matches!(layer.name.as_str(), "timeout" | "keep-alive") {
                return Err(Refusal::unsupported(&layer.name));
            }
            self.takes(&layer.layers)?;
            if let Some(second) = &layer.service {
                self.takes(&second.layers)?;
            }
        }
        Ok(())
    }
}

/// Layers that wait for a leaf, if there are any.
struct Composition(Option<layers::AnyLayer>);

impl Composed for Composition {
    fn apply(&self, leaf: Leaf) -> Result<Rc<dyn Service>, Refusal> {
        let leaf = leaf::NtexLeaf(leaf);
        Ok(Rc::new(match &self.0 {
            None => binding::Opened::new(Pipeline::new(leaf)),
            Some(layers) => layers.open(boxed::service(leaf)),
        }))
    }
}
