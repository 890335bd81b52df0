//! The parts of a graph: operations, the tensors between them, shared constants, and sets of operations.

use std::num::NonZeroU64;

use serde::{Deserialize, Serialize};

use super::array_use::Use;
use super::uncuttable::Uncuttable;
use crate::base::units::{Bytes, Macs};

/// The number of an operation: the index in [`OpGraph::ops`](super::OpGraph::ops), which is also the operation's place in the file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct OpId(pub u32);

/// The number of a tensor: the index in [`OpGraph::tensors`](super::OpGraph::tensors).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct TensorId(pub u32);

impl OpId {
    /// Returns the number as an index.
    pub fn index(self) -> usize {
        self.0 as usize
    }
}

impl TensorId {
    /// Returns the number as an index.
    pub fn index(self) -> usize {
        self.0 as usize
    }
}

/// One operation of a graph.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Op {
    /// The name of the operation's first output, or the name that the file gives the operation.
    pub name: String,
    /// The kind of operator, such as `CONV_2D`.
    pub kind: String,
    /// The bytes of the constants that this operation alone reads; constants that it shares are in [`OpGraph::shared`](super::OpGraph::shared).
    pub parameter_bytes: Bytes,
    /// The number of multiply-accumulates of one inference.
    pub macs: Macs,
    /// The number of output channels, if they are filled up to the width of the device's array (see
    /// [`crate::graph::array`]); without it nothing is filled up.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub channels: Option<NonZeroU64>,
    /// The measured time in microseconds, if there is one; it takes the place of every modelled cost of the operation.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub compute_us: Option<f64>,
    /// The way in which the operation uses the device's array; without it the kind and the MACs say that (see
    /// [`Op::array_use`]).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub array: Option<Use>,
    /// The number of places over which the weights are moved, if it does not follow from the bytes of the output, of which
    /// each channel then takes one a place (see [`OpGraph::places`](super::OpGraph::places)).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub places: Option<NonZeroU64>,
    /// The bytes that the operation's own parameters take on the device, as the compiler lays them out; without it they
    /// follow from `parameter_bytes` and `channels` (see [`Op::device_bytes`]).
    #[serde(default, rename = "device_bytes", skip_serializing_if = "Option::is_none")]
    pub laid_out: Option<Bytes>,
    /// The bytes of the operation's instructions, if they are known; without it they follow from what they grow with (see
    /// [`crate::graph::instructions`]).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub instruction_bytes: Option<Bytes>,
}

/// One activation: a value that an operation or the caller hands to operations.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Tensor {
    /// The tensor's name, by which Coral's runner joins stages.
    pub name: String,
    /// The tensor's size in bytes.
    pub bytes: Bytes,
    /// The operation that makes the tensor; none for a model input.
    pub producer: Option<OpId>,
    /// The operations that read the tensor, ascending, each once (a reader that a file lists twice is taken once).
    pub consumers: Vec<OpId>,
    /// The measured time, in microseconds, of moving the tensor over one side of a cut, if there is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub transfer_us: Option<f64>,
    /// The reason why the tensor must not cross a cut, if there is one; its producer and all its readers then share a
    /// stage.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub uncuttable: Option<Uncuttable>,
    /// The cause of that reason and what to do about it, for messages.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub uncuttable_because: Option<String>,
}

/// A constant that several operations read; it counts once in every stage that holds one of its readers.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SharedConstant {
    /// The constant's name.
    pub name: String,
    /// The constant's size in bytes.
    pub bytes: Bytes,
    /// The operations that read the constant, at least two, ascending, each once.
    pub consumers: Vec<OpId>,
}

/// Two operations whose order counts, although no tensor goes from one to the other: they touch the same state, or
/// nobody knows that they do not.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Ordered {
    /// The operation that comes first: its stage is not after that of `after`.
    pub before: OpId,
    /// The operation that comes second.
    pub after: OpId,
    /// True if state passes between the two, which leaves no device: Coral's rules then ask for one stage.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub shares_state: bool,
}

/// The parts of a graph as a reader collects them, before [`OpGraph::new`](super::OpGraph::new) checks them.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct GraphParts {
    /// The model's name.
    pub name: String,
    /// The operations, in file order.
    pub ops: Vec<Op>,
    /// The activations, by number.
    pub tensors: Vec<Tensor>,
    /// The model's outputs, in the model's order.
    pub outputs: Vec<TensorId>,
    /// The constants that several operations read.
    #[serde(rename = "shared_constants", default, skip_serializing_if = "Vec::is_empty")]
    pub shared: Vec<SharedConstant>,
    /// The sets of operations that must share a stage.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub together: Vec<Vec<OpId>>,
    /// The sets of operations that must not all share a stage, such as those that the compiler refuses together.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub apart: Vec<Vec<OpId>>,
    /// The pairs of operations whose order counts beside that of the tensors, ascending.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub ordered: Vec<Ordered>,
    /// The operations that a device never takes, so that they stay on the host's CPU; listed only if
    /// `skipped_behind_cpu` is not empty.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub on_cpu: Vec<OpId>,
    /// The operations whose result newer runtimes do not compute if the operation stays on the CPU, as it does where it
    /// comes after one of `on_cpu` in its stage, and Coral's runner binds the result.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub skipped_behind_cpu: Vec<OpId>,
    /// The operations whose operator is a custom one: Google's partitioners do not count their constants.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub custom: Vec<OpId>,
    /// The operations that keep state from one inference to the next, so that inferences must not take turns on several
    /// devices.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub keeps_state: Vec<OpId>,
}

/// Returns the numbers of operations as a list in a sentence: `1, 2 and 5`.
pub(crate) fn numbers(ops: &[OpId]) -> String {
    let numbers: Vec<String> = ops.iter().map(|op| op.0.to_string()).collect();
    match &numbers[..] {
        [all @ .., last] if !all.is_empty() => format!("{} and {last}", all.join(", ")),
        _ => numbers.concat(),
    }
}
