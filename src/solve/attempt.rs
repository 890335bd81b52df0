//! One run of a solver on one problem, and the judge's verdict on the schedule found.

use std::time::{Duration, Instant};

use super::algorithm::Algorithm;
use super::budget::Budget;
use super::claims;
use super::error::SolveError;
use super::found::Found;
use super::instance::Instance;
#[cfg(feature = "milp")]
use super::milp;
use super::solution::{Claim, Origin, Solution};
use super::{exact, order_dp, parameter_count, profiled, respect};
use crate::problem::Problem;

/// Runs the solver; returns what it found and the time that it took.
pub(super) fn search(
    problem: &Problem,
    instance: Instance,
    algorithm: Algorithm,
    budget: &Budget,
) -> Result<(Found, Duration), SolveError> {
    let start = Instant::now();
    let found = match algorithm {
        Algorithm::Respect => respect::solve(problem, &instance, budget),
        Algorithm::Policy => respect::policy(problem, &instance, budget),
        Algorithm::Exact => exact::solve(problem, &instance, budget),
        Algorithm::OrderDp => order_dp::solve(problem, &instance, budget),
        Algorithm::ParameterCount => parameter_count::solve(problem, &instance),
        Algorithm::Profiled => profiled::solve(problem, &instance),
        #[cfg(feature = "milp")]
        Algorithm::Milp => milp::solve(problem, &instance, budget),
        #[cfg(feature = "milp")]
        Algorithm::MilpAlone => milp::solve_alone(problem, &instance, budget),
    };
    let time = start.elapsed();
    found.map(|found| (found, time)).map_err(|cause| SolveError::NotFound { algorithm, cause })
}

/// Returns the solver's find as a solution, if the judge passes the schedule and confirms the solver's claims.
pub(super) fn judged(
    problem: &Problem,
    algorithm: Algorithm,
    found: Found,
    solve_time: Duration,
) -> Result<Solution, SolveError> {
    let Found { schedule, status, lower_bound, detail, .. } = found.clone();
    let claim = Claim { status, lower_bound, detail, solve_time };
    let solution = Solution::judged(problem, schedule, Origin::Solver(algorithm), claim)
        .map_err(|violations| SolveError::Invalid { algorithm, violations })?;
    let status = claims::status(problem, algorithm, &found, solution.value)?;
    Ok(Solution { status, ..solution })
}
