//! How sure the figures of one schedule are.

use serde::{Deserialize, Serialize};

use super::drawn::Drawn;
use super::interval::Interval;
use super::odds::Odds;
use crate::problem::{Problem, Schedule};

/// How sure the predicted figures of a schedule are: the ranges that nine in ten draws are in.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Certainty {
    /// The interval of the slowest stage's time, in microseconds.
    pub bottleneck_us: Interval,
    /// The odds against the default scheduler's schedule, if there is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub over_default: Option<Odds>,
}

impl Certainty {
    /// Returns how sure the figures of a valid schedule are, and how it stands against `default`; `None` if the device
    /// states no uncertainty.
    ///
    /// Complexity: linear in the graph, for each draw.
    pub fn of(problem: &Problem, schedule: &Schedule, default: Option<&Schedule>) -> Option<Certainty> {
        let drawn = Drawn::new(problem)?;
        let own = drawn.bottlenecks(schedule);
        let over_default = default.map(|default| Odds::of(&own, &drawn.bottlenecks(default)));
        Some(Certainty { bottleneck_us: Interval::of(own.iter().copied()), over_default })
    }

    /// Returns the interval of the results a second.
    pub fn per_second(&self) -> Interval {
        let rate = |us: f64| if us > 0.0 { 1e6 / us } else { 0.0 };
        Interval { low: rate(self.bottleneck_us.high), high: rate(self.bottleneck_us.low) }
    }
}
