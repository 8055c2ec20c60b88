//! Conversations about contexts, with an implementation whose context is a map.

use std::any::{Any, TypeId};
use std::collections::HashMap;
use std::error::Error;
use std::rc::Rc;

use plumbline_testee::{
    Adapter, AnyContext, Caller, Composed, Context, Extension, Failure, Layer, Leaf, Matcher, Pending, Refusal,
    Service, State, Statement, World, answer_lines,
};
use serde_json::{Value, json};

/// Has contexts with every operation but state maps, guards, parts, and getting or inserting without a function that may fail.
struct Tiny;

impl Adapter for Tiny {
    fn compose(&self, _: &World, _: &[Layer]) -> Result<Box<dyn Composed>, Refusal> {
        Ok(Box::new(Bare))
    }

    fn context(&self, state: Option<State>, graceful: bool) -> Result<AnyContext, Refusal> {
        if graceful {
            return Err(Refusal::unsupported("guard"));
        }
        Ok(AnyContext::new(Map {
            state: state.unwrap_or_default(),
            extensions: HashMap::new(),
        }))
    }

    fn kind(_: &(dyn Error + 'static)) -> Option<&'static str> {
        None
    }
}

struct Bare;

impl Composed for Bare {
    fn apply(&self, leaf: Leaf) -> Result<Rc<dyn Service>, Refusal> {
        Ok(Rc::new(Around(leaf)))
    }
}

struct Around(Leaf);

impl Service for Around {
    fn caller(&self) -> Result<Rc<dyn Caller>, Refusal> {
        Ok(Rc::new(Around(self.0.clone())))
    }
}

impl Caller for Around {
    fn invoke(&self, request: String) -> Pending<String> {
        let leaf = self.0.clone();
        Box::pin(async move { Ok(leaf.call(request).await?) })
    }

    fn invoke_in(&self, context: &AnyContext, request: String) -> Option<Pending<String>> {
        let (leaf, context) = (self.0.clone(), context.downcast::<Map>()?.clone());
        Some(Box::pin(async move { Ok(leaf.call_in(context, request).await?) }))
    }
}

#[derive(Clone)]
struct Map {
    state: State,
    extensions: HashMap<TypeId, Rc<dyn Any>>,
}

impl Map {
    fn copy<T: Extension>(value: Rc<dyn Any>) -> T {
        value.downcast_ref::<T>().expect("the type is the key").clone()
    }
}

impl Context for Map {
    fn state(&self) -> &State {
        &self.state
    }

    fn state_mut(&mut self) -> &mut State {
        &mut self.state
    }

    fn insert<T: Extension>(&mut self, value: T) -> Option<T> {
        self.extensions.insert(TypeId::of::<T>(), Rc::new(value)).map(Map::copy)
    }

    fn maybe_insert<T: Extension>(&mut self, value: Option<T>) -> Option<T> {
        self.insert(value?)
    }

    fn get<T: Extension>(&self) -> Option<&T> {
        self.extensions.get(&TypeId::of::<T>())?.downcast_ref()
    }

    fn get_mut<T: Extension>(&mut self) -> Option<&mut T> {
        let own = self.get::<T>()?.clone();
        self.insert(own);
        Rc::get_mut(self.extensions.get_mut(&TypeId::of::<T>())?)?.downcast_mut()
    }

    fn remove<T: Extension>(&mut self) -> Option<T> {
        self.extensions.remove(&TypeId::of::<T>()).map(Map::copy)
    }

    fn clear(&mut self) {
        self.extensions.clear();
    }

    fn get_or_insert_with<T: Extension>(&mut self, make: impl FnOnce() -> T) -> Option<&mut T> {
        if self.get::<T>().is_none() {
            self.insert(make());
        }
        self.get_mut()
    }

    fn get_or_insert_with_context<T: Extension>(&mut self, make: impl FnOnce(&Self) -> T) -> Option<&mut T> {
        let made = make(self);
        self.get_or_insert_with(|| made)
    }

    fn get_or_try_insert_with<T: Extension>(
        &mut self,
        make: impl FnOnce() -> Result<T, Failure>,
    ) -> Option<Result<&mut T, Failure>> {
        match make() {
            Ok(value) => self.get_or_insert_with(|| value).map(Ok),
            Err(failure) => Some(Err(failure)),
        }
    }

    fn extend(&mut self, other: &mut Self) -> Option<()> {
        self.extensions.extend(other.extensions.drain());
        Some(())
    }

    fn matches(&mut self, matcher: &Matcher) -> Option<bool> {
        Some(matches!(matcher, Matcher::Match(found) if found.typ.is_none()))
    }
}

/// The replies of a fresh subject to commands, without their ids and times.
fn converse(commands: &[Value]) -> Vec<Value> {
    let statement = Statement::parse("implementation: tiny\nversion: 1.0.0\n");
    let mut input = format!("{}\n", json!({"id": 0, "do": "begin"}));
    for command in commands {
        let mut command = command.clone();
        command["id"] = json!(1);
        input += &format!("{command}\n");
    }
    let mut output = Vec::new();
    answer_lines(&statement, Tiny, input.as_bytes(), &mut output).expect("the requests are requests");
    let replies = String::from_utf8(output).expect("replies are UTF-8");
    let without = |mut reply: Value| {
        reply.as_object_mut().expect("a reply is an object").remove("id");
        for event in reply
            .get_mut("events")
            .and_then(Value::as_array_mut)
            .into_iter()
            .flatten()
        {
            event.as_object_mut().expect("an event is an object").remove("at");
        }
        reply
    };
    replies
        .lines()
        .skip(1)
        .map(|line| without(serde_json::from_str(line).expect("a reply is JSON")))
        .collect()
}

fn step(context: u64, step: Value) -> Value {
    json!({"do": "context", "context": context, "step": step})
}

/// What the answers to steps on context 1, which is new, say beside their event and context.
fn answers(steps: &[Value]) -> Vec<Value> {
    let mut commands = vec![step(1, json!({"op": "new", "value": "state"}))];
    commands.extend(steps.iter().map(|one| step(1, one.clone())));
    converse(&commands)
        .split_off(1)
        .into_iter()
        .map(|mut reply| {
            let events = reply["events"].as_array_mut().expect("a step has an answer");
            let mut answer = events.pop().expect("a step has an answer");
            let fields = answer.as_object_mut().expect("an event is an object");
            assert_eq!(fields.remove("event"), Some(json!("context-answer")));
            assert_eq!(fields.remove("context"), Some(json!(1)));
            answer
        })
        .collect()
}

#[test]
fn what_is_there_is_answered_and_what_is_not_is_left_out() {
    let answers = answers(&[
        json!({"op": "insert", "type": "text", "value": "a"}),
        json!({"op": "insert", "type": "text", "value": "b"}),
        json!({"op": "maybe-insert", "type": "text"}),
        json!({"op": "get", "type": "name"}),
        json!({"op": "update", "type": "text", "value": "c"}),
        json!({"op": "update", "type": "number", "value": "1"}),
        json!({"op": "remove", "type": "text"}),
        json!({"op": "state"}),
        json!({"op": "match", "matcher": {"matcher": "match"}}),
    ]);
    let value = |text: &str| json!({ "value": text });
    let expected = [
        json!({}),
        value("a"),
        json!({}),
        json!({}),
        value("c"),
        json!({}),
        value("c"),
        value("state"),
        value("true"),
    ];
    assert_eq!(answers, expected);
}

#[test]
fn a_look_shows_everything_by_type() {
    let answers = answers(&[
        json!({"op": "insert", "type": "optional-text", "value": "none"}),
        json!({"op": "insert", "type": "hidden-text", "value": "behind"}),
        json!({"op": "write-shared", "value": "7"}),
        json!({"op": "write-state", "value": "new"}),
        json!({"op": "look"}),
        json!({"op": "clear"}),
        json!({"op": "look"}),
    ]);
    let extensions = json!({"optional-text": "none", "hidden-text": "behind"});
    assert_eq!(
        answers[4],
        json!({"seen": {"state": "new", "shared": "7", "extensions": extensions}})
    );
    assert_eq!(answers[6], json!({"seen": {"state": "new", "shared": "7"}}));
}

#[test]
fn functions_that_make_a_value_report_that_they_run() {
    let make = |form: &str| {
        step(
            1,
            json!({"op": "get-or-insert", "type": "text", "make": form, "write": "written"}),
        )
    };
    let replies = converse(&[
        step(1, json!({"op": "new", "value": "state"})),
        make("fail:outer<inner"),
        make("panic"),
        make("from:number"),
        make("make:other"),
        step(1, json!({"op": "get", "type": "text"})),
    ]);
    let applied = |form: &str| json!({"event": "applied", "function": form, "input": ""});
    let answer = |fields: Value| {
        let mut answer = fields;
        answer["event"] = json!("context-answer");
        answer["context"] = json!(1);
        answer
    };
    assert_eq!(
        replies[1],
        json!({"events": [applied("fail:outer<inner"), answer(json!({"kinds": ["outer", "inner"], "text": "outer: inner"}))]})
    );
    assert_eq!(replies[2]["events"][0], applied("panic"));
    assert_eq!(replies[2]["events"][1]["panic"], json!(true));
    assert_eq!(
        replies[3],
        json!({"events": [applied("from:number"), answer(json!({"value": "state>"}))]})
    );
    assert_eq!(replies[4], json!({"events": [answer(json!({"value": "written"}))]}));
    assert_eq!(replies[5], json!({"events": [answer(json!({"value": "written"}))]}));
}

#[test]
fn what_there_is_not_is_named_by_its_feature() {
    let missing = |one: Value| {
        let replies = converse(&[step(1, json!({"op": "new"})), step(1, one)]);
        assert_eq!(replies[1]["events"][0]["event"], json!("unsupported"));
        replies[1]["events"][0]["what"].clone()
    };
    assert_eq!(missing(json!({"op": "new", "graceful": true})), "guard");
    assert_eq!(missing(json!({"op": "swap-state", "value": "s"})), "context-state-map");
    assert_eq!(missing(json!({"op": "parts"})), "context-parts");
    assert_eq!(
        missing(json!({"op": "get-or-insert", "type": "text", "make": "default"})),
        "extensions-get-or-insert"
    );
    assert_eq!(
        missing(json!({"op": "insert", "type": "hidden-text", "value": "nil"})),
        "nil-value"
    );
}

#[test]
fn an_extension_moves_and_a_clone_keeps_its_own() {
    let replies = converse(&[
        step(1, json!({"op": "new"})),
        step(1, json!({"op": "insert", "type": "number", "value": "1"})),
        step(2, json!({"op": "clone", "other": 1})),
        step(3, json!({"op": "new"})),
        step(3, json!({"op": "extend", "other": 1})),
        step(1, json!({"op": "get", "type": "number"})),
        step(2, json!({"op": "get", "type": "number"})),
        step(3, json!({"op": "get", "type": "number"})),
        step(1, json!({"op": "extend", "other": 1})),
        step(1, json!({"op": "look"})),
    ]);
    let value = |reply: &Value| reply["events"][0]["value"].clone();
    assert_eq!(
        [value(&replies[5]), value(&replies[6]), value(&replies[7])],
        [Value::Null, json!("1"), json!("1")]
    );
    assert_eq!(replies[8], json!({"error": "there is no context 1"}));
    assert_eq!(replies[9]["events"][0]["seen"]["state"], json!(""));
}

#[test]
fn a_call_shows_the_context_that_it_came_with_and_the_leaf_changes_its_own() {
    let replies = converse(&[
        json!({"do": "open", "service": 1, "stack": {"layers": [], "leaf": "leaf"}}),
        json!({"do": "caller", "caller": 1, "service": 1}),
        json!({"do": "leaf", "leaf": {"name": "leaf", "context": [{"op": "insert", "type": "flag", "value": "true"}, {"op": "write-state", "value": "leaf"}]}}),
        step(1, json!({"op": "new", "value": "state"})),
        json!({"do": "invoke", "operation": 1, "caller": 1, "request": "r", "context": 1}),
        json!({"do": "invoke", "operation": 2, "caller": 1, "request": "r"}),
        step(1, json!({"op": "look"})),
        json!({"do": "invoke", "operation": 3, "caller": 1, "request": "r", "context": 9}),
    ]);
    let untouched = json!({"state": "state", "shared": "0"});
    assert_eq!(replies[4]["events"][0]["seen"], untouched);
    assert_eq!(replies[5]["events"][0]["seen"], Value::Null);
    assert_eq!(replies[6]["events"][0]["seen"], untouched);
    assert_eq!(replies[7], json!({"error": "there is no context 9"}));
}
