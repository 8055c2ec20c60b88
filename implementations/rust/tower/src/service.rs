//! Services and layers whose types are known when the script is.
//!
//! Each layer of a stack is a type of its own in Rust. A script's stack is known at run time, and so each layer's service is put into one
//! of tower's own boxes, which forward readiness and calls.

use std::rc::Rc;

use plumbline_testee::{BoxError, Refusal};
use tower::util::{BoxCloneService, BoxService};
use tower::{Layer, Service};

/// A service that can be cloned, boxed.
pub type Cloneable = BoxCloneService<String, String, BoxError>;

/// A service that cannot be cloned, boxed.
pub type Single = BoxService<String, String, BoxError>;

/// A service of whatever layers.
pub enum AnyService {
    Cloneable(Cloneable),
    Single(Single),
}

/// What is asked of a service so that it can be boxed.
pub trait Boxable:
    Service<String, Response = String, Error = BoxError, Future: Send + 'static> + Send + Sized + 'static
{
    /// The service as one that has a single handle.
    fn single(self) -> AnyService {
        AnyService::Single(BoxService::new(self))
    }

    /// The service as one that can be cloned.
    fn cloneable(self) -> AnyService
    where
        Self: Clone,
    {
        AnyService::Cloneable(BoxCloneService::new(self))
    }
}

impl<S> Boxable for S where
    S: Service<String, Response = String, Error = BoxError, Future: Send + 'static> + Send + 'static
{
}

/// What a layer makes of a service.
pub type Applied = Result<AnyService, Refusal>;

/// A layer of whatever type. It is shared, so that one value can be applied several times.
#[derive(Clone)]
pub struct AnyLayer(Rc<dyn Fn(Applied) -> Applied>);

impl AnyLayer {
    /// The layer that does this to a service.
    pub fn new(apply: impl Fn(AnyService) -> Applied + 'static) -> Self {
        AnyLayer(Rc::new(move |inner| inner.and_then(&apply)))
    }

    /// The layer that tower has composed.
    pub fn of(layer: impl Layer<Applied, Service = Applied> + 'static) -> Self {
        AnyLayer(Rc::new(move |inner| layer.layer(inner)))
    }

    /// A layer whose services can be cloned where those inside can.
    pub fn passing_clone<L>(layer: L) -> Self
    where
        L: Layer<Cloneable, Service: Boxable + Clone> + Layer<Single, Service: Boxable> + 'static,
    {
        AnyLayer::new(move |inner| {
            Ok(match inner {
                AnyService::Cloneable(inner) => layer.layer(inner).cloneable(),
                AnyService::Single(inner) => layer.layer(inner).single(),
            })
        })
    }

    /// A layer whose services cannot be cloned.
    pub fn hiding_clone<L>(layer: L) -> Self
    where
        L: Layer<Cloneable, Service: Boxable> + Layer<Single, Service: Boxable> + 'static,
    {
        AnyLayer::new(move |inner| {
            Ok(match inner {
                AnyService::Cloneable(inner) => layer.layer(inner).single(),
                AnyService::Single(inner) => layer.layer(inner).single(),
            })
        })
    }

    /// A layer that is only for services that can be cloned; `name` says which layer where one cannot.
    pub fn asking_clone<L>(name: &'static str, layer: L) -> Self
    where
        L: Layer<Cloneable, Service: Boxable + Clone> + 'static,
    {
        AnyLayer::new(move |inner| match inner {
            AnyService::Cloneable(inner) => Ok(layer.layer(inner).cloneable()),
            AnyService::Single(_) => Err(Refusal::unsupported(&format!(
                "{name} around a service that cannot be cloned"
            ))),
        })
    }
}

impl Layer<Applied> for AnyLayer {
    type Service = Applied;

    fn layer(&self, inner: Applied) -> Applied {
        (self.0)(inner)
    }
}
