//! Puts rama-core under check: its services and layers, in the version that has a `Context`. What a trace shows is rama's own.
//!
//! - A service is shared behind an `Arc`, and so are its callers. There is no readiness: a call is `serve`. Every call carries a
//!   `Context`: a clone of the script's, or a fresh one.
//! - A concurrency limit is a `Limit` that backs off while it is full, by the back-off that rama has for a default. With load
//!   shedding right outside it, it is a `Limit` that aborts: in rama the two are one layer.
//! - A matcher is run by the layer that hijacks what matches, which is where rama takes over what a matcher has found.

mod context;
mod layers;
mod leaf;
mod matcher;

use std::error::Error;
use std::rc::Rc;
use std::sync::Arc;

use plumbline_testee::{
    Adapter, AnyContext, BoxError, Caller, Composed, Layer, Leaf, Pending, Refusal, Service as Opened, State,
    Statement, World,
};
use rama_core::layer::limit::policy::LimitReached;
use rama_core::layer::timeout::Elapsed;
use rama_core::service::BoxService;
use rama_core::{Layer as _, Service};

use context::Carried;

/// A service of whatever layers.
type AnyService = BoxService<State, String, String, BoxError>;

struct Rama;

impl Adapter for Rama {
    fn compose(&self, world: &World, layers: &[Layer]) -> Result<Box<dyn Composed>, Refusal> {
        Ok(Box::new(Composition(layers::compose(world, layers)?)))
    }

    fn context(&self, state: Option<State>, graceful: bool) -> Result<AnyContext, Refusal> {
        Ok(AnyContext::new(Carried::new(state, graceful)))
    }

    fn kind(error: &(dyn Error + 'static)) -> Option<&'static str> {
        if error.is::<Elapsed>() {
            Some("elapsed")
        } else if error.is::<LimitReached>() {
            Some("overloaded")
        } else {
            None
        }
    }
}

/// Layers that wait for a leaf.
struct Composition(layers::AnyLayer);

impl Composed for Composition {
    fn apply(&self, leaf: Leaf) -> Result<Rc<dyn Opened>, Refusal> {
        Ok(Rc::new(Shared(Arc::new(self.0.layer(leaf::RamaLeaf(leaf).boxed())))))
    }
}

/// A service, and each of its callers.
struct Shared(Arc<AnyService>);

impl Opened for Shared {
    fn caller(&self) -> Result<Rc<dyn Caller>, Refusal> {
        Ok(Rc::new(Shared(Arc::clone(&self.0))))
    }
}

impl Shared {
    fn serve(&self, context: Carried, request: String) -> Pending<String> {
        let service = Arc::clone(&self.0);
        Box::pin(async move { service.serve(context.0, request).await })
    }
}

impl Caller for Shared {
    fn invoke(&self, request: String) -> Pending<String> {
        self.serve(Carried::new(None, false), request)
    }

    fn invoke_in(&self, context: &AnyContext, request: String) -> Option<Pending<String>> {
        let context: &Carried = context.downcast()?;
        Some(self.serve(context.clone(), request))
    }
}

fn main() -> std::io::Result<()> {
    plumbline_testee::serve(&Statement::parse(include_str!("../statement.yaml")), Rama)
}
