//! The problems to learn from, and the policy's attempts at them.

use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;

use respect::device::EdgeTpu;
use respect::graph::OpGraph;
use respect::learn::synth::{Family, Recipe};
use respect::policy::decode::{Choice, Encoded, Engine, decode};
use respect::policy::frontier::GLOBAL;
use respect::policy::inputs::Inputs;
use respect::problem::{Objective, Problem, Rules};
use respect::solve::Budget;
use respect::solve::instance::Instance;
use respect::solve::order_cuts::cut_anywhere;

/// A problem in the form that the policy and the cutter read.
pub(crate) struct Task {
    pub instance: Instance,
    pub inputs: Inputs,
    pub bound: u64,
}

/// A step of an attempt: the choice of one unit.
pub(crate) struct Step {
    pub moment: [f32; GLOBAL],
    pub units: Vec<u32>,
    pub rows: Vec<f32>,
    pub chosen: usize,
}

/// An attempt at a task.
pub(crate) struct Episode {
    /// The number of the task in the batch.
    pub task: usize,
    pub steps: Vec<Step>,
    /// The excess of the best cut over the bound, relative to the bound.
    pub cost: f64,
}

/// The excess that stands for an order without a valid cut.
const NO_CUT: f64 = 4.0;

impl Task {
    /// Returns the task of `problem`; none if the problem can't be solved.
    pub fn new(problem: &Problem) -> Option<Task> {
        let instance = Instance::new(problem).ok()?;
        let bound = instance.simple_bound();
        let inputs = Inputs::new(&instance, bound);
        Some(Task { instance, inputs, bound })
    }

    /// Returns problem `number` of the endless list that `seed` stands for: a graph of either family, two to eight
    /// stages, and a device near a preset or not so near.
    pub fn draw(objective: Objective, nodes: (u32, u32), seed: u64, number: u64) -> Task {
        let mut random = ChaCha8Rng::seed_from_u64(seed);
        random.set_stream(number);
        loop {
            let family = if random.random::<f64>() < 0.7 { Family::Network } else { Family::Layered };
            let graph = Recipe::new(family, nodes.0..=nodes.1, random.random()).graph(number);
            let stages = random.random_range(2..=8);
            let device = device(&mut random);
            let rules = if random.random::<f64>() < 0.7 { Rules::Coral } else { Rules::Precedence };
            let problem = Problem { graph: &graph, stages, device, objective, rules };
            if let Some(task) = Task::new(&problem) {
                return task;
            }
        }
    }

    /// Returns the excess of the best cut of `sequence` over the bound, relative to the bound.
    pub fn cost(&self, sequence: &[u32]) -> f64 {
        let budget = Budget { seed: 0, ..Budget::of(respect::solve::Algorithm::OrderDp) };
        match cut_anywhere(&self.instance, sequence, self.bound, u64::MAX, &budget) {
            Some((value, _)) => value as f64 / self.inputs.scale - 1.0,
            None => NO_CUT,
        }
    }

    /// Makes an attempt with `engine`; `place` is the number of the task in the batch.
    pub fn attempt(&self, place: usize, engine: &dyn Engine, encoded: &Encoded, choice: Choice) -> Episode {
        let mut steps = Vec::new();
        let sequence = decode(engine, &self.instance, &self.inputs, encoded, choice, |step| {
            steps.push(Step {
                moment: *step.moment,
                units: step.units.to_vec(),
                rows: step.rows.to_vec(),
                chosen: step.chosen,
            });
        });
        Episode { task: place, steps, cost: self.cost(&sequence) }
    }

    /// Returns the excess of the greedy order.
    pub fn greedy(&self, engine: &dyn Engine) -> f64 {
        self.greedy_of(engine, &engine.encode(&self.instance, &self.inputs.rows))
    }

    /// Returns the excess of the greedy order, for a task that `engine` has encoded.
    pub fn greedy_of(&self, engine: &dyn Engine, encoded: &Encoded) -> f64 {
        self.cost(&decode(engine, &self.instance, &self.inputs, encoded, Choice::Greedy, |_| {}))
    }
}

fn device(random: &mut ChaCha8Rng) -> EdgeTpu {
    let preset = if random.random::<f64>() < 0.7 { EdgeTpu::usb3() } else { EdgeTpu::pcie() };
    if random.random::<f64>() < 0.5 {
        return preset;
    }
    let mut scaled = |price: f64| price * (random.random::<f64>() * 4.0 - 2.0).exp2();
    EdgeTpu {
        name: "drawn".into(),
        invoke_us: scaled(preset.invoke_us),
        us_per_gmac: scaled(preset.us_per_gmac),
        us_per_depthwise_mib: scaled(preset.us_per_depthwise_mib),
        us_per_operation: scaled(preset.us_per_operation),
        cache_bytes: scaled(preset.cache_bytes as f64) as u64,
        stream_us_per_mib: scaled(preset.stream_us_per_mib),
        input_us_per_mib: scaled(preset.input_us_per_mib),
        output_us_per_mib: scaled(preset.output_us_per_mib),
        ..preset
    }
}

/// Returns the task of a graph on the default device, for validation; none if the problem can't be solved.
pub(crate) fn held_out(graph: &OpGraph, stages: u32, objective: Objective) -> Option<Task> {
    Task::new(&Problem { graph, stages, device: EdgeTpu::usb3(), objective, rules: Rules::Coral })
}
