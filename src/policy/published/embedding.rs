//! The figures of a node that the published network reads: its level, the levels and the numbers of its parents, its
//! own number and its parameter bytes.
//!
//! All of them are absolute, in units of the 30 nodes that it was trained on and of a mebibyte: on a larger graph they
//! grow beyond anything that was seen in training. The configuration was published with these figures.

use super::packing::Nodes;

/// The most parents that are looked at; of more, the first ones count.
const PARENTS: usize = 6;
/// The number of figures of a node.
pub const FIGURES: usize = 3 + 2 * PARENTS;

/// The divisor of levels and numbers: the number of nodes of the graphs in training.
const TRAINED_NODES: f32 = 30.0;
const MEBIBYTE: f32 = (1 << 20) as f32;

/// Returns [`FIGURES`] figures of each node. Levels and numbers count from 1, so that 0 stands for no parent.
pub fn rows(nodes: &Nodes) -> Vec<f32> {
    let preds = &nodes.instance.preds;
    let mut level = vec![1u32; preds.len()];
    let mut rows = Vec::with_capacity(preds.len() * FIGURES);
    for (node, parents) in preds.iter().enumerate() {
        level[node] += parents.iter().map(|&parent| level[parent as usize]).max().unwrap_or(0);
        let scaled = |count: u32| count as f32 / TRAINED_NODES;
        let padded = |of: &dyn Fn(u32) -> u32| {
            let mut figures = [0.0; PARENTS];
            figures.iter_mut().zip(parents).for_each(|(figure, &parent)| *figure = scaled(of(parent)));
            figures
        };
        rows.push(scaled(level[node]));
        rows.extend(padded(&|parent| level[parent as usize]));
        rows.extend(padded(&|parent| parent + 1));
        rows.push(scaled(node as u32 + 1));
        rows.push(nodes.bytes[node] as f32 / MEBIBYTE);
    }
    rows
}
