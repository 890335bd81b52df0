//! The price of every operation and tensor on a device, in whole picoseconds and bytes.
//!
//! A stage's time is: one invocation, its operations' compute, streaming of the parameters that its device can't
//! cache, each tensor it reads that it did not make, and each tensor it makes that a later stage or the caller reads.
//! Measured figures of a graph take the place of modelled ones (see [`crate::graph::json`]).

use crate::device::EdgeTpu;
use crate::graph::{Op, OpGraph, Tensor};
use crate::units::{Bytes, Time};

/// The prices of one graph's parts on one device.
#[derive(Clone, Debug)]
pub struct Prices {
    /// A stage's fixed time, unless all of its operations are measured.
    pub invoke: Time,
    /// Parameter bytes that a device caches.
    pub cache: Bytes,
    /// Time to stream one byte that is not cached.
    pub stream_per_byte: Time,
    /// Each operation's compute.
    pub compute: Vec<Time>,
    /// What reading each tensor costs a stage that did not make it.
    pub read: Vec<Time>,
    /// What handing each tensor to a later stage costs the stage that made it, once.
    pub write: Vec<Time>,
    /// What returning each model output to the caller costs the stage that made it, if no later stage reads it.
    pub emit: Vec<Time>,
}

impl Prices {
    /// Prices `graph` on `device`.
    pub fn new(graph: &OpGraph, device: &EdgeTpu) -> Prices {
        let compute = |op: &Op| match op.compute_us {
            Some(us) => Time::from_us(us),
            None => Time::from_us(op.macs.0 as f64 * device.us_per_gmac / 1e9),
        };
        let modelled = |tensor: &Tensor, us_per_mib: f64| {
            Time::from_us(tensor.bytes.0 as f64 * us_per_mib / (1 << 20) as f64)
        };
        // A measured transfer is one between two stages; the caller's side of it was not measured.
        let read = |tensor: &Tensor| match (tensor.transfer_us, tensor.producer) {
            (Some(us), Some(_)) => Time::from_us(us),
            (Some(_), None) => Time(0),
            (None, _) => modelled(tensor, device.input_us_per_mib),
        };
        let write = |tensor: &Tensor| {
            tensor.transfer_us.map_or_else(|| modelled(tensor, device.output_us_per_mib), Time::from_us)
        };
        let emit = |tensor: &Tensor| match tensor.transfer_us {
            Some(_) => Time(0),
            None => modelled(tensor, device.output_us_per_mib),
        };
        let tensors = || graph.tensors().iter();
        Prices {
            invoke: Time::from_us(device.invoke_us),
            cache: Bytes(device.cache_bytes),
            stream_per_byte: Time::from_us(device.stream_us_per_mib / (1 << 20) as f64),
            compute: graph.ops().iter().map(compute).collect(),
            read: tensors().map(read).collect(),
            write: tensors().map(write).collect(),
            emit: tensors().map(emit).collect(),
        }
    }

    /// Whether the device model prices `op`: a measured operation costs its measured time alone.
    pub fn is_modelled(op: &Op) -> bool {
        op.compute_us.is_none()
    }

    /// Time to stream what the cache can't hold of `bytes`.
    pub fn streaming(&self, bytes: Bytes) -> Time {
        Time((bytes - self.cache).0.saturating_mul(self.stream_per_byte.0))
    }
}
