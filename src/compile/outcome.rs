//! What came of a request.

use crate::device::EdgeTpu;
use crate::problem::Problem;
use crate::solve::Solution;
use crate::stages::manifest::Manifest;
use crate::tflite::graph::ModelGraph;

/// A folder of stages that was written, and how it came to be.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Outcome {
    /// The manifest, as `schedule.json` holds it.
    pub manifest: Manifest,
    /// The schedule.
    pub solution: Solution,
    /// The graph, with what the compiler refuses together kept apart.
    pub graph: ModelGraph,
    /// The device, with the on-chip capacity that the schedule counts on.
    pub device: EdgeTpu,
    /// What had to be done beyond one plain run and what is to be known of the stages, in sentences.
    pub notes: Vec<String>,
}

impl Outcome {
    /// Returns the problem that the schedule solves: `asked`, with what the compiler said.
    pub fn problem<'p>(&'p self, asked: &Problem<'p>) -> Problem<'p> {
        Problem { graph: &self.graph.graph, device: self.device.clone(), ..asked.clone() }
    }
}
