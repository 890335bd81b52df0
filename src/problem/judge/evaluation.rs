//! The cost of a valid schedule, as the judge finds it.

use crate::base::units::{Bytes, Macs, Time};
use crate::graph::{OpId, TensorId};
use crate::problem::{Objective, Schedule, StageId};

/// The cost of a valid schedule.
#[derive(Clone, Debug, PartialEq)]
pub struct Evaluation {
    /// The cost of each stage, in the order of the pipeline.
    pub stages: Vec<StageCost>,
    /// The parameter bytes of the stage that has the most.
    pub peak_parameter_bytes: Bytes,
    /// The time of the slowest stage.
    pub bottleneck: Time,
    /// The tensors that cross cuts.
    pub crossings: Vec<Crossing>,
}

impl Evaluation {
    /// Returns the model inputs that a stage after the first reads too. Coral's runner then leaks the input's buffer,
    /// its bytes at every inference.
    pub fn leaked_inputs(&self) -> impl Iterator<Item = TensorId> + '_ {
        self.crossings.iter().filter(|crossing| crossing.from.is_none()).map(|crossing| crossing.tensor)
    }

    /// Returns the schedule of the `ops` operations of the graph.
    pub fn schedule(&self, ops: usize) -> Schedule {
        let mut stage_of = vec![StageId(0); ops];
        for (stage, cost) in (0..).map(StageId).zip(&self.stages) {
            cost.ops.iter().for_each(|op| stage_of[op.index()] = stage);
        }
        Schedule { stage_of }
    }

    /// Returns the value of `objective`: bytes for `memory`, picoseconds for `latency`.
    pub fn value(&self, objective: Objective) -> u64 {
        match objective {
            Objective::Memory => self.peak_parameter_bytes.0,
            Objective::Latency => self.bottleneck.0,
        }
    }
}

/// The contents and the cost of one stage.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct StageCost {
    /// The stage's operations, ascending.
    pub ops: Vec<OpId>,
    /// The bytes of the stage's constants, each counted once.
    pub parameter_bytes: Bytes,
    /// The bytes that the parameters of the operations that the device model prices take on the device.
    pub device_bytes: Bytes,
    /// The part of `device_bytes` that is sent again for each tile when it is streamed.
    pub resent_bytes: Bytes,
    /// The part of `device_bytes` that is beyond the device's cache.
    pub off_chip_bytes: Bytes,
    /// The stage's multiply-accumulates.
    pub macs: Macs,
    /// The bytes of the activations that the stage reads and did not make.
    pub input_bytes: Bytes,
    /// The bytes of the activations that the stage makes and that a later stage or the caller reads.
    pub output_bytes: Bytes,
    /// The bytes of instructions that go to the device with every inference.
    pub instruction_bytes: Bytes,
    /// The fixed time of the invocation.
    pub invoke: Time,
    /// The time to send the instructions.
    pub instructions: Time,
    /// The time of the computation, that on the host's CPU included.
    pub compute: Time,
    /// The time to stream the parameters that are not cached.
    pub streaming: Time,
    /// The time to transfer activations, both ways: over cuts, from and to the caller, and to operations on the CPU.
    pub transfer: Time,
    /// The part of `transfer` that is spent on the way back to the host.
    pub output: Time,
}

impl StageCost {
    /// Returns the part of the transfer time that is spent on the way to the device.
    pub fn input(&self) -> Time {
        self.transfer - self.output
    }

    /// Returns the cost of a stage all of whose times are longer by `factor`.
    pub fn times(self, factor: f64) -> StageCost {
        let longer = |time: Time| Time::from_us(time.as_us() * factor);
        StageCost {
            invoke: longer(self.invoke),
            instructions: longer(self.instructions),
            compute: longer(self.compute),
            streaming: longer(self.streaming),
            transfer: longer(self.transfer),
            output: longer(self.output).min(longer(self.transfer)),
            ..self
        }
    }

    /// Returns the time of the whole stage.
    pub fn latency(&self) -> Time {
        self.invoke + self.instructions + self.compute + self.streaming + self.transfer
    }
}

/// A tensor that is made in one stage (or by the caller) and read in later ones.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Crossing {
    /// The tensor that crosses.
    pub tensor: TensorId,
    /// The stage that makes the tensor; `None` for a model input.
    pub from: Option<StageId>,
    /// The later stages that read the tensor.
    pub to: Vec<StageId>,
}

impl Crossing {
    /// Returns the number of buffers that the host holds for the tensor: one, and two for each stage that it travels
    /// (the runner's 1 + 2 · distance).
    pub fn host_buffers(&self) -> u32 {
        let first = self.from.map_or(0, |stage| stage.0);
        1 + 2 * self.to.last().map_or(0, |last| last.0.saturating_sub(first))
    }
}
