//! Callers: bindings of a pipeline.

use std::cell::RefCell;
use std::future::poll_fn;
use std::rc::{Rc, Weak};
use std::task::Poll;

use ntex_service::{Pipeline, PipelineBinding};
use plumbline_testee::{BoxError, Caller, Pending, Refusal, Service};

/// A pipeline of whatever service, as a handle that makes no calls.
pub struct Opened(Box<dyn Fn() -> Rc<dyn Caller>>);

impl Opened {
    pub fn new<S: Texts>(pipeline: Pipeline<S>) -> Self {
        Opened(Box::new(move || {
            Rc::new(Bound(Rc::new(RefCell::new(Rc::new(pipeline.clone().bind())))))
        }))
    }
}

impl Service for Opened {
    fn caller(&self) -> Result<Rc<dyn Caller>, Refusal> {
        Ok((self.0)())
    }
}

/// What services of scripts have in common.
pub trait Texts: ntex_service::Service<String, Response = String, Error = BoxError> + 'static {}

impl<S> Texts for S where S: ntex_service::Service<String, Response = String, Error = BoxError> + 'static {}

type Binding<S> = PipelineBinding<S, String>;

/// A caller, and the binding that it uses at present.
struct Bound<S: Texts>(Rc<RefCell<Rc<Binding<S>>>>);

impl<S: Texts> Bound<S> {
    fn binding(&self) -> Rc<Binding<S>> {
        Rc::clone(&self.0.borrow())
    }
}

impl<S: Texts> Caller for Bound<S> {
    fn invoke(&self, request: String) -> Pending<String> {
        Box::pin(self.binding().call(request))
    }

    fn ready(&self) -> Option<Pending<()>> {
        // The check is the binding's and goes with it, so that a caller who has left checks nothing.
        let mut check = Check {
            caller: Rc::downgrade(&self.0),
            binding: Rc::downgrade(&self.binding()),
            ended: false,
        };
        Some(Box::pin(poll_fn(move |cx| {
            let polled = check
                .binding
                .upgrade()
                .map_or(Poll::Pending, |binding| binding.poll_ready(cx));
            check.ended = polled.is_ready();
            polled
        })))
    }

    fn call(&self, request: String) -> Option<Pending<String>> {
        Some(Box::pin(self.binding().call_nowait(request)))
    }

    fn poll(&self) -> Option<Pending<()>> {
        let binding = self.binding();
        Some(Box::pin(poll_fn(move |cx| Poll::Ready(binding.poll(cx)))))
    }

    fn shutdown(&self) -> Option<Pending<()>> {
        let binding = self.binding();
        Some(Box::pin(poll_fn(move |cx| binding.poll_shutdown(cx).map(Ok))))
    }
}

/// A readiness check that a caller has begun.
struct Check<S: Texts> {
    caller: Weak<RefCell<Rc<Binding<S>>>>,
    binding: Weak<Binding<S>>,
    ended: bool,
}

impl<S: Texts> Drop for Check<S> {
    fn drop(&mut self) {
        if let (false, Some(caller), Some(binding)) = (self.ended, self.caller.upgrade(), self.binding.upgrade()) {
            let mut current = caller.borrow_mut();
            if Rc::ptr_eq(&current, &binding) && !binding.is_shutdown() {
                *current = Rc::new((*binding).clone());
            }
        }
    }
}
