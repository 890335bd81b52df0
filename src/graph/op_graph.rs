//! The checked graph.

use std::collections::HashMap;

use petgraph::graph::{DiGraph, NodeIndex};

use super::check::{GraphError, check};
use super::countdown::Countdown;
use super::parts::{GraphParts, Op, OpId, SharedConstant, Tensor, TensorId};
use super::uncuttable::Uncuttable;
use crate::base::c_string::c_string;
use crate::base::units::Bytes;

/// A checked, immutable computation graph: acyclic, every reference in bounds, every sum far from overflow.
#[derive(Clone, Debug, PartialEq)]
pub struct OpGraph {
    parts: GraphParts,
    inputs: Vec<TensorId>,
    order: Vec<OpId>,
}

impl OpGraph {
    /// Checks `parts` and builds the graph.
    ///
    /// # Errors
    /// A reference out of range, a repeated reader or output, a cycle, or a figure too large to add up.
    pub fn new(mut parts: GraphParts) -> Result<OpGraph, GraphError> {
        check(&mut parts)?;
        mark_unjoinable(&mut parts.tensors);
        let inputs = (0..parts.tensors.len() as u32)
            .map(TensorId)
            .filter(|t| parts.tensors[t.index()].producer.is_none())
            .collect();
        let order = execution_order(&parts)?;
        Ok(OpGraph { parts, inputs, order })
    }

    /// The model's name.
    pub fn name(&self) -> &str {
        &self.parts.name
    }

    /// The operations, in file order.
    pub fn ops(&self) -> &[Op] {
        &self.parts.ops
    }

    /// One operation.
    pub fn op(&self, op: OpId) -> &Op {
        &self.parts.ops[op.index()]
    }

    /// The activations.
    pub fn tensors(&self) -> &[Tensor] {
        &self.parts.tensors
    }

    /// One activation.
    pub fn tensor(&self, tensor: TensorId) -> &Tensor {
        &self.parts.tensors[tensor.index()]
    }

    /// The tensors without a producer.
    pub fn inputs(&self) -> &[TensorId] {
        &self.inputs
    }

    /// The model's outputs, in its order.
    pub fn outputs(&self) -> &[TensorId] {
        &self.parts.outputs
    }

    /// Constants that several operations read.
    pub fn shared(&self) -> &[SharedConstant] {
        &self.parts.shared
    }

    /// Sets of operations that must share a stage.
    pub fn together(&self) -> &[Vec<OpId>] {
        &self.parts.together
    }

    /// Sets of operations that must not all share a stage.
    pub fn apart(&self) -> &[Vec<OpId>] {
        &self.parts.apart
    }

    /// Operations that a device never takes; see [`GraphParts::on_cpu`].
    pub fn on_cpu(&self) -> &[OpId] {
        &self.parts.on_cpu
    }

    /// Operations that are skipped behind one that a device does not take; see [`GraphParts::skipped_behind_cpu`].
    pub fn skipped_behind_cpu(&self) -> &[OpId] {
        &self.parts.skipped_behind_cpu
    }

    /// The same graph with one more tensor that must not be cut.
    ///
    /// # Errors
    /// None that a sound graph gives.
    pub fn with_uncuttable(
        &self,
        tensor: TensorId,
        why: Uncuttable,
        because: String,
    ) -> Result<OpGraph, GraphError> {
        let mut parts = self.parts.clone();
        let entry = &mut parts.tensors[tensor.index()];
        (entry.uncuttable, entry.uncuttable_because) = (Some(why), Some(because));
        OpGraph::new(parts)
    }

    /// The same graph with more sets of operations that must share a stage.
    ///
    /// # Errors
    /// A set names an operation that is not there.
    pub fn with_together(&self, sets: Vec<Vec<OpId>>) -> Result<OpGraph, GraphError> {
        let mut parts = self.parts.clone();
        parts.together.extend(sets);
        OpGraph::new(parts)
    }

