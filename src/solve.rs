//! Solvers: each answers a [`Problem`] with a [`Schedule`], and says how good it is.
//!
//! A schedule never falls along an edge, so it is a chain of nested order ideals (downsets), one a stage. The solvers
//! share the view of [`instance`]: `order_dp` cuts one linear extension optimally, `exact` searches all ideals, and
//! `respect` asks the policy for an order, proves what it can and improves the rest.

mod algorithm;
pub mod by_hand;
mod claims;
pub mod exact;
pub mod guide;
pub mod instance;
pub mod local_search;
#[cfg(feature = "milp")]
mod milp;
mod minimax;
pub mod order;
pub mod order_dp;
mod packing;
pub mod parameter_count;
pub mod profiled;
mod repair;
pub mod respect;
mod solution;
pub mod streams;

use std::fmt;
use std::time::{Duration, Instant};

use self::guide::{Guide, NoNetwork};
use self::instance::Instance;
use self::repair::repaired;
use crate::base::cancel::Cancel;
use crate::base::hint::{Hint, Hinted};
use crate::graph::{OpGraph, OpId};
use crate::problem::judge::Violation;
use crate::problem::{Defect, Problem, Rules, Schedule};

pub use algorithm::Algorithm;
pub use solution::{Claim, Origin, Solution, Status};

/// What a solver may spend. Ideals and steps are counted, so that the same budget gives the same schedule on every
/// machine; a time limit gives that up.
#[derive(Clone, Copy)]
pub struct Budget<'a> {
    /// Order ideals held in memory.
    pub ideals: usize,
    /// Steps from one ideal to the next.
    pub steps: u64,
    /// Random linear extensions that `order-dp` tries beside the fixed ones.
    pub orders: u32,
    /// Orders that `respect` draws from the policy beside the greedy one where it can't prove its schedule.
    pub samples: u32,
    /// Moves that `respect` then tries.
    pub moves: u64,
    /// Seed of random orders, samples and moves.
    pub seed: u64,
    /// What `policy` and `respect` ask for orders, if anything.
    pub guide: Option<&'a dyn Guide>,
    /// The request to stop before the counts say so.
    pub cancel: Option<&'a Cancel>,
    /// When to stop, whatever the counts say.
    pub deadline: Option<Instant>,
}

impl Budget<'_> {
    /// The budget of `algorithm` unless the user says otherwise.
    pub fn of(algorithm: Algorithm) -> Budget<'static> {
        let (ideals, steps) = match algorithm {
            Algorithm::Exact => (2_000_000, 5_000_000_000),
            _ => (200_000, 10_000_000),
        };
        Budget {
            ideals,
            steps,
            orders: 16,
            samples: 8,
            moves: 200_000,
            seed: 0,
            guide: None,
            cancel: None,
            deadline: None,
        }
    }

    pub(crate) fn is_over(&self) -> bool {
        self.cancel.is_some_and(Cancel::is_requested)
            || self.deadline.is_some_and(|deadline| Instant::now() >= deadline)
    }
}

/// What a solver found: the objective's value is in picoseconds for `latency`, in bytes for `memory`.
#[derive(Clone, Debug)]
pub(crate) struct Found {
    pub schedule: Schedule,
    /// What the solver takes the schedule's value for, if it minds the objective.
    pub value: Option<u64>,
    pub status: Status,
    pub lower_bound: u64,
    pub detail: String,
}

/// Why there is no solution.
#[derive(Clone, Debug, thiserror::Error)]
pub enum SolveError {
    /// The problem can't have one.
    #[error("{}", list(.0))]
    Problem(Vec<Defect>),
    /// The solver knows no schedule that obeys the rules.
    #[error("{algorithm} finds no schedule that obeys the rules: {cause}")]
    NotFound {
        /// The solver.
        algorithm: Algorithm,
        /// The reason.
        cause: NotFound,
    },
    /// The solver does not know the rules and its schedule breaks them.
    #[error("the schedule of {algorithm} can't run: {}", list(.violations))]
    Invalid {
        /// The solver.
        algorithm: Algorithm,
        /// Each breach.
        violations: Vec<Violation>,
    },
    /// The solver claims of its schedule what the judge's figures contradict, so that nothing it says can be relied on.
    #[error(
        "{algorithm} claims {claim} {claimed} {unit} for a schedule that the judge puts at {judged}: its prices or its \
         bounds are wrong, which is a fault of this program and not of the model: report it with the model"
    )]
    Disputed {
        /// The solver.
        algorithm: Algorithm,
        /// Which figure it claims: a value or a lower bound.
        claim: &'static str,
        /// That figure.
        claimed: u64,
        /// The schedule's value as the judge finds it.
        judged: u64,
        /// The unit of both, which the objective decides.
        unit: &'static str,
    },
}

