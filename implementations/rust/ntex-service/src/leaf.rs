//! The scripted leaf as a service of ntex.

use std::task::Context;

use ntex_service::{Service, ServiceCtx};
use plumbline_testee::{BoxError, Leaf};

pub struct NtexLeaf(pub Leaf);

impl Service<String> for NtexLeaf {
    type Response = String;
    type Error = BoxError;

    async fn call(&self, request: String, _: ServiceCtx<'_, Self>) -> Result<String, BoxError> {
        Ok(self.0.call(request).await?)
    }

    async fn ready(&self, _: ServiceCtx<'_, Self>) -> Result<(), BoxError> {
        Ok(self.0.ready().await?)
    }

    async fn shutdown(&self) {
        self.0.shutdown().await;
    }

    fn poll(&self, _: &mut Context<'_>) -> Result<(), BoxError> {
        Ok(self.0.poll()?)
    }
}
