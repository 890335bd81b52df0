//! The evaluation of schedulers side by side: on equal problems, with one cutter, in equal time.
//!
//! Every schedule passes the judge. A value is compared with the optimum where one is proved, else with the best that
//! any method, or a local search ten times as long, found; the share of proved optima, and the distance of the best
//! from the bound, are reported beside it.

mod case;
mod method;
mod setting;
mod statistics;
mod trials;

use crate::graph::OpGraph;
use crate::problem::{Objective, Problem};
use crate::solve::{Algorithm, Budget, Solution, Status, check, solve};

pub use case::{Case, Trial};
pub use method::Method;
pub use setting::Setting;
pub use statistics::{Comparison, Score};

/// The moves of the local search that sets the standard where nothing is proved.
const LONG: u64 = 2_000_000;

/// Runs every method on `graph` for every number of stages and `objective`, and returns a case for each number of
/// stages that has a solution.
pub fn cases(group: &str, graph: &OpGraph, objective: Objective, setting: &Setting) -> Vec<Case> {
    let problems = setting.stages.iter().map(|&stages| Problem {
        graph,
        stages,
        device: setting.device.clone(),
        objective,
        rules: setting.rules,
    });
    let possible = problems.filter(|problem| check(problem).is_ok());
    possible.filter_map(|problem| case(group, &problem, setting)).collect()
}

fn case(group: &str, problem: &Problem, setting: &Setting) -> Option<Case> {
    let budget = |algorithm| Budget {
        seed: setting.seed,
        samples: setting.samples,
        guide: Some(setting.policies),
        cancel: Some(setting.cancel),
        ..Budget::of(algorithm)
    };
    let trials = trials::trials(problem, setting, &budget(Algorithm::Respect));
    let long = Budget { moves: LONG, ..budget(Algorithm::Respect) };
    let standard: Solution = solve(problem, Algorithm::Respect, &long).ok()?;
    let best = trials.iter().filter_map(|trial| trial.value).fold(standard.value, u64::min);
    Some(Case {
        graph: problem.graph.name().into(),
        group: group.into(),
        stages: problem.stages,
        objective: problem.objective,
        lower_bound: standard.lower_bound,
        best,
        proved: standard.status == Status::Optimal || best <= standard.lower_bound,
        trials,
    })
}
