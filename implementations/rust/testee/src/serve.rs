//! The loop that answers requests.

use std::io::{self, BufRead, Write};
use std::rc::Rc;

use serde_json::{Value, from_value};

use crate::adapter::Adapter;
use crate::failure::Kind;
use crate::leaf::ORDERED;
use crate::protocol::{Command, Greeting, Reply, Request, VERSION};
use crate::statement::Statement;
use crate::subject::Subject;

/// Answers the requests on standard input until that ends.
///
/// # Errors
///
/// If standard input holds what is no request, or standard output cannot be written.
pub fn serve(statement: &Statement, adapter: impl Adapter + 'static) -> io::Result<()> {
    // A panic that the script has ordered is no news to the people who read standard error.
    let usual = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |panic| {
        if !panic.payload_as_str().is_some_and(|text| text.starts_with(ORDERED)) {
            usual(panic);
        }
    }));
    answer_lines(statement, adapter, io::stdin().lock(), io::stdout().lock())
}

/// As [`serve`], on a reader and a writer of one's own.
///
/// # Errors
///
/// If `input` holds what is no request, or `output` cannot be written.
pub fn answer_lines(
    statement: &Statement,
    adapter: impl Adapter + 'static,
    input: impl BufRead,
    mut output: impl Write,
) -> io::Result<()> {
    let mut server = Server {
        statement,
        kind: kind_of(&adapter),
        adapter: Rc::new(adapter),
        subject: None,
    };
    for line in input.lines() {
        let value: Value = serde_json::from_str(&line?)?;
        let request: Request = from_value(value.clone())?;
        let mut reply = server.answer(&request, value);
        reply.id = request.id;
        serde_json::to_writer(&mut output, &reply)?;
        output.write_all(b"\n")?;
        output.flush()?;
    }
    Ok(())
}

fn kind_of<A: Adapter>(_: &A) -> Kind {
    A::kind
}

struct Server<'a> {
    statement: &'a Statement,
    adapter: Rc<dyn Adapter>,
    kind: Kind,
    /// None between end and begin.
    subject: Option<Subject>,
}

impl Server<'_> {
    fn answer(&mut self, request: &Request, value: Value) -> Reply {
        let mut reply = Reply::default();
        let result = match request.verb.as_str() {
            "hello" => {
                reply.hello = Some(self.greeting());
                Ok(())
            }
            "begin" => self.end().and_then(|()| {
                self.subject = Some(Subject::begin(Rc::clone(&self.adapter), self.kind)?);
                Ok(())
            }),
            "end" => self.end(),
            _ => match (from_value::<Command>(value), &mut self.subject) {
                (Err(error), _) => Err(format!("no command: {error}")),
                (_, None) => Err("no subject has begun".to_owned()),
                (Ok(command), Some(subject)) => {
                    let (events, result) = subject.carry_out(command);
                    reply.events = events;
                    result
                }
            },
        };
        reply.error = result.err();
        reply
    }

    fn greeting(&self) -> Greeting {
        Greeting {
            protocol: VERSION,
            implementation: self.statement.implementation.clone(),
            version: self.statement.version.clone(),
            clock: "virtual",
            features: self.statement.features.clone(),
        }
    }

    fn end(&mut self) -> Result<(), String> {
        self.subject.take().map_or(Ok(()), Subject::end)
    }
}
