//! What a valid schedule costs.

use crate::base::units::{Bytes, Macs, Time};
use crate::graph::{OpId, TensorId};
use crate::problem::{Objective, StageId};

/// What a valid schedule costs.
#[derive(Clone, Debug, PartialEq)]
pub struct Evaluation {
    /// Each stage.
    pub stages: Vec<StageCost>,
    /// The largest stage's parameter bytes.
    pub peak_parameter_bytes: Bytes,
    /// The slowest stage's time.
    pub bottleneck: Time,
    /// The tensors that cross cuts.
    pub crossings: Vec<Crossing>,
}

impl Evaluation {
    /// The model inputs that a stage after the first reads too. Coral's runner then leaks the input's buffer, its bytes at
    /// every inference.
    pub fn leaked_inputs(&self) -> impl Iterator<Item = TensorId> + '_ {
        self.crossings.iter().filter(|crossing| crossing.from.is_none()).map(|crossing| crossing.tensor)
    }

    /// The objective's value: bytes for `memory`, picoseconds for `latency`.
    pub fn value(&self, objective: Objective) -> u64 {
        match objective {
            Objective::Memory => self.peak_parameter_bytes.0,
            Objective::Latency => self.bottleneck.0,
        }
    }
}

/// What one stage holds and costs.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct StageCost {
    /// Its operations, ascending.
    pub ops: Vec<OpId>,
    /// Constants, each once.
    pub parameter_bytes: Bytes,
    /// The same on the device, with channels filled up, of the operations that the device model prices.
    pub device_bytes: Bytes,
    /// Of these, the bytes that are sent again for each tile when they are streamed.
    pub resent_bytes: Bytes,
    /// Bytes on the device beyond its cache.
    pub off_chip_bytes: Bytes,
    /// Multiply-accumulates.
    pub macs: Macs,
    /// Activations that it reads and did not make.
    pub input_bytes: Bytes,
    /// Activations that it makes and a later stage or the caller reads.
    pub output_bytes: Bytes,
    /// Fixed time of the invocation.
    pub invoke: Time,
    /// Compute.
    pub compute: Time,
    /// Streaming of uncached parameters.
    pub streaming: Time,
    /// Activation transfer, both ways.
    pub transfer: Time,
    /// Of the transfer, what goes back to the host.
    pub output: Time,
}

impl StageCost {
    /// Of the transfer, what goes to the device.
    pub fn input(&self) -> Time {
        self.transfer - self.output
    }

    /// The stage's time.
    pub fn latency(&self) -> Time {
        self.invoke + self.compute + self.streaming + self.transfer
    }
}

/// A tensor that is made in one stage (or by the caller) and read in later ones.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Crossing {
    /// The tensor.
    pub tensor: TensorId,
    /// The stage that makes it; none for a model input.
    pub from: Option<StageId>,
    /// The later stages that read it.
    pub to: Vec<StageId>,
}

impl Crossing {
    /// Buffers that the host holds for it: one, and two for each stage it travels (the runner's 1 + 2 · distance).
    pub fn host_buffers(&self) -> u32 {
        let first = self.from.map_or(0, |stage| stage.0);
        1 + 2 * self.to.last().map_or(0, |last| last.0.saturating_sub(first))
    }
}
