//! The price of every operation and tensor on a device, in whole picoseconds and bytes.
//!
//! A stage's time is the sum of one invocation, its instructions, its operations' compute, the streaming of parameters
//! that its device can't cache, the transfer of each tensor that it reads but did not make, and the transfer of each
//! tensor that it makes for a later stage, the caller, or an operation that stays on the CPU. Measured figures of a graph take the place of modelled ones (see
//! [`crate::graph::json`]). `docs/cost.md` has the formulas and says what each part was fitted to. Solvers use these
//! prices; the judge computes the same formulas anew, without this module, so that a mistake in one of the two is
//! noticed.
//!
//! An operation's compute time depends on that operation alone, and streaming on two sums over a stage (see
//! [`Streaming`]). So a stage's time is a function of two nested order ideals, which exact scheduling needs.

use crate::base::units::{Bytes, Time};
use crate::device::{EdgeTpu, MIB};
use crate::graph::array::Use;
use crate::graph::instructions;
use crate::graph::{Op, OpGraph, OpId, Tensor};

/// The prices of the operations and tensors of one graph on one device.
#[derive(Clone, Debug)]
pub struct Prices {
    /// The fixed time of a stage, unless all of its operations are measured.
    pub invoke: Time,
    /// The price of streaming parameters.
    pub streaming: Streaming,
    /// The time to send the instructions that a stage has beside those of its operations, unless all of its operations
    /// are measured.
    pub stage_instructions: Time,
    /// The compute time of each operation.
    pub compute: Vec<Time>,
    /// The time to send each operation's instructions.
    pub instructions: Vec<Time>,
    /// The time to bring back what each operation makes for operations on the CPU, wherever these are.
    pub returned: Vec<Time>,
    /// The bytes of each operation's own parameters on the device.
    pub held: Vec<Bytes>,
    /// The bytes of each operation's own parameters that, when streamed, are sent again for each tile of the output.
    pub resent: Vec<Bytes>,
    /// The time, for each tensor, that reading it costs a stage that did not make it.
    pub read: Vec<Time>,
    /// The time, for each tensor, that handing it to later stages costs the stage that made it, however many they are.
    pub write: Vec<Time>,
    /// The time, for each tensor, that returning it to the caller costs the stage that made it, if it is a model output
    /// and no later stage reads it.
    pub emit: Vec<Time>,
}

/// The price of streaming parameters that the cache can't hold.
///
/// The parameters of a layer with few places are streamed once, those of a layer with many places again for each tile
/// of its output. The cache is taken to hold what would be sent most often. That is what a good compiler does, and it
/// makes the time of streaming the largest of three plain sums, none of which shrinks as a stage grows.
#[derive(Clone, Copy, Debug)]
pub struct Streaming {
    /// The parameter bytes that a device caches.
    pub cache: Bytes,
    /// The time to stream one byte that is sent once.
    pub once: Time,
    /// The time to stream one byte that is sent again for each tile; at least `once`.
    pub again: Time,
}

impl Streaming {
    /// Returns the time to stream the part of `held` bytes that the cache can't hold, if `resent` of them are sent
    /// again for each tile.
    pub fn time(&self, held: Bytes, resent: Bytes) -> Time {
        let room = self.cache - resent;
        let price = |bytes: Bytes, each: Time| Time(bytes.0.saturating_mul(each.0));
        price(held - resent - room, self.once) + price(resent - self.cache, self.again)
    }
}

