//! One subject: a runtime whose clock is paused, and everything that a script has made on it.

use std::cell::RefCell;
use std::collections::HashMap;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::rc::Rc;
use std::time::Duration;

use tokio::runtime::Runtime;
use tokio::task::LocalSet;
use tokio::time::{Instant, sleep_until};

use crate::adapter::{Adapter, Caller, Composed, Factory, Pending, Refusal, Service, panic_text};
use crate::clock::{Clock, settle};
use crate::contexts::Contexts;
use crate::failure::Kind;
use crate::operation::Operation;
use crate::protocol::{Command, Event, Happening, Milliseconds};
use crate::world::World;

/// The granule of tokio's timers.
const GRANULE: Duration = Duration::from_millis(1);

pub(crate) struct Subject {
    runtime: Runtime,
    local: LocalSet,
    script: Script,
}

/// What a script has made so far.
struct Script {
    adapter: Rc<dyn Adapter>,
    clock: Clock,
    /// By how much time was moved so far.
    advanced: Duration,
    world: World,
    /// Shared with creations under way.
    services: Rc<RefCell<HashMap<u64, Rc<dyn Service>>>>,
    /// By the service that each was first applied for.
    composed: HashMap<u64, Box<dyn Composed>>,
    factories: HashMap<u64, Rc<dyn Factory>>,
    /// With the service of each.
    callers: HashMap<u64, (u64, Rc<dyn Caller>)>,
    operations: HashMap<u64, Operation>,
    contexts: Contexts,
}

impl Subject {
    pub fn begin(adapter: Rc<dyn Adapter>, kind: Kind, clock: Clock) -> Result<Self, String> {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_time()
            .start_paused(clock == Clock::Virtual)
            .build()
            .map_err(|error| format!("cannot make a runtime: {error}"))?;
        let world = runtime.block_on(async { World::new(kind, clock) });
        let script = Script {
            adapter,
            clock,
            advanced: Duration::ZERO,
            world,
            services: Rc::default(),
            composed: HashMap::new(),
            factories: HashMap::new(),
            callers: HashMap::new(),
            operations: HashMap::new(),
            contexts: Contexts::default(),
        };
        Ok(Subject {
            runtime,
            local: LocalSet::new(),
            script,
        })
    }

    /// Carries out one command and returns what it caused, with an error if it could not be carried out.
    pub fn carry_out(&mut self, command: Command) -> (Vec<Event>, Result<(), String>) {
        let Subject { runtime, local, script } = self;
        let result = runtime.block_on(local.run_until(async {
            let result = script.carry_out(command).await;
            script.clock.rest(&script.world).await;
            result
        }));
        (script.world.take_events(), result)
    }

    /// The subject's time, where that goes on between commands.
    pub fn now(&self) -> Option<f64> {
        (self.script.clock != Clock::Virtual).then(|| self.script.world.now())
    }

    /// Ends everything that the script holds, and says if the implementation has left something running.
    pub fn end(self) -> Result<(), String> {
        let Subject {
            runtime,
            local,
            mut script,
        } = self;
        runtime.block_on(local.run_until(async {
            for operation in script.operations.values() {
                operation.cancel();
            }
            script.callers.clear();
            script.services.borrow_mut().clear();
            script.factories.clear();
            script.composed.clear();
            script.contexts = Contexts::default();
            script.world.end();
            script.clock.rest(&script.world).await;
        }));
        match runtime.metrics().num_alive_tasks() {
            0 => Ok(()),
            left => Err(format!("the implementation left work running behind it: {left} tasks")),
        }
    }
}

impl Script {
    async fn carry_out(&mut self, command: Command) -> Result<(), String> {
        if let Command::Advance { duration } = command {
            return self.advance(duration).await;
        }
        catch_unwind(AssertUnwindSafe(|| self.start(command)))
            .unwrap_or_else(|payload| Err(format!("the adapter panicked: {}", panic_text(&*payload))))
    }

    /// Moves time. The runtime moves its own clock to one timer after the other while there is nothing else to do, up to the
    /// one that is awaited here.
    async fn advance(&mut self, duration: Milliseconds) -> Result<(), String> {
        let duration = duration.duration().ok_or("time does not go backwards")?;
        if self.clock != Clock::Virtual {
            // What commands have taken since time last moved is part of the way, so that it does not add up.
            self.advanced += duration;
            sleep_until(self.world.start() + self.advanced).await;
            return Ok(());
        }
        let target = Instant::now() + duration;
        let whole = |span: Duration| span.subsec_nanos().is_multiple_of(GRANULE.subsec_nanos());
        if whole(duration) && whole(self.world.start().elapsed()) {
            sleep_until(target).await;
            return Ok(());
        }
        // Beside the granule a timer would overshoot, and so the clock is pushed, stopping at each granule on the way.
        while Instant::now() < target {
            let past = Duration::from_nanos(u64::from(self.world.start().elapsed().subsec_nanos() % 1_000_000));
            tokio::time::advance((GRANULE - past).min(target - Instant::now())).await;
            settle(&self.world).await;
        }
        Ok(())
    }

