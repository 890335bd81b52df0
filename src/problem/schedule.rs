//! A schedule: the stage of every operation.

use serde::{Deserialize, Serialize};

/// A stage's place in the pipeline, from 0.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct StageId(pub u32);

impl StageId {
    /// As an index.
    pub fn index(self) -> usize {
        self.0 as usize
    }
}

/// The stage of every operation, in file order.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Schedule {
    /// The stage of every operation.
    pub stage_of: Vec<StageId>,
}

impl Schedule {
    /// How many stages it names: one more than the largest.
    pub fn stages(&self) -> usize {
        self.stage_of.iter().map(|stage| stage.index() + 1).max().unwrap_or(0)
    }
}
