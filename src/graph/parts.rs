//! The parts of a graph: operations, the tensors between them, constants that several read, and sets of operations.

use std::num::NonZeroU64;

use serde::{Deserialize, Serialize};

use super::uncuttable::Uncuttable;
use crate::base::units::{Bytes, Macs};

/// An operation's place in [`OpGraph::ops`](super::OpGraph::ops), which is its place in the file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct OpId(pub u32);

/// A tensor's place in [`OpGraph::tensors`](super::OpGraph::tensors).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct TensorId(pub u32);

impl OpId {
    /// As an index.
    pub fn index(self) -> usize {
        self.0 as usize
    }
}

impl TensorId {
    /// As an index.
    pub fn index(self) -> usize {
        self.0 as usize
    }
}

/// One operation.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Op {
    /// The name of its first output, or whatever the file calls it.
    pub name: String,
    /// Its operator, such as `CONV_2D`.
    pub kind: String,
    /// Bytes of the constants that this operation alone reads; those it shares are in [`OpGraph::shared`](super::OpGraph::shared).
    pub parameter_bytes: Bytes,
    /// Multiply-accumulates of one inference.
    pub macs: Macs,
    /// The channels of its output, where the device's array fills them up (see [`array`](super::array)); without them it fills up
    /// nothing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub channels: Option<NonZeroU64>,
    /// Its measured time in microseconds, where there is one; takes the place of every modelled cost of the operation.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub compute_us: Option<f64>,
}

/// One activation: a value that some operation, or the caller, hands to others.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Tensor {
    /// Its name, by which Coral's runner joins stages.
    pub name: String,
    /// Its bytes.
    pub bytes: Bytes,
    /// The operation that makes it; none for a model input.
    pub producer: Option<OpId>,
    /// The operations that read it, ascending, each once (a reader listed twice is taken once).
    pub consumers: Vec<OpId>,
    /// The measured time of moving it over one side of a cut, where there is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub transfer_us: Option<f64>,
    /// Why it must not cross a cut, if so: its producer and all its readers then share a stage.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub uncuttable: Option<Uncuttable>,
    /// What makes it so and what would mend it, for messages.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub uncuttable_because: Option<String>,
}

/// A constant that several operations read: it counts once in every stage that holds one of them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SharedConstant {
    /// Its name.
    pub name: String,
    /// Its bytes.
    pub bytes: Bytes,
    /// The operations that read it, ascending, each once, at least two.
    pub consumers: Vec<OpId>,
}

/// The parts of a graph, as a reader collects them; [`OpGraph::new`](super::OpGraph::new) checks them.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct GraphParts {
    /// The model's name.
    pub name: String,
    /// The operations, in file order.
    pub ops: Vec<Op>,
    /// The activations.
    pub tensors: Vec<Tensor>,
    /// The model's outputs, in its order.
    pub outputs: Vec<TensorId>,
    /// Constants that several operations read.
    #[serde(rename = "shared_constants", default, skip_serializing_if = "Vec::is_empty")]
    pub shared: Vec<SharedConstant>,
    /// Sets of operations that must share a stage.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub together: Vec<Vec<OpId>>,
    /// Sets of operations that must not all share a stage, such as those that the compiler refuses together.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub apart: Vec<Vec<OpId>>,
    /// The operations that a device never takes, so that they stay on the host's CPU; listed where the next list has any.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub on_cpu: Vec<OpId>,
    /// The operations whose results newer runtimes do not compute where Coral's runner binds them and the operation is left on
    /// the CPU, as it is where it comes after one of `on_cpu` in its stage.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub skipped_behind_cpu: Vec<OpId>,
}

/// Returns the numbers of operations as a list in a sentence: `1, 2 and 5`.
pub(crate) fn numbers(ops: &[OpId]) -> String {
    let numbers: Vec<String> = ops.iter().map(|op| op.0.to_string()).collect();
    match &numbers[..] {
        [all @ .., last] if !all.is_empty() => format!("{} and {last}", all.join(", ")),
        _ => numbers.concat(),
    }
}
