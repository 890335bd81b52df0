//! Synthetic computation graphs: what the policy learns from, and is held against.
//!
//! Two families. `layered` is the generator of the RESPECT paper: levels of nodes whose parents lie on any level before.
//! `network` has the traits of real networks: parallel branches, skip and dense connections, cells, several heads, weights
//! that grow and activations that shrink on the way, and operations without parameters.
//!
//! Every graph has exactly as many operations as asked for and depends on its seed and number alone.

mod layered;
mod network;
mod range;

use std::ops::RangeInclusive;

use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use serde::Serialize;

use crate::base::listed::listed;
use crate::base::units::{Bytes, Macs};
use crate::graph::{GraphParts, Op, OpGraph, OpId, Tensor, TensorId};

pub use range::{RangeError, RecipeError, parse_range};

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

    /// Graph `number` of this recipe.
    ///
    /// Complexity: linear in the edges.
    ///
    /// # Panics
    /// If it does not pass [`Recipe::check`].
    pub fn graph(&self, number: u64) -> OpGraph {
        let mut random = ChaCha8Rng::seed_from_u64(self.seed);
        random.set_stream(number);
        let nodes = random.random_range(self.nodes.clone());
        assert!(nodes >= 2, "a graph to cut has at least 2 operations");
        let mut draft = Draft { recipe: self, random, ops: Vec::new(), tensors: Vec::new() };
        match self.family {
            Family::Layered => layered::draw(&mut draft, nodes),
            Family::Network => network::draw(&mut draft, nodes),
        }
        draft.finish(format!("{}-{nodes}-{}-{number}", self.family, self.seed))
    }
}

/// A graph under construction. Tensor `i + 1` is what operation `i` makes; tensor 0 is the model input.
struct Draft<'a> {
    recipe: &'a Recipe,
    random: ChaCha8Rng,
    ops: Vec<Op>,
    tensors: Vec<Tensor>,
}

/// A value in a draft: the place of its tensor.
type ValueId = u32;

/// The model input.
const INPUT: ValueId = 0;

impl Draft<'_> {
    /// A draw from `range` whose logarithm is uniform.
    fn log_uniform(&mut self, range: &RangeInclusive<u64>) -> u64 {
        let (low, high) = (*range.start() as f64, *range.end() as f64);
        let part: f64 = self.random.random();
        ((low.max(1.0).ln() * (1.0 - part) + high.max(1.0).ln() * part).exp().round() as u64)
            .clamp(*range.start(), *range.end())
    }

    fn chance(&mut self, probability: f64) -> bool {
        self.random.random::<f64>() < probability
    }

    fn tensor(&mut self, name: String, bytes: u64, producer: Option<OpId>) {
        self.tensors.push(Tensor {
            name,
            bytes: Bytes(bytes),
            producer,
            consumers: Vec::new(),
            transfer_us: None,
            uncuttable: None,
            uncuttable_because: None,
        });
    }

    /// Adds an operation that reads `inputs`; returns what it makes.
    fn op(&mut self, kind: &str, inputs: &[ValueId], parameter_bytes: u64, macs: u64, bytes: u64) -> ValueId {
        if self.tensors.is_empty() {
            let bytes = self.recipe.activation_bytes.clone();
            let bytes = self.log_uniform(&bytes);
            self.tensor("input".into(), bytes, None);
        }
        let op = OpId(self.ops.len() as u32);
        for &input in inputs {
            self.tensors[input as usize].consumers.push(op);
        }
        self.ops.push(Op {
            name: format!("op{}", op.0),
            kind: kind.into(),
            parameter_bytes: Bytes(parameter_bytes),
            macs: Macs(macs),
            channels: None,
            compute_us: None,
        });
        self.tensor(format!("t{}", op.0), bytes, Some(op));
        op.0 + 1
    }

    /// The graph, in which everything that nobody reads is an output.
    fn finish(self, name: String) -> OpGraph {
        let unread = |(_, tensor): &(usize, &Tensor)| tensor.consumers.is_empty();
        let outputs =
            self.tensors.iter().enumerate().filter(unread).map(|(index, _)| TensorId(index as u32)).collect();
        let parts =
            GraphParts { name, ops: self.ops, tensors: self.tensors, outputs, ..GraphParts::default() };
        OpGraph::new(parts).expect("operations read only what was made before, and few bytes")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn digest(family: Family) -> String {
        (0..40)
            .map(|number| Recipe::new(family, 2..=120, 7).graph(number))
            .map(|graph| {
                assert!(petgraph::algo::connected_components(&graph.precedence()) == 1, "{}", graph.name());
                assert!(graph.tensors()[0].producer.is_none() && !graph.tensors()[0].consumers.is_empty());
                let edges: usize = graph.tensors().iter().map(|tensor| tensor.consumers.len()).sum();
                format!("{} {edges} {}\n", graph.name(), graph.parameter_bytes())
            })
            .collect()
    }

    #[test]
    fn graphs_are_connected_and_stay_as_they_are_for_a_seed() {
        insta::assert_snapshot!("layered", digest(Family::Layered));
        insta::assert_snapshot!("network", digest(Family::Network));
    }

    #[test]
    fn the_number_of_operations_is_the_one_asked_for() {
        for family in [Family::Layered, Family::Network] {
            for nodes in [2, 3, 5, 17, 30, 50, 300, 1000] {
                let graph = Recipe::new(family, nodes..=nodes, 1).graph(u64::from(nodes));
                assert_eq!(graph.ops().len(), nodes as usize, "{family}");
            }
        }
    }
}