    /// Starts what the command asks for.
    fn start(&mut self, command: Command) -> Result<(), String> {
        match command {
            Command::Open { service, stack, reuse } => {
                let opened = self.open(service, &stack.layers, &stack.leaf, reuse)?;
                self.built(service, opened);
            }
            Command::Factory { factory, stack } => {
                let made = self.adapter.factory(&self.world, &stack);
                let built = made.map(|made| drop(self.factories.insert(factory, made)));
                self.built(factory, built);
            }
            Command::Create {
                operation,
                factory,
                service,
                config,
            } => {
                let factory = self
                    .factories
                    .get(&factory)
                    .ok_or_else(|| nothing("factory", factory))?;
                let services = Rc::clone(&self.services);
                let pending = factory.create(config);
                self.begin(operation, Some(pending), "factory", move |created| {
                    services.borrow_mut().insert(service, created);
                    Happening::Done { operation }
                });
            }
            Command::Caller { caller, service } => {
                let made = match self.services.borrow().get(&service) {
                    None => return Err(nothing("service", service)),
                    Some(service) => service.caller(),
                };
                match made {
                    Ok(made) => drop(self.callers.insert(caller, (service, made))),
                    Err(refusal) => self.refused(service, refusal),
                }
            }
            Command::Leave { caller } => drop(self.callers.remove(&caller)),
            Command::Ready { operation, caller } => {
                let pending = self.caller(caller)?.ready();
                self.begin(operation, pending, "readiness", move |()| Happening::Ready {
                    operation,
                });
            }
            Command::Call {
                operation,
                caller,
                request,
            } => {
                let pending = self.caller(caller)?.call(request);
                self.begin(operation, pending, "readiness", move |text| Happening::Response {
                    operation,
                    text,
                });
            }
            Command::Invoke {
                operation,
                caller,
                request,
                context,
            } => {
                let caller = self.caller(caller)?;
                let pending = match context {
                    0 => Some(caller.invoke(request)),
                    number => caller.invoke_in(self.contexts.get(number)?, request),
                };
                self.begin(operation, pending, "context", move |text| Happening::Response {
                    operation,
                    text,
                });
            }
            Command::Poll { operation, caller } => {
                let pending = self.caller(caller)?.poll();
                self.begin(operation, pending, "poll", move |()| Happening::Done { operation });
            }
            Command::Shutdown { operation, caller } => {
                let pending = self.caller(caller)?.shutdown();
                self.begin(operation, pending, "shutdown", move |()| Happening::Done { operation });
            }
            Command::Cancel { operation } => {
                self.operations
                    .get(&operation)
                    .ok_or_else(|| nothing("operation", operation))?
                    .cancel();
            }
            Command::Leaf { leaf } => self.world.leaf(&leaf.name).order(leaf),
            Command::Answer {
                exchange,
                outcome,
                after,
            } => {
                let waker = {
                    let mut state = self.world.state();
                    let index = usize::try_from(exchange).unwrap_or_default().wrapping_sub(1);
                    let known = state
                        .exchanges
                        .get_mut(index)
                        .ok_or_else(|| nothing("exchange", exchange))?;
                    if std::mem::replace(&mut known.answered, true) {
                        return Err(format!("exchange {exchange} has its answer"));
                    }
                    known.answer = Some((outcome, after));
                    known.waker.take()
                };
                if let Some(waker) = waker {
                    waker.wake();
                }
            }
            Command::Close { service } => {
                self.callers.retain(|_, (of, _)| *of != service);
                let closed = self.services.borrow_mut().remove(&service);
                drop(closed.ok_or_else(|| nothing("service", service))?);
            }
            Command::Context { context, step } => {
                self.contexts.step(&*self.adapter, &self.world, context, &step)?;
            }
            Command::Advance { .. } => unreachable!("time is moved elsewhere"),
        }
        Ok(())
    }

    /// Builds a service. The outer error is the script's, the inner one the implementation's.
    fn open(
        &mut self,
        service: u64,
        layers: &[crate::protocol::Layer],
        leaf: &str,
        reuse: u64,
    ) -> Result<Result<(), Refusal>, String> {
        let built_for = if reuse == 0 {
            match self.adapter.compose(&self.world, layers) {
                Err(refusal) => return Ok(Err(refusal)),
                Ok(composed) => drop(self.composed.insert(service, composed)),
            }
            service
        } else {
            reuse
        };
        let composed = self.composed.get(&built_for).ok_or_else(|| nothing("service", reuse))?;
        let applied = composed.apply(self.world.leaf(leaf));
        Ok(applied.map(|made| drop(self.services.borrow_mut().insert(service, made))))
    }

    fn built(&self, service: u64, result: Result<(), Refusal>) {
        match result {
            Ok(()) => self.world.log(Happening::Opened { service }),
            Err(refusal) => self.refused(service, refusal),
        }
    }

    fn refused(&self, service: u64, refusal: Refusal) {
        self.world.log(match refusal {
            Refusal::Unsupported { what } => Happening::Unsupported { what },
            Refusal::Refused { parameter, text } => Happening::Refused {
                service,
                parameter,
                text,
            },
        });
    }

    fn caller(&self, number: u64) -> Result<Rc<dyn Caller>, String> {
        self.callers
            .get(&number)
            .map(|(_, caller)| Rc::clone(caller))
            .ok_or_else(|| nothing("caller", number))
    }

    fn begin<T: 'static>(
        &mut self,
        operation: u64,
        pending: Option<Pending<T>>,
        feature: &str,
        success: impl FnOnce(T) -> Happening + 'static,
    ) {
        match pending {
            None => self.world.log(Happening::Unsupported {
                what: feature.to_owned(),
            }),
            Some(pending) => {
                let started = Operation::start(&self.world, operation, pending, success);
                self.operations.insert(operation, started);
            }
        }
    }
}

fn nothing(what: &str, number: u64) -> String {
    format!("there is no {what} {number}")
}
