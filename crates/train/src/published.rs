//! The training of the published network as the paper describes it: REINFORCE on synthetic graphs of 30 nodes.
//!
//! The reward of an attempt is the likeness of its order to that of an optimal schedule, whatever the packing would
//! make of it; the baseline is the greedy attempt of a frozen copy, which is replaced when the network has become
//! better (Kool et al. 2019). A step depends only on the seed, the step's number and the parameters before it.

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

/// The figures of a step.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Progress {
    /// The number of the step, from 1.
    pub step: u64,
    /// The loss that the optimizer minimizes.
    pub loss: f64,
    /// The mean reward of the sampled attempts.
    pub reward: f64,
    /// The mean reward of the frozen copy's greedy attempts.
    pub baseline: f64,
    /// The mean reward of the network's greedy attempts on held-out graphs, at steps where it is compared with the
    /// copy.
    pub validation: Option<f64>,
}

/// The number that keeps the seeds of the graphs for comparisons apart from those that are learned from.
const VALIDATION: u64 = 0x005e_ed0f_7a11;

/// The one-sided significance of 5 % for the size of the published batch, in standard errors.
const SIGNIFICANT: f64 = 1.66;

/// Returns a network with random parameters, and norms that change nothing.
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

/// Trains a network from the start; calls `report` with the figures of every step.
///
/// # Panics
/// Panics if the width of the hidden layers is not valid.
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

/// Returns whether the mean of `own` is significantly above that of `other`, pair by pair.
fn is_better(own: &[f64], other: &[f64]) -> bool {
    let differences: Vec<f64> = own.iter().zip(other).map(|(own, other)| own - other).collect();
    let (count, mean) = (differences.len() as f64, mean(&differences));
    let variance =
        differences.iter().map(|difference| (difference - mean).powi(2)).sum::<f64>() / (count - 1.0);
    mean > 0.0 && mean > SIGNIFICANT * (variance / count).sqrt()
}
