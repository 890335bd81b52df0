//! The folding of a stage's operations into as many nodes as a picture can hold: chains become one node, then the
//! operations between two narrow places, then runs of equal length.

use std::collections::BTreeSet;

use crate::graph::countdown::Countdown;
use crate::graph::{OpGraph, OpId};

/// A graph whose nodes stand for some operations each.
pub struct Folded {
    /// The operations of each node.
    pub nodes: Vec<Vec<OpId>>,
    /// The edges from node to node, without cycles.
    pub edges: BTreeSet<(usize, usize)>,
}

/// Returns the finest picture of `ops` with at most `most` nodes.
pub fn fold(graph: &OpGraph, ops: &[OpId], most: usize) -> Folded {
    let inside: BTreeSet<OpId> = ops.iter().copied().collect();
    let order: Vec<OpId> = graph.execution_order().iter().copied().filter(|op| inside.contains(op)).collect();
    let mut place = vec![None; graph.ops().len()];
    order.iter().enumerate().for_each(|(index, op)| place[op.index()] = Some(index));
    let mut edges = BTreeSet::new();
    for tensor in graph.tensors() {
        let Some(from) = tensor.producer.and_then(|op| place[op.index()]) else { continue };
        edges.extend(tensor.consumers.iter().filter_map(|op| place[op.index()]).map(|to| (from, to)));
    }
    let mut folded = Folded { nodes: order.into_iter().map(|op| vec![op]).collect(), edges };
    for step in [chains, blocks] {
        if folded.nodes.len() > most {
            folded = folded.joined(&step(&folded));
        }
    }
    if folded.nodes.len() > most {
        let length = folded.nodes.len().div_ceil(most.max(1));
        folded = folded.joined(&(0..folded.nodes.len()).map(|node| node / length).collect::<Vec<_>>());
    }
    folded
}

impl Folded {
    /// Joins the nodes of each group; the groups have no cycles among them. Nodes stay in an order that the edges
    /// follow.
    fn joined(&self, group: &[usize]) -> Folded {
        let groups = group.iter().max().map_or(0, |last| last + 1);
        let mut nodes = vec![Vec::new(); groups];
        for (node, ops) in self.nodes.iter().enumerate() {
            nodes[group[node]].extend(ops.iter().copied());
        }
        let edges =
            self.edges.iter().map(|&(from, to)| (group[from], group[to])).filter(|(from, to)| from != to);
        let edges: BTreeSet<(usize, usize)> = edges.collect();
        let mut predecessors = vec![0; groups];
        edges.iter().for_each(|&(_, to)| predecessors[to] += 1);
        let mut countdown = Countdown::new(predecessors);
        let mut ready: BTreeSet<usize> = countdown.ready().collect();
        let mut rank = vec![0; groups];
        let mut next = 0;
        while let Some(node) = ready.pop_first() {
            rank[node] = next;
            next += 1;
            let next = edges.range((node, 0)..(node + 1, 0)).map(|&(_, to)| to);
            ready.extend(next.filter(|&to| countdown.take_one(to)));
        }
        let mut ranked = vec![Vec::new(); groups];
        nodes.into_iter().enumerate().for_each(|(node, ops)| ranked[rank[node]] = ops);
        Folded { nodes: ranked, edges: edges.iter().map(|&(from, to)| (rank[from], rank[to])).collect() }
    }
}

/// Returns the group of each node, one for each chain: each node of a chain is read by the next alone, and the next
/// reads nothing else.
fn chains(folded: &Folded) -> Vec<usize> {
    let count = folded.nodes.len();
    let (mut readers, mut read) = (vec![0; count], vec![0; count]);
    for &(from, to) in &folded.edges {
        readers[from] += 1;
        read[to] += 1;
    }
    let mut before: Vec<Option<usize>> = vec![None; count];
    for &(from, to) in folded.edges.iter().filter(|(from, to)| readers[*from] == 1 && read[*to] == 1) {
        before[to] = Some(from);
    }
    let mut group: Vec<usize> = Vec::with_capacity(count);
    let mut groups = 0;
    for before in before {
        group.push(before.map_or(groups, |from| group[from]));
        groups += usize::from(before.is_none());
    }
    group
}

/// Returns the group of each node, one for the nodes between two places where all values come from one node.
fn blocks(folded: &Folded) -> Vec<usize> {
    let count = folded.nodes.len();
    let mut last_reader: Vec<usize> = (0..count).collect();
    for &(from, to) in &folded.edges {
        last_reader[from] = last_reader[from].max(to);
    }
    let mut open: BTreeSet<usize> = BTreeSet::new();
    let mut group = Vec::with_capacity(count);
    let mut groups = 0;
    for node in 0..count {
        group.push(groups);
        open.insert(node);
        open.retain(|&from| last_reader[from] > node);
        groups += usize::from(open.len() <= 1 && node + 1 < count);
    }
    group
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Returns a graph of blocks: two branches, of one and two operations, and the operation that joins them.
    fn graph(blocks: usize) -> OpGraph {
        let (mut ops, mut tensors) = (Vec::new(), Vec::new());
        let op = r#"{"name": "o", "kind": "K", "parameter_bytes": 0, "macs": 0}"#;
        let tensor = |op: usize, readers: &str| {
            format!(r#"{{"name": "t{op}", "bytes": 1, "producer": {op}, "consumers": [{readers}]}}"#)
        };
        for block in 0..blocks {
            let first = block * 4;
            ops.extend([op; 4]);
            tensors.push(tensor(first, &(first + 3).to_string()));
            tensors.push(tensor(first + 1, &(first + 2).to_string()));
            tensors.push(tensor(first + 2, &(first + 3).to_string()));
            let next =
                if block + 1 < blocks { format!("{}, {}", first + 4, first + 5) } else { String::new() };
            tensors.push(tensor(first + 3, &next));
        }
        let text = format!(
            r#"{{"name": "g", "ops": [{}], "tensors": [{}], "outputs": []}}"#,
            ops.join(","),
            tensors.join(",")
        );
        OpGraph::from_json(text.as_bytes()).unwrap()
    }

    #[test]
    fn a_picture_is_as_fine_as_its_room_allows() {
        let graph = graph(8);
        let ops: Vec<OpId> = (0..32).map(OpId).collect();
        for (most, nodes) in [(32, 32), (31, 24), (24, 24), (23, 9), (9, 9), (8, 5), (3, 3), (1, 1)] {
            let folded = fold(&graph, &ops, most);
            assert_eq!(folded.nodes.len(), nodes, "at most {most}");
            let mut all: Vec<OpId> = folded.nodes.concat();
            all.sort_unstable();
            assert_eq!(all, ops, "every operation is in one node");
            assert!(folded.edges.iter().all(|(from, to)| from < to));
        }
        assert!(fold(&graph, &[], 5).nodes.is_empty());
    }
}
