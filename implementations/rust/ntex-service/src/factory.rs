//! Factories of services.

use std::rc::Rc;

use ntex_service::{ServiceFactory, apply, boxed, chain_factory, fn_factory_with_config, fn_service};
use plumbline_testee::{BoxError, Factory, Layer as Described, Pending, Refusal, Service, Stack, World};

use crate::binding;
use crate::layers;
use crate::leaf::NtexLeaf;

/// A factory of whatever services.
type AnyFactory = boxed::BoxServiceFactory<String, String, String, BoxError, BoxError>;

/// A factory that makes services for scripts.
pub struct Opened(Rc<AnyFactory>);

impl Opened {
    pub fn new(factory: AnyFactory) -> Self {
        Opened(Rc::new(factory))
    }
}

impl Factory for Opened {
    fn create(&self, config: String) -> Pending<Rc<dyn Service>> {
        let factory = Rc::clone(&self.0);
        Box::pin(async move {
            let pipeline = factory.pipeline(config).await?;
            Ok(Rc::new(binding::Opened::new(pipeline)) as Rc<dyn Service>)
        })
    }
}

/// Builds a factory of the stack's services, from the leaf outwards.
pub fn factory(world: &World, stack: &Stack) -> Result<AnyFactory, Refusal> {
    let leaf = world.leaf(&stack.leaf);
    let leaves = fn_factory_with_config(move |config: String| {
        let leaf = leaf.clone();
        async move {
            leaf.create(&config)?;
            Ok::<_, BoxError>(NtexLeaf(leaf))
        }
    });
    stack
        .layers
        .iter()
        .rev()
        .try_fold(boxed::factory(leaves), |inner, layer| wrap(world, layer, inner))
}

/// Puts one layer around what a factory makes.
fn wrap(world: &World, described: &Described, inner: AnyFactory) -> Result<AnyFactory, Refusal> {
    Ok(match described.name.as_str() {
        "map" => {
            let f = world.function(&described.function)?;
            boxed::factory(inner.map(move |response| f.map(response)))
        }
        "map-err" => {
            let f = world.function(&described.function)?;
            boxed::factory(inner.map_err(move |error: BoxError| f.map_error(error)))
        }
        "map-init-error" => {
            let f = world.function(&described.function)?;
            boxed::factory(inner.map_init_err(move |error: BoxError| f.map_error(error)))
        }
        "boxed" => boxed::factory(inner),
        "chain" => boxed::factory(chain_factory(inner)),
        "service-and-then" | "service-then" => row(world, described, inner)?,
        _ => boxed::factory(apply(layers::layer(world, described)?, inner)),
    })
}

fn row(world: &World, described: &Described, first: AnyFactory) -> Result<AnyFactory, Refusal> {
    let second = described
        .service
        .as_ref()
        .ok_or_else(|| Refusal::refused("service", "it is missing"))?;
    let second = factory(world, second)?;
    if described.name == "service-and-then" {
        return Ok(boxed::factory(chain_factory(first).and_then(second)));
    }
    let world = world.clone();
    let words = fn_factory_with_config(move |_: String| {
        let world = world.clone();
        let words = fn_service(move |outcome| std::future::ready(Ok(layers::in_words(&world, outcome))));
        std::future::ready(Ok::<_, BoxError>(words))
    });
    Ok(boxed::factory(
        chain_factory(first).then(chain_factory(words).and_then(second)),
    ))
}
