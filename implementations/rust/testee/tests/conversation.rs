//! Whole conversations with a testee whose implementation is as small as one can be: the leaf itself.

use std::error::Error;
use std::rc::Rc;
use std::time::Duration;

use plumbline_testee::{
    Adapter, BoxError, Caller, Composed, Leaf, Pending, Refusal, Service, Statement, World, answer_lines, guard,
};
use serde_json::{Value, json};

/// Knows `timeout`, `forgetful` (leaves work behind) and `panicking` (panics when it is built).
struct Tiny;

impl Adapter for Tiny {
    fn compose(&self, _: &World, layers: &[plumbline_testee::Layer]) -> Result<Box<dyn Composed>, Refusal> {
        let mut layered = Layered::default();
        for layer in layers {
            match layer.name.as_str() {
                "timeout" => layered.timeout = layer.timeout.and_then(|timeout| timeout.duration()),
                "forgetful" => layered.forgetful = true,
                "concurrency-limit" => guard(|_| Some("limit"), || panic!("the limit is not to my liking"))?,
                "panicking" => panic!("this adapter does not want to build"),
                unknown => return Err(Refusal::unsupported(unknown)),
            }
        }
        Ok(Box::new(layered))
    }

    fn kind(error: &(dyn Error + 'static)) -> Option<&'static str> {
        error.is::<tokio::time::error::Elapsed>().then_some("elapsed")
    }
}

#[derive(Clone, Default)]
struct Layered {
    timeout: Option<Duration>,
    forgetful: bool,
}

struct Around(Layered, Leaf);

impl Composed for Layered {
    fn apply(&self, leaf: Leaf) -> Result<Rc<dyn Service>, Refusal> {
        Ok(Rc::new(Around(self.clone(), leaf)))
    }
}

impl Service for Around {
    fn caller(&self) -> Result<Rc<dyn Caller>, Refusal> {
        Ok(Rc::new(Around(self.0.clone(), self.1.clone())))
    }
}

impl Caller for Around {
    fn invoke(&self, request: String) -> Pending<String> {
        let (layered, leaf) = (self.0.clone(), self.1.clone());
        Box::pin(async move {
            if layered.forgetful {
                tokio::spawn(std::future::pending::<()>());
            }
            leaf.ready().await?;
            match layered.timeout {
                None => Ok(leaf.call(request).await?),
                Some(limit) => Ok(tokio::time::timeout(limit, leaf.call(request))
                    .await
                    .map_err(BoxError::from)??),
            }
        })
    }

    fn ready(&self) -> Option<Pending<()>> {
        let leaf = self.1.clone();
        Some(Box::pin(async move { Ok(leaf.ready().await?) }))
    }

    fn shutdown(&self) -> Option<Pending<()>> {
        let leaf = self.1.clone();
        Some(Box::pin(async move {
            leaf.shutdown().await;
            Ok(())
        }))
    }
}

/// Has a testee answer requests; the ids are added here, and taken away from the replies.
fn converse(requests: &[Value]) -> Vec<Value> {
    let statement = Statement::parse("implementation: tiny\nversion: 1.0.0\nfeatures:\n  - timeout\n");
    let mut input = String::new();
    for (index, request) in requests.iter().enumerate() {
        let mut request = request.clone();
        request["id"] = json!(index + 1);
        input += &format!("{request}\n");
    }
    let mut output = Vec::new();
    answer_lines(&statement, Tiny, input.as_bytes(), &mut output).expect("the requests are requests");
    let replies: Vec<Value> = String::from_utf8(output)
        .expect("replies are UTF-8")
        .lines()
        .map(|line| serde_json::from_str(line).expect("a reply is JSON"))
        .collect();
    let ids: Vec<_> = replies
        .iter()
        .map(|reply| reply["id"].as_u64().expect("a reply has an id"))
        .collect();
    assert_eq!(ids, (1..=requests.len() as u64).collect::<Vec<_>>());
    replies
        .into_iter()
        .map(|mut reply| {
            reply
                .as_object_mut()
                .map(|o| {
                    o.remove("id");
                    json!(o)
                })
                .unwrap()
        })
        .collect()
}

/// Has a fresh subject with one service and one caller carry out commands; replies to those alone are returned.
fn with_caller(layers: Value, commands: &[Value]) -> Vec<Value> {
    let mut requests = vec![
        json!({"do": "begin"}),
        json!({"do": "open", "service": 1, "stack": {"layers": layers, "leaf": "leaf"}}),
        json!({"do": "caller", "caller": 1, "service": 1}),
    ];
    requests.extend_from_slice(commands);
    converse(&requests).split_off(3)
}

fn invoke(operation: u64) -> Value {
    json!({"do": "invoke", "operation": operation, "caller": 1, "request": "r"})
}

fn at_zero(events: &[Value]) -> Value {
    let mut events = events.to_vec();
    events.iter_mut().for_each(|event| event["at"] = json!(0.0));
    json!({ "events": events })
}

#[test]
fn it_greets_with_its_statement() {
    let replies = converse(&[json!({"do": "hello", "protocol": 1, "scale": 50})]);
    let greeting = json!({"protocol": 1, "implementation": "tiny", "version": "1.0.0", "clock": "virtual", "features": ["timeout"]});
    assert_eq!(replies, [json!({ "hello": greeting })]);
}

#[test]
fn an_operation_goes_on_until_its_exchange_is_answered() {
    let replies = with_caller(
        json!([]),
        &[
            invoke(1),
            json!({"do": "answer", "exchange": 1, "outcome": {"error": "boom<spark"}}),
        ],
    );
    assert_eq!(
        replies,
        [
            at_zero(&[
                json!({"event": "asked", "leaf": "leaf"}),
                json!({"event": "received", "leaf": "leaf", "exchange": 1, "request": "r"}),
            ]),
            at_zero(&[json!({"event": "failed", "operation": 1, "kinds": ["boom", "spark"], "text": "boom: spark"})]),
        ]
    );
}

#[test]
fn what_falls_due_on_the_way_happens_at_its_own_instant() {
    let replies = with_caller(
        json!([{"layer": "timeout", "timeout": 100}]),
        &[
            invoke(1),
            invoke(2),
            json!({"do": "answer", "exchange": 2, "outcome": {"response": "in time"}, "after": 30}),
            json!({"do": "advance", "duration": 3_600_000}),
            invoke(3),
            json!({"do": "advance", "duration": 99.5}),
            json!({"do": "advance", "duration": 0.5}),
        ],
    );
    let instants = |reply: &Value| {
        let events = reply["events"].as_array().cloned().unwrap_or_default();
        events
            .iter()
            .map(|event| {
                (
                    event["event"].as_str().unwrap().to_owned(),
                    event["at"].as_f64().unwrap(),
                )
            })
            .collect::<Vec<_>>()
    };
    let expected = [("response", 30.0), ("abandoned", 100.0), ("failed", 100.0)];
    assert_eq!(
        instants(&replies[3]),
        expected.map(|(event, at)| (event.to_owned(), at))
    );
    assert_eq!(instants(&replies[4])[0].1, 3_600_000.0);
    assert_eq!(instants(&replies[5]), []);
    assert_eq!(instants(&replies[6])[1], ("failed".to_owned(), 3_600_100.0));
}

#[test]
fn to_give_up_drops_what_was_under_way() {
    let cancel = |operation| json!({"do": "cancel", "operation": operation});
    let replies = with_caller(
        json!([]),
        &[
            invoke(1),
            cancel(1),
            cancel(1),
            json!({"do": "leaf", "leaf": {"name": "leaf", "ready": "wait"}}),
            json!({"do": "ready", "operation": 2, "caller": 1}),
            cancel(2),
        ],
    );
    let cancelled = |operation| json!({"event": "cancelled", "operation": operation});
    assert_eq!(
        replies[1],
        at_zero(&[json!({"event": "abandoned", "exchange": 1}), cancelled(1)])
    );
    assert_eq!(replies[2], json!({}));
    assert_eq!(
        replies[5],
        at_zero(&[json!({"event": "asked-abandoned", "leaf": "leaf"}), cancelled(2)])
    );
}

#[test]
fn a_panic_ends_its_operation_and_no_other() {
    let replies = with_caller(
        json!([]),
        &[
            invoke(1),
            json!({"do": "answer", "exchange": 1, "outcome": {"panic": true}}),
            json!({"do": "leaf", "leaf": {"name": "leaf", "answers": "panic"}}),
            invoke(2),
            json!({"do": "leaf", "leaf": {"name": "leaf", "answers": "echo"}}),
            invoke(3),
        ],
    );
    let last = |reply: &Value| reply["events"].as_array().unwrap().last().unwrap()["event"].clone();
    assert_eq!(
        [last(&replies[1]), last(&replies[3]), last(&replies[5])],
        ["panicked", "panicked", "response"]
    );
}

#[test]
fn shutdown_waits_for_the_leaf() {
    let replies = with_caller(
        json!([]),
        &[
            json!({"do": "leaf", "leaf": {"name": "leaf", "shutdown": "wait"}}),
            json!({"do": "shutdown", "operation": 1, "caller": 1}),
            json!({"do": "leaf", "leaf": {"name": "leaf", "shutdown": "done"}}),
            json!({"do": "poll", "operation": 2, "caller": 1}),
        ],
    );
    assert_eq!(
        replies[1],
        at_zero(&[json!({"event": "leaf-shutdown", "leaf": "leaf"})])
    );
    assert_eq!(replies[2], at_zero(&[json!({"event": "done", "operation": 1})]));
    assert_eq!(replies[3], at_zero(&[json!({"event": "unsupported", "what": "poll"})]));
}

#[test]
fn construction_is_answered_by_what_the_implementation_says() {
    let open = |layer| json!({"do": "open", "service": 1, "stack": {"layers": [{"layer": layer}], "leaf": "leaf"}});
    let replies = converse(&[
        json!({"do": "begin"}),
        open("unheard-of"),
        open("concurrency-limit"),
        open("panicking"),
    ]);
    assert_eq!(
        replies[1],
        at_zero(&[json!({"event": "unsupported", "what": "unheard-of"})])
    );
    assert_eq!(
        replies[2],
        at_zero(&[
            json!({"event": "refused", "service": 1, "parameter": "limit", "text": "the limit is not to my liking"})
        ])
    );
    assert_eq!(
        replies[3],
        json!({"error": "the adapter panicked: this adapter does not want to build"})
    );
}

#[test]
fn work_that_is_left_running_is_reported() {
    let end = json!({"do": "end"});
    assert_eq!(with_caller(json!([]), &[invoke(1), end.clone()])[1], json!({}));
    let error = "the implementation left work running behind it: 1 tasks";
    assert_eq!(
        with_caller(json!([{"layer": "forgetful"}]), &[invoke(1), end])[1],
        json!({ "error": error })
    );
}

#[test]
fn a_command_that_makes_no_sense_is_an_error_and_the_run_goes_on() {
    let replies = converse(&[
        json!({"do": "advance", "duration": 1}),
        json!({"do": "begin"}),
        json!({"do": "caller", "caller": 1, "service": 7}),
        json!({"do": "dance"}),
        json!({"do": "answer", "exchange": 1, "outcome": {"response": "r"}}),
        json!({"do": "end"}),
    ]);
    assert_eq!(replies[0], json!({"error": "no subject has begun"}));
    assert_eq!(replies[2], json!({"error": "there is no service 7"}));
    assert!(replies[3]["error"].as_str().unwrap().starts_with("no command: "));
    assert_eq!(replies[4], json!({"error": "there is no exchange 1"}));
    assert_eq!(replies[5], json!({}));
}
