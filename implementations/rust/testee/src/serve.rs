//! The loop that answers requests.

use std::io::{self, BufRead, Write};
use std::rc::Rc;

use serde_json::{Value, from_value};

use crate::adapter::Adapter;
use crate::clock::Clock;
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
    quieten_panics();
    answer_lines(statement, adapter, io::stdin().lock(), io::stdout().lock())
}

/// As [`serve`], on the machine's clock.
///
/// # Errors
///
/// As [`serve`].
pub fn serve_live(statement: &Statement, adapter: impl Adapter + 'static) -> io::Result<()> {
    quieten_panics();
    let server = Server::new(statement, adapter, Clock::Real(1.0));
    server.answer_lines(io::stdin().lock(), io::stdout().lock())
}

/// Says nothing of panics that the script has ordered, which are no news to the people who read standard error, and of another what fits
/// in a line, unless somebody wants its backtrace.
fn quieten_panics() {
    let at_length = std::env::var_os("RUST_BACKTRACE").is_some_and(|wanted| wanted != "0");
    let usual = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |panic| {
        if panic.payload_as_str().is_some_and(|text| text.starts_with(ORDERED)) {
            return;
        }
        if at_length {
            return usual(panic);
        }
        let place = panic.location().map(ToString::to_string).unwrap_or_default();
        let text = panic.payload_as_str().unwrap_or("no text").replace('\n', " ");
        eprintln!("panicked at {place}: {text}");
    }));
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
    output: impl Write,
) -> io::Result<()> {
    Server::new(statement, adapter, Clock::Virtual).answer_lines(input, output)
}

fn kind_of<A: Adapter>(_: &A) -> Kind {
    A::kind
}

struct Server<'a> {
    statement: &'a Statement,
    adapter: Rc<dyn Adapter>,
    kind: Kind,
    clock: Clock,
    /// None between end and begin.
    subject: Option<Subject>,
}

impl<'a> Server<'a> {
    fn new(statement: &'a Statement, adapter: impl Adapter + 'static, clock: Clock) -> Self {
        Server {
            statement,
            kind: kind_of(&adapter),
            adapter: Rc::new(adapter),
            clock,
            subject: None,
        }
    }

    fn answer_lines(mut self, input: impl BufRead, mut output: impl Write) -> io::Result<()> {
        for line in input.lines() {
            let value: Value = serde_json::from_str(&line?)?;
            let request: Request = from_value(value.clone())?;
            let mut reply = self.answer(&request, value);
            reply.id = request.id;
            serde_json::to_writer(&mut output, &reply)?;
            output.write_all(b"\n")?;
            output.flush()?;
        }
        Ok(())
    }

    fn answer(&mut self, request: &Request, mut value: Value) -> Reply {
        let mut reply = Reply::default();
        let result = match request.verb.as_str() {
            "hello" => {
                if let (Clock::Real(scale), Some(asked)) = (&mut self.clock, request.scale) {
                    *scale = asked;
                }
                reply.hello = Some(self.greeting());
                Ok(())
            }
            "begin" => self.end().and_then(|()| {
                self.subject = Some(Subject::begin(Rc::clone(&self.adapter), self.kind, self.clock)?);
                Ok(())
            }),
            "end" => self.end(),
            _ => {
                if self.clock != Clock::Virtual {
                    self.clock.stretch(&mut value);
                }
                match (from_value::<Command>(value), &mut self.subject) {
                    (Err(error), _) => Err(format!("no command: {error}")),
                    (_, None) => Err("no subject has begun".to_owned()),
                    (Ok(command), Some(subject)) => {
                        let (events, result) = subject.carry_out(command);
                        reply.events = events;
                        reply.at = subject.now();
                        result
                    }
                }
            }
        };
        reply.error = result.err();
        reply
    }

    fn greeting(&self) -> Greeting {
        Greeting {
            protocol: VERSION,
            implementation: self.statement.implementation.clone(),
            version: self.statement.version.clone(),
            clock: match self.clock {
                Clock::Virtual => "virtual",
                Clock::Real(_) => "real",
            },
            features: self.statement.features.clone(),
        }
    }

    fn end(&mut self) -> Result<(), String> {
        self.subject.take().map_or(Ok(()), Subject::end)
    }
}
