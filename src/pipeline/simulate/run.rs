//! The outcome of a batch of inferences.

use super::occupancy::Occupancy;
use crate::base::units::Time;

/// The outcome of a batch of inferences sent through a pipeline.
#[derive(Clone, Debug, PartialEq)]
pub struct SimulatedRun {
    /// The time at which each result came out, in order.
    pub results: Vec<Time>,
    /// The occupancy of each device, by stage and copy.
    pub occupancy: Vec<Vec<Occupancy>>,
}

impl SimulatedRun {
    /// Returns the time at which the last result came out.
    pub fn makespan(&self) -> Time {
        self.results.last().copied().unwrap_or_default()
    }

    /// Returns the time at which the first result came out.
    pub fn first_result(&self) -> Time {
        self.results.first().copied().unwrap_or_default()
    }
}
