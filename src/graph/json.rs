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
//!  "on_cpu": [2],
//!  "skipped_behind_cpu": [5]}
//! ```
//!
//! A tensor without a producer is a model input. `channels` are those of an operation's output, which the device's array
//! fills up to whole multiples of its width; without them nothing is filled up. `compute_us` and `transfer_us` are measured and optional: an
//! operation that carries `compute_us` costs that and nothing else (no invocation, no parameter streaming), and
//! `transfer_us` is charged once to the stage that makes a tensor read by a later one, and once to every later stage
//! that reads it. `shared_constants` (constants that several operations read; `parameter_bytes` leaves them out),
//! `together` (operations that must share a stage), `apart` (operations that must not all share one) and a tensor's
//! `uncuttable` reason with what makes it so (`uncuttable_because`) may be left out, and so may the operations that a device
//! leaves to the CPU (`on_cpu`) and those that are skipped where they come after one of them (`skipped_behind_cpu`).

use serde::Serialize;

use super::{GraphError, GraphParts, OpGraph};

/// Why a graph file can't be used.
#[derive(Debug, thiserror::Error)]
pub enum JsonError {
    /// It is not JSON of the format's shape; the message names line, column and field.
    #[error("not a graph file: {0}")]
    Syntax(#[from] serde_json::Error),
    /// It is, but what it describes is no computation graph.
    #[error(transparent)]
    Graph(#[from] GraphError),
}

impl OpGraph {
    /// Reads the graph file format.
    ///
    /// # Errors
    /// JSON of another shape, unknown fields, or a graph that [`OpGraph::new`] refuses.
    pub fn from_json(bytes: &[u8]) -> Result<OpGraph, JsonError> {
        Ok(OpGraph::new(serde_json::from_slice::<GraphParts>(bytes)?)?)
    }

    /// Writes the graph file format on one line, as lists of graphs hold it.
    pub fn to_json_line(&self) -> String {
        line(self.parts()) + "\n"
    }

    /// Writes the graph file format, one operation and one tensor a line.
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
        for (name, ops) in [("on_cpu", self.on_cpu()), ("skipped_behind_cpu", self.skipped_behind_cpu())] {
            if !ops.is_empty() {
                sections.push(format!("\"{name}\": {}", line(&ops)));
            }
        }
        format!("{{{}}}\n", sections.join(",\n "))
    }
}

/// `value` on one line; the format's own types never fail to serialize.
fn line(value: &impl Serialize) -> String {
    serde_json::to_string(value).expect("plain data serializes")
}

fn lines(values: impl Iterator<Item = impl Serialize>) -> String {
    format!("[{}]", values.map(|value| line(&value)).collect::<Vec<_>>().join(",\n  "))
}
