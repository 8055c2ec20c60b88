//! The scripted leaf, the innermost service of every stack.

use std::pin::Pin;
use std::task::{Context, Poll};

use tokio::time::Sleep;

use crate::failure::Failure;
use crate::protocol::{Happening, LeafOrders, Outcome, Seen, Step};
use crate::step;
use crate::world::{ExchangeState, World};

/// What the text of a panic begins with that the script has ordered.
pub(crate) const ORDERED: &str = "the script told";

/// The innermost service. An adapter wraps it in whatever its implementation calls a service, and adds nothing.
#[derive(Clone)]
pub struct Leaf {
    world: World,
    name: String,
}

/// What a leaf does from now on.
#[derive(Debug)]
pub(crate) struct Orders {
    ready: String,
    answers: String,
    shutdown: String,
    poll: String,
    create: String,
    context: Vec<Step>,
}

impl Default for Orders {
    fn default() -> Self {
        let [ready, answers, shutdown, poll, create] = ["ok", "manual", "done", "ok", "ok"].map(str::to_owned);
        Orders {
            ready,
            answers,
            shutdown,
            poll,
            create,
            context: Vec::new(),
        }
    }
}

impl Leaf {
    pub(crate) fn new(world: World, name: &str) -> Self {
        Leaf {
            world,
            name: name.to_owned(),
        }
    }

    /// A readiness check. It begins when it is first polled. To drop it while it waits is to abandon it.
    pub fn ready(&self) -> Readiness {
        Readiness {
            waiting: Waiting::new(self, |orders| &orders.ready),
            begun: false,
            ended: false,
        }
    }

    /// The call begins now, and goes on while the future that it returns is polled. To drop that before it is ready is to
    /// abandon the call.
    ///
    /// # Panics
    ///
    /// If the script wants every call to.
    pub fn call(&self, request: String) -> Exchange {
        self.receive(request, None, || {})
    }

    /// The same with the context that the leaf received, which is the leaf's own from here on: the suite sees it, and may have the
    /// leaf change it.
    ///
    /// # Panics
    ///
    /// As [`call`](Leaf::call), and if the script has the leaf change the context in a way that makes no sense.
    pub fn call_in(&self, mut context: impl crate::Context, request: String) -> Exchange {
        let seen = step::seen(&context);
        self.receive(request, Some(seen), || {
            let steps = self.world.state().leaves[&self.name].orders.context.clone();
            for step in &steps {
                if let Err(error) = step::take(&mut context, &self.world, step) {
                    panic!("{step:?}: {error:?}");
                }
            }
        })
    }

    fn receive(&self, request: String, seen: Option<Seen>, change: impl FnOnce()) -> Exchange {
        let (number, answers) = {
            let mut state = self.world.state();
            state.exchanges.push(ExchangeState::default());
            (
                state.exchanges.len() as u64,
                state.leaves[&self.name].orders.answers.clone(),
            )
        };
        self.world.log(Happening::Received {
            leaf: self.name.clone(),
            exchange: number,
            request: request.clone(),
            seen,
        });
        change();
        let outcome = match answers.as_str() {
            "manual" => None,
            "echo" => Some(Outcome {
                response: Some(request),
                ..Outcome::default()
            }),
            "panic" => panic!("{ORDERED} exchange {number} to panic"),
            error => Some(Outcome {
                error: Some(kind_of(error).to_owned()),
                ..Outcome::default()
            }),
        };
        Exchange {
            world: self.world.clone(),
            number,
            outcome,
            delay: None,
            ended: false,
        }
    }

    /// The leaf's background work.
    pub fn poll(&self) -> Result<(), Failure> {
        self.world.log(Happening::Polled {
            leaf: self.name.clone(),
        });
        scripted(&self.world.state().leaves[&self.name].orders.poll)
    }

    /// The leaf's shutdown. It begins when it is first polled.
    pub fn shutdown(&self) -> ShuttingDown {
        ShuttingDown {
            waiting: Waiting::new(self, |orders| &orders.shutdown),
            begun: false,
        }
    }

    /// What the leaf's factory does.
    pub fn create(&self, config: &str) -> Result<(), Failure> {
        scripted(&self.world.state().leaves[&self.name].orders.create)?;
        self.world.log(Happening::Created {
            leaf: self.name.clone(),
            config: config.to_owned(),
        });
        Ok(())
    }

    pub(crate) fn order(&self, new: LeafOrders) {
        let waiters = {
            let mut state = self.world.state();
            let leaf = state
                .leaves
                .get_mut(&self.name)
                .expect("a leaf is known from its making on");
            let orders = &mut leaf.orders;
            for (order, new) in [
                (&mut orders.ready, new.ready),
                (&mut orders.answers, new.answers),
                (&mut orders.shutdown, new.shutdown),
                (&mut orders.poll, new.poll),
                (&mut orders.create, new.create),
            ] {
                if let Some(new) = new {
                    *order = new;
                }
            }
            if let Some(steps) = new.context {
                orders.context = steps;
            }
            std::mem::take(&mut leaf.waiters)
        };
        waiters.into_values().for_each(std::task::Waker::wake);
    }
}

