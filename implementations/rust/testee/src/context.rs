//! What an adapter implements for contexts, and a context of whatever type.

use std::any::Any;

use crate::adapter::Refusal;
use crate::failure::Failure;
use crate::protocol::{Matcher, Seen, Step};
use crate::step::{self, Unanswered};
use crate::value::{Extension, State};
use crate::world::World;

/// One context of the implementation (feature `context`), whose state is a [`State`]. Each method is the implementation's own
/// of about that name; to clone is to clone by the implementation's own means.
///
/// An operation that an implementation does not have is `None`.
pub trait Context: Clone + 'static {
    /// The state.
    fn state(&self) -> &State;

    /// The state, to be written to.
    fn state_mut(&mut self) -> &mut State;

    /// Inserts a value and returns the one that it replaces.
    fn insert<T: Extension>(&mut self, value: T) -> Option<T>;

    /// Inserts a value that may be absent.
    fn maybe_insert<T: Extension>(&mut self, value: Option<T>) -> Option<T>;

    /// The value of a type.
    fn get<T: Extension>(&self) -> Option<&T>;

    /// The value of a type, to be written to.
    fn get_mut<T: Extension>(&mut self) -> Option<&mut T>;

    /// Removes the value of a type and returns it.
    fn remove<T: Extension>(&mut self) -> Option<T>;

    /// Removes all extensions.
    fn clear(&mut self);

    /// Whether there is a guard for graceful shutdown (feature `guard`).
    fn guarded(&self) -> bool {
        false
    }

    /// The context with its state mapped (feature `context-state-map`, as the next three).
    fn map_state(self, map: impl FnOnce(State) -> State) -> Option<Self> {
        let _ = map;
        None
    }

    /// The context with another state, and the old state.
    fn swap_state(self, state: State) -> Option<(Self, State)> {
        let _ = state;
        None
    }

    /// A clone with another state.
    fn clone_with_state(&self, state: State) -> Option<Self> {
        let _ = state;
        None
    }

    /// A clone with its state mapped.
    fn clone_map_state(&self, map: impl FnOnce(State) -> State) -> Option<Self> {
        let _ = map;
        None
    }

    /// Takes the context apart and puts it together again (feature `context-parts`).
    fn through_parts(self) -> Option<Self> {
        None
    }

    /// The value of a type, after inserting that one where there is none (feature `extensions-get-or-insert`, as the next four).
    fn get_or_insert<T: Extension>(&mut self, value: T) -> Option<&mut T> {
        let _ = value;
        None
    }

    /// The same with the type's default.
    fn get_or_insert_default<T: Extension>(&mut self) -> Option<&mut T> {
        None
    }

    /// The same with what a function makes.
    fn get_or_insert_with<T: Extension>(&mut self, make: impl FnOnce() -> T) -> Option<&mut T> {
        let _ = make;
        None
    }

    /// The same with what a function makes that reads the context.
    fn get_or_insert_with_context<T: Extension>(&mut self, make: impl FnOnce(&Self) -> T) -> Option<&mut T> {
        let _ = make;
        None
    }

    /// The same with what a function makes that may fail.
    fn get_or_try_insert_with<T: Extension>(
        &mut self,
        make: impl FnOnce() -> Result<T, Failure>,
    ) -> Option<Result<&mut T, Failure>> {
        let _ = make;
        None
    }

    /// Moves the extensions of another context into this one (feature `extensions-extend`). What is left of an implementation's
    /// own that takes the other by value is an empty set.
    fn extend(&mut self, other: &mut Self) -> Option<()> {
        let _ = other;
        None
    }

    /// Builds the matcher out of the implementation's, with leaves of the adapter's own that insert and then answer as they are
    /// told, and runs it on the context (feature `matchers`).
    fn matches(&mut self, matcher: &Matcher) -> Option<bool> {
        let _ = matcher;
        None
    }
}

/// A [`Context`] of whatever type.
pub struct AnyContext(Box<dyn Erased>);

impl AnyContext {
    /// Hides the type.
    pub fn new(context: impl Context) -> Self {
        AnyContext(Box::new(context))
    }

    /// The context, if it is of that type: every one that an adapter has made is of the adapter's.
    pub fn downcast<C: Context>(&self) -> Option<&C> {
        let erased: &dyn Any = &*self.0;
        erased.downcast_ref()
    }

    pub(crate) fn seen(&self) -> Seen {
        self.0.seen()
    }

    pub(crate) fn take(&mut self, world: &World, step: &Step) -> Result<Option<String>, Unanswered> {
        self.0.take(world, step)
    }

    pub(crate) fn extend(&mut self, other: &mut AnyContext) -> Result<(), Unanswered> {
        self.0.extend(&mut *other.0)
    }

    /// What comes of a step that makes one context of another.
    pub(crate) fn cloned(&self, world: &World, step: &Step) -> Result<AnyContext, Unanswered> {
        self.0.cloned(world, step)
    }

    /// What comes of a step that consumes the context, with the value that it answers.
    pub(crate) fn replaced(self, world: &World, step: &Step) -> Result<(AnyContext, Option<String>), Unanswered> {
        self.0.replaced(world, step)
    }
}

trait Erased: Any {
    fn seen(&self) -> Seen;
    fn take(&mut self, world: &World, step: &Step) -> Result<Option<String>, Unanswered>;
    fn extend(&mut self, other: &mut dyn Any) -> Result<(), Unanswered>;
    fn cloned(&self, world: &World, step: &Step) -> Result<AnyContext, Unanswered>;
    fn replaced(self: Box<Self>, world: &World, step: &Step) -> Result<(AnyContext, Option<String>), Unanswered>;
}

impl<C: Context> Erased for C {
    fn seen(&self) -> Seen {
        step::seen(self)
    }

    fn take(&mut self, world: &World, step: &Step) -> Result<Option<String>, Unanswered> {
        step::take(self, world, step)
    }

    fn extend(&mut self, other: &mut dyn Any) -> Result<(), Unanswered> {
        let other = other
            .downcast_mut()
            .expect("the contexts of an adapter are of one type");
        Context::extend(self, other).ok_or_else(|| Refusal::unsupported("extensions-extend").into())
    }

    fn cloned(&self, world: &World, step: &Step) -> Result<AnyContext, Unanswered> {
        step::cloned(self, world, step).map(AnyContext::new)
    }

    fn replaced(self: Box<Self>, world: &World, step: &Step) -> Result<(AnyContext, Option<String>), Unanswered> {
        let (made, value) = step::replaced(*self, world, step)?;
        Ok((AnyContext::new(made), value))
    }
}
