//! Puts tower under check: translates the layers of a script into those of `ServiceBuilder`, and calls of a script into calls of a
//! `tower::Service`. What a trace shows is tower's own.
//!
//! - A caller is a clone of the service. An invocation is `ServiceExt::oneshot` on a clone made for it.
//! - Some of tower's services cannot be cloned (`RateLimit`, `SpawnReady`, and whatever is around them). Such a service has one
//!   caller, who uses the one value; no further one is made, and layers that ask for `Clone` are not put around it.

mod call;
mod layers;
mod leaf;
mod retry;
mod service;

use std::error::Error;

use plumbline_testee::{Adapter, Composed, Layer, Refusal, Statement, World};

struct Tower;

impl Adapter for Tower {
    fn compose(&self, world: &World, layers: &[Layer]) -> Result<Box<dyn Composed>, Refusal> {
        Ok(Box::new(call::Composition(layers::compose(world, layers)?)))
    }

    fn kind(error: &(dyn Error + 'static)) -> Option<&'static str> {
        if error.is::<tower::timeout::error::Elapsed>() {
            Some("elapsed")
        } else if error.is::<tower::load_shed::error::Overloaded>() {
            Some("overloaded")
        } else if error.is::<tower::buffer::error::ServiceError>() {
            Some("buffer-failed")
        } else if error.is::<tower::buffer::error::Closed>() {
            Some("closed")
        } else {
            None
        }
    }
}

fn main() -> std::io::Result<()> {
    plumbline_testee::serve(&Statement::parse(include_str!("../statement.yaml")), Tower)
}
