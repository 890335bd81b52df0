//! The training of the policy: REINFORCE on synthetic graphs.
//!
//! Attempts are made with the network in plain Rust, on all cores; tch then learns from them, a whole batch at once.
//! A step depends only on the seed, the step's number and the parameters before it, so that training that was
//! interrupted and continued comes to the same parameters.

pub(crate) mod batch;
pub(crate) mod checkpoint;
pub(crate) mod episode;
pub mod inference;
pub(crate) mod learner;
pub(crate) mod optimizer;
pub mod published;
#[cfg(test)]
mod tests;
pub mod validation;

pub use tch;

use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use rayon::prelude::*;
use tch::{Device, Kind, Tensor};

use batch::Batch;
use episode::{Episode, Task};
use learner::Learner;
use optimizer::Adam;
use respect::listed;
use respect::policy::decode::{Choice, Engine};
use respect::policy::network::{Network, Parameter, Shape};
use respect::policy::reference::Reference;
use respect::problem::Objective;

/// The course of a training: what is trained, on what, and for how long.
#[derive(Clone, Debug)]
pub struct Course {
    /// The figure that schedules minimize.
    pub objective: Objective,
    /// The number of steps of the optimizer.
    pub steps: u64,
    /// The number of problems in a step.
    pub problems: usize,
    /// The number of attempts at each problem.
    pub attempts: usize,
    /// The least and the greatest number of operations of a graph.
    pub nodes: (u32, u32),
    /// The learning rate at the first step; it falls to zero linearly.
    pub rate: f64,
    /// The weight of the entropy of a choice at the first step, in units of the advantage; it falls as the rate does.
    pub entropy: f64,
    /// The norm that gradients are clipped to.
    pub clip: f64,
    /// The sizes of the network.
    pub shape: Shape,
    /// The baseline that the cost of an attempt is compared with.
    pub baseline: Baseline,
    /// The seed of the graphs, the first parameters and the attempts.
    pub seed: u64,
    /// The recipe of the network that training starts from; none for random parameters.
    pub start: Option<String>,
}

listed! {
    /// The baseline that the cost of an attempt is compared with: REINFORCE learns from the difference.
    pub enum Baseline: "baseline" {
        Mean = "mean", "The mean of all attempts at the problem";
        Greedy = "greedy", "The order that is got by taking the likeliest operation each time, with the same parameters";
    }
}

/// Returns a network with random parameters: see [`draw`].
pub fn fresh(shape: Shape, seed: u64) -> Network {
    let mut random = ChaCha8Rng::seed_from_u64(seed);
    let values = shape.parameters().into_iter().flat_map(|parameter| draw(&parameter, &mut random));
    Network::new(shape, values.collect()).expect("the shape is valid")
}

/// Returns the numbers that a parameter starts with: uniform within the inverse root of the number of inputs; zero
/// for a bias.
pub(crate) fn draw(parameter: &Parameter, random: &mut ChaCha8Rng) -> Vec<f32> {
    let inputs = if parameter.name.ends_with("score") { parameter.columns } else { parameter.rows };
    let width = if parameter.name.ends_with("bias") { 0.0 } else { (inputs as f32).sqrt().recip() };
    (0..parameter.len()).map(|_| (random.random::<f32>() * 2.0 - 1.0) * width).collect()
}

/// A network in training.
pub struct Training {
    pub(crate) course: Course,
    pub(crate) learner: Learner,
    pub(crate) adam: Adam,
    /// The number of steps that were made.
    pub step: u64,
}

impl std::fmt::Display for Course {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Course { objective, steps, problems, attempts, nodes, rate, entropy, clip, shape, .. } = self;
        let baseline = match self.baseline {
            Baseline::Mean => "their mean",
            Baseline::Greedy => "the greedy order",
        };
        write!(
            f,
            "objective {objective}, {steps} steps of {problems} problems with {attempts} attempts each against {baseline}, \
             graphs of {} to {} operations, rate {rate}, entropy {entropy}, clip {clip}, {} hidden in {} rounds, seed {}",
            nodes.0, nodes.1, shape.hidden, shape.rounds, self.seed
        )?;
        self.start.iter().try_for_each(|start| write!(f, "; started from: {start}"))
    }
}

/// The figures of a step.
#[derive(Clone, Copy, Debug)]
pub struct Progress {
    /// The mean excess of the sampled orders over the bound, relative to the bound.
    pub sampled: f64,
    /// The mean entropy of a choice, in nats.
    pub entropy: f64,
}

impl Training {
    /// Returns the network as it is now.
    pub fn network(&self) -> Network {
        self.learner.network()
    }

    /// Returns a training of `network` that starts on `device`.
    pub fn new(course: Course, network: &Network, device: Device) -> Training {
        let learner = Learner::new(network, device);
        let adam = Adam::new(&learner.parameters);
        Training { course, learner, adam, step: 0 }
    }

    /// Makes a step: attempts, and an update of the parameters from them.
    pub fn advance(&mut self) -> Progress {
        let course = &self.course;
        let network = self.learner.network();
        let engine = Reference::new(&network);
        let results: Vec<(Task, Vec<Episode>, Option<f64>)> = (0..course.problems)
            .into_par_iter()
            .map(|place| {
                let number = self.step * course.problems as u64 + place as u64;
                let task = Task::draw(course.objective, course.nodes, course.seed, number);
                let encoded = engine.encode(&task.instance, &task.inputs.rows);
                let attempts = (0..course.attempts).map(|attempt| {
                    let mut random = ChaCha8Rng::seed_from_u64(!course.seed);
                    random.set_stream(number * course.attempts as u64 + attempt as u64);
                    task.attempt(place, &engine, &encoded, Choice::Sample(&mut random))
                });
                let attempts = attempts.collect();
                let greedy = (course.baseline == Baseline::Greedy).then(|| task.greedy_of(&engine, &encoded));
                (task, attempts, greedy)
            })
            .collect();
        let mut tasks = Vec::new();
        let mut episodes = Vec::new();
        let mut advantages = Vec::new();
        let mut sampled = 0.0;
        for (task, own, greedy) in results {
            let count = own.len() as f64;
            let mean = own.iter().map(|episode| episode.cost).sum::<f64>() / count;
            let base = greedy.unwrap_or(mean);
            let variance = own.iter().map(|episode| (episode.cost - base).powi(2)).sum::<f64>() / count;
            // Where all attempts are alike there is nothing to learn; the small constant keeps their advantages at
            // zero.
            let scale = variance.sqrt() + 1e-6;
            advantages.extend(own.iter().map(|episode| ((episode.cost - base) / scale) as f32));
            sampled += mean / course.problems as f64;
            tasks.push(task);
            episodes.extend(own);
        }
        let episodes: Vec<&Episode> = episodes.iter().collect();
        let batch = Batch::new(&tasks, &episodes);
        let left = 1.0 - self.step as f64 / course.steps as f64;
        let answer = self.learner.answer(&batch);
        let advantage = Tensor::from_slice(&advantages).to_device(answer.logits.device());
        let advantage =
            advantage.index_select(0, &Tensor::from_slice(&batch.episode_of).to_device(advantage.device()));
        let entropy = answer.entropy.mean(Kind::Float);
        let steps = batch.step_places.len() as f64;
        let loss = (advantage * answer.log_probability).sum(Kind::Float) / steps
            - &entropy * (course.entropy * left);
        loss.backward();
        self.step += 1;
        self.adam.step(&mut self.learner.parameters, self.step, course.rate * left, course.clip);
        Progress { sampled, entropy: entropy.double_value(&[]) }
    }
}
