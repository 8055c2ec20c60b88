//! What a Rust program needs to be checked by Plumbline, apart from the glue to one implementation: the protocol's loop, a
//! clock that stands still, the scripted leaf, and the functions of the vocabulary.
//!
//! An adapter implements [`Adapter`] and ends its `main` with [`serve`]. This one is for a stack that has no layers:
//!
//! ```
//! use std::error::Error;
//! use std::rc::Rc;
//!
//! use plumbline_testee::{Adapter, Caller, Composed, Layer, Leaf, Pending, Refusal, Service, Statement, World, answer_lines};
//!
//! struct Mine;
//!
//! impl Adapter for Mine {
//!     fn compose(&self, _: &World, layers: &[Layer]) -> Result<Box<dyn Composed>, Refusal> {
//!         match layers {
//!             [] => Ok(Box::new(Bare)),
//!             [layer, ..] => Err(Refusal::unsupported(&layer.name)),
//!         }
//!     }
//!
//!     fn kind(_: &(dyn Error + 'static)) -> Option<&'static str> {
//!         None
//!     }
//! }
//!
//! struct Bare;
//!
//! impl Composed for Bare {
//!     fn apply(&self, leaf: Leaf) -> Result<Rc<dyn Service>, Refusal> {
//!         Ok(Rc::new(Stack(leaf)))
//!     }
//! }
//!
//! #[derive(Clone)]
//! struct Stack(Leaf);
//!
//! impl Service for Stack {
//!     fn caller(&self) -> Result<Rc<dyn Caller>, Refusal> {
//!         Ok(Rc::new(self.clone()))
//!     }
//! }
//!
//! impl Caller for Stack {
//!     fn invoke(&self, request: String) -> Pending<String> {
//!         let leaf = self.0.clone();
//!         Box::pin(async move { Ok(leaf.call(request).await?) })
//!     }
//! }
//!
//! // A testee's main would end with serve(&statement, Mine); here is what that does with two lines.
//! let statement = Statement::parse("implementation: mine\nversion: 1.0.0\nfeatures:\n");
//! let requests = r#"{"id":1,"do":"begin"}
//! {"id":2,"do":"open","service":1,"stack":{"leaf":"leaf"}}
//! "#;
//! let mut replies = Vec::new();
//! answer_lines(&statement, Mine, requests.as_bytes(), &mut replies)?;
//! assert!(String::from_utf8_lossy(&replies).contains(r#""event":"opened""#));
//! # Ok::<_, std::io::Error>(())
//! ```
//!
//! Every subject has a tokio runtime of its own, on one thread, whose clock is paused. It runs while a command is carried out and
//! at no other time, so that time moves on `advance` and never otherwise. The functions of this crate that tell or take time have
//! to be called on that runtime, which is where an adapter always is.
//!
//! An implementation that reads the machine's clock, and not tokio's, is served by [`serve_live`] instead. Durations are then longer by
//! the scale that the runner asks for, and a subject is taken to be at rest when nothing has happened for a while.
//!
//! What may not enter: anything of one implementation.

mod adapter;
mod clock;
mod context;
mod contexts;
mod failure;
mod function;
mod leaf;
mod operation;
mod protocol;
mod serve;
mod statement;
mod step;
mod subject;
mod value;
mod world;

pub use adapter::{Adapter, Caller, Composed, Factory, Pending, Refusal, Service, guard};
pub use context::{AnyContext, Context};
pub use failure::{BoxError, Failure};
pub use function::Function;
pub use leaf::{Exchange, Leaf, Readiness, ShuttingDown};
pub use protocol::{Backoff, Budget, Layer, Matcher, Metadata, Milliseconds, Policy, Stack};
pub use serve::{answer_lines, serve, serve_live};
pub use statement::Statement;
pub use value::{Extension, Hidden, Marker, Name, Shared, State, Type};
pub use world::World;
