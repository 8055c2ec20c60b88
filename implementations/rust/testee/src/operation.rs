//! An operation under way: a task of its own that can be given up.

use std::cell::RefCell;
use std::future::poll_fn;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::Pin;
use std::rc::Rc;
use std::task::Poll;

use tokio::task::{AbortHandle, spawn_local};

use crate::adapter::{Pending, panic_text};
use crate::protocol::Happening;
use crate::world::World;

type Work = Pin<Box<dyn Future<Output = Happening>>>;

/// An operation that a script has begun, whether it has ended or not.
pub(crate) struct Operation {
    number: u64,
    world: World,
    work: Rc<RefCell<Option<Work>>>,
    task: AbortHandle,
}

impl Operation {
    /// Starts `pending` on a task of its own, which reports how it ended; `success` says how to report a success.
    pub fn start<T: 'static>(
        world: &World,
        number: u64,
        pending: Pending<T>,
        success: impl FnOnce(T) -> Happening + 'static,
    ) -> Self {
        let reporter = world.clone();
        let work: Work = Box::pin(async move {
            match pending.await {
                Ok(value) => success(value),
                Err(error) => {
                    let kinds = reporter.kinds(&*error);
                    Happening::Failed {
                        operation: number,
                        kinds,
                        text: error.to_string(),
                    }
                }
            }
        });
        let work = Rc::new(RefCell::new(Some(work)));
        let task = spawn_local(drive(world.clone(), number, Rc::clone(&work))).abort_handle();
        Operation {
            number,
            world: world.clone(),
            work,
            task,
        }
    }

    /// Gives up on the operation: its future is dropped, here and now. One that has ended is left alone.
    pub fn cancel(&self) {
        let given_up = self.work.borrow_mut().take();
        if given_up.is_some() {
            drop(given_up);
            self.task.abort();
            self.world.log(Happening::Cancelled { operation: self.number });
        }
    }
}

async fn drive(world: World, number: u64, work: Rc<RefCell<Option<Work>>>) {
    let end = poll_fn(|cx| {
        world.note_activity();
        let polled = match work.borrow_mut().as_mut() {
            None => return Poll::Ready(None),
            Some(work) => catch_unwind(AssertUnwindSafe(|| work.as_mut().poll(cx))),
        };
        match polled {
            Ok(polled) => polled.map(Some),
            Err(payload) => Poll::Ready(Some(Happening::Panicked {
                operation: number,
                text: panic_text(&*payload),
            })),
        }
    })
    .await;
    // What the operation held is given back before its end is reported, as it is for a caller who awaits it.
    let done = work.borrow_mut().take();
    drop(done);
    if let Some(end) = end {
        world.log(end);
    }
}
