//! The price of every operation and tensor on a device, in whole picoseconds and bytes.
//!
//! A stage's time is the sum of one invocation, its operations' compute, the streaming of parameters that its device
//! can't cache, the transfer of each tensor that it reads but did not make, and the transfer of each tensor that it
//! makes for a later stage or the caller. Measured figures of a graph take the place of modelled ones (see
//! [`crate::graph::json`]). `docs/cost.md` has the formulas and says what each part was fitted to. Solvers use these
//! prices; the judge computes the same formulas anew, without this module, so that a mistake in one of the two is
//! noticed.
//!
//! An operation's compute time depends on that operation alone, and streaming on two sums over a stage (see
//! [`Streaming`]). So a stage's time is a function of two nested order ideals, which exact scheduling needs.

use crate::base::units::{Bytes, Time};
use crate::device::{EdgeTpu, MIB};
use crate::graph::array::Use;
use crate::graph::{Op, OpGraph, OpId, Tensor};

/// The prices of the operations and tensors of one graph on one device.
#[derive(Clone, Debug)]
pub struct Prices {
    /// The fixed time of a stage, unless all of its operations are measured.
    pub invoke: Time,
    /// The price of streaming parameters.
    pub streaming: Streaming,
    /// The compute time of each operation.
    pub compute: Vec<Time>,
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
        // A transfer is measured between two stages, so a measured time says nothing of the caller's side.
        let read = |tensor: &Tensor| match (tensor.transfer_us, tensor.producer) {
            (Some(us), Some(_)) => Time::from_us(us),
            (Some(_), None) => Time(0),
            (None, _) => modelled(tensor.bytes, device.input_us_per_mib),
        };
        let write = |tensor: &Tensor| {
            let us_per_mib = device.output_us_per_mib;
            tensor.transfer_us.map_or_else(|| modelled(tensor.bytes, us_per_mib), Time::from_us)
        };
        let emit = |tensor: &Tensor| match tensor.transfer_us {
            Some(_) => Time(0),
            None => modelled(tensor.bytes, device.output_us_per_mib),
        };
        let tensors = || graph.tensors().iter();
        let made = graph.made_bytes();
        let ops = || (0..).map(OpId).zip(graph.ops()).zip(&made);
        let resent = |((id, op), &made): ((OpId, &Op), &Bytes)| {
            let tiles = op.macs.0 > 0 && graph.places(id, made) > device.tile_places;
            if tiles { op.device_bytes() } else { Bytes(0) }
        };
        let once = Time::from_us(device.stream_us_per_mib / MIB);
        Prices {
            invoke: Time::from_us(device.invoke_us),
            streaming: Streaming {
                cache: Bytes(device.cache_bytes),
                once,
                again: once.max(Time::from_us(device.stream_us_per_mib / MIB * device.resend)),
            },
            compute: ops().map(|((_, op), &made)| compute(op, made, device)).collect(),
            held: graph.ops().iter().map(Op::device_bytes).collect(),
            resent: ops().map(resent).collect(),
            read: tensors().map(read).collect(),
            write: tensors().map(write).collect(),
            emit: tensors().map(emit).collect(),
        }
    }

    /// Returns whether the device model prices `op`: a measured operation costs its measured time alone.
    pub fn is_modelled(op: &Op) -> bool {
        op.compute_us.is_none()
    }
}

/// Returns the compute time of an operation that makes `made` bytes.
fn compute(op: &Op, made: Bytes, device: &EdgeTpu) -> Time {
    if let Some(us) = op.compute_us {
        return Time::from_us(us);
    }
    let at_full_clock = match op.array_use() {
        Use::Dense | Use::PerChannel => {
            op.array_macs().0 as f64 / 1e9 * device.us_per_gmac
                + op.device_bytes().0 as f64 / MIB * device.us_per_weight_mib
        }
        Use::Elementwise => made.0 as f64 / MIB * device.us_per_value_mib,
        Use::Nothing => 0.0,
    };
    Time::from_us(at_full_clock * device.slowdown())
}
