//! The cost of each stage of a schedule, straight from the formulas of `docs/cost.md`.
//!
//! The solvers have prices of their own for the same formulas. Nothing here is shared with them but the plain units:
//! what an operation computes, what it holds on the device and what each tensor costs are worked out a second time,
//! stage by stage, from the figures that the graph and the device state. So a slip in one of the two makes solver and
//! judge disagree, which is an error wherever something is solved, and a law among the tests holds both equal to the
//! picosecond.

use std::collections::BTreeSet;

use super::evaluation::StageCost;
use crate::base::units::{Bytes, Time};
use crate::device::EdgeTpu;
use crate::graph::array::Use;
use crate::graph::{Op, OpGraph, OpId, Tensor, TensorId};
use crate::problem::{Problem, Schedule, StageId};

/// The bytes in a MiB, the unit of the device's rates.
const MIB: f64 = 1_048_576.0;

/// The clock, in MHz, for which the device's compute times are given.
const CLOCK_OF_COMPUTE_TIMES: f64 = 500.0;

/// Returns the cost of every stage of a valid schedule, on each of `devices` in place of the problem's.
///
/// Complexity: linear in the graph, but for sorting, for each device.
pub(super) fn of_stages(problem: &Problem, schedule: &Schedule, devices: &[EdgeTpu]) -> Vec<Vec<StageCost>> {
    let mut costs = Costs::new(problem, schedule);
    let mut ops = vec![Vec::new(); problem.stages as usize];
    for (op, stage) in (0..).map(OpId).zip(&schedule.stage_of) {
        ops[stage.index()].push(op);
    }
    let on = |device| {
        costs.device = device;
        (0..).map(StageId).zip(&ops).map(|(stage, ops)| costs.of_stage(stage, ops.clone())).collect()
    };
    devices.iter().map(on).collect()
}

/// A schedule's graph and device, and the tensors and constants that each operation touches.
struct Costs<'a> {
    graph: &'a OpGraph,
    device: &'a EdgeTpu,
    stage_of: &'a [StageId],
    /// The tensors that each operation reads; `makes` holds those that it makes.
    reads: Vec<Vec<TensorId>>,
    makes: Vec<Vec<TensorId>>,
    /// The places of the shared constants that each operation reads.
    constants: Vec<Vec<usize>>,
    /// True for each tensor that is a model output.
    is_output: Vec<bool>,
    /// True for each operation that stays on the host's CPU.
    on_cpu: Vec<bool>,
    /// True if some operation of the graph has inputs of their own for its channels.
    is_by_places: bool,
}

