//! Synthetic computation graphs, which the policy is trained on and evaluated with.
//!
//! There are two families. `layered` is the generator of the RESPECT paper: levels of nodes whose parents lie on any
//! level before. `network` has the traits of real networks: parallel branches, skip and dense connections, cells,
//! several heads, weights that grow and activations that shrink on the way, and operations without parameters.
//!
//! Every graph has exactly as many operations as asked for, and depends on its seed and number alone.

mod blocks;
mod draft;
mod layered;
mod range;
mod recipe;

use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;

use crate::graph::OpGraph;
use draft::GraphDraft;

pub use range::{RangeError, RecipeError, parse_range};
pub use recipe::{Family, Recipe};

impl Recipe {
    /// Returns graph `number` of this recipe.
    ///
    /// Complexity: linear in the edges.
    ///
    /// # Panics
    /// Panics if the recipe does not pass [`Recipe::check`].
    pub fn graph(&self, number: u64) -> OpGraph {
        let mut random = ChaCha8Rng::seed_from_u64(self.seed);
        random.set_stream(number);
        let nodes = random.random_range(self.nodes.clone());
        assert!(nodes >= 2, "a graph to cut has at least 2 operations");
        let mut draft = GraphDraft { recipe: self, random, ops: Vec::new(), tensors: Vec::new() };
        match self.family {
            Family::Layered => layered::draw(&mut draft, nodes),
            Family::Network => blocks::draw(&mut draft, nodes),
        }
        draft.finish(format!("{}-{nodes}-{}-{number}", self.family, self.seed))
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
