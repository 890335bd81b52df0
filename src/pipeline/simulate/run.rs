//! What came of a batch of inferences.

use super::occupancy::Occupancy;
use crate::base::units::Time;

/// How a batch of inferences went through a pipeline.
#[derive(Clone, Debug, PartialEq)]
pub struct SimulatedRun {
    /// When each result came out, in their order.
    pub results: Vec<Time>,
    /// What each device did, by stage and copy.
    pub occupancy: Vec<Vec<Occupancy>>,
}

impl SimulatedRun {
    /// When the last result came out.
    pub fn makespan(&self) -> Time {
        self.results.last().copied().unwrap_or_default()
    }

    /// When the first did.
    pub fn first_result(&self) -> Time {
        self.results.first().copied().unwrap_or_default()
    }
}
