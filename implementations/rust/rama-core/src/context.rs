//! A context of rama, as scripts use it.

use plumbline_testee::{Context as Scripted, Extension, Failure, Matcher, State};
use rama_core::Context;
use rama_core::context::Extensions;
use rama_core::graceful::Shutdown;
use rama_core::rt::Executor;

use crate::matcher;

/// A context of rama with the state that scripts use. A clone is rama's.
#[derive(Clone)]
pub struct Carried(pub Context<State>);

impl Carried {
    /// A context with that state. Without one it is rama's default, whose state is the unit, mapped to the default of the state's
    /// type: rama has no default for others.
    pub fn new(state: Option<State>, graceful: bool) -> Self {
        Carried(match (state, graceful) {
            (None, false) => Context::default().map_state(|()| State::default()),
            (Some(state), false) => Context::with_state(state),
            // A shutdown that nothing begins: it needs no task, and its guard is a guard like any other.
            (state, true) => Context::new(
                state.unwrap_or_default(),
                Executor::graceful(Shutdown::no_signal().guard()),
            ),
        })
    }
}

impl Scripted for Carried {
    fn state(&self) -> &State {
        self.0.state()
    }

    fn state_mut(&mut self) -> &mut State {
        self.0.state_mut()
    }

    fn insert<T: Extension>(&mut self, value: T) -> Option<T> {
        self.0.insert(value)
    }

    fn maybe_insert<T: Extension>(&mut self, value: Option<T>) -> Option<T> {
        self.0.maybe_insert(value)
    }

    fn get<T: Extension>(&self) -> Option<&T> {
        self.0.get()
    }

    fn get_mut<T: Extension>(&mut self) -> Option<&mut T> {
        self.0.get_mut()
    }

    fn remove<T: Extension>(&mut self) -> Option<T> {
        self.0.remove()
    }

    fn clear(&mut self) {
        self.0.clear();
    }

    fn guarded(&self) -> bool {
        self.0.guard().is_some()
    }

    fn map_state(self, map: impl FnOnce(State) -> State) -> Option<Self> {
        Some(Carried(self.0.map_state(map)))
    }

    fn swap_state(self, state: State) -> Option<(Self, State)> {
        let (swapped, old) = self.0.swap_state(state);
        Some((Carried(swapped), old))
    }

    fn clone_with_state(&self, state: State) -> Option<Self> {
        Some(Carried(self.0.clone_with_state(state)))
    }

    fn clone_map_state(&self, map: impl FnOnce(State) -> State) -> Option<Self> {
        Some(Carried(self.0.clone_map_state(map)))
    }

    fn through_parts(self) -> Option<Self> {
        Some(Carried(Context::from_parts(self.0.into_parts())))
    }

    fn get_or_insert<T: Extension>(&mut self, value: T) -> Option<&mut T> {
        Some(self.0.get_or_insert(value))
    }

    fn get_or_insert_default<T: Extension>(&mut self) -> Option<&mut T> {
        Some(self.0.get_or_insert_default())
    }

    fn get_or_insert_with<T: Extension>(&mut self, make: impl FnOnce() -> T) -> Option<&mut T> {
        Some(self.0.get_or_insert_with(make))
    }

    fn get_or_insert_with_context<T: Extension>(&mut self, make: impl FnOnce(&Self) -> T) -> Option<&mut T> {
        Some(self.0.get_or_insert_with_ctx(|now| make(&Carried(now.clone()))))
    }

    fn get_or_try_insert_with<T: Extension>(
        &mut self,
        make: impl FnOnce() -> Result<T, Failure>,
    ) -> Option<Result<&mut T, Failure>> {
        Some(self.0.get_or_try_insert_with_ctx(|_| make()))
    }

    fn extend(&mut self, other: &mut Self) -> Option<()> {
        let given: Extensions = std::mem::take(other.0.extensions_mut());
        self.0.extend(given);
        Some(())
    }

    fn matches(&mut self, matcher: &Matcher) -> Option<bool> {
        let (matched, context) = matcher::run(matcher, self.0.clone());
        self.0 = context;
        Some(matched)
    }
}
