//! The schedule: the stage of every operation.

use serde::{Deserialize, Serialize};

/// A stage's place in the pipeline, from 0.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct StageId(pub u32);

impl StageId {
    /// Returns the stage's place as an index.
    pub fn index(self) -> usize {
        self.0 as usize
    }
}

/// The assignment of operations to stages.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Schedule {
    /// The stage of every operation, in file order.
    pub stage_of: Vec<StageId>,
}

impl Schedule {
    /// Returns the number of stages that the schedule names: one more than the largest.
    pub fn stages(&self) -> usize {
        self.stage_of.iter().map(|stage| stage.index() + 1).max().unwrap_or(0)
    }
}
