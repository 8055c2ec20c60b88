//! A script's retry policy as one of tower's, with tower's own budget and back-off.

use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use plumbline_testee::{BoxError, Budget as DescribedBudget, Function, Policy as Described, Refusal, World, guard};
use tower::retry::Policy;
use tower::retry::backoff::{Backoff, ExponentialBackoff, ExponentialBackoffMaker, MakeBackoff};
use tower::retry::budget::{Budget, TpsBudget};
use tower::util::rng::HasherRng;

/// The policy of a layer, and once tower has cloned it for a call, of that call.
#[derive(Clone)]
pub struct Planned {
    described: Described,
    delay: Duration,
    request: Option<Function>,
    result: Option<Function>,
    budget: Option<Arc<TpsBudget>>,
    maker: Option<ExponentialBackoffMaker>,
    backoff: Option<ExponentialBackoff>,
    attempts: i64,
}

impl Planned {
    pub fn new(world: &World, described: &Described) -> Result<Self, Refusal> {
        let function = |text: &String| match text.as_str() {
            "" => Ok(None),
            text => world.function(text).map(Some),
        };
        let delay = described.delay.map_or(Some(Duration::ZERO), |delay| delay.duration());
        Ok(Planned {
            delay: delay.ok_or_else(|| Refusal::refused("policy", "a delay is not negative"))?,
            request: function(&described.request)?,
            result: function(&described.result)?,
            budget: described.budget.as_ref().map(budget).transpose()?,
            maker: described.backoff.as_ref().map(backoff).transpose()?,
            backoff: None,
            attempts: 0,
            described: described.clone(),
        })
    }

    /// Whether the outcome is one that the policy would rather not have.
    fn wants(&self, outcome: &Result<String, BoxError>) -> bool {
        match (self.described.on.as_str(), outcome) {
            ("all", _) => true,
            ("never", _) => false,
            (on, outcome) => match on.strip_prefix("response:") {
                Some(text) => outcome.as_ref().is_ok_and(|response| response == text),
                None => outcome.is_err(),
            },
        }
    }
}

impl Policy<String, String, BoxError> for Planned {
    type Future = Pin<Box<dyn Future<Output = ()> + Send>>;

    fn retry(&mut self, request: &mut String, result: &mut Result<String, BoxError>) -> Option<Self::Future> {
        self.attempts += 1;
        let paid = |budget: &Option<Arc<TpsBudget>>| budget.as_ref().is_none_or(|budget| budget.withdraw());
        if self.attempts > self.described.retries || !self.wants(result) || !paid(&self.budget) {
            if let Some(function) = &self.result {
                let outcome = std::mem::replace(result, Ok(String::new()));
                *result = function.on_result(outcome);
            }
            return None;
        }
        if let Some(function) = &self.request {
            *request = function.map(std::mem::take(request));
        }
        Some(match &mut self.backoff {
            Some(backoff) => Box::pin(backoff.next_backoff()),
            None if self.delay.is_zero() => Box::pin(std::future::ready(())),
            None => Box::pin(tokio::time::sleep(self.delay)),
        })
    }

    /// Tower asks for a copy before each attempt. The first time is before the policy is cloned for the call, and so the place
    /// where a call begins: it deposits, and has a back-off of its own.
    fn clone_request(&mut self, request: &String) -> Option<String> {
        if self.attempts == 0 {
            self.backoff = self.maker.as_mut().map(MakeBackoff::make_backoff);
            if let Some(budget) = &self.budget {
                budget.deposit();
            }
        }
        (!self.described.uncopyable).then(|| request.clone())
    }
}

fn budget(described: &DescribedBudget) -> Result<Arc<TpsBudget>, Refusal> {
    let ttl = described
        .ttl
        .duration()
        .ok_or_else(|| Refusal::refused("ttl", "a duration is not negative"))?;
    let per_second = u32::try_from(described.per_second).map_err(|error| Refusal::refused("perSecond", error))?;
    // A script counts retries for a hundred calls, tower retries for each.
    let share = (described.percent / 100.0) as f32;
    let rejected = |text: &str| match text {
        text if text.contains("ttl") => Some("ttl"),
        text if text.contains("retry_percent") => Some("percent"),
        text if text.contains("min_per_sec") => Some("perSecond"),
        _ => None,
    };
    guard(rejected, || Arc::new(TpsBudget::new(ttl, per_second, share)))
}

fn backoff(described: &plumbline_testee::Backoff) -> Result<ExponentialBackoffMaker, Refusal> {
    let span = |parameter, value: plumbline_testee::Milliseconds| {
        value
            .duration()
            .ok_or_else(|| Refusal::refused(parameter, "a duration is not negative"))
    };
    let (min, max) = (span("min", described.min)?, span("max", described.max)?);
    ExponentialBackoffMaker::new(min, max, described.jitter, HasherRng::default()).map_err(|error| {
        let text = error.to_string();
        let parameter = if text.contains("jitter") { "jitter" } else { "max" };
        Refusal::refused(parameter, text)
    })
}