    /// The same graph with one more set of operations that must not all share a stage.
    ///
    /// # Errors
    /// The set names an operation that is not there.
    pub fn with_apart(&self, set: Vec<OpId>) -> Result<OpGraph, GraphError> {
        let mut parts = self.parts.clone();
        parts.apart.push(set);
        OpGraph::new(parts)
    }

    /// The execution order: the file's own where that is a valid one, else the valid one nearest to it (of the ready
    /// operations always the first in the file).
    pub fn execution_order(&self) -> &[OpId] {
        &self.order
    }

    /// Bytes of all constants, each counted once.
    pub fn parameter_bytes(&self) -> Bytes {
        self.ops().iter().map(|op| op.parameter_bytes).chain(self.shared().iter().map(|c| c.bytes)).sum()
    }

    /// Bytes of the constants that each operation reads, shared ones counted with every reader.
    pub fn bytes_read(&self) -> Vec<Bytes> {
        let mut bytes: Vec<Bytes> = self.ops().iter().map(|op| op.parameter_bytes).collect();
        for constant in self.shared() {
            for op in &constant.consumers {
                bytes[op.index()] += constant.bytes;
            }
        }
        bytes
    }

    /// The parts that it was made of.
    pub fn parts(&self) -> &GraphParts {
        &self.parts
    }

    /// The precedence relation: an edge for every pair of producer and reader.
    pub fn precedence(&self) -> DiGraph<OpId, ()> {
        precedence(&self.parts)
    }
}

fn precedence(parts: &GraphParts) -> DiGraph<OpId, ()> {
    let mut graph = DiGraph::new();
    for op in 0..parts.ops.len() as u32 {
        graph.add_node(OpId(op));
    }
    for tensor in &parts.tensors {
        if let Some(producer) = tensor.producer {
            for consumer in &tensor.consumers {
                graph.add_edge(NodeIndex::new(producer.index()), NodeIndex::new(consumer.index()), ());
            }
        }
    }
    graph
}

/// The lexicographically smallest topological order, or an operation on a cycle.
fn execution_order(parts: &GraphParts) -> Result<Vec<OpId>, GraphError> {
    use std::cmp::Reverse;
    let graph = precedence(parts);
    let predecessors = |node| graph.neighbors_directed(node, petgraph::Incoming).count();
    let mut countdown = Countdown::new(graph.node_indices().map(predecessors));
    let mut ready: std::collections::BinaryHeap<_> =
        countdown.ready().map(|node| Reverse(NodeIndex::new(node))).collect();
    let mut order = Vec::with_capacity(parts.ops.len());
    while let Some(Reverse(node)) = ready.pop() {
        order.push(graph[node]);
        ready.extend(graph.neighbors(node).filter(|next| countdown.take_one(next.index())).map(Reverse));
    }
    if order.len() == parts.ops.len() {
        return Ok(order);
    }
    let cyclic = petgraph::algo::kosaraju_scc(&graph)
        .into_iter()
        .filter(|component| component.len() > 1 || graph.contains_edge(component[0], component[0]))
        .flat_map(|component| component.into_iter().map(|node| graph[node]))
        .min()
        .unwrap_or(OpId(0));
    Err(GraphError::Cycle { op: cyclic.0, name: parts.ops[cyclic.index()].name.clone() })
}

/// Marks every tensor whose name is empty or stands twice, so that no cut is made through it. Names end at a NUL, as the
/// runner reads them.
fn mark_unjoinable(tensors: &mut [Tensor]) {
    let mut count: HashMap<String, u32> = HashMap::new();
    for tensor in tensors.iter() {
        *count.entry(c_string(&tensor.name).to_string()).or_default() += 1;
    }
    for tensor in tensors {
        let name = c_string(&tensor.name);
        if name.is_empty() {
            tensor.uncuttable.get_or_insert(Uncuttable::Unnamed);
        } else if count[name] > 1 {
            tensor.uncuttable.get_or_insert(Uncuttable::DuplicateName);
        }
    }
}
