//! The layers of a script as those of `ServiceBuilder`.

use std::time::Duration;

use plumbline_testee::{BoxError, Function, Layer as Described, Milliseconds, Refusal, World, guard};
use tower::layer::layer_fn;
use tower::limit::GlobalConcurrencyLimitLayer;
use tower::spawn_ready::SpawnReadyLayer;
use tower::util::{BoxCloneService, BoxService, Either, option_layer, service_fn};
use tower::{Layer, ServiceBuilder};

use crate::retry;
use crate::service::{AnyLayer, AnyService, Applied, Boxable, Cloneable, Single};

/// Composes layers, the first being outermost, as `ServiceBuilder` does.
pub fn compose(world: &World, layers: &[Described]) -> Result<AnyLayer, Refusal> {
    layers.iter().try_fold(AnyLayer::new(Ok), |outer, described| {
        let inner = layer(world, described)?;
        Ok(AnyLayer::of(
            ServiceBuilder::new().layer(outer).layer(inner).into_inner(),
        ))
    })
}

fn layer(world: &World, described: &Described) -> Result<AnyLayer, Refusal> {
    let builder = ServiceBuilder::new();
    Ok(match described.name.as_str() {
        "concurrency-limit" => {
            let limit = count("limit", described.limit)?;
            AnyLayer::passing_clone(builder.concurrency_limit(limit).into_inner())
        }
        "global-concurrency-limit" => {
            let limit = count("limit", described.limit)?;
            let shared = world.shared(&described.group, || Ok(GlobalConcurrencyLimitLayer::new(limit)))?;
            AnyLayer::passing_clone(shared)
        }
        "buffer" => buffer(count("bound", described.bound)?),
        "load-shed" => AnyLayer::passing_clone(builder.load_shed().into_inner()),
        "rate-limit" => {
            let limit = count("limit", described.limit)?;
            let per = span("per", described.per)?;
            let rejected = |text: &str| match text {
                text if text.contains("num >") => Some("limit"),
                text if text.contains("per.as_nanos()") => Some("per"),
                _ => None,
            };
            AnyLayer::hiding_clone(guard(rejected, || builder.rate_limit(limit as u64, per).into_inner())?)
        }
        "retry" => {
            let described = described
                .policy
                .as_ref()
                .ok_or_else(|| Refusal::refused("policy", "it is missing"))?;
            AnyLayer::asking_clone(
                "retry",
                builder.retry(retry::Planned::new(world, described)?).into_inner(),
            )
        }
        "timeout" => AnyLayer::passing_clone(builder.timeout(span("timeout", described.timeout)?).into_inner()),
        "spawn-ready" => AnyLayer::hiding_clone(SpawnReadyLayer::new()),
        "boxed" => AnyLayer::new(|inner| {
            Ok(match inner {
                AnyService::Cloneable(inner) => BoxCloneService::new(inner).cloneable(),
                AnyService::Single(inner) => BoxService::new(inner).single(),
            })
        }),
        "layers" => compose(world, &described.layers)?,
        "option-layer" => option(world, &described.layers)?,
        "layer-fn" => tagged(world, &described.tag),
        _ => functional(world, described)?,
    })
}

fn buffer(bound: usize) -> AnyLayer {
    // Asked for by the type of the layer, which names the request.
    let layer = ServiceBuilder::new().buffer::<String>(bound).into_inner();
    AnyLayer::new(move |inner| {
        let rejected = |text: &str| text.contains("buffer > 0").then_some("bound");
        guard(rejected, || match inner {
            AnyService::Cloneable(inner) => layer.layer(inner).cloneable(),
            AnyService::Single(inner) => layer.layer(inner).cloneable(),
        })
    })
}

fn option(world: &World, layers: &[Described]) -> Result<AnyLayer, Refusal> {
    let held = if layers.is_empty() {
        None
    } else {
        Some(compose(world, layers)?)
    };
    let option = option_layer(held);
    Ok(AnyLayer::new(move |inner| {
        // The service that an optional layer makes is an Either, and stays one.
        Ok(match option.layer(Ok(inner)) {
            Either::Left(made) => match made? {
                AnyService::Cloneable(made) => Either::<_, Cloneable>::Left(made).cloneable(),
                AnyService::Single(made) => Either::<_, Single>::Left(made).single(),
            },
            Either::Right(made) => match made? {
                AnyService::Cloneable(made) => Either::<Cloneable, _>::Right(made).cloneable(),
                AnyService::Single(made) => Either::<Single, _>::Right(made).single(),
            },
        })
    }))
}

