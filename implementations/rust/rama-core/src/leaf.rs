//! The scripted leaf as a service of rama.

use plumbline_testee::{BoxError, Leaf};
use rama_core::{Context, Service};

pub struct RamaLeaf(pub Leaf);

impl Service<(), String> for RamaLeaf {
    type Response = String;
    type Error = BoxError;

    async fn serve(&self, _: Context<()>, request: String) -> Result<String, BoxError> {
        Ok(self.0.call(request).await?)
    }
}
