//! The solvers: each answers a [`Problem`] with a [`Schedule`](crate::problem::Schedule), and says how good it is.
//!
//! A schedule never falls along an edge, so it is a chain of nested order ideals (downsets), one a stage. The solvers
//! share the view of [`instance`]: `order_dp` cuts one linear extension optimally, `exact` searches all ideals, and
//! `respect` asks the policy for an order, proves what it can and improves the rest.

mod algorithm;
mod attempt;
mod budget;
pub mod by_hand;
mod claims;
pub mod coral;
pub mod deploy;
mod devices;
mod error;
pub mod exact;
mod found;
pub mod guide;
pub mod instance;
mod lattice_search;
pub mod local_search;
#[cfg(feature = "milp")]
mod milp;
mod minimax;
pub mod order;
pub mod order_cuts;
pub mod order_dp;
mod packing;
pub mod parameter_count;
pub mod profiled;
mod repair;
pub mod respect;
mod solution;
mod stage_loads;
pub mod streams;

use std::time::Instant;

use attempt::{judged, search};
use instance::Instance;
use repair::repaired;

use crate::graph::{OpGraph, OpId};
use crate::problem::{Defect, Problem, Rules};

pub use algorithm::Algorithm;
pub use budget::Budget;
pub use error::{NotFound, SolveError};
pub use solution::{Claim, Origin, Solution, Status};

/// Checks that a problem can be solved, as far as that can be told without solving it.
///
/// Complexity: linear, except for the room of a graph with several inputs: for those, up to 4,096 choices of the
/// operations that read the inputs first are tried.
///
/// # Errors
/// Returns every [`Defect`] found.
pub fn check(problem: &Problem) -> Result<(), Vec<Defect>> {
    Instance::new(problem).map(drop)
}

/// Checks the problem, runs the solver, and has the judge verify the schedule found.
///
/// ```
/// use respect::learn::synth::{Family, Recipe};
/// use respect::{Algorithm, Budget, Device, Objective, Problem, Rules, Status, solve};
///
/// let graph = Recipe::new(Family::Network, 30..=30, 1).graph(0);
/// let (device, objective) = (Device::usb3(), Objective::Memory);
/// let problem = Problem { graph: &graph, stages: 3, device, objective, rules: Rules::Precedence };
/// let solution = solve(&problem, Algorithm::Exact, &Budget::of(Algorithm::Exact))?;
/// assert_eq!((solution.status, solution.gap()), (Status::Optimal, 0.0));
/// # Ok::<(), respect::SolveError>(())
/// ```
///
/// # Errors
/// Returns an error if the problem has a defect, if no schedule is found, or if the schedule found breaks a rule or
/// does not have the value that the solver claims.
pub fn solve(problem: &Problem, algorithm: Algorithm, budget: &Budget) -> Result<Solution, SolveError> {
    let instance = Instance::new(problem).map_err(SolveError::Problem)?;
    run(problem, instance, algorithm, budget)
}

/// Solves the problem as [`solve`] does, for stages that are to be run by Coral's runner.
///
/// Coral's runner leaks a model input's buffer at every inference if a later stage reads the input too, which breaks no
/// rule. So a solver that seeks a valid schedule is first asked for one in which the first stage alone reads model
/// inputs, and a claim of optimality then holds among such schedules; only where there is none is the solver asked for
/// any valid schedule.
///
/// # Errors
/// Returns an error if [`solve`] would.
pub fn solve_for_runner(
    problem: &Problem,
    algorithm: Algorithm,
    budget: &Budget,
) -> Result<Solution, SolveError> {
    let instance = Instance::new(problem).map_err(SolveError::Problem)?;
    if let Some(graph) = inputs_read_first(problem).filter(|_| algorithm.seeks_valid()) {
        let without_leak = Problem { graph: &graph, ..problem.clone() };
        let first = Instance::new(&without_leak).ok();
        let solution = first.map(|first| run(&without_leak, first, algorithm, budget));
        if let Some(solution) = solution.map(claims::undisputed).transpose()?.flatten() {
            return Ok(solution);
        }
    }
    run(problem, instance, algorithm, budget)
}

/// Returns the problem's graph with all readers of each model input joined into one stage, which is the first because
/// it reads the input; `None` if nothing has to be joined.
fn inputs_read_first(problem: &Problem) -> Option<OpGraph> {
    let graph = problem.graph;
    if problem.rules != Rules::Coral || problem.stages < 2 {
        return None;
    }
    let readers = graph.inputs().iter().map(|&input| graph.tensor(input).consumers.clone());
    let sets: Vec<Vec<OpId>> = readers.filter(|readers| readers.len() > 1).collect();
    if sets.is_empty() { None } else { graph.with_together(sets).ok() }
}

/// Runs the solver and has the judge verify the schedule found; a solver that seeks a valid schedule tries again if the
/// operations that its stages leave to the CPU break the rules.
fn run(
    problem: &Problem,
    instance: Instance,
    algorithm: Algorithm,
    budget: &Budget,
) -> Result<Solution, SolveError> {
    let start = Instant::now();
    let (found, time) = search(problem, instance, algorithm, budget)?;
    judged(problem, algorithm, found.clone(), time).or_else(|error| {
        let again =
            if algorithm.seeks_valid() { repaired(problem, algorithm, budget, &found)? } else { None };
        again.map(|solution| Solution { solve_time: start.elapsed(), ..solution }).ok_or(error)
    })
}
