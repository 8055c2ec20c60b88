//! The layers of a script as middlewares and combinators of ntex.

use std::error::Error;
use std::fmt;
use std::rc::Rc;

use ntex_service::dev::ServiceChain;
use ntex_service::{Identity, Middleware, Pipeline, Service, Stack, apply_fn, boxed, chain, fn_service, fn_shutdown};
use ntex_util::services::keepalive::KeepAliveService;
use ntex_util::services::timeout::{Timeout, TimeoutError};
use ntex_util::services::{buffer::Buffer, buffer::BufferServiceError, inflight::InFlight, retry::Retry};
use ntex_util::time::Millis;
use plumbline_testee::{BoxError, Function, Layer as Described, Milliseconds, Refusal, World};

use crate::AnyService;
use crate::binding::Opened;
use crate::leaf::NtexLeaf;
use crate::retry::Planned;

/// A middleware of whatever type. Its service is boxed where it goes inside another, and is itself where it is outermost.
pub struct AnyLayer {
    service: Box<dyn Fn(AnyService) -> AnyService>,
    pipeline: Box<dyn Fn(AnyService) -> Opened>,
}

impl AnyLayer {
    fn of<S>(create: impl Fn(AnyService) -> S + 'static) -> Self
    where
        S: Service<String, Response = String, Error = BoxError> + 'static,
    {
        let create = Rc::new(create);
        let outermost = Rc::clone(&create);
        AnyLayer {
            service: Box::new(move |inner| boxed::service(create(inner))),
            pipeline: Box::new(move |inner| Opened::new(Pipeline::new(outermost(inner)))),
        }
    }

    /// The layer of a combinator. Its pipeline is the one that the chain makes of itself.
    fn chained<S>(create: impl Fn(AnyService) -> ServiceChain<S, String> + 'static) -> Self
    where
        S: Service<String, Response = String, Error = BoxError> + 'static,
    {
        let create = Rc::new(create);
        let outermost = Rc::clone(&create);
        AnyLayer {
            service: Box::new(move |inner| boxed::service(create(inner))),
            pipeline: Box::new(move |inner| Opened::new(outermost(inner).into_pipeline())),
        }
    }

    /// The service that this layer makes, as one to be called from outside.
    pub fn open(&self, inner: AnyService) -> Opened {
        (self.pipeline)(inner)
    }
}

impl Middleware<AnyService> for AnyLayer {
    type Service = AnyService;

    fn create(&self, service: AnyService) -> AnyService {
        (self.service)(service)
    }
}

/// Composes layers, the first being outermost.
pub fn compose(world: &World, layers: &[Described]) -> Result<AnyLayer, Refusal> {
    let Some((outermost, inside)) = layers.split_first() else {
        return Ok(AnyLayer {
            service: Box::new(|inner| Identity.create(inner)),
            pipeline: Box::new(|inner| Opened::new(Pipeline::new(inner))),
        });
    };
    let outermost = layer(world, outermost)?;
    if inside.is_empty() {
        return Ok(outermost);
    }
    let (inside, outermost) = (Rc::new(compose(world, inside)?), Rc::new(outermost));
    let stack = Stack::new(Rc::clone(&inside), Rc::clone(&outermost));
    Ok(AnyLayer {
        service: Box::new(move |inner| stack.create(inner)),
        pipeline: Box::new(move |inner| outermost.open(inside.create(inner))),
    })
}

pub fn layer(world: &World, described: &Described) -> Result<AnyLayer, Refusal> {
    Ok(match described.name.as_str() {
        "in-flight-limit" => {
            let limit = count("limit", described.limit)?;
            AnyLayer::of(move |inner| InFlight::new(limit).create(inner))
        }
        "buffer" => {
            let buffer = Buffer::default().buf_size(count("bound", described.bound)?);
            AnyLayer::chained(move |inner| chain(buffer.create(inner)).map_err(taken_out))
        }
        "retry" => {
            let policy = described
                .policy
                .as_ref()
                .ok_or_else(|| Refusal::refused("policy", "it is missing"))?;
            let retry = Retry::new(Planned::new(world, policy)?);
            AnyLayer::of(move |inner| retry.create(inner))
        }
        "timeout" => {
            let timeout = Timeout::new(span("timeout", described.timeout)?);
            AnyLayer::chained(move |inner| chain(timeout.create(inner)).map_err(not_elapsed))
        }
        "keep-alive" => {
            let idle = span("idle", described.idle)?;
            AnyLayer::chained(move |inner| {
                let alive = KeepAliveService::new(idle, || BoxError::from(Idle));
                chain(alive).and_then(inner)
            })
        }
        "boxed" => AnyLayer::of(boxed::service),
        "chain" => AnyLayer::chained(chain),
        "layers" => compose(world, &described.layers)?,
        "middleware" => tagged(world, &described.tag),
        "service-and-then" | "service-then" => row(world, described)?,
        _ => functional(world, described)?,
    })
}

/// The buffer's error is its own type around the inner one; a caller who looks for the inner one takes it out.
fn taken_out(error: BufferServiceError<BoxError>) -> BoxError {
    match error {
        BufferServiceError::Service(inner) => inner,
        cancelled => cancelled.into(),
    }
}

/// The same for the error of a time-out.
fn not_elapsed(error: TimeoutError<BoxError>) -> BoxError {
    match error {
        TimeoutError::Service(inner) => inner,
        elapsed => elapsed.into(),
    }
}

/// What a keep-alive says: ntex-util leaves it to its user to name an error.
#[derive(Debug)]
pub struct Idle;

impl fmt::Display for Idle {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("kept idle for too long")
    }
}

impl Error for Idle {}

/// The middleware that tells when it is applied and leaves its mark on requests.
fn tagged(world: &World, tag: &str) -> AnyLayer {
    let (world, tag) = (world.clone(), tag.to_owned());
    AnyLayer::chained(move |inner| {
        world.built(&tag);
        let tag = tag.clone();
        let mark = fn_service(move |request: String| {
            let marked = format!("{request}>{tag}");
            async move { Ok::<_, BoxError>(marked) }
        });
        chain(mark).and_then(inner)
    })
}

/// Puts a second service behind what is inside.
fn row(world: &World, described: &Described) -> Result<AnyLayer, Refusal> {
    let second = described
        .service
        .as_ref()
        .ok_or_else(|| Refusal::refused("service", "it is missing"))?;
    let layers = compose(world, &second.layers)?;
    let leaf = world.leaf(&second.leaf);
    let second = move || layers.create(boxed::service(NtexLeaf(leaf.clone())));
    if described.name == "service-and-then" {
        return Ok(AnyLayer::chained(move |first| chain(first).and_then(second())));
    }
    let world = world.clone();
    Ok(AnyLayer::chained(move |first| {
        let world = world.clone();
        let words = fn_service(move |outcome| std::future::ready(Ok(in_words(&world, outcome))));
        chain(first).then(chain(words).and_then(second()))
    }))
}

/// What a second service of a script receives of an outcome.
pub fn in_words(world: &World, outcome: Result<String, BoxError>) -> String {
    outcome.unwrap_or_else(|error| world.error_text(&*error))
}

/// The combinators that are made of one function.
fn functional(world: &World, described: &Described) -> Result<AnyLayer, Refusal> {
    let make: fn(Function) -> AnyLayer = match described.name.as_str() {
        "map" => |f| {
            AnyLayer::chained(move |inner| {
                let f = f.clone();
                chain(inner).map(move |response| f.map(response))
            })
        },
        "map-err" => |f| {
            AnyLayer::chained(move |inner| {
                let f = f.clone();
                chain(inner).map_err(move |error: BoxError| f.map_error(error))
            })
        },
        "function-service" => |f| {
            AnyLayer::chained(move |_| {
                let f = f.clone();
                chain(fn_service(move |request| std::future::ready(f.fallible(request))))
            })
        },
        "shutdown-hook" => |f| {
            AnyLayer::chained(move |inner| {
                let f = f.clone();
                let hook = fn_shutdown(async move || drop(f.fallible(String::new())));
                chain(hook).and_then(inner)
            })
        },
        "apply" => apply,
        unknown => return Err(Refusal::unsupported(unknown)),
    };
    Ok(make(world.function(&described.function)?))
}

fn apply(f: Function) -> AnyLayer {
    AnyLayer::of(move |inner| {
        let f = f.clone();
        apply_fn(inner, move |request: String, inner| {
            f.report(&request);
            let times = f.times().unwrap_or_default();
            async move {
                let mut responses = Vec::new();
                for _ in 0..times {
                    responses.push(inner.call(request.clone()).await?);
                }
                Ok::<_, BoxError>(responses.join("+"))
            }
        })
    })
}

/// A span of time, which the implementation takes in milliseconds.
fn span(parameter: &str, value: Option<Milliseconds>) -> Result<Millis, Refusal> {
    value
        .ok_or_else(|| Refusal::refused(parameter, "a script names it"))?
        .duration()
        .map(Millis::from)
        .ok_or_else(|| Refusal::refused(parameter, "it is negative"))
}

/// A number that the implementation takes as an unsigned one.
fn count(parameter: &str, value: Option<i64>) -> Result<usize, Refusal> {
    let value = value.ok_or_else(|| Refusal::refused(parameter, "a script names it"))?;
    usize::try_from(value).map_err(|error| Refusal::refused(parameter, error))
}