fn kind_of(order: &str) -> &str {
    order.strip_prefix("error:").unwrap_or(order)
}

fn scripted(order: &str) -> Result<(), Failure> {
    match order.strip_prefix("error:") {
        Some(kinds) => Err(Failure::chain(kinds)),
        None => Ok(()),
    }
}

fn ended<T>() -> Result<T, Failure> {
    Err(Failure::chain("subject-ended"))
}

/// One that waits until an order of a leaf is no longer `wait`.
struct Waiting {
    leaf: Leaf,
    order: fn(&Orders) -> &String,
    number: Option<u64>,
}

impl Waiting {
    fn new(leaf: &Leaf, order: fn(&Orders) -> &String) -> Self {
        Waiting {
            leaf: leaf.clone(),
            order,
            number: None,
        }
    }

    fn poll(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), Failure>> {
        let mut state = self.leaf.world.state();
        state.activity += 1;
        if state.ended {
            return Poll::Ready(ended());
        }
        let order = (self.order)(&state.leaves[&self.leaf.name].orders);
        if order != "wait" {
            return Poll::Ready(scripted(order));
        }
        let number = *self.number.get_or_insert_with(|| state.waiter());
        let leaf = state
            .leaves
            .get_mut(&self.leaf.name)
            .expect("a leaf is known from its making on");
        leaf.waiters.insert(number, cx.waker().clone());
        Poll::Pending
    }
}

impl Drop for Waiting {
    fn drop(&mut self) {
        if let Some(number) = self.number
            && let Some(leaf) = self.leaf.world.state().leaves.get_mut(&self.leaf.name)
        {
            leaf.waiters.remove(&number);
        }
    }
}

/// A readiness check of a [`Leaf`].
pub struct Readiness {
    waiting: Waiting,
    begun: bool,
    ended: bool,
}

impl Future for Readiness {
    type Output = Result<(), Failure>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        if !self.begun {
            self.begun = true;
            let leaf = &self.waiting.leaf;
            leaf.world.log(Happening::Asked {
                leaf: leaf.name.clone(),
            });
        }
        let polled = self.waiting.poll(cx);
        self.ended = polled.is_ready();
        polled
    }
}

impl Drop for Readiness {
    fn drop(&mut self) {
        if self.begun && !self.ended {
            let leaf = &self.waiting.leaf;
            leaf.world.log(Happening::AskedAbandoned {
                leaf: leaf.name.clone(),
            });
        }
    }
}

/// The shutdown of a [`Leaf`].
pub struct ShuttingDown {
    waiting: Waiting,
    begun: bool,
}

impl Future for ShuttingDown {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        if !self.begun {
            self.begun = true;
            let leaf = &self.waiting.leaf;
            leaf.world.log(Happening::LeafShutdown {
                leaf: leaf.name.clone(),
            });
        }
        self.waiting.poll(cx).map(drop)
    }
}

/// A call in progress in a [`Leaf`].
pub struct Exchange {
    world: World,
    number: u64,
    outcome: Option<Outcome>,
    delay: Option<Pin<Box<Sleep>>>,
    ended: bool,
}

impl Exchange {
    /// Whether the script has said by now how the call ends.
    fn take_answer(&mut self, cx: &mut Context<'_>) -> bool {
        let mut state = self.world.state();
        let exchange = &mut state.exchanges[self.number as usize - 1];
        match exchange.answer.take() {
            Some((outcome, after)) => {
                drop(state);
                self.outcome = Some(outcome);
                let after = after.and_then(|after| after.duration());
                self.delay = after.map(|after| Box::pin(tokio::time::sleep(after)));
                true
            }
            None => {
                exchange.waker = Some(cx.waker().clone());
                false
            }
        }
    }
}

impl Future for Exchange {
    type Output = Result<String, Failure>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        self.world.note_activity();
        if self.world.state().ended {
            self.ended = true;
            return Poll::Ready(ended());
        }
        if self.outcome.is_none() && !self.take_answer(cx) {
            return Poll::Pending;
        }
        if let Some(delay) = &mut self.delay
            && delay.as_mut().poll(cx).is_pending()
        {
            return Poll::Pending;
        }
        self.ended = true;
        let outcome = self.outcome.take().expect("an exchange is not polled after its end");
        Poll::Ready(match outcome {
            Outcome { panic: true, .. } => panic!("{ORDERED} exchange {} to panic", self.number),
            Outcome { error: Some(kinds), .. } => Err(Failure::chain(&kinds)),
            Outcome { response, .. } => Ok(response.unwrap_or_default()),
        })
    }
}

impl Drop for Exchange {
    fn drop(&mut self) {
        if !self.ended {
            self.world.log(Happening::Abandoned { exchange: self.number });
        }
    }
}
