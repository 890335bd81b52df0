//! The outcome of a request.

use crate::device::EdgeTpu;
use crate::problem::Problem;
use crate::solve::Solution;
use crate::stages::manifest::Manifest;
use crate::tflite::graph::ModelGraph;

/// A folder of stages that was written, and the way in which it came to be.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Outcome {
    /// The manifest, as `schedule.json` holds it.
    pub manifest: Manifest,
    /// The schedule of the stages, with the judge's figures.
    pub solution: Solution,
    /// The graph, with the operations that the compiler refuses together kept apart.
    pub graph: ModelGraph,
    /// The device, with the on-chip capacity that the schedule counts on.
    pub device: EdgeTpu,
    /// The steps that had to be taken beyond one plain run, and what the user should know about the stages, in
    /// sentences.
    pub notes: Vec<String>,
}

impl Outcome {
    /// Returns the problem that the schedule solves: `asked`, with the graph and the device as corrected by what the
    /// compiler said.
    pub fn problem<'p>(&'p self, asked: &Problem<'p>) -> Problem<'p> {
        Problem { graph: &self.graph.graph, device: self.device.clone(), ..asked.clone() }
    }
}
