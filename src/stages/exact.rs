//! What compiled stages teach of their operations: the bytes of parameters on the device, and of instructions.
//!
//! A package says the bytes of a stage as a whole. Each operation gets a share as large as the device model's estimate says,
//! so that the stage costs what was compiled, and other stages are predicted better.

use crate::base::units::Bytes;
use crate::edgetpu::package::PackageBytes;
use crate::graph::{OpGraph, OpId, instructions};

/// The bytes of a stage as a whole.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct StageBytes {
    /// The parameters on the device, cached and streamed.
    pub device_bytes: u64,
    /// The instructions that go to the device with every inference.
    pub instruction_bytes: u64,
}

impl From<PackageBytes> for StageBytes {
    fn from(bytes: PackageBytes) -> StageBytes {
        StageBytes {
            device_bytes: bytes.cached_bytes.saturating_add(bytes.streamed_bytes),
            instruction_bytes: bytes.instruction_bytes,
        }
    }
}

/// Returns `graph` with the bytes of operations corrected, so that those of each stage, given by its operations, ascending,
/// sum up to the stage's. What stays on the CPU, measured operations and shared constants are left as they are.
pub fn with_exact(graph: &OpGraph, stages: &[(Vec<OpId>, StageBytes)]) -> OpGraph {
    let instructions = graph.instruction_bytes();
    let mut is_on_device: Vec<bool> = graph.ops().iter().map(|op| op.compute_us.is_none()).collect();
    let is_modelled = is_on_device.clone();
    graph.on_cpu().iter().for_each(|op| is_on_device[op.index()] = false);
    let corrected = graph.with_figures(|ops| {
        for (all, bytes) in stages {
            let is_reader = |op: &OpId| is_modelled[op.index()] && all.binary_search(op).is_ok();
            let shared = graph.shared().iter().filter(|constant| constant.consumers.iter().any(is_reader));
            let shared: u64 = shared.map(|constant| constant.bytes.0).sum();
            let held = bytes.device_bytes.saturating_sub(shared);
            let stage: Vec<OpId> = all.iter().copied().filter(|op| is_on_device[op.index()]).collect();
            let estimates: Vec<u64> = stage.iter().map(|&op| graph.op(op).device_bytes().0).collect();
            for (op, bytes) in stage.iter().zip(shares(held, &estimates)) {
                ops[op.index()].laid_out = Some(Bytes(bytes));
            }
            let sent = bytes.instruction_bytes.saturating_sub(instructions::STAGE.0);
            let estimates: Vec<u64> = stage.iter().map(|op| instructions[op.index()].0).collect();
            for (op, bytes) in stage.iter().zip(shares(sent, &estimates)) {
                ops[op.index()].instruction_bytes = Some(Bytes(bytes));
            }
        }
    });
    // Bytes beyond all limits teach nothing.
    corrected.unwrap_or_else(|_| graph.clone())
}

/// Returns `whole` in shares as large as the estimates, rounded so that they sum up to it; nothing if all estimates are
/// zero. The estimates are those of a graph, whose sums are checked.
fn shares(whole: u64, estimates: &[u64]) -> Vec<u64> {
    let total: u128 = estimates.iter().map(|&estimate| u128::from(estimate)).sum();
    let (mut sum, mut given) = (0, 0);
    let share = |&estimate: &u64| {
        sum += u128::from(estimate);
        let until = u128::from(whole) * sum / total;
        let share = (until - given) as u64;
        given = until;
        share
    };
    if total == 0 { Vec::new() } else { estimates.iter().map(share).collect() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shares_sum_up_to_the_whole() {
        assert_eq!(shares(10, &[1, 1, 1]), [3, 3, 4]);
        assert_eq!(shares(7, &[0, 5, 0, 2]), [0, 5, 0, 2]);
        assert_eq!(shares(u64::MAX, &[1 << 43, 1 << 43]), [u64::MAX / 2, u64::MAX / 2 + 1]);
        assert_eq!(shares(9, &[0, 0]), [0; 0]);
    }

    #[test]
    fn stages_hold_and_send_what_was_compiled() {
        let graph = OpGraph::from_json(
            br#"{"name": "g", "outputs": [3], "on_cpu": [2],
                "ops": [{"name": "a", "kind": "CONV_2D", "parameter_bytes": 100, "macs": 900},
                        {"name": "b", "kind": "CONV_2D", "parameter_bytes": 300, "macs": 900},
                        {"name": "c", "kind": "GELU", "parameter_bytes": 0, "macs": 0}],
                "shared_constants": [{"name": "s", "bytes": 8, "consumers": [0, 1]}],
                "tensors": [{"name": "x", "bytes": 4, "producer": null, "consumers": [0]},
                            {"name": "y", "bytes": 4, "producer": 0, "consumers": [1]},
                            {"name": "z", "bytes": 4, "producer": 1, "consumers": [2]},
                            {"name": "w", "bytes": 4, "producer": 2, "consumers": []}]}"#,
        )
        .unwrap();
        let bytes = PackageBytes {
            cached_bytes: 700,
            streamed_bytes: 108,
            instruction_bytes: 10_000,
            ..PackageBytes::default()
        };
        let bytes = StageBytes::from(bytes);
        let exact = with_exact(&graph, &[(vec![OpId(0), OpId(1), OpId(2)], bytes)]);
        let held: Vec<u64> = exact.ops().iter().map(|op| op.device_bytes().0).collect();
        assert_eq!(held, [200, 600, 0]);
        let sent: u64 = exact.instruction_bytes().iter().take(2).map(|bytes| bytes.0).sum();
        assert_eq!(sent + instructions::STAGE.0, 10_000);
        assert_eq!(exact.op(OpId(2)), graph.op(OpId(2)));
        let endless = StageBytes { device_bytes: u64::MAX, ..bytes };
        assert_eq!(with_exact(&graph, &[(vec![OpId(0)], endless)]), graph);
    }
}
