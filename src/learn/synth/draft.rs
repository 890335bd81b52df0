//! Graphs under construction.

use std::ops::RangeInclusive;

use rand::RngExt;
use rand_chacha::ChaCha8Rng;

use super::recipe::Recipe;
use crate::base::units::{Bytes, Macs};
use crate::graph::{GraphParts, Op, OpGraph, OpId, Tensor, TensorId};

/// A graph under construction. Tensor `i + 1` is the result of operation `i`; tensor 0 is the model input.
pub(super) struct GraphDraft<'a> {
    pub(super) recipe: &'a Recipe,
    pub(super) random: ChaCha8Rng,
    pub(super) ops: Vec<Op>,
    pub(super) tensors: Vec<Tensor>,
}

/// The number of a value in a draft: the place of its tensor.
pub(super) type ValueId = u32;

/// The number of the model input.
pub(super) const INPUT: ValueId = 0;

impl GraphDraft<'_> {
    /// Draws a number from `range` whose logarithm is uniformly distributed.
    pub(super) fn log_uniform(&mut self, range: &RangeInclusive<u64>) -> u64 {
        let (low, high) = (*range.start() as f64, *range.end() as f64);
        let part: f64 = self.random.random();
        ((low.max(1.0).ln() * (1.0 - part) + high.max(1.0).ln() * part).exp().round() as u64)
            .clamp(*range.start(), *range.end())
    }

    pub(super) fn chance(&mut self, probability: f64) -> bool {
        self.random.random::<f64>() < probability
    }

    fn tensor(&mut self, name: String, bytes: u64, producer: Option<OpId>) {
        self.tensors.push(Tensor {
            name,
            bytes: Bytes(bytes),
            producer,
            consumers: Vec::new(),
            transfer_us: None,
            uncuttable: None,
            uncuttable_because: None,
        });
    }

    /// Adds an operation that reads `inputs`; returns the number of its result.
    pub(super) fn op(
        &mut self,
        kind: &str,
        inputs: &[ValueId],
        parameter_bytes: u64,
        macs: u64,
        bytes: u64,
    ) -> ValueId {
        if self.tensors.is_empty() {
            let bytes = self.recipe.activation_bytes.clone();
            let bytes = self.log_uniform(&bytes);
            self.tensor("input".into(), bytes, None);
        }
        let op = OpId(self.ops.len() as u32);
        for &input in inputs {
            self.tensors[input as usize].consumers.push(op);
        }
        self.ops.push(Op {
            name: format!("op{}", op.0),
            kind: kind.into(),
            parameter_bytes: Bytes(parameter_bytes),
            macs: Macs(macs),
            channels: None,
            compute_us: None,
            array: None,
            places: None,
            laid_out: None,
            instruction_bytes: None,
        });
        self.tensor(format!("t{}", op.0), bytes, Some(op));
        op.0 + 1
    }

    /// Returns the graph, in which every value that nothing reads is an output.
    pub(super) fn finish(self, name: String) -> OpGraph {
        let unread = |(_, tensor): &(usize, &Tensor)| tensor.consumers.is_empty();
        let outputs =
            self.tensors.iter().enumerate().filter(unread).map(|(index, _)| TensorId(index as u32)).collect();
        let parts =
            GraphParts { name, ops: self.ops, tensors: self.tensors, outputs, ..GraphParts::default() };
        OpGraph::new(parts).expect("operations read only what was made before, and few bytes")
    }
}
