//! A schedule that the judge has passed, with what is known about it: the only way from a schedule to a solution.

use std::borrow::Cow;
use std::fmt;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::algorithm::Algorithm;
use crate::base::listed::Listed;
use crate::problem::judge::{Evaluation, Violation, verify};
use crate::problem::{Problem, Schedule};

/// The extent to which a schedule is known to be good.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Status {
    /// Proved to be optimal: no valid schedule is better.
    Optimal,
    /// Valid, but not proved optimal: the solver does not seek a proof, or its proof holds for rounded figures alone.
    Feasible,
    /// Valid, but not proved optimal: the solver's budget ended before the proof.
    BudgetExhausted,
}

impl fmt::Display for Status {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Status::Optimal => "optimal",
            Status::Feasible => "feasible",
            Status::BudgetExhausted => "budget-exhausted",
        })
    }
}

/// The maker of a schedule.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Origin {
    /// A solver of this crate.
    Solver(Algorithm),
    /// A person, who named the cuts or the stage of every operation.
    Hand,
    /// Another program, by its name: Google's compiler, or a scheduler that annotates modules.
    Program(Cow<'static, str>),
}

impl Origin {
    /// Returns the origin that [`Display`](fmt::Display) writes as `name`.
    ///
    /// ```
    /// use respect::solve::{Algorithm, Origin};
    /// assert_eq!(Origin::named("exact"), Origin::Solver(Algorithm::Exact));
    /// assert_eq!(Origin::named("by hand"), Origin::Hand);
    /// assert_eq!(Origin::named("mine").to_string(), "mine");
    /// ```
    pub fn named(name: &str) -> Origin {
        match Algorithm::named(name) {
            Ok(algorithm) => Origin::Solver(algorithm),
            Err(_) if name == BY_HAND => Origin::Hand,
            Err(_) => Origin::Program(Cow::Owned(name.into())),
        }
    }
}

const BY_HAND: &str = "by hand";

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Origin::Solver(algorithm) => algorithm.fmt(f),
            Origin::Hand => f.pad(BY_HAND),
            Origin::Program(name) => f.pad(name),
        }
    }
}

/// The claims of a schedule's maker, beyond what the judge can tell.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Claim {
    /// The extent to which the schedule is known to be good, if its value is above the lower bound.
    pub status: Status,
    /// A value that no valid schedule is below: bytes for `memory`, picoseconds for `latency`. 0 says nothing.
    pub lower_bound: u64,
    /// A description of how the schedule was found, such as the order that was cut.
    pub detail: String,
    /// The time that finding the schedule took.
    pub solve_time: Duration,
}

/// A schedule that the judge has passed, and what is known about it.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Solution {
    /// The schedule that the judge has passed.
    pub schedule: Schedule,
    /// The judge's figures of the schedule.
    pub evaluation: Evaluation,
    /// The extent to which the schedule is known to be good.
    pub status: Status,
    /// The maker of the schedule.
    pub origin: Origin,
    /// A description of how the schedule was found, such as the order that was cut.
    pub detail: String,
    /// The value of the objective: bytes for `memory`, picoseconds for `latency`.
    pub value: u64,
    /// A value that no valid schedule is below, in the unit of `value`.
    pub lower_bound: u64,
    /// The time that finding the schedule took.
    pub solve_time: Duration,
}

impl Solution {
    /// Returns `schedule` as a solution, with the judge's figures and the claims in `claim`; it counts as optimal if
    /// its value is no more than the lower bound.
    ///
    /// # Errors
    /// Returns every rule of `problem` that the schedule breaks.
    pub fn judged(
        problem: &Problem,
        schedule: Schedule,
        origin: Origin,
        claim: Claim,
    ) -> Result<Solution, Vec<Violation>> {
        let evaluation = verify(problem, &schedule)?;
        let Claim { status, lower_bound, detail, solve_time } = claim;
        let value = evaluation.value(problem.objective);
        let status = if value <= lower_bound { Status::Optimal } else { status };
        let lower_bound = lower_bound.min(value);
        Ok(Solution { schedule, evaluation, status, origin, detail, value, lower_bound, solve_time })
    }

    /// Returns how far the value may be above the optimum, relative to the lower bound; infinite if the bound is zero.
    pub fn gap(&self) -> f64 {
        match (self.value, self.lower_bound) {
            (value, bound) if value <= bound => 0.0,
            (_, 0) => f64::INFINITY,
            (value, bound) => value as f64 / bound as f64 - 1.0,
        }
    }
}
