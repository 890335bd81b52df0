//! The lessons of the published network: graphs with the orders of optimal schedules, and the reward of an attempt at
//! them.

use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use rayon::prelude::*;
use tch::Tensor;

use super::course::Course;
use super::pointer_learner::PointerLearner;
use respect::device::EdgeTpu;
use respect::learn::synth::{Family, Recipe};
use respect::policy::published::embedding::{FIGURES, rows};
use respect::policy::published::nodes;
use respect::problem::{Objective, Problem, Rules};
use respect::solve::{Algorithm, Budget, solve};

/// A batch of graphs with their true orders.
pub(super) struct Lessons {
    /// The figures of the nodes, graph by node by figure.
    pub rows: Tensor,
    /// The place of each node in the true order, from 1, for each graph.
    places: Vec<Vec<f64>>,
}

impl Lessons {
    /// Draws the graphs of one step.
    pub fn draw(course: &Course, seed: u64, step: u64) -> Lessons {
        let recipe = Recipe::new(Family::Layered, course.nodes..=course.nodes, seed);
        let drawn: Vec<(Vec<f32>, Vec<f64>)> = (0..course.batch as u64)
            .into_par_iter()
            .map(|place| lesson(&recipe, step * course.batch as u64 + place, course.stages))
            .collect();
        let (rows, places): (Vec<_>, Vec<_>) = drawn.into_iter().unzip();
        let shape = [course.batch as i64, i64::from(course.nodes), FIGURES as i64];
        Lessons { rows: Tensor::from_slice(&rows.concat()).reshape(shape), places }
    }

    /// Returns the reward of one sequence for each graph: the cosine of the angle between its places and the true
    /// ones.
    pub fn rewards(&self, sequences: &Tensor) -> Vec<f64> {
        let sequences: Vec<i64> = Vec::try_from(sequences.reshape([-1])).expect("a vector of numbers");
        let each = self.places.iter().zip(sequences.chunks_exact(sequences.len() / self.places.len()));
        each.map(|(places, sequence)| cosine(places, sequence)).collect()
    }

    /// Returns the reward of the sequences that `learner` finds likeliest, node by node.
    pub fn greedy_rewards(&self, learner: &PointerLearner) -> Vec<f64> {
        let attempt = tch::no_grad(|| learner.attempt(&self.rows, None, |_| {}));
        self.rewards(&attempt.sequences)
    }
}

/// Returns the figures of graph `number` and the true places of its nodes.
fn lesson(recipe: &Recipe, number: u64, stages: u32) -> (Vec<f32>, Vec<f64>) {
    let graph = recipe.graph(number);
    let problem = Problem {
        graph: &graph,
        stages,
        device: EdgeTpu::usb3(),
        objective: Objective::Memory,
        rules: Rules::Precedence,
    };
    let best =
        solve(&problem, Algorithm::Exact, &Budget::of(Algorithm::Exact)).expect("fewer stages than nodes");
    // No operations of such a graph are bound to share a stage: its nodes are its operations, in file order.
    let mut order: Vec<usize> = (0..graph.ops().len()).collect();
    order.sort_by_key(|&op| best.schedule.stage_of[op]);
    let mut places = vec![0.0; order.len()];
    order.into_iter().zip(1u32..).for_each(|(node, place)| places[node] = f64::from(place));
    (rows(&nodes(&problem)), places)
}

fn cosine(places: &[f64], sequence: &[i64]) -> f64 {
    let product: f64 =
        sequence.iter().zip(1u32..).map(|(&node, place)| places[node as usize] * f64::from(place)).sum();
    // Both are permutations of the same numbers, and so of the same length.
    product / places.iter().map(|place| place * place).sum::<f64>()
}

/// Returns the noise that is added to the logits of a step, step of the decoder by graph by node, so that the largest
/// sum is a random draw (Gumbel).
pub(super) fn noise(course: &Course, step: u64) -> Tensor {
    let mut random = ChaCha8Rng::seed_from_u64(!course.seed);
    random.set_stream(step);
    let (batch, nodes) = (course.batch as i64, i64::from(course.nodes));
    let draw = |_| {
        // Never 0 and never 1.
        let part = random.random::<f32>() * (1.0 - f32::EPSILON) + f32::EPSILON / 4.0;
        -(-part.ln()).ln()
    };
    let values: Vec<f32> = (0..batch * nodes * nodes).map(draw).collect();
    Tensor::from_slice(&values).reshape([nodes, batch, nodes])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_reward_is_one_for_the_true_order_alone() {
        let graph = lesson(&Recipe::new(Family::Layered, 30..=30, 1), 4, 4);
        let mut truth: Vec<i64> = (0..30).collect();
        truth.sort_by(|&a, &b| graph.1[a as usize].total_cmp(&graph.1[b as usize]));
        assert!((cosine(&graph.1, &truth) - 1.0).abs() < 1e-12);
        truth.swap(3, 20);
        assert!(cosine(&graph.1, &truth) < 1.0);
        truth.sort_by(|&a, &b| graph.1[b as usize].total_cmp(&graph.1[a as usize]));
        // The reverse is the least like it: 30 * 31 * 32 / 6 over 30 * 31 * 61 / 6.
        assert!((cosine(&graph.1, &truth) - 32.0 / 61.0).abs() < 1e-12);
    }
}
