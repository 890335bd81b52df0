//! Large wide graphs whose lattice of ideals no search gets through, with constraints of every kind.

use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use respect::base::units::Bytes;
use respect::graph::{OpGraph, OpId, Tensor, TensorId, Uncuttable};
use respect::learn::synth::{Family, Recipe};

/// Graph `number`: 60 to 120 operations, up to five sets that must be kept apart, groups, tensors that must not cross,
/// and more inputs and outputs than one.
pub fn graph(number: u64) -> OpGraph {
    let family = if number.is_multiple_of(2) { Family::Network } else { Family::Layered };
    let mut parts = Recipe::new(family, 60..=120, 5).graph(number).parts().clone();
    let mut random = ChaCha8Rng::seed_from_u64(number);
    let count = parts.ops.len() as u32;
    for input in 0..random.random_range(0..3) {
        let consumers = sorted((0..3).map(|_| random.random_range(0..count / 3)).collect());
        parts.tensors.push(Tensor {
            name: format!("extra{input}"),
            bytes: Bytes(1000),
            producer: None,
            consumers,
            transfer_us: None,
            uncuttable: None,
            uncuttable_because: None,
        });
    }
    for _ in 0..random.random_range(0..3) {
        let tensor = random.random_range(0..parts.tensors.len());
        parts.tensors[tensor].uncuttable = Some(Uncuttable::DynamicShape);
    }
    let late = |tensor: &Tensor| tensor.producer.is_some_and(|op| op.0 > count - count / 8);
    let outputs: Vec<TensorId> =
        (0u32..).zip(&parts.tensors).filter(|(_, tensor)| late(tensor)).map(|(at, _)| TensorId(at)).collect();
    if random.random_bool(0.5) && !outputs.is_empty() {
        let output = outputs[random.random_range(0..outputs.len())];
        if !parts.outputs.contains(&output) {
            parts.outputs.push(output);
        }
    }
    for _ in 0..random.random_range(0..3) {
        let first = random.random_range(0..count - 3);
        parts.together.push(vec![OpId(first), OpId(first + random.random_range(1..4))]);
    }
    for _ in 0..random.random_range(1..6) {
        let set = if random.random_bool(0.5) {
            // What a compiler refuses: one operation and the next.
            let first = random.random_range(0..count - 1);
            vec![first, first + 1]
        } else {
            (0..random.random_range(2..4)).map(|_| random.random_range(0..count)).collect()
        };
        let set = sorted(set);
        if set.len() > 1 {
            parts.apart.push(set);
        }
    }
    OpGraph::new(parts).expect("edges still lead forward")
}

fn sorted(mut ops: Vec<u32>) -> Vec<OpId> {
    ops.sort_unstable();
    ops.dedup();
    ops.into_iter().map(OpId).collect()
}
