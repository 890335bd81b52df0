//! The validation: problems that are never trained on, and the best that simple orders make of them.

use rayon::prelude::*;

use super::episode::{Task, held_out};
use respect::learn::synth::{Family, Recipe};
use respect::policy::network::Network;
use respect::policy::reference::Reference;
use respect::problem::Objective;
use respect::solve::order::{Order, linear_extension};

/// The seed of the graphs, which is not the evaluation's.
const SEED: u64 = 0x7a11_da7e;
/// The number of random orders whose best is the yardstick.
const RANDOM: u32 = 100;

/// The held-out problems, each with the best of simple and random orders.
pub struct Validation {
    problems: Vec<(Task, f64)>,
}

impl Validation {
    /// Returns the problems of `count` graphs of each family and size, in turn for 4, 5 and 6 stages.
    pub fn new(objective: Objective, sizes: &[u32], count: u64) -> Validation {
        let makes = sizes.iter().flat_map(|&size| {
            let both = [Family::Network, Family::Layered].into_iter();
            both.flat_map(move |family| (0..count).map(move |number| (family, size, number)))
        });
        let makes: Vec<_> = makes.collect();
        let problems = makes.into_par_iter().filter_map(|(family, size, number)| {
            let graph = Recipe::new(family, size..=size, SEED).graph(number);
            let task = held_out(&graph, 4 + (number % 3) as u32, objective)?;
            let orders = (0..RANDOM).map(|number| Order::Random(SEED, number)).chain(Order::FIXED);
            let costs = orders.map(|order| task.cost(&linear_extension(&task.instance, order)) + 1.0);
            let best = costs.fold(f64::INFINITY, f64::min);
            Some((task, best))
        });
        Validation { problems: problems.collect() }
    }

    /// Returns the mean relative excess of the greedy policy over the yardstick, which it may be below.
    pub fn score(&self, network: &Network) -> f64 {
        let engine = Reference::new(network);
        let scores: Vec<f64> =
            self.problems.par_iter().map(|(task, best)| (task.greedy(&engine) + 1.0) / best - 1.0).collect();
        scores.iter().sum::<f64>() / scores.len().max(1) as f64
    }
}