impl Prices {
    /// Returns the prices of `graph` on `device`.
    pub fn new(graph: &OpGraph, device: &EdgeTpu) -> Prices {
        let modelled = |bytes: Bytes, us_per_mib: f64| Time::from_us(bytes.0 as f64 * us_per_mib / MIB);
        let mut on_cpu = vec![false; graph.ops().len()];
        graph.on_cpu().iter().for_each(|op| on_cpu[op.index()] = true);
        let is_on_cpu = |op: &OpId| on_cpu[op.index()];
        // What one operation on the CPU makes for others there stays with the host.
        let is_for_cpu = |tensor: &Tensor| {
            !tensor.consumers.is_empty()
                && tensor.transfer_us.is_none()
                && tensor.consumers.iter().all(is_on_cpu)
        };
        let comes_back = |tensor: &Tensor| {
            let is_made_there = tensor.producer.as_ref().is_some_and(is_on_cpu);
            tensor.transfer_us.is_none() && !is_made_there && tensor.consumers.iter().any(is_on_cpu)
        };
        // What the host has already is neither handed on nor returned.
        let is_at_host =
            |tensor: &Tensor| tensor.producer.as_ref().is_some_and(is_on_cpu) || comes_back(tensor);
        // A transfer is measured between two stages, so a measured time says nothing of the caller's side.
        let read = |tensor: &Tensor| match (tensor.transfer_us, tensor.producer) {
            (Some(us), Some(_)) => Time::from_us(us),
            (Some(_), None) => Time(0),
            (None, _) if is_for_cpu(tensor) => Time(0),
            (None, _) => modelled(tensor.bytes, device.input_us_per_mib),
        };
        let output = |tensor: &Tensor| modelled(tensor.bytes, device.output_us_per_mib);
        let emit = |tensor: &Tensor| match tensor.transfer_us {
            None if !is_at_host(tensor) => output(tensor),
            _ => Time(0),
        };
        let write = |tensor: &Tensor| tensor.transfer_us.map_or_else(|| emit(tensor), Time::from_us);
        let tensors = || graph.tensors().iter();
        let mut returned = vec![Time(0); graph.ops().len()];
        for tensor in tensors().filter(|tensor| comes_back(tensor)) {
            tensor.producer.iter().for_each(|op| returned[op.index()] += output(tensor));
        }
        let (made, values) = (graph.made_bytes(), graph.value_bytes());
        let ops = || (0..).map(OpId).zip(graph.ops());
        let held = |(id, op): (OpId, &Op)| if is_on_cpu(&id) { Bytes(0) } else { op.device_bytes() };
        let resent = |(id, op): (OpId, &Op)| {
            let tiles = op.macs.0 > 0 && graph.places(id, made[id.index()]) > device.tile_places;
            if tiles { held((id, op)) } else { Bytes(0) }
        };
        let by_places = graph.is_spread_by_places();
        let compute = |(id, op): (OpId, &Op)| match op.compute_us {
            Some(us) => Time::from_us(us),
            None if is_on_cpu(&id) => on_host(op, values[id.index()], device),
            None => on_device(op, made[id.index()], by_places, device),
        };
        let once = Time::from_us(device.stream_us_per_mib / MIB);
        let sent = |bytes: Bytes| Time(bytes.0.saturating_mul(once.0));
        let instructions = |((id, op), bytes): ((OpId, &Op), Bytes)| {
            if is_on_cpu(&id) || !Prices::is_modelled(op) { Time(0) } else { sent(bytes) }
        };
        Prices {
            invoke: Time::from_us(device.invoke_us),
            streaming: Streaming {
                cache: Bytes(device.cache_bytes),
                once,
                again: once.max(Time::from_us(device.stream_us_per_mib / MIB * device.resend)),
            },
            stage_instructions: sent(instructions::STAGE),
            compute: ops().map(compute).collect(),
            instructions: ops().zip(graph.instruction_bytes()).map(instructions).collect(),
            returned,
            held: ops().map(held).collect(),
            resent: ops().map(resent).collect(),
            read: tensors().map(read).collect(),
            write: tensors().map(write).collect(),
            emit: tensors().map(emit).collect(),
        }
    }

    /// Returns the time that an operation adds to its stage, whatever else is in the stage, beside streaming and the
    /// transfer of tensors that cross a cut.
    pub fn of_operation(&self, op: OpId) -> Time {
        let op = op.index();
        self.compute[op] + self.instructions[op] + self.returned[op]
    }

    /// Returns whether the device model prices `op`: a measured operation costs its measured time alone.
    pub fn is_modelled(op: &Op) -> bool {
        op.compute_us.is_none()
    }
}

/// Returns the compute time on the device of an operation that makes `made` bytes; `by_places` says how the graph is spread
/// over the tiles.
fn on_device(op: &Op, made: Bytes, by_places: bool, device: &EdgeTpu) -> Time {
    let values = made.0 as f64 / MIB;
    let weights = op.device_bytes().0 as f64 / MIB * device.us_per_weight_mib;
    let at_full_clock = match op.array_use() {
        Use::Dense => {
            let us_per_gmac = if by_places { device.us_per_gmac_by_places } else { device.us_per_gmac };
            op.array_macs(by_places).0 as f64 / 1e9 * us_per_gmac + weights
        }
        Use::PerChannel => values * device.us_per_depthwise_mib + weights,
        // What states its use of the array is of another dialect, and a part of what is one operator of a model.
        Use::Elementwise if op.array.is_some() => values * device.us_per_value_mib,
        Use::Elementwise => device.us_per_operation + values * device.us_per_value_mib,
        Use::Nothing => 0.0,
    };
    Time::from_us(at_full_clock * device.slowdown())
}

/// Returns the time on the host's CPU of an operation that reads and makes `values` bytes.
fn on_host(op: &Op, values: Bytes, device: &EdgeTpu) -> Time {
    let us =
        op.macs.0 as f64 / 1e9 * device.cpu_us_per_gmac + values.0 as f64 / MIB * device.cpu_us_per_value_mib;
    Time::from_us(us)
}