impl<'a> Costs<'a> {
    /// Returns what costs are made of, on the device of `problem`.
    fn new(problem: &'a Problem, schedule: &'a Schedule) -> Costs<'a> {
        let graph = problem.graph;
        let count = graph.ops().len();
        let (mut reads, mut makes) = (vec![Vec::new(); count], vec![Vec::new(); count]);
        let mut constants = vec![Vec::new(); count];
        for (id, tensor) in (0..).map(TensorId).zip(graph.tensors()) {
            tensor.producer.iter().for_each(|op| makes[op.index()].push(id));
            tensor.consumers.iter().for_each(|op| reads[op.index()].push(id));
        }
        for (place, constant) in graph.shared().iter().enumerate() {
            constant.consumers.iter().for_each(|op| constants[op.index()].push(place));
        }
        let mut is_output = vec![false; graph.tensors().len()];
        graph.outputs().iter().for_each(|output| is_output[output.index()] = true);
        let mut on_cpu = vec![false; count];
        graph.on_cpu().iter().for_each(|op| on_cpu[op.index()] = true);
        Costs {
            graph,
            device: &problem.device,
            stage_of: &schedule.stage_of,
            reads,
            makes,
            constants,
            is_output,
            on_cpu,
            is_by_places: graph.ops().iter().any(|op| use_of_array(op) == Use::PerChannel),
        }
    }

    /// Returns the cost of the stage that holds `ops`.
    fn of_stage(&self, stage: StageId, ops: Vec<OpId>) -> StageCost {
        let mut cost = StageCost::default();
        for &id in &ops {
            let op = self.graph.op(id);
            cost.parameter_bytes += op.parameter_bytes;
            cost.macs += op.macs;
            if let Some(us) = op.compute_us {
                cost.compute += Time::from_us(us);
                continue;
            }
            if cost.instruction_bytes == Bytes(0) {
                cost.invoke = Time::from_us(self.device.invoke_us);
                cost.instruction_bytes = Bytes(instructions::A_STAGE);
            }
            if self.on_cpu[id.index()] {
                cost.compute += self.compute_on_host(id);
                continue;
            }
            let held = held(op);
            cost.compute += self.compute(id);
            cost.instruction_bytes += Bytes(self.instruction_bytes(id));
            cost.device_bytes += held;
            if op.macs.0 > 0 && self.places(id) > self.device.tile_places {
                cost.resent_bytes += held;
            }
        }
        self.add_constants(&mut cost, &ops);
        cost.off_chip_bytes = Bytes(cost.device_bytes.0.saturating_sub(self.device.cache_bytes));
        cost.streaming = self.streaming(cost.device_bytes, cost.resent_bytes);
        let ps_per_byte = Time::from_us(self.device.stream_us_per_mib / MIB).0;
        cost.instructions = Time(cost.instruction_bytes.0 * ps_per_byte);
        self.add_transfer(&mut cost, stage, &ops);
        StageCost { ops, ..cost }
    }

    /// Adds the constants that operations of the stage share with others, each once; a constant that only measured
    /// operations read takes no memory that is modelled.
    fn add_constants(&self, cost: &mut StageCost, ops: &[OpId]) {
        let mut all = BTreeSet::new();
        let mut modelled = BTreeSet::new();
        for &op in ops {
            all.extend(&self.constants[op.index()]);
            if self.graph.op(op).compute_us.is_none() {
                modelled.extend(&self.constants[op.index()]);
            }
        }
        let bytes = |place: usize| self.graph.shared()[place].bytes;
        cost.parameter_bytes += all.into_iter().map(bytes).sum();
        cost.device_bytes += modelled.into_iter().map(bytes).sum();
    }

    /// Adds the time to send tensors to the device, each once, and the time to bring tensors back.
    fn add_transfer(&self, cost: &mut StageCost, stage: StageId, ops: &[OpId]) {
        let is_here = |op: OpId| self.stage_of[op.index()] == stage;
        let read: BTreeSet<TensorId> = ops.iter().flat_map(|op| &self.reads[op.index()]).copied().collect();
        for id in read {
            let tensor = self.graph.tensor(id);
            if !tensor.producer.is_some_and(is_here) {
                cost.input_bytes += tensor.bytes;
                cost.transfer += self.input(tensor);
            }
        }
        for &id in ops.iter().flat_map(|op| &self.makes[op.index()]) {
            let tensor = self.graph.tensor(id);
            let is_read_later = tensor.consumers.iter().any(|&reader| !is_here(reader));
            let leaves = is_read_later || self.is_output[id.index()];
            if leaves {
                cost.output_bytes += tensor.bytes;
            }
            if leaves || self.is_read_on_host(tensor) {
                let output = self.output(tensor, is_read_later);
                cost.output += output;
                cost.transfer += output;
            }
        }
    }

    /// Returns the compute time on the device of an operation that was not measured.
    fn compute(&self, id: OpId) -> Time {
        let (op, device) = (self.graph.op(id), self.device);
        let made = self.made(id) as f64 / MIB;
        let weights = held(op).0 as f64 / MIB * device.us_per_weight_mib;
        let us = match use_of_array(op) {
            Use::Nothing => 0.0,
            Use::PerChannel => made * device.us_per_depthwise_mib + weights,
            Use::Dense if self.is_by_places => {
                filled_up(op, op.macs.0, 16) as f64 / 1e9 * device.us_per_gmac_by_places + weights
            }
            Use::Dense => filled_up(op, op.macs.0, 64) as f64 / 1e9 * device.us_per_gmac + weights,
            Use::Elementwise if op.array.is_some() => made * device.us_per_value_mib,
            Use::Elementwise => device.us_per_operation + made * device.us_per_value_mib,
        };
        Time::from_us(us * (CLOCK_OF_COMPUTE_TIMES / device.clock_mhz))
    }

    /// Returns the time of an operation on the host's CPU.
    fn compute_on_host(&self, id: OpId) -> Time {
        let macs = self.graph.op(id).macs.0 as f64 / 1e9 * self.device.cpu_us_per_gmac;
        Time::from_us(macs + self.values(id) as f64 / MIB * self.device.cpu_us_per_value_mib)
    }

    /// Returns the bytes of an operation's instructions.
    fn instruction_bytes(&self, id: OpId) -> u64 {
        use instructions::*;
        let op = self.graph.op(id);
        if let Some(known) = op.instruction_bytes {
            return known.0;
        }
        let own = match use_of_array(op) {
            Use::Nothing => return 0,
            Use::Elementwise if op.kind == "SOFTMAX" => self.made(id).min(SOFTMAX_VALUES) * A_SOFTMAX_VALUE,
            Use::Elementwise if op.array.is_some() => 0,
            Use::Elementwise => AN_OPERATION,
            Use::Dense | Use::PerChannel => steps(op) * A_LAYER,
        };
        let shifted = |bytes: u64, a_mib: u64| ((u128::from(bytes) * u128::from(a_mib)) >> 20) as u64;
        let beyond = self.values(id).saturating_sub(VALUES_IN_ONE_PIECE);
        own + shifted(held(op).0, A_MIB_OF_PARAMETERS) + shifted(beyond, A_MIB_OF_VALUES)
    }

    /// Returns the bytes of the tensors that an operation reads, each once, and of those that it makes.
    fn values(&self, id: OpId) -> u64 {
        let read = self.reads[id.index()].iter().map(|&tensor| self.graph.tensor(tensor).bytes.0);
        self.made(id) + read.sum::<u64>()
    }

    /// Returns whether a tensor that the device makes, and whose transfer was not measured, is read on the host's CPU.
    fn is_read_on_host(&self, tensor: &Tensor) -> bool {
        let reader = tensor.consumers.iter().any(|op| self.on_cpu[op.index()]);
        reader && !self.is_made_on_host(tensor) && tensor.transfer_us.is_none()
    }

    /// Returns whether the host's CPU makes a tensor.
    fn is_made_on_host(&self, tensor: &Tensor) -> bool {
        tensor.producer.is_some_and(|op| self.on_cpu[op.index()])
    }

    /// Returns the bytes of the tensors that an operation makes.
    fn made(&self, id: OpId) -> u64 {
        self.makes[id.index()].iter().map(|&tensor| self.graph.tensor(tensor).bytes.0).sum()
    }

    /// Returns the number of places, height times width, of an operation's output.
    fn places(&self, id: OpId) -> u64 {
        let op = self.graph.op(id);
        match (op.places, op.channels) {
            (Some(places), _) => places.get(),
            (None, Some(channels)) => (self.made(id) / channels.get()).max(1),
            (None, None) => 1,
        }
    }

    /// Returns the time to stream the parameters that the cache can't hold: the largest of three sums.
    fn streaming(&self, device_bytes: Bytes, resent_bytes: Bytes) -> Time {
        let us_per_byte = self.device.stream_us_per_mib / MIB;
        let once = Time::from_us(us_per_byte);
        let again = once.max(Time::from_us(us_per_byte * self.device.resend));
        let [b, r, c, s, q] =
            [device_bytes.0, resent_bytes.0, self.device.cache_bytes, once.0, again.0].map(i128::from);
        let most = 0.max(s * (b - c)).max(s * (b - r) + q * (r - c));
        Time(u64::try_from(most).unwrap_or(u64::MAX))
    }

    /// Returns the time to bring a tensor to a stage that did not make it. A measured time is for a transfer between
    /// two stages: a tensor that the caller hands to the first stage is then free.
    fn input(&self, tensor: &Tensor) -> Time {
        match tensor.transfer_us {
            Some(us) if tensor.producer.is_some() => Time::from_us(us),
            Some(_) => Time(0),
            // What only the host's CPU reads never goes to a device.
            None if !tensor.consumers.is_empty()
                && tensor.consumers.iter().all(|op| self.on_cpu[op.index()]) =>
            {
                Time(0)
            }
            None => transfer(tensor, self.device.input_us_per_mib),
        }
    }

    /// Returns the time to bring a tensor back to the host, once, however many stages read it. A tensor with a measured
    /// time that goes to the caller alone is free.
    fn output(&self, tensor: &Tensor, is_read_later: bool) -> Time {
        match tensor.transfer_us {
            Some(us) if is_read_later => Time::from_us(us),
            Some(_) => Time(0),
            None if self.is_made_on_host(tensor) => Time(0),
            None => transfer(tensor, self.device.output_us_per_mib),
        }
    }
}

