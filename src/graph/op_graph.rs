//! The computation graph, checked.

use std::collections::HashMap;

use petgraph::graph::{DiGraph, NodeIndex};

use super::check::{GraphError, check};
use super::countdown::Countdown;
use super::parts::{GraphParts, Op, OpId, Ordered, SharedConstant, Tensor, TensorId};
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
    /// Checks `parts` and builds the graph. A tensor without a unique name is marked, so that no cut goes through it.
    ///
    /// # Errors
    /// Returns an error if a reference is out of range, an output is listed twice, the data flow has a cycle, or a
    /// figure or sum is out of range.
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

    /// Returns the model's name.
    pub fn name(&self) -> &str {
        &self.parts.name
    }

    /// Returns the operations, in file order.
    pub fn ops(&self) -> &[Op] {
        &self.parts.ops
    }

    /// Returns the operation of the given number.
    pub fn op(&self, op: OpId) -> &Op {
        &self.parts.ops[op.index()]
    }

    /// Returns the activations, in file order.
    pub fn tensors(&self) -> &[Tensor] {
        &self.parts.tensors
    }

    /// Returns the activation of the given number.
    pub fn tensor(&self, tensor: TensorId) -> &Tensor {
        &self.parts.tensors[tensor.index()]
    }

    /// Returns the model's inputs: the tensors without a producer.
    pub fn inputs(&self) -> &[TensorId] {
        &self.inputs
    }

    /// Returns the model's outputs, in the model's order.
    pub fn outputs(&self) -> &[TensorId] {
        &self.parts.outputs
    }

    /// Returns the constants that several operations read.
    pub fn shared(&self) -> &[SharedConstant] {
        &self.parts.shared
    }

    /// Returns the sets of operations that must share a stage.
    pub fn together(&self) -> &[Vec<OpId>] {
        &self.parts.together
    }

    /// Returns the sets of operations that must not all share a stage.
    pub fn apart(&self) -> &[Vec<OpId>] {
        &self.parts.apart
    }

    /// Returns the pairs of operations whose order counts beside that of the tensors.
    pub fn ordered(&self) -> &[Ordered] {
        &self.parts.ordered
    }

    /// Returns the operations that a device never takes; see [`GraphParts::on_cpu`].
    pub fn on_cpu(&self) -> &[OpId] {
        &self.parts.on_cpu
    }

    /// Returns the operations that are skipped where they come after one that stays on the CPU; see
    /// [`GraphParts::skipped_behind_cpu`].
    pub fn skipped_behind_cpu(&self) -> &[OpId] {
        &self.parts.skipped_behind_cpu
    }

    /// Returns the operations whose operator is a custom one; see [`GraphParts::custom`].
    pub fn custom(&self) -> &[OpId] {
        &self.parts.custom
    }

    /// Returns the operations that keep state from one inference to the next; see [`GraphParts::keeps_state`].
    pub fn keeps_state(&self) -> &[OpId] {
        &self.parts.keeps_state
    }

    /// Returns whether inferences may take turns on several devices, each of which would know of its own alone.
    pub fn may_have_copies(&self) -> bool {
        self.keeps_state().is_empty() && !self.ordered().iter().any(|pair| pair.shares_state)
    }

    /// Returns a copy of the graph in which no cut may go through `tensor` either, for the reason `why`, caused by
    /// `because`.
    ///
    /// # Errors
    /// Returns an error only if the graph itself is unsound.
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

    /// Returns a copy of the graph in which `change` has changed the figures of operations.
    ///
    /// # Errors
    /// Returns an error if a figure, or a sum of figures, is then out of range.
    pub fn with_figures(&self, change: impl FnOnce(&mut [Op])) -> Result<OpGraph, GraphError> {
        let mut parts = self.parts.clone();
        change(&mut parts.ops);
        OpGraph::new(parts)
    }

    /// Returns a copy of the graph with more sets of operations that must share a stage.
    ///
    /// # Errors
    /// Returns an error if a set names an operation that does not exist.
    pub fn with_together(&self, sets: Vec<Vec<OpId>>) -> Result<OpGraph, GraphError> {
        let mut parts = self.parts.clone();
        parts.together.extend(sets);
        OpGraph::new(parts)
    }

    /// Returns a copy of the graph with more pairs of operations whose order counts.
    ///
    /// # Errors
    /// Returns an error if a pair names an operation that does not exist, or closes a cycle.
    pub fn with_ordered(&self, pairs: Vec<Ordered>) -> Result<OpGraph, GraphError> {
        let mut parts = self.parts.clone();
        parts.ordered.extend(pairs);
        OpGraph::new(parts)
    }

    /// Returns a copy of the graph with one more set of operations that must not all share a stage.
    ///
    /// # Errors
    /// Returns an error if the set names an operation that does not exist.
    pub fn with_apart(&self, set: Vec<OpId>) -> Result<OpGraph, GraphError> {
        let mut parts = self.parts.clone();
        parts.apart.push(set);
        OpGraph::new(parts)
    }

    /// Returns the execution order: the file's order where that is topological, or else the topological order that
    /// always takes the ready operation that comes first in the file.
    pub fn execution_order(&self) -> &[OpId] {
        &self.order
    }

    /// Returns the bytes of all constants, each counted once.
    pub fn parameter_bytes(&self) -> Bytes {
        self.ops().iter().map(|op| op.parameter_bytes).chain(self.shared().iter().map(|c| c.bytes)).sum()
    }

    /// Returns, for each operation, the bytes of the constants that it reads; a shared constant counts for every
    /// reader.
    pub fn bytes_read(&self) -> Vec<Bytes> {
        let mut bytes: Vec<Bytes> = self.ops().iter().map(|op| op.parameter_bytes).collect();
        for constant in self.shared() {
            for op in &constant.consumers {
                bytes[op.index()] += constant.bytes;
            }
        }
        bytes
    }

    /// Returns the parts of the graph.
    pub fn parts(&self) -> &GraphParts {
        &self.parts
    }

    /// Returns the precedence relation, with an edge from the producer of each tensor to each operation that reads it,
    /// and one for each ordered pair.
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
    for pair in &parts.ordered {
        graph.add_edge(NodeIndex::new(pair.before.index()), NodeIndex::new(pair.after.index()), ());
    }
    graph
}

/// Returns the lexicographically smallest topological order, or else an error that names an operation on a cycle.
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

/// Marks every tensor whose name is empty or not unique, so that no cut goes through it. Names end at the first NUL, as
/// the runner reads them.
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
