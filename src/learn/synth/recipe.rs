//! What graphs to make.

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

/// What graphs to make; [`Recipe::check`] says which can be.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Recipe {
    /// The generator.
    pub family: Family,
    /// Operations, from and to, drawn for each graph; at least 2.
    pub nodes: RangeInclusive<u32>,
    /// The largest number of parents of a `layered` node; each graph draws its own from this range.
    pub in_degree: RangeInclusive<u32>,
    /// Parameter bytes of an operation that has any.
    pub parameter_bytes: RangeInclusive<u64>,
    /// Bytes of an activation.
    pub activation_bytes: RangeInclusive<u64>,
    /// Multiply-accumulates of an operation that has any.
    pub macs: RangeInclusive<u64>,
    /// The seed.
    pub seed: u64,
}

impl Recipe {
    /// The family's usual figures: those of quantized image networks.
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
