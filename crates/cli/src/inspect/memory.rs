//! What one device is predicted to keep of a model's parameters, for people and for programs.

use serde::Serialize;

use respect::base::units::Bytes;
use respect::graph::{OpGraph, OpId};
use respect::tflite::Model;
use respect::tflite::kept::{Generation, kept, layers};

/// The number of streamed operators that are named to people.
const NAMED: usize = 3;

/// The parameters that one device keeps on chip and those that it is sent at every inference.
#[derive(Serialize)]
pub struct Memory {
    /// The compilers that the prediction is for.
    compilers: &'static str,
    kept_bytes: Bytes,
    streamed_bytes: Bytes,
    streamed: Vec<Streamed>,
}

/// An operator whose parameters are sent at every inference.
#[derive(Serialize)]
struct Streamed {
    index: u32,
    kind: String,
    name: String,
    bytes: Bytes,
}

impl Memory {
    /// Returns what the newest compilers would keep of a model that runs on one device whole.
    pub fn of(model: &Model, graph: &OpGraph) -> Memory {
        let generation = Generation::newest();
        let ops: Vec<OpId> = (0..model.operators.len() as u32).map(OpId).collect();
        let kept = kept(&layers(model, &ops), &generation);
        let streamed = |&(id, bytes): &(OpId, Bytes)| {
            let op = graph.op(id);
            Streamed { index: id.0, kind: op.kind.clone(), name: op.name.clone(), bytes }
        };
        Memory {
            compilers: generation.compilers,
            kept_bytes: kept.bytes,
            streamed_bytes: kept.streamed_bytes(),
            streamed: kept.streamed.iter().map(streamed).collect(),
        }
    }

    /// Returns a line for people; empty if the model has no parameters.
    pub fn human(&self) -> String {
        let kept = self.kept_bytes;
        if self.streamed.is_empty() {
            let line = format!("predicted: one device keeps all parameters, {kept} as laid out there\n");
            return if kept == Bytes(0) { String::new() } else { line };
        }
        let mut named: Vec<String> = (self.streamed.iter().take(NAMED))
            .map(|operator| format!("{} ({})", operator.kind, operator.index))
            .collect();
        let more = self.streamed.len() - named.len();
        if more > 0 {
            named.push(format!("{more} more"));
        }
        let sent = self.streamed_bytes;
        format!(
            "predicted for compilers {}: one device keeps {kept} of parameters and is sent {sent} at every inference: {}\n",
            self.compilers,
            named.join(", ")
        )
    }
}