impl Hinted for SolveError {
    fn hint(&self) -> Option<Hint> {
        match self {
            SolveError::Problem(_) => None,
            SolveError::NotFound { cause, .. } => cause.hint(),
            SolveError::Invalid { .. } | SolveError::Disputed { .. } => Some(Hint::OtherScheduler),
        }
    }
}

/// Why a solver has no schedule.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum NotFound {
    /// It is proved that there is none.
    #[error("there is none")]
    Infeasible,
    /// It is proved that there is none that also keeps apart what must not share a stage.
    #[error("no schedule keeps apart the operations that must not share a stage")]
    Inseparable,
    /// The budget ended before a schedule was found.
    #[error(
        "the search ended before it found one ({spent}), and none of the orders that were tried has such cuts"
    )]
    BudgetSpent {
        /// What was spent.
        spent: String,
    },
    /// Cut in file order, the graph has no room for so many stages.
    #[error("file order has no room for so many stages")]
    FileOrder,
    /// The solver asks a guide for orders, and none was given.
    #[error("it needs a policy, and none was given")]
    NoGuide,
    /// The guide was not made for the objective.
    #[error(transparent)]
    NoNetwork(#[from] NoNetwork),
    /// The integer programming solver gave up.
    #[cfg(feature = "milp")]
    #[error("HiGHS ends with {0:?}")]
    Highs(highs::HighsStatus),
    /// Time was up before a schedule was found.
    #[cfg(feature = "milp")]
    #[error("time was up before one was found")]
    TimeUp,
}

impl Hinted for NotFound {
    fn hint(&self) -> Option<Hint> {
        match self {
            NotFound::Infeasible => Some(Hint::FewerStages),
            NotFound::Inseparable => Some(Hint::MoreStages),
            NotFound::BudgetSpent { .. } => Some(Hint::LargerBudget),
            NotFound::FileOrder => Some(Hint::FewerStagesOrOtherScheduler),
            NotFound::NoGuide => Some(Hint::OtherScheduler),
            NotFound::NoNetwork(_) => Some(Hint::OtherWeights),
            #[cfg(feature = "milp")]
            NotFound::Highs(_) => Some(Hint::OtherScheduler),
            #[cfg(feature = "milp")]
            NotFound::TimeUp => Some(Hint::MoreTime),
        }
    }
}

fn list(items: &[impl fmt::Display]) -> String {
    items.iter().map(ToString::to_string).collect::<Vec<_>>().join("; ")
}

/// Checks that a problem can be solved as far as that can be told without solving it.
///
/// Complexity: linear, but for the room of a graph with several inputs, which tries up to 4,096 choices of the
/// operations that read them first.
///
/// # Errors
/// Every [`Defect`] found.
pub fn check(problem: &Problem) -> Result<(), Vec<Defect>> {
    Instance::new(problem).map(drop)
}

/// Checks the problem, runs the solver, and has the judge verify what it found.
///
/// # Errors
/// A defect of the problem, no schedule found, one that breaks a rule, or one that is not worth what the solver claims.
pub fn solve(problem: &Problem, algorithm: Algorithm, budget: &Budget) -> Result<Solution, SolveError> {
    let instance = Instance::new(problem).map_err(SolveError::Problem)?;
    run(problem, instance, algorithm, budget)
}

/// The same for stages that are to be run.
///
/// Coral's runner leaks a model input's buffer at every inference if a later stage reads the input too, which breaks no rule.
/// So a solver that seeks a valid schedule is first asked for one in which the first stage alone reads model inputs, and
/// what it says of optimality holds among these; only where there is none is it asked for any.
///
/// # Errors
/// Those of [`solve`].
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

/// The problem's graph with the readers of each model input in one stage, which is the first as it reads the input.
/// `None` where that asks for nothing.
fn inputs_read_first(problem: &Problem) -> Option<OpGraph> {
    let graph = problem.graph;
    if problem.rules != Rules::Coral || problem.stages < 2 {
        return None;
    }
    let readers = graph.inputs().iter().map(|&input| graph.tensor(input).consumers.clone());
    let sets: Vec<Vec<OpId>> = readers.filter(|readers| readers.len() > 1).collect();
    if sets.is_empty() { None } else { graph.with_together(sets).ok() }
}

/// Runs the solver, and has the judge verify what it found; a seeking solver tries again where what its stages leave to the
/// CPU breaks the rules.
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

/// Runs the solver: what it found, and the time that it took.
fn search(
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
        Algorithm::ParameterCount => Ok(parameter_count::solve(problem, &instance)),
        Algorithm::Profiled => profiled::solve(problem, &instance),
        #[cfg(feature = "milp")]
        Algorithm::Milp => milp::solve(problem, &instance, budget),
        #[cfg(feature = "milp")]
        Algorithm::MilpAlone => milp::solve_alone(problem, &instance, budget),
    };
    let time = start.elapsed();
    found.map(|found| (found, time)).map_err(|cause| SolveError::NotFound { algorithm, cause })
}

/// What the solver found as a solution, if the judge passes it and finds what the solver claims.
fn judged(
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
