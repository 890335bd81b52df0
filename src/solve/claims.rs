//! The check of a solver's claims about its schedule against the judge's figures.
//!
//! Solvers work with prices of their own. Where these and the judge's figures differ, a schedule that is not optimal
//! may be called optimal: so nothing is returned then.

use super::algorithm::Algorithm;
use super::error::SolveError;
use super::found::Found;
use super::solution::{Solution, Status};
use crate::problem::{Objective, Problem};

/// Returns how good the schedule in `found` is known to be, given that the judge puts it at `value`.
///
/// # Errors
/// Returns [`SolveError::Disputed`] if the solver puts the schedule at another value, or if the solver's lower bound is
/// above `value`.
pub(super) fn status(
    problem: &Problem,
    algorithm: Algorithm,
    found: &Found,
    value: u64,
) -> Result<Status, SolveError> {
    match found.value {
        Some(claimed) if claimed != value => {
            Err(disputed(problem.objective, algorithm, "a value of", claimed, value))
        }
        _ => proved(problem, algorithm, found.lower_bound, value, found.status),
    }
}

/// Returns [`Status::Optimal`] if `lower_bound` shows that no schedule is below `value`, and `otherwise` if there may
/// be one.
///
/// # Errors
/// Returns [`SolveError::Disputed`] if the lower bound is above the value.
pub(super) fn proved(
    problem: &Problem,
    algorithm: Algorithm,
    lower_bound: u64,
    value: u64,
    otherwise: Status,
) -> Result<Status, SolveError> {
    match lower_bound {
        bound if bound > value => {
            Err(disputed(problem.objective, algorithm, "a lower bound of", bound, value))
        }
        bound if bound == value => Ok(Status::Optimal),
        _ => Ok(otherwise),
    }
}

/// Returns the solution, if there is one.
///
/// # Errors
/// Returns an error if the result is [`SolveError::Disputed`], which no other attempt makes good.
pub(super) fn undisputed(result: Result<Solution, SolveError>) -> Result<Option<Solution>, SolveError> {
    match result {
        Ok(solution) => Ok(Some(solution)),
        Err(error @ SolveError::Disputed { .. }) => Err(error),
        Err(_) => Ok(None),
    }
}

/// Returns the error of a solver that claims `claimed` where the judge finds `judged`.
pub(super) fn disputed(
    objective: Objective,
    algorithm: Algorithm,
    claim: &'static str,
    claimed: u64,
    judged: u64,
) -> SolveError {
    let unit = match objective {
        Objective::Memory => "bytes",
        Objective::Latency => "picoseconds",
    };
    SolveError::Disputed { algorithm, claim, claimed, judged, unit }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::super::judged;
    use super::*;
    use crate::device::EdgeTpu;
    use crate::graph::OpGraph;
    use crate::problem::{Rules, Schedule, StageId};

    /// Returns the verdict, with the error as text, on these claims about a schedule with stages of 300 and 200 bytes.
    fn claiming(value: Option<u64>, lower_bound: u64, status: Status) -> Result<Status, String> {
        let graph = OpGraph::from_json(
            br#"{"name": "pair",
 "ops": [{"name": "a", "kind": "A", "parameter_bytes": 300, "macs": 1}, {"name": "b", "kind": "B", "parameter_bytes": 200, "macs": 1}],
 "tensors": [{"name": "t", "bytes": 1, "producer": 0, "consumers": [1]}, {"name": "u", "bytes": 1, "producer": 1, "consumers": []}],
 "outputs": [1]}"#,
        )
        .unwrap();
        let problem = Problem {
            graph: &graph,
            stages: 2,
            device: EdgeTpu::usb3(),
            objective: Objective::Memory,
            rules: Rules::Precedence,
        };
        let schedule = Schedule { stage_of: vec![StageId(0), StageId(1)] };
        let found = Found { schedule, value, status, lower_bound, detail: String::new() };
        let solution = judged(&problem, Algorithm::Exact, found, Duration::ZERO);
        solution.map(|solution| solution.status).map_err(|error| error.to_string())
    }

    #[test]
    fn what_the_judge_confirms_is_optimal_where_it_meets_the_bound() {
        assert_eq!(claiming(Some(300), 300, Status::Feasible), Ok(Status::Optimal));
        assert_eq!(claiming(Some(300), 250, Status::Feasible), Ok(Status::Feasible));
        assert_eq!(claiming(None, 250, Status::BudgetExhausted), Ok(Status::BudgetExhausted));
    }

    #[test]
    fn nothing_is_returned_where_solver_and_judge_disagree() {
        let error = claiming(Some(290), 290, Status::Optimal).unwrap_err();
        assert!(
            error.starts_with("exact claims a value of 290 bytes for a schedule that the judge puts at 300:")
        );
        let error = claiming(Some(310), 310, Status::Optimal).unwrap_err();
        assert!(error.starts_with("exact claims a value of 310 bytes"), "{error}");
        let error = claiming(None, 301, Status::Feasible).unwrap_err();
        assert!(error.starts_with("exact claims a lower bound of 301 bytes"), "{error}");
    }
}
