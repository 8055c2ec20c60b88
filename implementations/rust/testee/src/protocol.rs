//! The messages of the protocol, as conformance/PROTOCOL.md describes them.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::value::Type;

mod context;

pub(crate) use context::{Answer, Seen, Step};
pub use context::{Matcher, Metadata};

/// The version of the protocol that this crate speaks.
pub(crate) const VERSION: u32 = 1;

/// A span of virtual time as a script writes it: milliseconds, fractions allowed, and possibly negative where a script checks that
/// an implementation refuses that.
#[derive(Debug, Clone, Copy, PartialEq, Deserialize)]
#[serde(transparent)]
pub struct Milliseconds(f64);

impl Milliseconds {
    /// The span as a duration, or `None` if it is negative, which no [`Duration`] can be.
    pub fn duration(self) -> Option<Duration> {
        Duration::try_from_secs_f64(self.0 / 1e3).ok()
    }
}

/// The name and the verb of a request; the rest of it is a [`Command`] where it is not one of the three verbs of a run.
#[derive(Debug, Deserialize)]
pub(crate) struct Request {
    pub id: u64,
    #[serde(rename = "do")]
    pub verb: String,
    /// Of the greeting: real milliseconds for a virtual one.
    pub scale: Option<f64>,
}

/// One command of a script.
#[derive(Debug, Deserialize)]
#[serde(tag = "do", rename_all = "lowercase")]
pub(crate) enum Command {
    Open {
        service: u64,
        stack: Stack,
        #[serde(default)]
        reuse: u64,
    },
    Factory {
        factory: u64,
        stack: Stack,
    },
    Create {
        operation: u64,
        factory: u64,
        service: u64,
        #[serde(default)]
        config: String,
    },
    Caller {
        caller: u64,
        service: u64,
    },
    Leave {
        caller: u64,
    },
    Ready {
        operation: u64,
        caller: u64,
    },
    Call {
        operation: u64,
        caller: u64,
        request: String,
    },
    Invoke {
        operation: u64,
        caller: u64,
        request: String,
        /// 0 for none.
        #[serde(default)]
        context: u64,
    },
    Poll {
        operation: u64,
        caller: u64,
    },
    Shutdown {
        operation: u64,
        caller: u64,
    },
    Cancel {
        operation: u64,
    },
    Leaf {
        leaf: LeafOrders,
    },
    Answer {
        exchange: u64,
        outcome: Outcome,
        #[serde(default)]
        after: Option<Milliseconds>,
    },
    Advance {
        duration: Milliseconds,
    },
    Close {
        service: u64,
    },
    Context {
        context: u64,
        step: Step,
    },
}

/// What a leaf does from now on. What is left out stays as it was.
#[derive(Debug, Deserialize)]
pub(crate) struct LeafOrders {
    pub name: String,
    pub ready: Option<String>,
    pub answers: Option<String>,
    pub shutdown: Option<String>,
    pub poll: Option<String>,
    pub create: Option<String>,
    pub context: Option<Vec<Step>>,
    // `cancel` is read by nobody: a future that is dropped has ended, whether it minds or not.
}

/// How a leaf ends one exchange.
#[derive(Debug, Clone, Default, Deserialize)]
pub(crate) struct Outcome {
    pub response: Option<String>,
    pub error: Option<String>,
    #[serde(default)]
    pub panic: bool,
}

/// A service as data: layers around a leaf.
#[derive(Debug, Clone, Deserialize)]
pub struct Stack {
    /// The first is outermost.
    #[serde(default)]
    pub layers: Vec<Layer>,
    /// The name of the leaf.
    pub leaf: String,
}

