//! The layers of a script as those of rama.

use std::future::ready;
use std::rc::Rc;
use std::time::Duration;

use plumbline_testee::{BoxError, Extension, Function, Layer as Described, Refusal, State, Type, World, with_type};
use rama_core::layer::limit::policy::{ConcurrentCounter, ConcurrentPolicy};
use rama_core::layer::{
    AddExtensionLayer, GetExtensionLayer, LimitLayer, MapErrLayer, MapRequestLayer, MapResponseLayer, MapResultLayer,
    MapStateLayer, TimeoutLayer, layer_fn,
};
use rama_core::service::service_fn;
use rama_core::{Layer, Service};
use rama_utils::backoff::ExponentialBackoff;
use rama_utils::rng::Rng;

use crate::AnyService;

/// A layer of whatever type.
#[derive(Clone)]
pub struct AnyLayer(Rc<dyn Fn(AnyService) -> AnyService>);

impl AnyLayer {
    fn of<L>(layer: L) -> Self
    where
        L: Layer<AnyService, Service: Service<State, String, Response = String, Error = BoxError>> + 'static,
    {
        AnyLayer(Rc::new(move |inner| layer.layer(inner).boxed()))
    }
}

impl Layer<AnyService> for AnyLayer {
    type Service = AnyService;

    fn layer(&self, inner: AnyService) -> AnyService {
        (self.0)(inner)
    }
}

/// Composes layers, the first being outermost, as rama composes the layers of a tuple.
pub fn compose(world: &World, layers: &[Described]) -> Result<AnyLayer, Refusal> {
    let mut rest = layers;
    let mut composed = AnyLayer::of(());
    while let Some((first, others)) = rest.split_first() {
        let (next, others) = match (first.name.as_str(), others.split_first()) {
            ("load-shed", Some((limit, others))) if limit.name.ends_with("concurrency-limit") => {
                (aborting(world, limit)?, others)
            }
            _ => (layer(world, first)?, others),
        };
        composed = AnyLayer::of((composed, next));
        rest = others;
    }
    Ok(composed)
}

fn layer(world: &World, described: &Described) -> Result<AnyLayer, Refusal> {
    Ok(match described.name.as_str() {
        "concurrency-limit" | "global-concurrency-limit" => {
            let policy = ConcurrentPolicy::with_backoff(backoff(), counter(world, described)?);
            AnyLayer::of(LimitLayer::new(policy))
        }
        "timeout" => {
            let timeout = described
                .timeout
                .ok_or_else(|| Refusal::refused("timeout", "it is missing"))?;
            let timeout = timeout
                .duration()
                .ok_or_else(|| Refusal::refused("timeout", "a duration is not negative"))?;
            AnyLayer::of(TimeoutLayer::new(timeout))
        }
        "add-extension" => with_type!(extension(described)?, T => {
            let value = T::parse(&described.value).map_err(|error| Refusal::refused("value", error))?;
            AnyLayer::of(AddExtensionLayer::new(value))
        }),
        "get-extension" => with_type!(extension(described)?, T => {
            let f = world.function(&described.function)?;
            AnyLayer::of(GetExtensionLayer::new(move |value: T| {
                f.map(value.form());
                ready(())
            }))
        }),
        "boxed" => AnyLayer::of(layer_fn(|inner: AnyService| inner.boxed())),
        "layers" => compose(world, &described.layers)?,
        "option-layer" if described.layers.is_empty() => AnyLayer::of(None::<AnyLayer>),
        "option-layer" => AnyLayer::of(Some(compose(world, &described.layers)?)),
        "layer-fn" => {
            let (world, tag) = (world.clone(), described.tag.clone());
            AnyLayer::of(layer_fn(move |inner: AnyService| {
                world.built(&tag);
                let tag = tag.clone();
                MapRequestLayer::new(move |request: String| format!("{request}>{tag}")).layer(inner)
            }))
        }
        _ => functional(world, described)?,
    })
}

fn extension(described: &Described) -> Result<Type, Refusal> {
    described.typ.ok_or_else(|| Refusal::refused("type", "it is missing"))
}

/// A limit that sheds.
fn aborting(world: &World, described: &Described) -> Result<AnyLayer, Refusal> {
    Ok(AnyLayer::of(LimitLayer::new(ConcurrentPolicy::new(counter(
        world, described,
    )?))))
}

/// The back-off with which the crate's own default waits, but for its source of chance: a verdict must not hang on that.
fn backoff() -> ExponentialBackoff<fn() -> Middle, Middle> {
    let (min, max, jitter) = (Duration::from_millis(50), Duration::from_secs(3), 0.99);
    ExponentialBackoff::new(min, max, jitter, (|| Middle) as fn() -> Middle).expect("these are the crate's defaults")
}

/// A source of chance that is always half way.
#[derive(Clone)]
struct Middle;

impl Rng for Middle {
    fn next_u64(&mut self) -> u64 {
        u64::MAX / 2
    }
}

fn counter(world: &World, described: &Described) -> Result<ConcurrentCounter, Refusal> {
    let limit = described
        .limit
        .ok_or_else(|| Refusal::refused("limit", "it is missing"))?;
    let limit = usize::try_from(limit).map_err(|error| Refusal::refused("limit", error))?;
    let make = || Ok(ConcurrentCounter::new(limit));
    if described.name == "global-concurrency-limit" {
        world.shared(&described.group, make)
    } else {
        make()
    }
}

/// The layers that are made of one function.
fn functional(world: &World, described: &Described) -> Result<AnyLayer, Refusal> {
    let make: fn(Function) -> AnyLayer = match described.name.as_str() {
        "map-request" => |f| AnyLayer::of(MapRequestLayer::new(move |request| f.map(request))),
        "map-response" => |f| AnyLayer::of(MapResponseLayer::new(move |response| f.map(response))),
        "map-error" => |f| AnyLayer::of(MapErrLayer::new(move |error: BoxError| f.map_error(error))),
        "map-state" => |f| AnyLayer::of(MapStateLayer::new(move |state| f.map_state(state))),
        "map-result" => |f| {
            AnyLayer::of(MapResultLayer::new(move |outcome: Result<_, BoxError>| {
                f.on_result(outcome)
            }))
        },
        "function-service" => |f| {
            AnyLayer::of(layer_fn(move |_: AnyService| {
                let f = f.clone();
                service_fn(move |request: String| ready(f.fallible(request)))
            }))
        },
        unknown => return Err(Refusal::unsupported(unknown)),
    };
    Ok(make(world.function(&described.function)?))
}
