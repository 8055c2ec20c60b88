//! What a Rust program needs to be checked by Plumbline, apart from the glue to one implementation: the protocol's loop, a
//! clock that stands still, the scripted leaf, and the functions of the vocabulary.
//!
//! An adapter implements [`Adapter`] and ends its `main` with [`serve`]:
//!
//! ```no_run
//! # use plumbline_testee as testee;
//! # struct Mine;
//! # impl testee::Adapter for Mine {
//! #     fn compose(&self, _: &testee::World, _: &[testee::Layer]) -> Result<Box<dyn testee::Composed>, testee::Refusal> { todo!() }
//! #     fn kind(_: &(dyn std::error::Error + 'static)) -> Option<&'static str> { None }
//! # }
//! let statement = testee::Statement::parse("implementation: mine\nversion: 1.0.0\nfeatures:\n  - timeout\n");
//! testee::serve(&statement, Mine).unwrap();
//! ```
//!
//! Every subject has a tokio runtime of its own, on one thread, whose clock is paused. It runs while a command is carried out and
//! at no other time, so that time moves on `advance` and never otherwise. The functions of this crate that tell or take time have
//! to be called on that runtime, which is where an adapter always is.
//!
//! What may not enter: anything of one implementation.

mod adapter;
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
pub use serve::{answer_lines, serve};
pub use statement::Statement;
pub use value::{Extension, Hidden, Marker, Name, Shared, State, Type};
pub use world::World;
