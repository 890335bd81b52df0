//! The operations that must share a stage, and those that a model output depends on.

use petgraph::graph::{DiGraph, NodeIndex};

use crate::graph::countdown::Countdown;
use crate::graph::{OpGraph, OpId};
use crate::problem::Problem;

/// Returns, for each operation, whether a model output depends on it.
pub(super) fn needed(graph: &OpGraph) -> Vec<bool> {
    let mut wanted: Vec<bool> = vec![false; graph.ops().len()];
    let mut makes = vec![Vec::new(); graph.ops().len()];
    for tensor in graph.tensors() {
        tensor.producer.iter().for_each(|op| makes[op.index()].push(&tensor.consumers));
    }
    for op in graph.outputs().iter().filter_map(|&output| graph.tensor(output).producer) {
        wanted[op.index()] = true;
    }
    for op in graph.execution_order().iter().rev() {
        let read_by_wanted = makes[op.index()].iter().flat_map(|ops| ops.iter()).any(|op| wanted[op.index()]);
        wanted[op.index()] |= read_by_wanted;
    }
    wanted
}

/// Returns the sets of operations that must share a stage, closed under the paths between them, in topological order;
/// and the place of each operation's set.
pub(super) fn units(problem: &Problem, coral: bool, joined: &[[OpId; 2]]) -> (Vec<Vec<OpId>>, Vec<u32>) {
    let graph = problem.graph;
    let mut precedence: DiGraph<OpId, ()> = graph.precedence();
    let mut join = |ops: &[OpId]| {
        for pair in ops.windows(2) {
            let (a, b) = (NodeIndex::new(pair[0].index()), NodeIndex::new(pair[1].index()));
            precedence.add_edge(a, b, ());
            precedence.add_edge(b, a, ());
        }
    };
    graph.together().iter().for_each(|group| join(group));
    joined.iter().for_each(|pair| join(pair));
    let sharing = graph.ordered().iter().filter(|pair| coral && pair.shares_state);
    sharing.for_each(|pair| join(&[pair.before, pair.after]));
    for tensor in graph.tensors().iter().filter(|tensor| coral && tensor.uncuttable.is_some()) {
        join(&tensor.producer.iter().chain(&tensor.consumers).copied().collect::<Vec<_>>());
    }
    let mut sets: Vec<Vec<OpId>> = petgraph::algo::kosaraju_scc(&precedence)
        .into_iter()
        .rev()
        .map(|set| set.into_iter().map(|node| precedence[node]).collect())
        .collect();
    // That order is topological, but the numbering should follow the file wherever it may.
    let mut set_of = vec![0; graph.ops().len()];
    sets.iter_mut().for_each(|set| set.sort_unstable());
    for (index, set) in sets.iter().enumerate() {
        set.iter().for_each(|op| set_of[op.index()] = index);
    }
    let mut predecessors = vec![0; sets.len()];
    for edge in precedence.raw_edges() {
        let (from, to) = (set_of[edge.source().index()], set_of[edge.target().index()]);
        predecessors[to] += usize::from(from != to);
    }
    let mut countdown = Countdown::new(predecessors);
    let mut ready: std::collections::BTreeSet<(OpId, usize)> =
        countdown.ready().map(|set| (sets[set][0], set)).collect();
    let mut ordered = Vec::with_capacity(sets.len());
    let mut unit_of = vec![0; graph.ops().len()];
    while let Some((_, set)) = ready.pop_first() {
        for op in &sets[set] {
            unit_of[op.index()] = ordered.len() as u32;
            for next in precedence.neighbors(NodeIndex::new(op.index())) {
                let next = set_of[next.index()];
                if next != set && countdown.take_one(next) {
                    ready.insert((sets[next][0], next));
                }
            }
        }
        ordered.push(std::mem::take(&mut sets[set]));
    }
    (ordered, unit_of)
}