/// A layer as data. What a parameter means is said in conformance/PROTOCOL.md.
#[derive(Debug, Clone, Deserialize)]
#[allow(missing_docs)]
pub struct Layer {
    /// Its name, which is also the feature that it needs.
    #[serde(rename = "layer")]
    pub name: String,
    pub limit: Option<i64>,
    pub bound: Option<i64>,
    pub per: Option<Milliseconds>,
    pub timeout: Option<Milliseconds>,
    pub idle: Option<Milliseconds>,
    #[serde(default)]
    pub function: String,
    #[serde(default)]
    pub group: String,
    #[serde(default)]
    pub tag: String,
    #[serde(default)]
    pub layers: Vec<Layer>,
    pub service: Option<Stack>,
    pub policy: Option<Policy>,
    #[serde(rename = "type")]
    pub typ: Option<Type>,
    #[serde(default)]
    pub value: String,
}

/// A retry policy as data.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Policy {
    /// Attempts after the first.
    pub retries: i64,
    /// `errors`, `all`, `never`, or `response:TEXT`. Empty means `errors`.
    #[serde(default)]
    pub on: String,
    /// What the policy waits before the next attempt.
    pub delay: Option<Milliseconds>,
    /// Instead of `delay`.
    pub backoff: Option<Backoff>,
    /// What retries are paid from.
    pub budget: Option<Budget>,
    /// A function that changes the request of the next attempt. Empty for none.
    #[serde(default)]
    pub request: String,
    /// A function that changes the last outcome. Empty for none.
    #[serde(default)]
    pub result: String,
    /// The request cannot be copied.
    #[serde(default)]
    pub uncopyable: bool,
}

/// The parameters of an exponential back-off.
#[derive(Debug, Clone, Deserialize)]
#[allow(missing_docs)]
pub struct Backoff {
    pub min: Milliseconds,
    pub max: Milliseconds,
    #[serde(default)]
    pub jitter: f64,
}

/// The parameters of a retry budget.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Budget {
    /// How long what was put in or taken out is remembered.
    pub ttl: Milliseconds,
    /// Retries a second that are always allowed.
    pub per_second: i64,
    /// Retries allowed for a hundred calls.
    pub percent: f64,
}

/// The answer to one request.
#[derive(Debug, Default, Serialize)]
pub(crate) struct Reply {
    pub id: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub hello: Option<Greeting>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub events: Vec<Event>,
    /// The subject's time, on the machine's clock.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub at: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub error: Option<String>,
}

/// What a testee says of itself.
#[derive(Debug, Serialize)]
pub(crate) struct Greeting {
    pub protocol: u32,
    pub implementation: String,
    pub version: String,
    pub clock: &'static str,
    pub features: Vec<String>,
}

/// One thing that was seen, and when.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub(crate) struct Event {
    /// Milliseconds since the subject began.
    pub at: f64,
    #[serde(flatten)]
    pub what: Happening,
}

/// What was seen.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(tag = "event", rename_all = "kebab-case")]
pub(crate) enum Happening {
    Opened {
        service: u64,
    },
    Refused {
        service: u64,
        parameter: String,
        text: String,
    },
    Unsupported {
        what: String,
    },
    Built {
        name: String,
    },
    Created {
        leaf: String,
        config: String,
    },
    Asked {
        leaf: String,
    },
    AskedAbandoned {
        leaf: String,
    },
    Polled {
        leaf: String,
    },
    Received {
        leaf: String,
        exchange: u64,
        request: String,
        #[serde(skip_serializing_if = "Option::is_none")]
        seen: Option<Seen>,
    },
    Abandoned {
        exchange: u64,
    },
    LeafShutdown {
        leaf: String,
    },
    Applied {
        function: String,
        input: String,
    },
    Ready {
        operation: u64,
    },
    Response {
        operation: u64,
        text: String,
    },
    Failed {
        operation: u64,
        kinds: Vec<String>,
        text: String,
    },
    Panicked {
        operation: u64,
        text: String,
    },
    Done {
        operation: u64,
    },
    Cancelled {
        operation: u64,
    },
    ContextAnswer {
        context: u64,
        #[serde(flatten)]
        answer: Answer,
    },
}
