//! The generator of the RESPECT paper (DAC 2023, arXiv 2304.04716): levels, and parents on any level before.
//!
//! There are 10 to 25 levels for 30 nodes, and in proportion for other sizes. Each level starts with one node;
//! uniform draws spread the rest. A node with d parents draws d levels uniformly, from 0 (no parent) to its own less
//! one, and has at least one parent on the level before, and no parent twice. Graphs that are not weakly connected
//! are drawn again.

use petgraph::unionfind::UnionFind;
use rand::RngExt;

use super::draft::{GraphDraft, INPUT, ValueId};

/// Draws `nodes` operations; those of the first level read the model input.
pub(super) fn draw(draft: &mut GraphDraft, nodes: u32) {
    let parents = loop {
        let parents = structure(draft, nodes);
        let mut parts = UnionFind::<u32>::new(nodes as usize);
        let joined = parents
            .iter()
            .enumerate()
            .flat_map(|(node, parents)| parents.iter().map(move |&parent| (node as u32, parent)));
        if joined.filter(|&(a, b)| parts.union(a, b)).count() + 1 == nodes as usize {
            break parents;
        }
    };
    for parents in parents {
        let inputs: Vec<ValueId> = match parents[..] {
            [] => vec![INPUT],
            // What node i makes is value i + 1.
            _ => parents.iter().map(|parent| parent + 1).collect(),
        };
        let (parameters, macs, activation) = (
            draft.recipe.parameter_bytes.clone(),
            draft.recipe.macs.clone(),
            draft.recipe.activation_bytes.clone(),
        );
        let (parameters, macs) = (draft.log_uniform(&parameters), draft.log_uniform(&macs));
        let activation = draft.log_uniform(&activation);
        draft.op("NODE", &inputs, parameters, macs, activation);
    }
}

/// Returns the parents of every node, level by level.
fn structure(draft: &mut GraphDraft, nodes: u32) -> Vec<Vec<u32>> {
    let scaled = |levels: u32| (levels * nodes / 30).max(2).min(nodes);
    let levels = draft.random.random_range(scaled(10)..=scaled(25)) as usize;
    let most_parents = draft.random.random_range(draft.recipe.in_degree.clone());
    let mut width = vec![1u32; levels];
    for _ in levels..nodes as usize {
        width[draft.random.random_range(0..levels)] += 1;
    }
    let mut parents: Vec<Vec<u32>> = Vec::with_capacity(nodes as usize);
    let mut first = vec![0u32];
    for (level, &width) in width.iter().enumerate() {
        for _ in 0..width {
            let mut own = Vec::new();
            let mut add = |draft: &mut GraphDraft, level: usize| {
                let parent = draft.random.random_range(first[level]..first[level + 1]);
                if !own.contains(&parent) {
                    own.push(parent);
                }
            };
            if level > 0 {
                add(draft, level - 1);
                for _ in 1..most_parents {
                    // Level 0 of the draw is "no parent", so the others are one more than ours.
                    if let Some(chosen) = draft.random.random_range(0..=level).checked_sub(1) {
                        add(draft, chosen);
                    }
                }
            }
            parents.push(own);
        }
        first.push(parents.len() as u32);
    }
    parents
}
