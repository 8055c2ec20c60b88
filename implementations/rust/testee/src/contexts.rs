//! The contexts of one subject, by the runner's numbers.

use std::collections::HashMap;
use std::panic::{AssertUnwindSafe, catch_unwind};

use crate::adapter::{Adapter, Refusal, panic_text};
use crate::context::AnyContext;
use crate::protocol::{Answer, Happening, Step};
use crate::step::Unanswered;
use crate::value::State;
use crate::world::World;

#[derive(Default)]
pub(crate) struct Contexts(HashMap<u64, AnyContext>);

impl Contexts {
    pub fn get(&self, number: u64) -> Result<&AnyContext, String> {
        self.0.get(&number).ok_or_else(|| nothing(number))
    }

    /// Takes a step on a context and reports the answer. A panic of the implementation, which passes on those of the script's
    /// functions, is an answer.
    pub fn step(&mut self, adapter: &dyn Adapter, world: &World, number: u64, step: &Step) -> Result<(), String> {
        let taken = catch_unwind(AssertUnwindSafe(|| self.take(adapter, world, number, step)));
        let answer = match taken {
            Ok(Ok(answer)) => answer,
            Ok(Err(Unanswered::Failed(failure))) => Answer {
                kinds: world.kinds(&failure),
                text: failure.to_string(),
                ..Answer::default()
            },
            Ok(Err(Unanswered::Refused(Refusal::Unsupported { what }))) => {
                world.log(Happening::Unsupported { what });
                return Ok(());
            }
            Ok(Err(Unanswered::Refused(Refusal::Refused { parameter, text }))) => {
                return Err(format!("the step was refused for {parameter}: {text}"));
            }
            Ok(Err(Unanswered::Mistaken(text))) => return Err(text),
            Err(payload) => Answer {
                panic: true,
                text: panic_text(&*payload),
                ..Answer::default()
            },
        };
        world.log(Happening::ContextAnswer {
            context: number,
            answer,
        });
        Ok(())
    }

    fn take(&mut self, adapter: &dyn Adapter, world: &World, number: u64, step: &Step) -> Result<Answer, Unanswered> {
        let mut answer = Answer::default();
        match step {
            Step::New { value, graceful } => {
                let made = adapter.context(value.as_deref().map(State::new), *graceful)?;
                self.0.insert(number, made);
            }
            Step::Clone { other } | Step::CloneWithState { other, .. } | Step::CloneMapState { other, .. } => {
                let made = self.get(*other)?.cloned(world, step)?;
                self.0.insert(number, made);
            }
            Step::MapState { .. } | Step::SwapState { .. } | Step::Parts => {
                let consumed = self.0.remove(&number).ok_or_else(|| nothing(number))?;
                let (made, value) = consumed.replaced(world, step)?;
                self.0.insert(number, made);
                answer.value = value;
            }
            Step::Look => answer.seen = Some(self.get(number)?.seen()),
            Step::Extend { other: from } => {
                let mut other = self.0.remove(from).ok_or_else(|| nothing(*from))?;
                let extended = match self.0.get_mut(&number) {
                    Some(context) => context.extend(&mut other),
                    None => Err(Unanswered::Mistaken(nothing(number))),
                };
                self.0.insert(*from, other);
                extended?;
            }
            _ => {
                let context = self.0.get_mut(&number).ok_or_else(|| nothing(number))?;
                answer.value = context.take(world, step)?;
            }
        }
        Ok(answer)
    }
}

fn nothing(number: u64) -> String {
    format!("there is no context {number}")
}
