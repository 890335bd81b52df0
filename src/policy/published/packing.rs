//! The way from a sequence to a schedule, as published: packed greedily under a cap, parents pulled forward, the
//! children of a node in one stage where one can hold them, and the cap found by binary search.

use std::ops::Range;

use crate::problem::Schedule;
use crate::solve::instance::Instance;

/// The nodes of a graph, with the parameter bytes that each reads.
pub struct Nodes {
    /// The graph as the solvers see it.
    pub instance: Instance,
    /// The parameter bytes of each node.
    pub bytes: Vec<u64>,
}

/// A linear extension that is cut into stages, with the places where they begin.
struct Packing {
    order: Vec<u32>,
    starts: Vec<usize>,
}

impl Nodes {
    /// Returns the units of an instance for the memory objective as nodes. A constant that several units read counts
    /// for each of them.
    pub fn new(instance: Instance) -> Nodes {
        let mut bytes = instance.bytes.clone();
        for constant in &instance.shared {
            constant.users.iter().for_each(|&user| bytes[user as usize] += constant.bytes);
        }
        Nodes { instance, bytes }
    }

    /// Returns the schedule that `sequence`, any permutation of the nodes, is packed into: as many stages as asked for,
    /// none of them empty.
    pub fn schedule(&self, sequence: &[u32]) -> Schedule {
        let stages = self.instance.stages;
        let total: u64 = self.bytes.iter().sum();
        let largest = self.bytes.iter().copied().max().unwrap_or(0);
        let mut low = total.div_ceil(stages as u64).max(largest);
        // Under a cap of everything, everything is one stage.
        let (mut high, mut best) = (total, self.pack(sequence, total));
        while low < high {
            let cap = low + (high - low) / 2;
            let packing = self.pack(sequence, cap);
            if packing.starts.len() <= stages {
                (high, best) = (cap, packing);
            } else {
                low = cap + 1;
            }
        }
        while best.starts.len() < stages {
            self.split(&mut best);
        }
        let mut stage_of = vec![0; best.order.len()];
        for (stage, range) in best.ranges().enumerate() {
            best.order[range].iter().for_each(|&node| stage_of[node as usize] = stage as u32);
        }
        self.instance.schedule(&stage_of)
    }

    /// Packs `sequence` into as many stages as it takes, none above `cap`, which no single node exceeds.
    fn pack(&self, sequence: &[u32], cap: u64) -> Packing {
        let mut placed = vec![false; sequence.len()];
        let mut packing = Packing { order: Vec::with_capacity(sequence.len()), starts: vec![0] };
        let mut held = 0;
        for &node in sequence {
            if placed[node as usize] {
                continue;
            }
            let together = self.pulled(node, &placed, true);
            let pieces: Vec<Vec<u32>> = if self.bytes_of(&together) <= cap {
                vec![together]
            } else {
                // No stage can hold them all: then only what the node waits for comes forward, wherever it fits.
                self.pulled(node, &placed, false).into_iter().map(|node| vec![node]).collect()
            };
            for piece in pieces {
                let bytes = self.bytes_of(&piece);
                if held + bytes > cap {
                    packing.starts.push(packing.order.len());
                    held = 0;
                }
                held += bytes;
                piece.iter().for_each(|&node| placed[node as usize] = true);
                packing.order.extend(piece);
            }
        }
        packing
    }

    /// Returns `node`, which is not placed, and all unplaced nodes that must come with it, in an order that the graph
    /// allows: its parents, their parents and so on, and with `siblings` the other children of all these parents, with
    /// their own parents and siblings.
    fn pulled(&self, node: u32, placed: &[bool], siblings: bool) -> Vec<u32> {
        let Instance { preds, succs, .. } = &self.instance;
        let mut is_taken = placed.to_vec();
        is_taken[node as usize] = true;
        let mut nodes = vec![node];
        let mut next = 0;
        while let Some(&node) = nodes.get(next) {
            next += 1;
            for &parent in &preds[node as usize] {
                let children = if siblings { &succs[parent as usize][..] } else { &[] };
                for &other in std::iter::once(&parent).chain(children) {
                    if !std::mem::replace(&mut is_taken[other as usize], true) {
                        nodes.push(other);
                    }
                }
            }
        }
        // Nodes are numbered in such an order.
        nodes.sort_unstable();
        nodes
    }

    /// Cuts the stage that has the most bytes, among those of several nodes, in the place that makes the larger part
    /// smallest.
    fn split(&self, packing: &mut Packing) {
        let several = packing.ranges().filter(|range| range.len() > 1);
        let bytes = |range: &Range<usize>| self.bytes_of(&packing.order[range.clone()]);
        let range = several.max_by_key(bytes).expect("there are as many nodes as stages");
        let larger = |at: &usize| bytes(&(range.start..*at)).max(bytes(&(*at..range.end)));
        let start = (range.start + 1..range.end).min_by_key(larger).expect("a stage of several nodes");
        packing.starts.push(start);
        packing.starts.sort_unstable();
    }

    fn bytes_of(&self, nodes: &[u32]) -> u64 {
        nodes.iter().map(|&node| self.bytes[node as usize]).sum()
    }
}

impl Packing {
    /// Returns the range of places in the order that each stage takes.
    fn ranges(&self) -> impl Iterator<Item = Range<usize>> {
        let ends = self.starts.iter().skip(1).copied().chain([self.order.len()]);
        self.starts.iter().copied().zip(ends).map(|(start, end)| start..end)
    }
}
