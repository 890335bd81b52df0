//! The repair of schedules in which an operation is left on the CPU because of what else is in its stage, and its
//! result then skipped.
//!
//! Solvers do not know which operations a stage leaves to the CPU. Where the judge refuses a schedule for that alone,
//! the problem is solved again with one more constraint for each such tensor: it is not cut, or its operation is kept
//! apart from the one before it that stays on the CPU, whichever is better. The constraints do not cover every valid
//! schedule, so that one may be missed.

use super::algorithm::Algorithm;
use super::attempt::{judged, search};
use super::budget::Budget;
use super::claims;
use super::error::SolveError;
use super::found::Found;
use super::instance::Instance;
use super::solution::{Solution, Status};
use crate::graph::{OpGraph, OpId, Uncuttable};
use crate::problem::Problem;
use crate::problem::Schedule;
use crate::problem::judge::Bound;
use crate::problem::judge::behind::{Skipped, skipped};

/// The most constrained problems that are solved.
const ATTEMPTS: usize = 64;

/// Returns a valid schedule near `found`, which breaks the rules; `None` if it breaks other rules too, or if none was
/// found.
///
/// Fewer constraints are tried before more; of the schedules that need equally many, the best is taken.
///
/// # Errors
/// Returns an error if a schedule does not have the value that the solver claims.
pub(super) fn repaired(
    problem: &Problem,
    algorithm: Algorithm,
    budget: &Budget,
    found: &Found,
) -> Result<Option<Solution>, SolveError> {
    let mut open = vec![(problem.graph.clone(), found.schedule.clone())];
    let mut left = ATTEMPTS;
    while !open.is_empty() && left > 0 {
        let mut tried: Vec<Repair> = Vec::new();
        for (graph, schedule) in &open {
            let Some(broken) = skipped(graph, schedule).first().copied() else { continue };
            for graph in constrained(graph, schedule, &broken).into_iter().take(left) {
                left -= 1;
                tried.extend(attempt(problem, graph, algorithm, budget)?);
            }
        }
        let solutions = tried.iter().filter_map(|attempt| attempt.solution.as_ref());
        if let Some(solution) = solutions.min_by_key(|solution| solution.value) {
            // The constraints ask for more than the rules do, so only the first bound holds for all valid schedules.
            let otherwise = match solution.status {
                Status::Optimal => Status::Feasible,
                status => status,
            };
            let status = claims::proved(problem, algorithm, found.lower_bound, solution.value, otherwise)?;
            return Ok(Some(Solution { status, lower_bound: found.lower_bound, ..solution.clone() }));
        }
        open = tried.into_iter().map(|attempt| (attempt.graph, attempt.schedule)).collect();
    }
    Ok(None)
}

/// Returns the graph once for each constraint that rules out the broken rule: the tensor is not cut, its operation is
/// apart from the one on the CPU before it, or that one is apart from what keeps it from being at the beginning of its
/// stage, where it blocks nothing.
fn constrained(graph: &OpGraph, schedule: &Schedule, broken: &Skipped) -> Vec<OpGraph> {
    let uncut = match broken.place {
        Bound::After(_) => {
            let text = broken.text(graph);
            graph.with_uncuttable(broken.tensor, Uncuttable::Skipped, text).ok()
        }
        _ => None,
    };
    let stage = schedule.stage_of[broken.blocker.index()];
    let earlier = (0..broken.blocker.0).map(OpId).filter(|op| schedule.stage_of[op.index()] == stage);
    let first_taken = earlier.into_iter().find(|op| graph.on_cpu().binary_search(op).is_err());
    let apart = [Some(broken.op), first_taken].into_iter().flatten();
    let apart = apart.filter_map(|op| graph.with_apart(vec![broken.blocker, op]).ok());
    uncut.into_iter().chain(apart).collect()
}

/// The result of solving a constrained problem.
struct Repair {
    graph: OpGraph,
    schedule: Schedule,
    /// The solution, if the judge passes it.
    solution: Option<Solution>,
}

fn attempt(
    problem: &Problem,
    graph: OpGraph,
    algorithm: Algorithm,
    budget: &Budget,
) -> Result<Option<Repair>, SolveError> {
    let constrained = Problem { graph: &graph, ..problem.clone() };
    let Ok(instance) = Instance::new(&constrained) else { return Ok(None) };
    let Ok((found, time)) = search(&constrained, instance, algorithm, budget) else { return Ok(None) };
    let schedule = found.schedule.clone();
    let solution = claims::undisputed(judged(problem, algorithm, found, time))?;
    Ok(Some(Repair { graph, schedule, solution }))
}
