//! What the methods made of one problem.

use serde::Serialize;

use super::method::Method;
use crate::problem::Objective;

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
