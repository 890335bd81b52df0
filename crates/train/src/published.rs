//! Training of the published network as the paper has it: REINFORCE on synthetic graphs of 30 nodes.
//!
//! An attempt is rewarded by how much its order is like that of an optimal schedule, whatever the packing would make of it,
//! and measured by the greedy attempt of a frozen copy, which is replaced when the network has become better (Kool et al.
//! 2019). A step depends on the seed, its number and the parameters before it alone.

mod course;
mod lessons;
mod pointer_learner;
#[cfg(test)]
mod tests;

use rand::SeedableRng;
use rand_chacha::ChaCha8Rng;
use tch::{Kind, Tensor};

use super::draw;
use super::optimizer::Adam;
use lessons::{Lessons, noise};
use pointer_learner::PointerLearner;
use respect::policy::published::{PublishedNetwork, parameters};

pub use course::Course;

/// What a step came to.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Progress {
    /// Which step, from 1.
    pub step: u64,
    /// What the optimizer made smaller.
    pub loss: f64,
    /// Mean reward of the sampled attempts.
    pub reward: f64,
    /// Mean reward of the frozen copy.
    pub baseline: f64,
    /// Where they were compared: the mean reward of the network, asked greedily, on graphs that it does not learn from.
    pub validation: Option<f64>,
}

/// Seeds of the graphs for comparisons are apart from those that are learned from.
const VALIDATION: u64 = 0x005e_ed0f_7a11;

/// One-sided significance of 5 % for the size of the published batch.
const SIGNIFICANT: f64 = 1.66;

/// A network with random parameters, and norms that change nothing.
pub(crate) fn fresh(hidden: usize, seed: u64) -> PublishedNetwork {
    let mut random = ChaCha8Rng::seed_from_u64(seed);
    let values = parameters(hidden).into_iter().flat_map(|parameter| {
        let is = |what: &str| parameter.name.ends_with(what);
        match () {
            () if is("scale") || is("variance") => vec![1.0; parameter.len()],
            () if is("shift") || is("mean") => vec![0.0; parameter.len()],
            () => draw(&parameter, &mut random),
        }
    });
    PublishedNetwork::new(hidden, values.collect()).expect("the width is valid")
}

/// Trains a network from the start; `report` hears of every step.
///
/// # Panics
/// If the width of the hidden layers is not valid.
pub fn train(course: &Course, mut report: impl FnMut(Progress)) -> PublishedNetwork {
    let start = fresh(course.hidden, course.seed);
    let mut learner = PointerLearner::new(&start);
    let mut adam = Adam::new(&learner.learned);
    let mut frozen = PointerLearner::new(&start);
    let mut held_out = Lessons::draw(course, course.seed ^ VALIDATION, 0);
    let mut held_out_frozen = held_out.greedy_rewards(&frozen);
    for step in 1..=course.steps {
        let lessons = Lessons::draw(course, course.seed, step);
        let baseline = lessons.greedy_rewards(&frozen);
        let attempt = learner.attempt(&lessons.rows, Some(&noise(course, step)), |_| {});
        let reward = lessons.rewards(&attempt.sequences);
        let advantage: Vec<f32> =
            reward.iter().zip(&baseline).map(|(own, other)| (own - other) as f32).collect();
        let loss = -(Tensor::from_slice(&advantage) * attempt.log_probability).mean(Kind::Float);
        loss.backward();
        adam.step(&mut learner.learned, step, course.rate, course.clip);

        let mut validation = None;
        if step.is_multiple_of(course.every) || step == course.steps {
            let own = held_out.greedy_rewards(&learner);
            validation = Some(mean(&own));
            if is_better(&own, &held_out_frozen) {
                frozen = PointerLearner::new(&learner.network());
                // Others from now on, so that the copy is not chosen for its luck on these.
                held_out = Lessons::draw(course, course.seed ^ VALIDATION, step);
                held_out_frozen = held_out.greedy_rewards(&frozen);
            }
        }
        let (reward, baseline) = (mean(&reward), mean(&baseline));
        report(Progress { step, loss: loss.double_value(&[]), reward, baseline, validation });
    }
    learner.network()
}

fn mean(values: &[f64]) -> f64 {
    values.iter().sum::<f64>() / values.len() as f64
}

/// Whether the mean of `own` is significantly above that of `other`, pair by pair.
fn is_better(own: &[f64], other: &[f64]) -> bool {
    let differences: Vec<f64> = own.iter().zip(other).map(|(own, other)| own - other).collect();
    let (count, mean) = (differences.len() as f64, mean(&differences));
    let variance =
        differences.iter().map(|difference| (difference - mean).powi(2)).sum::<f64>() / (count - 1.0);
    mean > 0.0 && mean > SIGNIFICANT * (variance / count).sqrt()
}
