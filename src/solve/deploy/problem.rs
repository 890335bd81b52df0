//! The problem of deploying a graph over a fleet, its solution, and the reasons why there is none.

use std::time::Duration;

use super::super::error::SolveError;
use super::super::guide::NoNetwork;
use super::super::solution::Status;
use crate::base::hint::{Hint, Hinted};
use crate::base::units::Time;
use crate::graph::OpGraph;
use crate::problem::fleet::{Deployment, Fleet, Goal};
use crate::problem::judge::DeploymentCost;
use crate::problem::{Objective, Problem, Rules};

/// A graph to be deployed over a fleet, with the goal and the rules.
#[derive(Clone, Debug)]
pub struct DeploymentProblem<'g> {
    /// The graph whose operations are deployed.
    pub graph: &'g OpGraph,
    /// The devices that there are.
    pub fleet: Fleet,
    /// The quantity that the best deployment has the most or least of.
    pub goal: Goal,
    /// The rules that stages obey if there are several.
    pub rules: Rules,
}

/// A deployment that the judge has passed, with what is known about it.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Deployed {
    /// The deployment.
    pub deployment: Deployment,
    /// The judge's figures of the deployment.
    pub cost: DeploymentCost,
    /// The extent to which the deployment is known to be good.
    pub status: Status,
    /// A value that no valid deployment is below: the time from one result to the next, or that of one inference if
    /// latency is the goal.
    pub lower_bound: Time,
    /// A description of how the deployment was found.
    pub detail: String,
    /// The reason why the graph can't be cut, if it can't.
    pub why_whole: Option<String>,
    /// The time that finding the deployment took.
    pub solve_time: Duration,
}

impl Deployed {
    /// Returns how far the value may be above the optimum, relative to the lower bound; infinite if the bound is zero.
    pub fn gap(&self, goal: Goal) -> f64 {
        let value = match goal {
            Goal::Throughput { .. } => self.cost.period,
            Goal::Latency { .. } => self.cost.latency,
        };
        match (value.0, self.lower_bound.0) {
            (value, bound) if value <= bound => 0.0,
            (_, 0) => f64::INFINITY,
            (value, bound) => value as f64 / bound as f64 - 1.0,
        }
    }
}

/// The reason why there is no deployment.
#[derive(Clone, Debug, thiserror::Error)]
#[non_exhaustive]
pub enum DeployError {
    /// The graph has defects that rule out every deployment, or no schedule was found.
    #[error(transparent)]
    Solve(#[from] SolveError),
    /// No deployment that was found keeps within the limit.
    #[error(
        "no deployment over these devices {}{}; the least that {} is {least}",
        if *.is_proved { "" } else { "was found that " },
        .goal.limited(),
        if *.is_proved { "there is" } else { "was found" }
    )]
    OutOfReach {
        /// The goal with the limit.
        goal: Goal,
        /// The least that the limit could be.
        least: Time,
        /// True if no deployment has less.
        is_proved: bool,
    },
    /// The policy was not made for the objective.
    #[error(transparent)]
    NoNetwork(#[from] NoNetwork),
}

impl Goal {
    /// Returns what the limit says, as the end of "no deployment …".
    fn limited(&self) -> String {
        match self {
            Goal::Throughput { latency: Some(limit) } => format!("takes at most {limit} for an inference"),
            Goal::Latency { period: Some(limit) } => format!("gives a result every {limit}"),
            _ => "is valid".into(),
        }
    }
}

impl Hinted for DeployError {
    fn hint(&self) -> Option<Hint> {
        match self {
            DeployError::Solve(error) => error.hint(),
            DeployError::NoNetwork(_) => Some(Hint::OtherWeights),
            DeployError::OutOfReach { .. } => None,
        }
    }
}

impl DeploymentProblem<'_> {
    /// Returns the problem of cutting the graph into `stages` for devices of one kind.
    pub fn on_kind(&self, kind: usize, stages: u32) -> Problem<'_> {
        Problem {
            graph: self.graph,
            stages,
            device: self.fleet.kinds()[kind].clone(),
            objective: Objective::Latency,
            rules: self.rules,
        }
    }

    /// Returns the quantity that the goal limits, and the limit.
    pub(super) fn limited(&self, cost: &DeploymentCost) -> Option<(Time, Time)> {
        match self.goal {
            Goal::Throughput { latency } => latency.map(|limit| (cost.latency, limit)),
            Goal::Latency { period } => period.map(|limit| (cost.period, limit)),
        }
    }

    /// Returns what the goal asks to be small, that which counts first.
    pub(super) fn key(&self, cost: &DeploymentCost) -> (Time, Time) {
        match self.goal {
            Goal::Throughput { .. } => (cost.period, cost.latency),
            Goal::Latency { .. } => (cost.latency, cost.period),
        }
    }
}
