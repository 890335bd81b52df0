//! Recipes for synthetic graphs.

use std::ops::RangeInclusive;

use serde::Serialize;

use crate::base::listed::listed;

listed! {
    /// A generator of graphs.
    pub enum Family: "family" {
        Layered = "layered", "Levels of nodes whose parents lie on any level before (the RESPECT paper's)";
        Network = "network", "Blocks of real networks: branches, skips, dense connections, cells, heads";
    }
}

/// A recipe for synthetic graphs; [`Recipe::check`] says whether it makes any.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Recipe {
    /// The family of the graphs.
    pub family: Family,
    /// The number of operations of a graph, drawn from this range; at least 2.
    pub nodes: RangeInclusive<u32>,
    /// The largest number of parents of a `layered` node; each graph draws its own from this range.
    pub in_degree: RangeInclusive<u32>,
    /// The parameter bytes of an operation that has any.
    pub parameter_bytes: RangeInclusive<u64>,
    /// The bytes of an activation.
    pub activation_bytes: RangeInclusive<u64>,
    /// The multiply-accumulates of an operation that has any.
    pub macs: RangeInclusive<u64>,
    /// The seed of the graphs.
    pub seed: u64,
}

impl Recipe {
    /// Returns a recipe with the family's usual figures: those of quantized image networks.
    pub fn new(family: Family, nodes: RangeInclusive<u32>, seed: u64) -> Recipe {
        Recipe {
            family,
            nodes,
            in_degree: 2..=6,
            parameter_bytes: 1 << 10..=2 << 20,
            activation_bytes: 1 << 10..=256 << 10,
            macs: 1_000_000..=1_000_000_000,
            seed,
        }
    }
}
