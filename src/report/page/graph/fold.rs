//! The folding of a stage's operations into as many boxes as a picture can hold, along the seams of the network: cells
//! first, then blocks in cells, then runs, and no box much larger than the others.

use std::collections::BTreeSet;
use std::ops::Range;

use super::cells::by_cells;
use crate::graph::{OpGraph, OpId};

/// The most levels of blocks in blocks that are looked for; what is left is cut into runs of equal length.
const LEVELS: usize = 16;

/// A graph whose nodes stand for some operations each.
pub struct Folded {
    /// The operations of each node.
    pub nodes: Vec<Vec<OpId>>,
    /// The edges from node to node, from lower to higher numbers.
    pub edges: BTreeSet<(usize, usize)>,
}

/// Returns a picture of `ops` with at most `most` nodes, of which the largest is as small as the seams allow.
pub fn fold(graph: &OpGraph, ops: &[OpId], most: usize) -> Folded {
    let inside: BTreeSet<OpId> = ops.iter().copied().collect();
    let order: Vec<OpId> = graph.execution_order().iter().copied().filter(|op| inside.contains(op)).collect();
    let edges = edges(graph, &order);
    if order.len() <= most {
        return Folded { nodes: order.into_iter().map(|op| vec![op]).collect(), edges };
    }
    let listing: Vec<OpId> = by_cells(order.len(), &edges).into_iter().map(|node| order[node]).collect();
    let edges = self::edges(graph, &listing);
    let seams = Seams::new(listing.len(), &edges);
    let mut size = listing.len().div_ceil(most.max(1));
    let boxes = loop {
        let boxes = seams.boxes(0..listing.len(), size, 0);
        if boxes.len() <= most.max(1) {
            break boxes;
        }
        size += (size / 8).max(1);
    };
    let mut node_of = vec![0; listing.len()];
    boxes.iter().enumerate().for_each(|(node, range)| node_of[range.clone()].fill(node));
    let between = edges.iter().map(|&(from, to)| (node_of[from], node_of[to]));
    Folded {
        edges: between.filter(|(from, to)| from != to).collect(),
        nodes: boxes.into_iter().map(|range| listing[range].to_vec()).collect(),
    }
}

/// Returns the edges between operations, by their places in `order`.
fn edges(graph: &OpGraph, order: &[OpId]) -> BTreeSet<(usize, usize)> {
    let mut place = vec![None; graph.ops().len()];
    order.iter().enumerate().for_each(|(at, op)| place[op.index()] = Some(at));
    let mut edges = BTreeSet::new();
    for tensor in graph.tensors() {
        let Some(from) = tensor.producer.and_then(|op| place[op.index()]) else { continue };
        edges.extend(tensor.consumers.iter().filter_map(|op| place[op.index()]).map(|to| (from, to)));
    }
    edges
}

/// The places between operations that follow each other.
struct Seams {
    /// The number of operations up to each place whose values are read behind it.
    open: Vec<usize>,
}

impl Seams {
    fn new(count: usize, edges: &BTreeSet<(usize, usize)>) -> Seams {
        let mut last_reader: Vec<usize> = (0..count).collect();
        edges.iter().for_each(|&(from, to)| last_reader[from] = last_reader[from].max(to));
        let mut change = vec![0isize; count + 1];
        for (node, &last) in last_reader.iter().enumerate() {
            change[node] += 1;
            change[last] -= 1;
        }
        let running = change.iter().take(count).scan(0isize, |open, change| {
            *open += change;
            Some(*open as usize)
        });
        Seams { open: running.collect() }
    }

    /// Returns the boxes of at most `size` operations that a range is cut into: at the narrowest places first, and there
    /// only where it has to be cut.
    fn boxes(&self, range: Range<usize>, size: usize, level: usize) -> Vec<Range<usize>> {
        if range.len() <= size {
            return vec![range];
        }
        if level == LEVELS {
            let pieces = range.len().div_ceil(size);
            let at = |piece: usize| range.start + range.len() * piece / pieces;
            return (0..pieces).map(|piece| at(piece)..at(piece + 1)).collect();
        }
        let places = || range.start..range.end - 1;
        let narrowest = places().map(|place| self.open[place]).min().unwrap_or(0);
        let mut starts = places().filter(|&place| self.open[place] == narrowest).map(|place| place + 1);
        let (mut boxes, mut whole, mut start) = (Vec::new(), range.start..range.start, range.start);
        while start < range.end {
            let end = starts.next().unwrap_or(range.end);
            if end - whole.start > size && !whole.is_empty() {
                boxes.push(whole.clone());
                whole = start..start;
            }
            match end - start > size {
                true => {
                    boxes.extend(self.boxes(start..end, size, level + 1));
                    whole = end..end;
                }
                false => whole.end = end,
            }
            start = end;
        }
        boxes.extend((!whole.is_empty()).then_some(whole));
        boxes
    }
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

    fn sizes(folded: &Folded) -> Vec<usize> {
        folded.nodes.iter().map(Vec::len).collect()
    }

    #[test]
    fn a_picture_is_as_fine_as_its_room_allows() {
        let graph = graph(8);
        let ops: Vec<OpId> = (0..32).map(OpId).collect();
        let expected = [(32, vec![1; 32]), (9, vec![4; 8]), (8, vec![4; 8]), (4, vec![8; 4]), (1, vec![32])];
        for (most, expected) in expected {
            let folded = fold(&graph, &ops, most);
            assert_eq!(sizes(&folded), expected, "at most {most}");
            let mut all: Vec<OpId> = folded.nodes.concat();
            all.sort_unstable();
            assert_eq!(all, ops, "every operation is in one node");
            assert!(folded.edges.iter().all(|(from, to)| from < to));
        }
        assert!(fold(&graph, &[], 5).nodes.is_empty());
    }

    #[test]
    fn no_box_is_much_larger_than_the_others() {
        for name in
            ["wide/NASNetMobile", "wide/RetinaNet", "imagenet/InceptionResNetV2", "imagenet/DenseNet201"]
        {
            let path = format!("{}/test-data/{name}.json", env!("CARGO_MANIFEST_DIR"));
            let graph = OpGraph::from_json(&std::fs::read(path).unwrap()).unwrap();
            let ops: Vec<OpId> = (0..graph.ops().len() as u32).map(OpId).collect();
            for most in [12, 24, 48] {
                let folded = fold(&graph, &ops, most);
                let (largest, boxes) = (sizes(&folded).into_iter().max().unwrap(), folded.nodes.len());
                assert!(boxes <= most && boxes * 3 >= most, "{name}: {boxes} boxes of {most}");
                assert!(
                    largest <= 3 * ops.len() / most,
                    "{name}: {largest} operations in one of {most} boxes"
                );
                assert!(folded.edges.iter().all(|(from, to)| from < to));
            }
        }
    }
}
