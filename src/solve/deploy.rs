//! The best deployment over a fleet: the stages, how many devices run a copy of each, and which.
//!
//! A stage that `c` devices run gives a result every `load / c`, and a stage's load depends on two nested ideals alone,
//! so that the search under a rising cap is exact here as well, with the devices used so far in its state:
//! whole copies, pipelines and all between them are one search. Where the lattice is too large for it, orders are cut
//! the same way, each exactly, and a local search follows.

mod finder;
mod orders;
mod problem;
mod within;

use std::time::Instant;

use super::budget::Budget;
use super::error::{SolveError, list};
use crate::problem::Schedule;
use finder::Finder;

pub use problem::{DeployError, Deployed, DeploymentProblem};

/// Finds the best deployment of a graph over a fleet, and has the judge verify it.
///
/// The deployment is proved to be the best if the budget allows the search of all. Schedules whose first stage alone
/// reads model inputs are preferred, as in [`solve_for_runner`](super::solve_for_runner).
///
/// ```
/// use respect::problem::fleet::{Fleet, Goal};
/// use respect::solve::deploy::{DeploymentProblem, deploy};
/// use respect::learn::synth::{Family, Recipe};
/// use respect::{Algorithm, Budget, Device, Rules, Status};
///
/// let graph = Recipe::new(Family::Network, 30..=30, 1).graph(0);
/// let fleet = Fleet::new(vec![Device::usb3(); 4])?;
/// let goal = Goal::Throughput { latency: None };
/// let problem = DeploymentProblem { graph: &graph, fleet, goal, rules: Rules::Coral };
/// let best = deploy(&problem, &Budget::of(Algorithm::Respect))?;
/// assert_eq!((best.status, best.gap(goal)), (Status::Optimal, 0.0));
/// assert!(best.deployment.copies().iter().sum::<u32>() <= 4);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Errors
/// Returns an error if there is no deployment, if none keeps within the goal's limit, or if none was found.
pub fn deploy(problem: &DeploymentProblem, budget: &Budget) -> Result<Deployed, DeployError> {
    deploy_beside(problem, None, budget)
}

/// Finds the best deployment as [`deploy`] does; `pipeline` is what a solver made of as many stages as there are
/// devices, if that is known, so that it need not be found again.
///
/// # Errors
/// Returns an error if [`deploy`] would.
pub fn deploy_beside(
    problem: &DeploymentProblem,
    pipeline: Option<&Schedule>,
    budget: &Budget,
) -> Result<Deployed, DeployError> {
    let start = Instant::now();
    let defects = problem.on_kind(0, 1).defects();
    if !defects.is_empty() {
        return Err(SolveError::Problem(defects).into());
    }
    let mut finder = Finder::new(problem, pipeline, budget);
    finder.offer_whole();
    if problem.fleet.len() > 1 {
        match finder.cuttable(problem.graph) {
            Ok(()) => finder.seek_stages()?,
            Err(defects) => finder.why_whole = Some(list(&defects)),
        }
    }
    finder.finish(start)
}
