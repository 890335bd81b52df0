//! An order of operations in which every cell of a network, and every block in a cell, stands in one piece.

use std::collections::BTreeSet;

use petgraph::algo::dominators::simple_fast;
use petgraph::graph::{DiGraph, NodeIndex};
use petgraph::visit::Reversed;

/// Returns nodes, numbered in an order that the edges follow, in another such order: right before a node stand those all of
/// whose ways lead through it, and before these their own.
///
/// So a cell ends with the node that gathers it, and holds all that serves that node alone. (The subtrees of the
/// post-dominator tree are such sets. An edge that leaves one starts at its root, so that siblings in the order of their
/// roots follow the edges too.)
pub fn by_cells(count: usize, edges: &BTreeSet<(usize, usize)>) -> Vec<usize> {
    let mut graph: DiGraph<(), ()> = DiGraph::with_capacity(count + 1, edges.len() + count);
    (0..=count).for_each(|_| _ = graph.add_node(()));
    let exit = NodeIndex::new(count);
    for node in 0..count {
        let mut readers = edges.range((node, 0)..(node + 1, 0)).peekable();
        if readers.peek().is_none() {
            graph.add_edge(NodeIndex::new(node), exit, ());
        }
        readers.for_each(|&(from, to)| _ = graph.add_edge(NodeIndex::new(from), NodeIndex::new(to), ()));
    }
    let dominators = simple_fast(Reversed(&graph), exit);
    let mut children: Vec<Vec<usize>> = vec![Vec::new(); count + 1];
    for node in 0..count {
        let gatherer = dominators.immediate_dominator(NodeIndex::new(node)).map_or(count, NodeIndex::index);
        children[gatherer].push(node);
    }
    let mut order = Vec::with_capacity(count);
    // Nodes whose own are still to come, and nodes that stand once these do.
    let mut stack = vec![(count, false)];
    while let Some((node, is_next)) = stack.pop() {
        match is_next {
            true => order.push(node),
            false => {
                stack.push((node, true));
                stack.extend(children[node].iter().rev().map(|&child| (child, false)));
            }
        }
    }
    order.pop(); // the exit
    order
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn edges_lead_forward(
            count in 1usize..30,
            pairs in prop::collection::vec((0usize..30, 0usize..30), 0..80),
        ) {
            let within = pairs.into_iter().filter(|&(a, b)| a.max(b) < count && a != b);
            let edges: BTreeSet<(usize, usize)> = within.map(|(a, b)| (a.min(b), a.max(b))).collect();
            let order = by_cells(count, &edges);
            let mut place = vec![usize::MAX; count];
            order.iter().enumerate().for_each(|(at, &node)| place[node] = at);
            prop_assert_eq!(order.len(), count);
            prop_assert!(edges.iter().all(|&(from, to)| place[from] < place[to]));
        }
    }

    #[test]
    fn cells_that_read_two_before_them_stand_in_one_piece() {
        // 3, 6 and 8 gather a cell each, from the cell before and from the one before that. The file has 2, which serves 6
        // alone, before 3.
        let edges = BTreeSet::from([
            (0, 1),
            (0, 2),
            (0, 3),
            (1, 3),
            (3, 4),
            (3, 5),
            (2, 6),
            (5, 6),
            (6, 7),
            (4, 8),
            (7, 8),
        ]);
        assert_eq!(by_cells(9, &edges), [0, 1, 3, 4, 2, 5, 6, 7, 8]);
    }
}
