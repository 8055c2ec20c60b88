//! The scripted leaf as a service of rama.

use plumbline_testee::{BoxError, Leaf, State};
use rama_core::{Context, Service};

use crate::context::Carried;

pub struct RamaLeaf(pub Leaf);

impl Service<State, String> for RamaLeaf {
    type Response = String;
    type Error = BoxError;

    async fn serve(&self, context: Context<State>, request: String) -> Result<String, BoxError> {
        Ok(self.0.call_in(Carried(context), request).await?)
    }
}
