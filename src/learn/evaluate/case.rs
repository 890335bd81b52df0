//! The results of the methods on one problem.

use serde::Serialize;

use super::method::Method;
use crate::problem::Objective;

/// The result of one method on one problem.
#[derive(Clone, Debug, Serialize)]
pub struct Trial {
    /// The method that was run.
    pub method: Method,
    /// The objective's value; none if the method found no valid schedule.
    pub value: Option<u64>,
    /// The time that the method took, in seconds.
    pub seconds: f64,
}

/// The results of all methods on one problem.
#[derive(Clone, Debug, Serialize)]
pub struct Case {
    /// The name of the graph.
    pub graph: String,
    /// The name of the group that the graph belongs to.
    pub group: String,
    /// The number of stages.
    pub stages: u32,
    /// The objective of the problem.
    pub objective: Objective,
    /// The bound that no schedule's value is below.
    pub lower_bound: u64,
    /// The best value that any method found.
    pub best: u64,
    /// True if the best value is proved optimal.
    pub proved: bool,
    /// The results, one for each method.
    pub trials: Vec<Trial>,
}

impl Case {
    /// Returns the excess of `method` over the best value, relative to that value.
    pub fn excess(&self, method: Method) -> Option<f64> {
        let value = self.trials.iter().find(|trial| trial.method == method)?.value?;
        Some(value.saturating_sub(self.best) as f64 / self.best.max(1) as f64)
    }

    /// Returns the most that the best value may be above the optimum, relative to the bound.
    pub fn gap(&self) -> f64 {
        if self.proved { 0.0 } else { self.best as f64 / self.lower_bound.max(1) as f64 - 1.0 }
    }
}