/// The layer that tells when it is applied and leaves its mark on requests.
fn tagged(world: &World, tag: &str) -> AnyLayer {
    let (world, tag) = (world.clone(), tag.to_owned());
    AnyLayer::of(layer_fn(move |inner: Applied| {
        world.built(&tag);
        let tag = tag.clone();
        let mark = ServiceBuilder::new()
            .map_request(move |request: String| format!("{request}>{tag}"))
            .into_inner();
        AnyLayer::passing_clone(mark).layer(inner)
    }))
}

/// The layers that are made of one function.
fn functional(world: &World, described: &Described) -> Result<AnyLayer, Refusal> {
    let make: fn(Function) -> AnyLayer = match described.name.as_str() {
        "map-request" => |f| AnyLayer::passing_clone(ServiceBuilder::new().map_request(move |r| f.map(r)).into_inner()),
        "map-response" => {
            |f| AnyLayer::passing_clone(ServiceBuilder::new().map_response(move |r| f.map(r)).into_inner())
        }
        "map-error" => |f| {
            AnyLayer::passing_clone(
                ServiceBuilder::new()
                    .map_err(move |e: BoxError| f.map_error(e))
                    .into_inner(),
            )
        },
        "map-result" => |f| {
            let function = move |outcome: Result<String, BoxError>| f.on_result(outcome);
            AnyLayer::passing_clone(ServiceBuilder::new().map_result(function).into_inner())
        },
        "then" => |f| {
            let step = move |outcome: Result<String, BoxError>| async move { f.on_result(outcome) };
            AnyLayer::passing_clone(ServiceBuilder::new().then(step).into_inner())
        },
        "and-then" => |f| {
            let step = move |response: String| async move { f.fallible(response) };
            AnyLayer::passing_clone(ServiceBuilder::new().and_then(step).into_inner())
        },
        "map-future" => map_future,
        "filter" => |f| {
            AnyLayer::passing_clone(
                ServiceBuilder::new()
                    .filter(move |r: String| f.fallible(r))
                    .into_inner(),
            )
        },
        "filter-async" => |f| {
            let predicate = move |request: String| {
                let f = f.clone();
                async move { f.fallible(request) }
            };
            AnyLayer::asking_clone(
                "filter-async",
                ServiceBuilder::new().filter_async(predicate).into_inner(),
            )
        },
        "function-service" => |f| {
            AnyLayer::new(move |_| {
                let f = f.clone();
                let function = move |request: String| {
                    let f = f.clone();
                    async move { f.fallible(request) }
                };
                Ok(service_fn(function).cloneable())
            })
        },
        unknown => return Err(Refusal::unsupported(unknown)),
    };
    Ok(make(world.function(&described.function)?))
}

fn map_future(f: Function) -> AnyLayer {
    fn given<C>(f: &Function, call: C) -> impl Future<Output = Result<String, BoxError>> + Send + use<C>
    where
        C: Future<Output = Result<String, BoxError>> + Send,
    {
        f.report("");
        let f = f.clone();
        async move { f.apply(call.await) }
    }
    AnyLayer::new(move |inner| {
        let f = f.clone();
        Ok(match inner {
            AnyService::Cloneable(inner) => ServiceBuilder::new()
                .map_future(move |call| given(&f, call))
                .service(inner)
                .cloneable(),
            AnyService::Single(inner) => ServiceBuilder::new()
                .map_future(move |call| given(&f, call))
                .service(inner)
                .single(),
        })
    })
}

/// A number that the implementation takes as an unsigned one.
fn count(parameter: &str, value: Option<i64>) -> Result<usize, Refusal> {
    let value = value.ok_or_else(|| Refusal::refused(parameter, "tower has no default for it"))?;
    usize::try_from(value).map_err(|error| Refusal::refused(parameter, error))
}

/// A span of time, which no type of tower's can express where it is negative.
fn span(parameter: &str, value: Option<Milliseconds>) -> Result<Duration, Refusal> {
    let value = value.ok_or_else(|| Refusal::refused(parameter, "tower has no default for it"))?;
    value
        .duration()
        .ok_or_else(|| Refusal::refused(parameter, "a duration is not negative"))
}
