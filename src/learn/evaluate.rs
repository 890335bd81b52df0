//! What the schedulers are worth, side by side: the same problems, the same cutter, the same time.
//!
//! Every schedule passes the judge. A value is compared with the optimum where one is proved, else with the best that any
//! method, or a local search ten times as long, came to; how often it is proved, and how far the best may be from the
//! bound, is said beside it.

mod methods;
mod statistics;

use serde::Serialize;

use crate::base::cancel::Cancel;
use crate::device::EdgeTpu;
use crate::graph::OpGraph;
use crate::policy::Policies;
use crate::policy::published::network::PublishedNetwork;
use crate::problem::{Objective, Problem, Rules};
use crate::solve::{Algorithm, Budget, Solution, Status, check, solve};
pub use methods::Method;
pub use statistics::{Comparison, Row};

/// What is compared.
#[derive(Clone, Debug)]
pub struct Setting<'a> {
    /// Numbers of stages.
    pub stages: Vec<u32>,
    /// The device of every stage.
    pub device: EdgeTpu,
    /// What schedules obey.
    pub rules: Rules,
    /// Seed of random orders, samples and moves.
    pub seed: u64,
    /// Orders drawn from the policy.
    pub samples: u32,
    /// The policies.
    pub policies: &'a Policies,
    /// The request to stop: searches then end early.
    pub cancel: &'a Cancel,
    /// The paper's own network, if it is to be compared.
    pub published: Option<PublishedNetwork>,
}

/// What one method made of one problem.
#[derive(Clone, Debug, Serialize)]
pub struct Trial {
    /// The method.
    pub method: Method,
    /// The objective's value; none if it found no valid schedule.
    pub value: Option<u64>,
    /// Seconds that it took.
    pub seconds: f64,
}

/// All methods on one problem.
#[derive(Clone, Debug, Serialize)]
pub struct Case {
    /// The graph.
    pub graph: String,
    /// What graphs are looked at together.
    pub group: String,
    /// Stages.
    pub stages: u32,
    /// Objective.
    pub objective: Objective,
    /// No schedule is below this.
    pub lower_bound: u64,
    /// The best value of all.
    pub best: u64,
    /// Whether that is proved optimal.
    pub proved: bool,
    /// The methods.
    pub trials: Vec<Trial>,
}

/// Moves of the local search that sets the standard where nothing is proved.
const LONG: u64 = 2_000_000;

/// Runs every method on `graph` for every number of stages and `objective`; numbers of stages without a solution are
/// left out.
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
    let trials = methods::trials(problem, setting, &budget(Algorithm::Respect));
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

impl Case {
    /// The relative excess of `method` over the best.
    pub fn excess(&self, method: Method) -> Option<f64> {
        let value = self.trials.iter().find(|trial| trial.method == method)?.value?;
        Some(value.saturating_sub(self.best) as f64 / self.best.max(1) as f64)
    }

    /// How far the best may be above the optimum.
    pub fn gap(&self) -> f64 {
        if self.proved { 0.0 } else { self.best as f64 / self.lower_bound.max(1) as f64 - 1.0 }
    }
}
