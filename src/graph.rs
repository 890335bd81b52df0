//! The computation graph that is scheduled: operations as nodes, tensors as edges, bytes and MACs on both.

pub mod array;
mod check;
pub(crate) mod countdown;
pub mod ideal;
pub mod json;
mod uncuttable;

use std::collections::HashMap;
use std::num::NonZeroU64;

use petgraph::graph::{DiGraph, NodeIndex};
use serde::{Deserialize, Serialize};

use self::countdown::Countdown;
use crate::base::units::{Bytes, Macs};
use crate::tflite::model::c_string;

pub use check::GraphError;
use check::check;
pub use uncuttable::Uncuttable;

/// An operation's place in [`OpGraph::ops`], which is its place in the file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct OpId(pub u32);

/// A tensor's place in [`OpGraph::tensors`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct TensorId(pub u32);

impl OpId {
    /// As an index.
    pub fn index(self) -> usize {
        self.0 as usize
    }
}

impl TensorId {
    /// As an index.
    pub fn index(self) -> usize {
        self.0 as usize
    }
}

/// One operation.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Op {
    /// The name of its first output, or whatever the file calls it.
    pub name: String,
    /// Its operator, such as `CONV_2D`.
    pub kind: String,
    /// Bytes of the constants that this operation alone reads; those it shares are in [`OpGraph::shared`].
    pub parameter_bytes: Bytes,
    /// Multiply-accumulates of one inference.
    pub macs: Macs,
    /// The channels of its output, where the device's array fills them up (see [`array`]); without them it fills up
    /// nothing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub channels: Option<NonZeroU64>,
    /// Its measured time in microseconds, where there is one; takes the place of every modelled cost of the operation.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub compute_us: Option<f64>,
}

/// One activation: a value that some operation, or the caller, hands to others.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Tensor {
    /// Its name, by which Coral's runner joins stages.
    pub name: String,
    /// Its bytes.
    pub bytes: Bytes,
    /// The operation that makes it; none for a model input.
    pub producer: Option<OpId>,
    /// The operations that read it, ascending, each once (a reader listed twice is taken once).
    pub consumers: Vec<OpId>,
    /// The measured time of moving it over one side of a cut, where there is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub transfer_us: Option<f64>,
    /// Why it must not cross a cut, if so: its producer and all its readers then share a stage.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub uncuttable: Option<Uncuttable>,
    /// What makes it so and what would mend it, for messages.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub uncuttable_because: Option<String>,
}

/// A constant that several operations read: it counts once in every stage that holds one of them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SharedConstant {
    /// Its name.
    pub name: String,
    /// Its bytes.
    pub bytes: Bytes,
    /// The operations that read it, ascending, each once, at least two.
    pub consumers: Vec<OpId>,
}

/// The parts of a graph, as a reader collects them; [`OpGraph::new`] checks them.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct GraphParts {
    /// The model's name.
    pub name: String,
    /// The operations, in file order.
    pub ops: Vec<Op>,
    /// The activations.
    pub tensors: Vec<Tensor>,
    /// The model's outputs, in its order.
    pub outputs: Vec<TensorId>,
    /// Constants that several operations read.
    #[serde(rename = "shared_constants", default, skip_serializing_if = "Vec::is_empty")]
    pub shared: Vec<SharedConstant>,
    /// Sets of operations that must share a stage.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub together: Vec<Vec<OpId>>,
    /// Sets of operations that must not all share a stage, such as those that the compiler refuses together.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub apart: Vec<Vec<OpId>>,
    /// The operations that a device never takes, so that they stay on the host's CPU; listed where the next list has any.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub on_cpu: Vec<OpId>,
    /// The operations whose results newer runtimes do not compute where Coral's runner binds them and the operation is left on
    /// the CPU, as it is where it comes after one of `on_cpu` in its stage.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub skipped_behind_cpu: Vec<OpId>,
}

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
/// Returns the numbers of operations as a list in a sentence: `1, 2 and 5`.
pub(crate) fn numbers(ops: &[OpId]) -> String {
    let numbers: Vec<String> = ops.iter().map(|op| op.0.to_string()).collect();
    match &numbers[..] {
        [all @ .., last] if !all.is_empty() => format!("{} and {last}", all.join(", ")),
        _ => numbers.concat(),
    }
}
