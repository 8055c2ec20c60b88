//! The matchers of a script as those of rama, and a service that runs one.

use std::convert::Infallible;
use std::future::ready;
use std::pin::pin;
use std::sync::Arc;
use std::task::{self, Poll, Waker};

use plumbline_testee::{Extension, Matcher as Described, Metadata, State, with_type};
use rama_core::context::Extensions;
use rama_core::layer::HijackLayer;
use rama_core::matcher::{And, IteratorMatcherExt, Matcher, Not, Or, match_fn};
use rama_core::service::service_fn;
use rama_core::{Context, Layer, Service};

type AnyMatcher = Box<dyn Matcher<State, ()>>;

/// Runs a matcher as that of a layer which hijacks the calls that match: rama's own way to take over what a matcher has found.
/// The service that is hijacked and the one that hijacks return the context that they receive.
pub fn run(described: &Described, context: Context<State>) -> (bool, Context<State>) {
    let answering =
        |matched| service_fn(move |context: Context<State>, (): ()| ready(Ok::<_, Infallible>((matched, context))));
    let service = HijackLayer::new(Arc::new(matcher(described)), answering(true)).layer(answering(false));
    let served = pin!(service.serve(context, ()));
    match served.poll(&mut task::Context::from_waker(Waker::noop())) {
        Poll::Ready(Ok(answer)) => answer,
        Poll::Pending => unreachable!("nothing in here waits"),
    }
}

fn matcher(described: &Described) -> AnyMatcher {
    match described {
        Described::Match(metadata) => leaf(metadata, true),
        Described::Miss(metadata) => leaf(metadata, false),
        Described::And { of } => match &of[..] {
            [a] => Box::new(And::new((matcher(a),))),
            [a, b] => Box::new(And::new((matcher(a), matcher(b)))),
            [a, b, c] => Box::new(And::new((matcher(a), matcher(b), matcher(c)))),
            any => Box::new(Every(any.iter().map(matcher).collect())),
        },
        Described::Or { of } => match &of[..] {
            [a] => Box::new(Or::new((matcher(a),))),
            [a, b] => Box::new(Or::new((matcher(a), matcher(b)))),
            [a, b, c] => Box::new(Or::new((matcher(a), matcher(b), matcher(c)))),
            any => Box::new(Any(any.iter().map(matcher).collect())),
        },
        Described::Not { of: [inner] } => Box::new(Not::new(matcher(inner))),
        Described::None {} => Box::new(None::<AnyMatcher>),
    }
}

/// A matcher that inserts what it is given, and answers as it is told.
fn leaf(metadata: &Metadata, matches: bool) -> AnyMatcher {
    let Some(typ) = metadata.typ else {
        return Box::new(matches);
    };
    with_type!(typ, T => finding(T::parse(&metadata.value).expect("the script has the forms of values right"), matches))
}

fn finding<T: Extension>(value: T, matches: bool) -> AnyMatcher {
    Box::new(match_fn(move |found: Option<&mut Extensions>| {
        if let Some(found) = found {
            found.insert(value.clone());
        }
        matches
    }))
}

/// Any number of matchers, combined by the function that rama has for iterators: its tuples have one member at least.
struct Every(Vec<AnyMatcher>);

impl Matcher<State, ()> for Every {
    fn matches(&self, found: Option<&mut Extensions>, context: &Context<State>, (): &()) -> bool {
        self.0.iter().matches_and(found, context, &())
    }
}

/// As [`Every`], for alternatives.
struct Any(Vec<AnyMatcher>);

impl Matcher<State, ()> for Any {
    fn matches(&self, found: Option<&mut Extensions>, context: &Context<State>, (): &()) -> bool {
        self.0.iter().matches_or(found, context, &())
    }
}
