//! A script's retry policy as one of ntex-util's.

use std::time::Duration;

use ntex_service::Service;
use ntex_util::services::retry::Policy;
use plumbline_testee::{BoxError, Function, Policy as Described, Refusal, World};

/// The policy of a layer, and once ntex has cloned it for a call, of that call.
#[derive(Clone)]
pub struct Planned {
    described: Described,
    world: World,
    delay: Duration,
    request: Option<Function>,
    result: Option<Function>,
    attempts: i64,
}

impl Planned {
    /// ntex shows the request and the outcome to a policy and lets it change neither. What the script's functions make of them has
    /// nowhere to go; that they run is reported.
    pub fn new(world: &World, described: &Described) -> Result<Self, Refusal> {
        for (feature, asked) in [
            ("backoff", described.backoff.is_some()),
            ("retry-budget", described.budget.is_some()),
        ] {
            if asked {
                return Err(Refusal::unsupported(feature));
            }
        }
        let function = |text: &String| match text.as_str() {
            "" => Ok(None),
            text => world.function(text).map(Some),
        };
        let delay = described.delay.map_or(Some(Duration::ZERO), |delay| delay.duration());
        let delay = delay.ok_or_else(|| Refusal::refused("policy", "a delay is not negative"))?;
        Ok(Planned {
            described: described.clone(),
            world: world.clone(),
            delay,
            request: function(&described.request)?,
            result: function(&described.result)?,
            attempts: 0,
        })
    }

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

impl<S> Policy<String, S> for Planned
where
    S: Service<String, Response = String, Error = BoxError>,
{
    async fn retry(&mut self, request: &String, outcome: &Result<String, BoxError>) -> bool {
        self.attempts += 1;
        let again = self.attempts <= self.described.retries && self.wants(outcome);
        match (again, &self.request, &self.result, outcome) {
            (true, Some(function), _, _) => function.report(request),
            (false, _, Some(function), Ok(response)) => function.report(response),
            (false, _, Some(function), Err(error)) => function.report(&self.world.error_text(&**error)),
            _ => {}
        }
        if again && !self.delay.is_zero() {
            tokio::time::sleep(self.delay).await;
        }
        again
    }

    fn clone_request(&self, request: &String) -> Option<String> {
        (!self.described.uncopyable).then(|| request.clone())
    }
}
