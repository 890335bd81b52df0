//! The graph file format: a computation graph as one JSON object.
//!
//! ```json
//! {"name": "model",
//!  "ops": [{"name": "conv", "kind": "CONV_2D", "parameter_bytes": 512, "macs": 9000,
//!           "channels": 32, "compute_us": 12.5}],
//!  "tensors": [{"name": "x", "bytes": 64, "producer": null, "consumers": [0], "transfer_us": 1.5},
//!              {"name": "y", "bytes": 64, "producer": 0, "consumers": []}],
//!  "outputs": [1],
//!  "shared_constants": [{"name": "table", "bytes": 256, "consumers": [0, 3]}],
//!  "together": [[4, 5]],
//!  "apart": [[0, 3]],
//!  "ordered": [{"before": 1, "after": 2, "shares_state": true}],
//!  "on_cpu": [2],
//!  "skipped_behind_cpu": [5],
//!  "custom": [5],
//!  "keeps_state": [4]}
//! ```
//!
//! A tensor without a producer is a model input. `channels` counts the channels of an operation's output, which are
//! filled up to whole multiples of the width of the device's array; without it nothing is filled up. `array` says how an
//! operation uses that array (`dense`, `per_channel`, `elementwise` or `nothing`) where its kind and MACs do not, and `places`
//! over how many places its weights are moved where that does not follow from the bytes of its output. `device_bytes` are
//! the bytes that an operation's own parameters take on the device, and `instruction_bytes` those of its instructions,
//! where they are known.
//!
//! `compute_us` and `transfer_us` are measured times in microseconds, and optional. An operation with `compute_us`
//! costs that time and nothing else (no invocation, no parameter streaming). `transfer_us` is charged once to the stage
//! that makes a tensor if a later stage reads it, and once to every later stage that reads it.
//!
//! The following may be left out:
//! - `shared_constants`: constants that several operations read, and that `parameter_bytes` leaves out;
//! - `together`: sets of operations that must share a stage;
//! - `apart`: sets of operations that must not all share a stage;
//! - `ordered`: pairs of operations whose order counts although no tensor goes from one to the other; with
//!   `shares_state` state passes between them, and Coral's rules ask for one stage;
//! - `on_cpu`: the operations that a device leaves to the host's CPU;
//! - `skipped_behind_cpu`: the operations whose result is not computed where they come after one of `on_cpu`;
//! - `custom`: the operations of custom operators, whose constants Google's partitioners do not count;
//! - `keeps_state`: the operations that keep state from one inference to the next, so that no stage may have copies;
//! - a tensor's `uncuttable`, the reason why no cut may go through it, and `uncuttable_because`, the cause of that
//!   reason in words.

use serde::Serialize;

use super::{GraphError, GraphParts, OpGraph};

/// The reason why a graph file can't be used.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum JsonError {
    /// The file is not JSON in the format's shape; the message names line, column and field.
    #[error("not a graph file: {0}")]
    Syntax(#[from] serde_json::Error),
    /// The file is in the format's shape, but does not describe a computation graph.
    #[error(transparent)]
    Graph(#[from] GraphError),
}

impl OpGraph {
    /// Reads a graph in the graph file format.
    ///
    /// # Errors
    /// Returns an error if `bytes` are not JSON in the format's shape, hold unknown fields, or describe a graph that
    /// [`OpGraph::new`] refuses.
    pub fn from_json(bytes: &[u8]) -> Result<OpGraph, JsonError> {
        Ok(OpGraph::new(serde_json::from_slice::<GraphParts>(bytes)?)?)
    }

    /// Returns the graph in the graph file format on one line, as it stands in a list of graphs.
    pub fn to_json_line(&self) -> String {
        line(self.parts()) + "\n"
    }

    /// Returns the graph in the graph file format, with one operation or tensor a line.
    pub fn to_json(&self) -> String {
        let mut sections = vec![
            format!("\"name\": {}", line(&self.name())),
            format!("\"ops\": {}", lines(self.ops().iter())),
            format!("\"tensors\": {}", lines(self.tensors().iter())),
            format!("\"outputs\": {}", line(&self.outputs())),
        ];
        if !self.shared().is_empty() {
            sections.push(format!("\"shared_constants\": {}", lines(self.shared().iter())));
        }
        for (name, sets) in [("together", self.together()), ("apart", self.apart())] {
            if !sets.is_empty() {
                sections.push(format!("\"{name}\": {}", line(&sets)));
            }
        }
        if !self.ordered().is_empty() {
            sections.push(format!("\"ordered\": {}", line(&self.ordered())));
        }
        let lists = [
            ("on_cpu", self.on_cpu()),
            ("skipped_behind_cpu", self.skipped_behind_cpu()),
            ("custom", self.custom()),
            ("keeps_state", self.keeps_state()),
        ];
        for (name, ops) in lists {
            if !ops.is_empty() {
                sections.push(format!("\"{name}\": {}", line(&ops)));
            }
        }
        format!("{{{}}}\n", sections.join(",\n "))
    }
}

/// Returns `value` as JSON on one line; the types of the format never fail to serialize.
fn line(value: &impl Serialize) -> String {
    serde_json::to_string(value).expect("plain data serializes")
}

fn lines(values: impl Iterator<Item = impl Serialize>) -> String {
    format!("[{}]", values.map(|value| line(&value)).collect::<Vec<_>>().join(",\n  "))
}
