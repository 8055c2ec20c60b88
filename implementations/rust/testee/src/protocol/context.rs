//! What scripts do to contexts, and what contexts show.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::value::Type;

/// One step on a context.
#[derive(Debug, Clone, Deserialize)]
#[serde(tag = "op", rename_all = "kebab-case")]
pub(crate) enum Step {
    New {
        value: Option<String>,
        #[serde(default)]
        graceful: bool,
    },
    Clone {
        other: u64,
    },
    Look,
    State,
    WriteState {
        value: String,
    },
    WriteShared {
        value: String,
    },
    MapState {
        function: String,
    },
    SwapState {
        value: String,
    },
    CloneWithState {
        other: u64,
        value: String,
    },
    CloneMapState {
        other: u64,
        function: String,
    },
    Parts,
    Insert {
        #[serde(rename = "type")]
        typ: Type,
        value: String,
    },
    MaybeInsert {
        #[serde(rename = "type")]
        typ: Type,
        value: Option<String>,
    },
    Get {
        #[serde(rename = "type")]
        typ: Type,
    },
    Update {
        #[serde(rename = "type")]
        typ: Type,
        value: String,
    },
    GetOrInsert {
        #[serde(rename = "type")]
        typ: Type,
        make: String,
        write: Option<String>,
    },
    Remove {
        #[serde(rename = "type")]
        typ: Type,
    },
    Extend {
        other: u64,
    },
    Clear,
    Match {
        matcher: Matcher,
    },
}

/// A matcher as data.
#[derive(Debug, Clone, Deserialize)]
#[serde(tag = "matcher", rename_all = "lowercase")]
pub enum Matcher {
    /// Inserts its extension, if it has one, and matches.
    Match(Metadata),
    /// Inserts its extension, if it has one, and does not match.
    Miss(Metadata),
    /// Matches if all do.
    And {
        /// Any number.
        #[serde(default)]
        of: Vec<Matcher>,
    },
    /// Matches if any does.
    Or {
        /// Any number.
        #[serde(default)]
        of: Vec<Matcher>,
    },
    /// Matches if the one inside does not.
    Not {
        /// One.
        of: [Box<Matcher>; 1],
    },
    /// An option that holds no matcher.
    None {},
}

/// The extension that a matcher inserts.
#[derive(Debug, Clone, Deserialize)]
pub struct Metadata {
    /// Its type, or `None` where nothing is inserted.
    #[serde(rename = "type")]
    pub typ: Option<Type>,
    /// The text form of its value.
    #[serde(default)]
    pub value: String,
}

/// Everything that can be seen in a context.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub(crate) struct Seen {
    pub state: String,
    pub shared: String,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub guarded: bool,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub extensions: BTreeMap<Type, String>,
}

/// The answer to one step.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub(crate) struct Answer {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub value: Option<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub kinds: Vec<String>,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub panic: bool,
    #[serde(skip_serializing_if = "String::is_empty")]
    pub text: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub seen: Option<Seen>,
}
