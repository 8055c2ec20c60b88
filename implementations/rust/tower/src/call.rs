//! Callers: clones of a service, or the one value of a service that cannot be cloned.

use std::cell::RefCell;
use std::rc::Rc;

use plumbline_testee::{BoxError, Caller, Composed, Leaf, Pending, Refusal, Service as Opened};
use tokio::sync::Mutex;
use tower::{Layer, Service, ServiceExt};

use crate::leaf::TowerLeaf;
use crate::service::{AnyLayer, AnyService, Boxable, Cloneable, Single};

/// Layers that wait for a leaf.
pub struct Composition(pub AnyLayer);

impl Composed for Composition {
    fn apply(&self, leaf: Leaf) -> Result<Rc<dyn Opened>, Refusal> {
        Ok(match self.0.layer(Ok(TowerLeaf::new(leaf).cloneable()))? {
            AnyService::Cloneable(service) => Rc::new(Clones(service)),
            AnyService::Single(service) => Rc::new(OneValue(RefCell::new(Some(service)))),
        })
    }
}

/// A service whose callers are clones.
struct Clones(Cloneable);

impl Opened for Clones {
    fn caller(&self) -> Result<Rc<dyn Caller>, Refusal> {
        Ok(Rc::new(Clone {
            handle: Handle::new(self.0.clone()),
            origin: self.0.clone(),
        }))
    }
}

/// A service that has one handle, which goes to its first caller.
struct OneValue(RefCell<Option<Single>>);

impl Opened for OneValue {
    fn caller(&self) -> Result<Rc<dyn Caller>, Refusal> {
        match self.0.borrow_mut().take() {
            Some(service) => Ok(Rc::new(Owner(Handle::new(service)))),
            None => Err(Refusal::unsupported(
                "a second caller of a service that cannot be cloned",
            )),
        }
    }
}

/// A handle that operations of one caller use in turn, since tower asks for exclusive use of it. An answer is awaited without it.
struct Handle<S>(Rc<Mutex<S>>);

impl<S> Handle<S>
where
    S: Service<String, Response = String, Error = BoxError> + 'static,
{
    fn new(service: S) -> Self {
        Handle(Rc::new(Mutex::new(service)))
    }

    fn ready(&self) -> Pending<()> {
        let handle = Rc::clone(&self.0);
        Box::pin(async move { handle.lock().await.ready().await.map(drop) })
    }

    fn call(&self, request: String) -> Pending<String> {
        let handle = Rc::clone(&self.0);
        Box::pin(async move {
            let answer = handle.lock().await.call(request);
            drop(handle);
            answer.await
        })
    }

    fn invoke(&self, request: String) -> Pending<String> {
        let handle = Rc::clone(&self.0);
        Box::pin(async move {
            let answer = handle.lock().await.ready().await?.call(request);
            drop(handle);
            answer.await
        })
    }
}

struct Clone {
    handle: Handle<Cloneable>,
    /// Never made ready, so that what is cloned of it is as fresh as any clone.
    origin: Cloneable,
}

impl Caller for Clone {
    fn invoke(&self, request: String) -> Pending<String> {
        Box::pin(self.origin.clone().oneshot(request))
    }

    fn ready(&self) -> Option<Pending<()>> {
        Some(self.handle.ready())
    }

    fn call(&self, request: String) -> Option<Pending<String>> {
        Some(self.handle.call(request))
    }
}

struct Owner(Handle<Single>);

impl Caller for Owner {
    fn invoke(&self, request: String) -> Pending<String> {
        self.0.invoke(request)
    }

    fn ready(&self) -> Option<Pending<()>> {
        Some(self.0.ready())
    }

    fn call(&self, request: String) -> Option<Pending<String>> {
        Some(self.0.call(request))
    }
}
