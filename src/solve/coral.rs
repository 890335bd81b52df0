//! What libcoral's partitioners (`coral/tools/partitioner`) have in common: the order in which they take operations, and the
//! models on which they abort.
//!
//! They know neither the rules of Coral's runner nor time, and take for granted what most models have: operations of one
//! output, and enough of them before the first model output. Where that does not hold they end with a failed check. What
//! they do to an operand that is left out, which is to read beyond a list, is not modelled.

use std::collections::VecDeque;

use crate::base::units::Bytes;
use crate::graph::countdown::Countdown;
use crate::graph::{OpGraph, OpId};

/// The reason why a partitioner of libcoral aborts instead of cutting a model.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Abort {
    /// Too few operations come before the first whose result nobody reads.
    #[error(
        "only {before} operations come before '{name}', the first whose result no other reads, and all but the last of \
         {segments} segments must end before it"
    )]
    NoRoom {
        /// The number of operations that come before it.
        before: usize,
        /// The name of the first operation whose result nobody reads.
        name: String,
        /// The number of segments asked for.
        segments: u32,
    },
    /// A segment would be empty, because the next operation is larger than a segment may be.
    #[error(
        "segment {segment} would be empty: '{name}' alone has {bytes} of parameters, and no segment but the last may \
         have more than the mean, {most}"
    )]
    EmptySegment {
        /// The number of the segment, from 0.
        segment: u32,
        /// The name of the operation that does not fit.
        name: String,
        /// The parameter bytes of that operation.
        bytes: Bytes,
        /// The most parameter bytes of a segment.
        most: Bytes,
    },
    /// A segment would hand on the result of an operation that has not exactly one.
    #[error("a segment would hand on what '{name}' makes, which has {outputs} outputs and not one")]
    NotOneOutput {
        /// The name of the operation.
        name: String,
        /// The number of its outputs.
        outputs: usize,
    },
    /// A segment would get every model input, because it has an operation that reads nothing else, and lacks the readers of
    /// one of them.
    #[error("segment {segment} would get every model input, but nothing in it reads '{input}'")]
    UnreadInput {
        /// The number of the segment, from 0.
        segment: u32,
        /// The name of the model input.
        input: String,
    },
}

/// Returns the nodes in the order of libcoral's walk: depth first from the last source, at each node first to the last of
/// the successors that it makes ready, but for nodes without successors, which come last.
///
/// Complexity: linear in the number of nodes and edges.
pub(super) fn walk(successors: &[Vec<u32>]) -> Vec<u32> {
    let mut predecessors = vec![0; successors.len()];
    successors.iter().flatten().for_each(|&node| predecessors[node as usize] += 1);
    let mut countdown = Countdown::new(predecessors);
    let mut open: VecDeque<u32> = countdown.ready().map(|node| node as u32).collect();
    let mut order = Vec::with_capacity(successors.len());
    while let Some(node) = open.pop_back() {
        order.push(node);
        for &next in &successors[node as usize] {
            if !countdown.take_one(next as usize) {
                continue;
            }
            match successors[next as usize].is_empty() {
                true => open.push_front(next),
                false => open.push_back(next),
            }
        }
    }
    order
}

/// Returns how many nodes of `order` come before the first without successors, which the last segment must hold.
pub(super) fn before_first_sink(successors: &[Vec<u32>], order: &[u32]) -> usize {
    order.iter().take_while(|&&node| !successors[node as usize].is_empty()).count()
}

/// The operations that have not exactly one output, which no segment may hand on.
pub(super) struct Unfit<'a> {
    graph: &'a OpGraph,
    /// The number of outputs of each operation.
    outputs: Vec<usize>,
}

impl<'a> Unfit<'a> {
    /// Returns the operations of `graph` that have not exactly one output.
    pub fn new(graph: &'a OpGraph) -> Unfit<'a> {
        let mut outputs = vec![0; graph.ops().len()];
        for tensor in graph.tensors() {
            tensor.producer.iter().for_each(|op| outputs[op.index()] += 1);
        }
        Unfit { graph, outputs }
    }

    /// Returns, for each place of an order and for its end, an operation that a cut there would hand on but must not;
    /// `place` is that of each operation, and `places` their number.
    pub fn at_cuts(&self, place: &[u32], places: usize) -> Vec<Option<OpId>> {
        let mut at = vec![None; places + 1];
        for tensor in self.graph.tensors() {
            let Some(op) = tensor.producer.filter(|op| self.outputs[op.index()] != 1) else { continue };
            let last = tensor.consumers.iter().map(|reader| place[reader.index()]).max().unwrap_or(0);
            (place[op.index()] + 1..=last).for_each(|cut| at[cut as usize] = Some(op));
        }
        at
    }

    /// Checks the operations that make model outputs: but for the last of the file, each must have one output.
    ///
    /// # Errors
    /// Returns an error if one has not.
    pub fn check_ends(&self) -> Result<(), Abort> {
        let mut is_read = vec![false; self.outputs.len()];
        for tensor in self.graph.tensors().iter().filter(|tensor| !tensor.consumers.is_empty()) {
            tensor.producer.iter().for_each(|op| is_read[op.index()] = true);
        }
        let before_last = 0..self.outputs.len().saturating_sub(1);
        match before_last.into_iter().find(|&op| !is_read[op] && self.outputs[op] != 1) {
            Some(op) => Err(self.abort(OpId(op as u32))),
            None => Ok(()),
        }
    }

    /// Returns the error about an operation that has not exactly one output.
    pub fn abort(&self, op: OpId) -> Abort {
        Abort::NotOneOutput { name: self.graph.op(op).name.clone(), outputs: self.outputs[op.index()] }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_walk_goes_down_the_last_branch_and_ends_with_what_nobody_reads() {
        // The graph and the order of libcoral's own test.
        let successors = [vec![2, 1, 3], vec![3], vec![5], vec![], vec![5], vec![]];
        let order = walk(&successors);
        assert_eq!(order, [4, 0, 1, 2, 3, 5]);
        assert_eq!(before_first_sink(&successors, &order), 4);
    }
}
