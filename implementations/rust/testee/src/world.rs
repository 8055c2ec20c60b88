//! What everything of one subject shares: the log of events, the leaves, the exchanges, and the clock.

use std::any::Any;
use std::collections::{BTreeMap, HashMap};
use std::error::Error;
use std::sync::{Arc, Mutex, MutexGuard};
use std::task::Waker;

use tokio::time::Instant;

use crate::adapter::Refusal;
use crate::clock::Clock;
use crate::failure::{self, Kind};
use crate::function::Function;
use crate::leaf::{Leaf, Orders};
use crate::protocol::{Event, Happening, Milliseconds, Outcome};

/// One subject's surroundings, as an adapter sees them while it builds: leaves and the functions of the vocabulary. It is
/// cheap to clone, and may be sent to other threads because implementations ask that of services, though there are none.
#[derive(Clone)]
pub struct World(Arc<Shared>);

struct Shared {
    start: Instant,
    scale: f64,
    kind: Kind,
    state: Mutex<State>,
}

#[derive(Default)]
pub(crate) struct State {
    events: Vec<Event>,
    /// Counts whatever happens, seen by the script or not, so that rest can be told from work.
    pub activity: u64,
    pub leaves: HashMap<String, LeafState>,
    /// Exchange n is the one at n-1.
    pub exchanges: Vec<ExchangeState>,
    pub ended: bool,
    next_waiter: u64,
    shared: HashMap<String, Arc<dyn Any + Send + Sync>>,
}

/// What a leaf does, and who waits for it to do otherwise.
#[derive(Default)]
pub(crate) struct LeafState {
    pub orders: Orders,
    pub waiters: BTreeMap<u64, Waker>,
}

/// One call that a leaf received.
#[derive(Default)]
pub(crate) struct ExchangeState {
    pub answer: Option<(Outcome, Option<Milliseconds>)>,
    pub answered: bool,
    pub waker: Option<Waker>,
}

impl World {
    pub(crate) fn new(kind: Kind, clock: Clock) -> Self {
        World(Arc::new(Shared {
            start: Instant::now(),
            scale: clock.scale(),
            kind,
            state: Mutex::default(),
        }))
    }

    /// The leaf of that name.
    pub fn leaf(&self, name: &str) -> Leaf {
        self.state().leaves.entry(name.to_owned()).or_default();
        Leaf::new(self.clone(), name)
    }

    /// Reports that the layer of that name was just applied to its inner service.
    pub fn built(&self, name: &str) {
        self.log(Happening::Built { name: name.to_owned() });
    }

    /// A function of the vocabulary. One that is missing is refused, because in Rust it cannot be passed on.
    pub fn function(&self, text: &str) -> Result<Function, Refusal> {
        Function::parse(self, text)
    }

    /// What `make` made when `key` was first asked for in this subject: the permits of a group of limits, say.
    pub fn shared<T: Clone + Send + Sync + 'static>(
        &self,
        key: &str,
        make: impl FnOnce() -> Result<T, Refusal>,
    ) -> Result<T, Refusal> {
        if let Some(known) = self.state().shared.get(key) {
            return known
                .downcast_ref::<T>()
                .cloned()
                .ok_or_else(|| Refusal::unsupported(key));
        }
        let made = make()?;
        self.state().shared.insert(key.to_owned(), Arc::new(made.clone()));
        Ok(made)
    }

    /// The kinds along an error's chain of causes, outermost first.
    pub fn kinds(&self, error: &(dyn Error + 'static)) -> Vec<String> {
        failure::kinds(error, self.0.kind)
    }

    /// An error as a text that can be a request: `error:KIND<CAUSE`.
    pub fn error_text(&self, error: &(dyn Error + 'static)) -> String {
        format!("error:{}", self.kinds(error).join("<"))
    }

    pub(crate) fn start(&self) -> Instant {
        self.0.start
    }

    /// The subject's time, in milliseconds.
    pub(crate) fn now(&self) -> f64 {
        self.0.start.elapsed().as_secs_f64() * 1e3 / self.0.scale
    }

    pub(crate) fn state(&self) -> MutexGuard<'_, State> {
        self.0.state.lock().expect("nothing panics while it holds this lock")
    }

    pub(crate) fn log(&self, what: Happening) {
        let at = self.now();
        let mut state = self.state();
        state.activity += 1;
        state.events.push(Event { at, what });
    }

    pub(crate) fn note_activity(&self) {
        self.state().activity += 1;
    }

    pub(crate) fn take_events(&self) -> Vec<Event> {
        std::mem::take(&mut self.state().events)
    }

    /// Lets every readiness check, shutdown and call that waits in a leaf end.
    pub(crate) fn end(&self) {
        let mut state = self.state();
        state.ended = true;
        let mut wakers: Vec<Waker> = state
            .exchanges
            .iter_mut()
            .filter_map(|exchange| exchange.waker.take())
            .collect();
        for leaf in state.leaves.values_mut() {
            wakers.extend(std::mem::take(&mut leaf.waiters).into_values());
        }
        drop(state);
        wakers.into_iter().for_each(Waker::wake);
    }
}

impl State {
    /// A number by which one that waits for a leaf is known.
    pub fn waiter(&mut self) -> u64 {
        self.next_waiter += 1;
        self.next_waiter
    }
}
