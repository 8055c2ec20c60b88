//! The steps on one context.

use crate::adapter::Refusal;
use crate::context::Context;
use crate::failure::Failure;
use crate::leaf::ORDERED;
use crate::protocol::{Happening, Seen, Step};
use crate::value::{Extension, State, Type, parse_number};
use crate::with_type;
use crate::world::World;

/// Why a step was not answered with success.
#[derive(Debug)]
pub(crate) enum Unanswered {
    /// The implementation does not have it.
    Refused(Refusal),
    /// The implementation answered with an error.
    Failed(Failure),
    /// The step makes no sense.
    Mistaken(String),
}

impl From<Refusal> for Unanswered {
    fn from(refusal: Refusal) -> Self {
        Unanswered::Refused(refusal)
    }
}

/// The script's mistake.
impl From<String> for Unanswered {
    fn from(text: String) -> Self {
        Unanswered::Mistaken(text)
    }
}

/// Everything that can be seen in a context.
pub(crate) fn seen<C: Context>(context: &C) -> Seen {
    let form = |typ| with_type!(typ, T => context.get::<T>().map(Extension::form));
    Seen {
        state: context.state().text.clone(),
        shared: context.state().shared.read().to_string(),
        guarded: context.guarded(),
        extensions: Type::ALL
            .into_iter()
            .filter_map(|typ| Some((typ, form(typ)?)))
            .collect(),
    }
}

/// Takes a step that needs nothing but the context, and returns the value that it answers.
pub(crate) fn take<C: Context>(context: &mut C, world: &World, step: &Step) -> Result<Option<String>, Unanswered> {
    match step {
        Step::State => return Ok(Some(context.state().text.clone())),
        Step::WriteState { value } => context.state_mut().text.clone_from(value),
        Step::WriteShared { value } => context.state().shared.write(parse_number(value)?),
        Step::Clear => context.clear(),
        Step::Match { matcher } => {
            let matched = context.matches(matcher);
            return matched
                .map(|matched| Some(matched.to_string()))
                .ok_or_else(|| Refusal::unsupported("matchers").into());
        }
        Step::Insert { typ, value } => {
            return with_type!(typ, T => {
                let value: T = parse(*typ, value)?;
                Ok(context.insert(value).as_ref().map(Extension::form))
            });
        }
        Step::MaybeInsert { typ, value } => {
            return with_type!(typ, T => {
                let value: Option<T> = value.as_ref().map(|value| parse(*typ, value)).transpose()?;
                Ok(context.maybe_insert(value).as_ref().map(Extension::form))
            });
        }
        Step::Get { typ } => return with_type!(typ, T => Ok(context.get::<T>().map(Extension::form))),
        Step::Remove { typ } => return with_type!(typ, T => Ok(context.remove::<T>().as_ref().map(Extension::form))),
        Step::Update { typ, value } => {
            return with_type!(typ, T => context.get_mut::<T>().map_or(Ok(None), |known| {
                known.write(value)?;
                Ok(Some(known.form()))
            }));
        }
        Step::GetOrInsert { typ, make, write } => {
            return with_type!(typ, T => get_or_insert::<T, _>(context, world, *typ, make, write.as_deref())).map(Some);
        }
        other => return Err(Unanswered::Mistaken(format!("{other:?} is no step on one context"))),
    }
    Ok(None)
}

fn parse<T: Extension>(typ: Type, text: &str) -> Result<T, Unanswered> {
    if typ == Type::HiddenText && text == "nil" {
        return Err(Refusal::unsupported("nil-value").into());
    }
    Ok(T::parse(text)?)
}

/// Gets or inserts, in the form that the script says. Functions report that they run.
fn get_or_insert<T: Extension, C: Context>(
    context: &mut C,
    world: &World,
    typ: Type,
    make: &str,
    write: Option<&str>,
) -> Result<String, Unanswered> {
    let (form, argument) = make.split_once(':').unwrap_or((make, ""));
    let ran = || {
        world.log(Happening::Applied {
            function: make.to_owned(),
            input: String::new(),
        });
    };
    let given = || parse::<T>(typ, argument);
    let handle = match form {
        "value" => context.get_or_insert(given()?),
        "default" => context.get_or_insert_default(),
        "make" => {
            let value = given()?;
            context.get_or_insert_with(|| {
                ran();
                value
            })
        }
        "panic" => context.get_or_insert_with(|| -> T {
            ran();
            panic!("{ORDERED} this function to panic")
        }),
        "from" => {
            let from: Type = serde_json::from_value(argument.into()).map_err(|error| error.to_string())?;
            context.get_or_insert_with_context(|within| {
                ran();
                let value = with_type!(from, U => within.get::<U>().map(Extension::form));
                let text = format!("{}>{}", within.state().text, value.unwrap_or_default());
                T::parse(&text).expect("what is made of a context is a text")
            })
        }
        "try" => {
            let value = given()?;
            tried(context.get_or_try_insert_with(|| {
                ran();
                Ok(value)
            }))?
        }
        "fail" => tried(context.get_or_try_insert_with(|| {
            ran();
            Err(Failure::chain(argument))
        }))?,
        _ => return Err(Unanswered::Mistaken(format!("there is no making by {make:?}"))),
    };
    let handle: &mut T = handle.ok_or_else(|| Refusal::unsupported("extensions-get-or-insert"))?;
    let value = handle.form();
    if let Some(write) = write {
        handle.write(write)?;
    }
    Ok(value)
}

fn tried<T>(result: Option<Result<T, Failure>>) -> Result<Option<T>, Unanswered> {
    result.transpose().map_err(Unanswered::Failed)
}

/// What comes of a step that makes one context of another.
pub(crate) fn cloned<C: Context>(context: &C, world: &World, step: &Step) -> Result<C, Unanswered> {
    let made = match step {
        Step::CloneWithState { value, .. } => context.clone_with_state(State::new(value)),
        Step::CloneMapState { function, .. } => context.clone_map_state(state_map(world, function)?),
        _ => Some(context.clone()),
    };
    Ok(made.ok_or_else(|| Refusal::unsupported("context-state-map"))?)
}

/// What comes of a step that consumes the context, with the value that it answers.
pub(crate) fn replaced<C: Context>(context: C, world: &World, step: &Step) -> Result<(C, Option<String>), Unanswered> {
    let made = match step {
        Step::MapState { function } => context.map_state(state_map(world, function)?).map(|made| (made, None)),
        Step::SwapState { value } => context
            .swap_state(State::new(value))
            .map(|(made, old)| (made, Some(old.text))),
        _ => {
            let made = context.through_parts();
            return Ok((made.ok_or_else(|| Refusal::unsupported("context-parts"))?, None));
        }
    };
    Ok(made.ok_or_else(|| Refusal::unsupported("context-state-map"))?)
}

fn state_map(world: &World, function: &str) -> Result<impl FnOnce(State) -> State + use<>, Refusal> {
    let function = world.function(function)?;
    Ok(move |state| function.map_state(state))
}
