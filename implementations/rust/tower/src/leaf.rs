//! The scripted leaf as a service of tower.

use std::pin::Pin;
use std::task::{Context, Poll};

use plumbline_testee::{BoxError, Exchange, Leaf, Readiness};
use tower::Service;

/// A handle on the leaf. A clone has a readiness check of its own.
pub struct TowerLeaf {
    leaf: Leaf,
    check: Option<Readiness>,
}

impl TowerLeaf {
    pub fn new(leaf: Leaf) -> Self {
        TowerLeaf { leaf, check: None }
    }
}

impl Clone for TowerLeaf {
    fn clone(&self) -> Self {
        TowerLeaf::new(self.leaf.clone())
    }
}

impl Service<String> for TowerLeaf {
    type Response = String;
    type Error = BoxError;
    type Future = Answer;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), BoxError>> {
        let leaf = &self.leaf;
        let check = self.check.get_or_insert_with(|| leaf.ready());
        let polled = Pin::new(check).poll(cx);
        if polled.is_ready() {
            self.check = None;
        }
        polled.map_err(Into::into)
    }

    fn call(&mut self, request: String) -> Answer {
        Answer(self.leaf.call(request))
    }
}

/// The leaf's answer, with the error type that tower's own layers use.
pub struct Answer(Exchange);

impl Future for Answer {
    type Output = Result<String, BoxError>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        Pin::new(&mut self.0).poll(cx).map_err(Into::into)
    }
}