/// The bytes of instructions by `docs/cost.md`.
mod instructions {
    pub const A_STAGE: u64 = 2850;
    pub const A_LAYER: u64 = 1650;
    pub const AN_OPERATION: u64 = 1190;
    pub const A_MIB_OF_PARAMETERS: u64 = 2250;
    pub const A_MIB_OF_VALUES: u64 = 6410;
    pub const VALUES_IN_ONE_PIECE: u64 = 1_400_000;
    pub const A_SOFTMAX_VALUE: u64 = 41;
    pub const SOFTMAX_VALUES: u64 = 1000;
}

/// Returns how an operation uses the array: as the graph states it, or else by its kind and whether it multiplies.
fn use_of_array(op: &Op) -> Use {
    match (op.array, op.kind.as_str()) {
        (Some(stated), _) => stated,
        (None, "RESHAPE" | "SQUEEZE" | "EXPAND_DIMS") => Use::Nothing,
        (None, "DEPTHWISE_CONV_2D") => Use::PerChannel,
        (None, _) if op.macs.0 > 0 => Use::Dense,
        (None, _) => Use::Elementwise,
    }
}

/// Returns how many times an operation goes through its parameters: once, but for a recurrent layer.
fn steps(op: &Op) -> u64 {
    let is_recurrent = op.kind.contains("RNN") || op.kind.contains("LSTM");
    if is_recurrent && op.parameter_bytes.0 > 0 { (op.macs.0 / op.parameter_bytes.0).max(1) } else { 1 }
}

/// Returns the time of a transfer that was not measured.
fn transfer(tensor: &Tensor, us_per_mib: f64) -> Time {
    Time::from_us(tensor.bytes.0 as f64 * us_per_mib / MIB)
}

/// Returns the bytes of an operation's own parameters on the device: those that the graph states, or the parameters with
/// the channels filled up.
fn held(op: &Op) -> Bytes {
    op.laid_out.unwrap_or_else(|| Bytes(filled_up(op, op.parameter_bytes.0, 64)))
}

/// Returns `amount` of an operation, spread evenly over its output channels, with the channels filled up; `amount`
/// itself if the channels are not known.
fn filled_up(op: &Op, amount: u64, at_once: u64) -> u64 {
    let Some(channels) = op.channels else { return amount };
    let channels = u128::from(channels.get());
    let most = channels.div_ceil(at_once.into()) * u128::from(at_once);
    // No graph is made whose sums of these are past 2^50.
    (u128::from(amount) * most / channels) as u64
}
