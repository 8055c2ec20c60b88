//! What moves a subject's time, and how rest is told from work under it.

use std::time::Duration;

use serde_json::Value;
use tokio::task::yield_now;
use tokio::time::sleep;

use crate::world::World;

/// What moves a testee's time.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Clock {
    /// The runtime's own, which is paused.
    Virtual,
    /// The machine's. A virtual millisecond lasts as many real ones as this says.
    Real(f64),
}

/// How often in a row every task has to be given its turn without anything happening before the subject counts as being at
/// rest. A wake-up goes through at most a few tasks that this crate does not see (a dispatcher, a spawned readiness check)
/// before it shows; six turns give the verdicts that 50 give, for each crate under check here, and 50 gave the same ones in
/// each of a hundred runs of tower. They cost 150 microseconds in a build without optimisation.
const TURNS: usize = 50;

/// How long nothing must happen on the machine's clock. Timers of tokio are good to a millisecond, and a wake-up from another thread
/// takes some 50 microseconds.
const SETTLE: Duration = Duration::from_millis(2);

/// How many such times a subject that never rests is waited for.
const RESTLESS: usize = 25;

/// What is a span of time wherever it stands in a command.
const SPANS: [&str; 9] = [
    "after", "duration", "per", "timeout", "idle", "delay", "min", "max", "ttl",
];

impl Clock {
    /// How long a virtual millisecond is, in real ones.
    pub fn scale(self) -> f64 {
        match self {
            Clock::Virtual => 1.0,
            Clock::Real(scale) => scale,
        }
    }

    /// Makes every span of time in a command as long as it lasts.
    pub fn stretch(self, command: &mut Value) {
        match command {
            Value::Object(fields) => {
                for (name, field) in fields {
                    match field.as_f64() {
                        Some(span) if SPANS.contains(&name.as_str()) => *field = (span * self.scale()).into(),
                        _ => self.stretch(field),
                    }
                }
            }
            Value::Array(items) => items.iter_mut().for_each(|item| self.stretch(item)),
            _ => {}
        }
    }

    /// Returns when nothing happens any more.
    pub async fn rest(self, world: &World) {
        match self {
            Clock::Virtual => settle(world).await,
            Clock::Real(_) => {
                for _ in 0..RESTLESS {
                    let seen = world.state().activity;
                    sleep(SETTLE).await;
                    if world.state().activity == seen {
                        return;
                    }
                }
            }
        }
    }
}

/// Gives every task its turn until nothing happens any more.
pub(crate) async fn settle(world: &World) {
    let mut seen = world.state().activity;
    let mut quiet = 0;
    while quiet < TURNS {
        yield_now().await;
        let now = world.state().activity;
        quiet = if now == seen { quiet + 1 } else { 0 };
        seen = now;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn spans_of_time_are_stretched_and_numbers_are_not() {
        let mut command = json!({"id": 3, "do": "open", "service": 1, "stack": {"leaf": "leaf", "layers": [
            {"layer": "timeout", "timeout": 100},
            {"layer": "rate-limit", "limit": 2, "per": 200},
            {"layer": "retry", "policy": {"retries": 1, "backoff": {"min": 1.5, "max": 20, "jitter": 3}}},
        ]}});
        Clock::Real(4.0).stretch(&mut command);
        let layers = json!([
            {"layer": "timeout", "timeout": 400.0},
            {"layer": "rate-limit", "limit": 2, "per": 800.0},
            {"layer": "retry", "policy": {"retries": 1, "backoff": {"min": 6.0, "max": 80.0, "jitter": 3}}},
        ]);
        assert_eq!(command["stack"]["layers"], layers);
        assert_eq!((&command["id"], &command["service"]), (&json!(3), &json!(1)));
    }
}
