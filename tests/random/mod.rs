//! Random small problems, with every kind of cost and rule in play.

pub mod wide;

use proptest::prelude::*;
use respect::base::units::{Bytes, Macs};
use respect::device::EdgeTpu;
use respect::graph::array::Use;
use respect::graph::{GraphParts, Op, OpGraph, OpId, Ordered, SharedConstant, Tensor, TensorId, Uncuttable};
use respect::problem::{Objective, Rules};

/// A device with round prices, a small cache, and every kind of cost in play.
pub fn device() -> EdgeTpu {
    EdgeTpu {
        name: "test".into(),
        clock_mhz: 400.0,
        invoke_us: 3.0,
        us_per_gmac: 1000.0,
        us_per_gmac_by_places: 1500.0,
        us_per_weight_mib: 1e4,
        us_per_value_mib: 1e4,
        us_per_depthwise_mib: 3e4,
        us_per_operation: 0.5,
        cache_bytes: 60,
        stream_us_per_mib: 1e5,
        resend: 2.5,
        tile_places: 3,
        input_us_per_mib: 3e4,
        output_us_per_mib: 7e4,
        cpu_us_per_gmac: 2e6,
        cpu_us_per_value_mib: 2e4,
        uncertainty: None,
    }
}

/// A graph of up to `most` operations: forward edges, several inputs and outputs, tensors with many readers, unread
/// ones, measured figures, shared constants, groups, and tensors that must not cross.
fn graphs(most: usize) -> impl Strategy<Value = OpGraph> {
    (2..=most)
        .prop_flat_map(|ops| {
            let channels = prop_oneof![Just(0u64), 1u64..200];
            let uses = vec![Use::Dense, Use::PerChannel, Use::Elementwise, Use::Nothing];
            let array = prop::option::weighted(0.3, prop::sample::select(uses));
            let stated = (array, prop::option::weighted(0.2, 1u64..3000));
            let op = (0u64..80, 0u64..9_000_000, channels, prop::option::weighted(0.15, 0.0..20.0), stated);
            // For each operation one output: its bytes, reader mask, whether it is an output, and rarities.
            let tensor = (
                0u64..60,
                any::<u16>(),
                any::<u16>(),
                0u8..8,
                prop::option::weighted(0.15, 0.0..9.0),
                0u8..30,
            );
            let input = (0u64..60, any::<u16>());
            let shared = (1u64..80, any::<u16>());
            (
                prop::collection::vec(op, ops),
                prop::collection::vec(tensor, ops),
                prop::collection::vec(input, 0..3),
                prop::collection::vec(shared, 0..3),
                prop::option::weighted(0.2, any::<u16>()),
                prop::collection::vec((any::<u16>(), any::<bool>()), 0..3),
            )
        })
        .prop_map(|(ops, tensors, inputs, shared, together, ordered)| {
            let count = ops.len();
            let set = |mask: u16, from: usize| -> Vec<OpId> {
                (from..count).filter(|bit| mask >> bit & 1 == 1).map(|op| OpId(op as u32)).collect()
            };
            let mut parts = GraphParts { name: "random".into(), ..GraphParts::default() };
            for (index, (bytes, macs, channels, compute_us, (array, places))) in ops.into_iter().enumerate() {
                parts.ops.push(Op {
                    name: format!("op{index}"),
                    kind: "TEST".into(),
                    parameter_bytes: Bytes(bytes),
                    macs: Macs(macs),
                    channels: std::num::NonZeroU64::new(channels),
                    compute_us,
                    array,
                    places: places.and_then(std::num::NonZeroU64::new),
                    laid_out: None,
                    instruction_bytes: None,
                });
            }
            for (index, (bytes, mask)) in inputs.into_iter().enumerate() {
                let consumers = set(mask, 0);
                let name = format!("in{index}");
                parts.tensors.push(Tensor {
                    name,
                    bytes: Bytes(bytes),
                    producer: None,
                    consumers,
                    transfer_us: None,
                    uncuttable: None,
                    uncuttable_because: None,
                });
            }
            for (index, (bytes, a, b, output, transfer_us, rare)) in tensors.into_iter().enumerate() {
                let consumers = set(a & b, index + 1);
                // An unread tensor mostly is an output, now and then nobody's.
                if output == 0 || (consumers.is_empty() && output < 7) {
                    parts.outputs.push(TensorId(parts.tensors.len() as u32));
                }
                let uncuttable = (rare == 0).then_some(Uncuttable::DynamicShape);
                let name = format!("t{index}");
                parts.tensors.push(Tensor {
                    name,
                    bytes: Bytes(bytes),
                    producer: Some(OpId(index as u32)),
                    consumers,
                    transfer_us,
                    uncuttable,
                    uncuttable_because: None,
                });
            }
            for (index, (bytes, mask)) in shared.into_iter().enumerate() {
                let consumers = set(mask, 0);
                if consumers.len() > 1 {
                    parts.shared.push(SharedConstant {
                        name: format!("c{index}"),
                        bytes: Bytes(bytes),
                        consumers,
                    });
                }
            }
            if let Some(mask) = together {
                let group: Vec<OpId> = set(mask, 0).into_iter().take(2).collect();
                if group.len() == 2 {
                    parts.together.push(group);
                }
            }
            for (mask, shares_state) in ordered {
                if let [before, after, ..] = set(mask & mask >> 1, 0)[..] {
                    parts.ordered.push(Ordered { before, after, shares_state });
                }
            }
            OpGraph::new(parts).expect("a forward graph is valid")
        })
}

/// What is to be solved: such a graph, a number of stages, an objective and rules.
pub fn problems(most: usize) -> impl Strategy<Value = (OpGraph, u32, Objective, Rules)> {
    let objective = prop_oneof![Just(Objective::Memory), Just(Objective::Latency)];
    let rules = prop_oneof![Just(Rules::Coral), Just(Rules::Precedence)];
    (graphs(most), 1u32..=5, objective, rules)
}

/// The same graph, in which sets of operations must not all share a stage: any two or more of a mask's lowest bits.
pub fn parted(graph: OpGraph, masks: &[u16]) -> OpGraph {
    masks.iter().fold(graph, |graph, mask| {
        let count = graph.ops().len() as u32;
        let set: Vec<OpId> = (0..count).filter(|op| mask >> op & 1 == 1).take(3).map(OpId).collect();
        if set.len() < 2 { graph } else { graph.with_apart(set).expect("operations of the graph") }
    })
}

/// Sets for [`parted`], mostly none.
pub fn masks() -> impl Strategy<Value = Vec<u16>> {
    prop_oneof![2 => Just(Vec::new()), 1 => prop::collection::vec(any::<u16>(), 1..4)]
}
