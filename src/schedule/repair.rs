//! Schedules in which an operation is left on the CPU because of what else is in its stage, and its result then skipped.
//!
//! Solvers do not know which operations a stage leaves to the CPU. Where the judge refuses a schedule for that alone, the
//! problem is solved again with one more constraint for each such tensor: it is not cut, or its operation is kept apart
//! from the one before it that stays on the CPU, whichever is better.

use super::{Algorithm, Budget, Found, Schedule, Solution, Status, judged, search};
use crate::graph::{OpGraph, Uncuttable};
use crate::problem::Problem;
use crate::verify::Bound;
use crate::verify::behind::{Skipped, skipped};

/// How many constraints are added at most.
const ROUNDS: usize = 16;

/// A valid schedule near `found`, which breaks the rules; `None` if it breaks others too, or there is none.
pub(super) fn repaired(
    problem: &Problem,
    algorithm: Algorithm,
    budget: &Budget,
    found: &Found,
) -> Option<Solution> {
    let mut graph = problem.graph.clone();
    let mut schedule = found.schedule.clone();
    for _ in 0..ROUNDS {
        let broken = *skipped(&graph, &schedule).first()?;
        let best = constrained(&graph, &broken)
            .filter_map(|graph| attempt(problem, graph, algorithm, budget))
            .min_by_key(|attempt| (attempt.solution.is_none(), attempt.value))?;
        if let Some(solution) = best.solution {
            // The constraints ask for more than the rules do, so only the first bound holds for all valid schedules.
            let status = match solution.value <= found.lower_bound {
                true => Status::Optimal,
                false if solution.status == Status::Optimal => Status::Feasible,
                false => solution.status,
            };
            return Some(Solution { status, lower_bound: found.lower_bound, ..solution });
        }
        (graph, schedule) = (best.graph, best.schedule);
    }
    None
}

/// The graph with each constraint that rules the tensor out where it is.
fn constrained(graph: &OpGraph, broken: &Skipped) -> impl Iterator<Item = OpGraph> {
    let uncut = match broken.place {
        Bound::After(_) => {
            let text = broken.text(graph);
            graph.with_uncuttable(broken.tensor, Uncuttable::Skipped, text).ok()
        }
        _ => None,
    };
    let apart = graph.with_apart(vec![broken.blocker, broken.op]).ok();
    uncut.into_iter().chain(apart)
}

/// What came of a constrained problem.
struct Attempt {
    graph: OpGraph,
    schedule: Schedule,
    value: u64,
    /// The solution, if the judge passes it.
    solution: Option<Solution>,
}

fn attempt(problem: &Problem, graph: OpGraph, algorithm: Algorithm, budget: &Budget) -> Option<Attempt> {
    let constrained = Problem { graph: &graph, ..problem.clone() };
    constrained.check().ok()?;
    let (found, time) = search(&constrained, algorithm, budget).ok()?;
    let schedule = found.schedule.clone();
    let solution = judged(problem, algorithm, found, time).ok();
    let value = solution.as_ref().map_or(u64::MAX, |solution| solution.value);
    Some(Attempt { graph, schedule, value, solution })
}
