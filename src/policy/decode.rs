//! The way from a network to a linear extension: point at a ready unit, choose it, and repeat.

use rand::{Rng, RngExt};

use super::frontier::{CANDIDATE, Frontier, GLOBAL};
use super::inputs::Inputs;
use super::kernels::exp;
use crate::solve::instance::Instance;

/// The encoding that a network makes of a graph before the first step: a row of numbers for each unit.
pub struct Encoded {
    /// The rows that a chosen unit adds to the gates of the next step, with the gates' bias; after all units comes the
    /// row that counts before anything is chosen.
    pub gates: Vec<f32>,
    /// The rows in which the glimpse compares the units.
    pub glimpse: Vec<f32>,
    /// The rows in which the pointer compares the units.
    pub pointer: Vec<f32>,
}

impl Encoded {
    /// Returns the row that is added to the gates when `last` is the unit that was chosen last.
    pub fn gates_after(&self, last: Option<u32>, width: usize) -> &[f32] {
        let rows = self.gates.len() / (4 * width);
        let row = last.map_or(rows - 1, |last| last as usize);
        &self.gates[row * 4 * width..(row + 1) * 4 * width]
    }
}

/// The state of the decoder, and scratch space for one step.
pub struct Memory {
    /// The hidden state of the recurrent cell.
    pub hidden: Vec<f32>,
    /// The cell state of the recurrent cell.
    pub cell: Vec<f32>,
    /// The gates of the cell: four rows, each as wide as the state.
    pub gates: Vec<f32>,
    /// The query of the glimpse, and then of the pointer.
    pub query: Vec<f32>,
    /// The row of one candidate.
    pub row: Vec<f32>,
    /// The row that the glimpse has gathered from the candidates.
    pub seen: Vec<f32>,
    /// The scores, one for each candidate.
    pub scores: Vec<f32>,
}

impl Memory {
    /// Returns the state before the first step, for layers of `width`.
    pub fn new(width: usize) -> Memory {
        let zeros = || vec![0.0; width];
        Memory {
            hidden: zeros(),
            cell: zeros(),
            gates: vec![0.0; 4 * width],
            query: zeros(),
            row: zeros(),
            seen: zeros(),
            scores: Vec::new(),
        }
    }
}

/// A way to run a network.
pub trait Engine: Send + Sync {
    /// Returns the width of the hidden layers.
    fn width(&self) -> usize;
    /// Embeds every unit of `instance`, of which `rows` are the static figures.
    fn encode(&self, instance: &Instance, rows: &[f32]) -> Encoded;
    /// Takes one step of the decoder; `logits` gets one number for each candidate.
    fn step(
        &self,
        encoded: &Encoded,
        memory: &mut Memory,
        last: Option<u32>,
        moment: &[f32; GLOBAL],
        candidates: (&[u32], &[f32]),
        logits: &mut Vec<f32>,
    );
}

/// One step as it was taken, for training and for comparisons.
pub struct Step<'a> {
    /// The figures of the moment that the policy reads.
    pub moment: &'a [f32; GLOBAL],
    /// The candidates of the step.
    pub units: &'a [u32],
    /// The figures of each candidate that the policy reads, a row for each.
    pub rows: &'a [f32],
    /// The logits, one for each candidate.
    pub logits: &'a [f32],
    /// The place, among the candidates, of the one that is chosen.
    pub chosen: usize,
}

/// The way in which one of the candidates is chosen by their logits.
pub enum Choice<'r> {
    /// The candidate with the largest logit; of several, the first.
    Greedy,
    /// A candidate drawn by chance, with the probabilities that the logits stand for.
    Sample(&'r mut dyn Rng),
}

impl Choice<'_> {
    fn of(&mut self, logits: &[f32], weights: &mut Vec<f32>) -> usize {
        let largest = (0..logits.len()).rev().max_by(|&a, &b| logits[a].total_cmp(&logits[b])).unwrap_or(0);
        let Choice::Sample(random) = self else { return largest };
        weights.clear();
        weights.extend(logits.iter().map(|logit| exp(logit - logits[largest])));
        let mut part = random.random::<f32>() * weights.iter().sum::<f32>();
        for (place, weight) in weights.iter().enumerate() {
            part -= weight;
            if part < 0.0 {
                return place;
            }
        }
        largest
    }
}

/// Returns one linear extension of `instance`, decoded step by step, in which the units of the last stage come last, in
/// file order. Each step is shown to `watch`.
///
/// Complexity: a step costs the candidates, which are at most a fixed number.
pub fn decode(
    engine: &dyn Engine,
    instance: &Instance,
    inputs: &Inputs,
    encoded: &Encoded,
    mut choice: Choice,
    mut watch: impl FnMut(Step),
) -> Vec<u32> {
    let mut frontier = Frontier::new(instance, inputs);
    let mut memory = Memory::new(engine.width());
    let (mut units, mut rows, mut logits, mut weights) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    let mut sequence = Vec::with_capacity(instance.len());
    while frontier.left() > 0 {
        frontier.candidates(&mut units, &mut rows);
        debug_assert_eq!(rows.len(), units.len() * CANDIDATE);
        let moment = frontier.moment();
        engine.step(encoded, &mut memory, frontier.last(), &moment, (&units, &rows), &mut logits);
        let chosen = choice.of(&logits, &mut weights);
        watch(Step { moment: &moment, units: &units, rows: &rows, logits: &logits, chosen });
        sequence.push(units[chosen]);
        frontier.take(units[chosen]);
    }
    sequence.extend((0..instance.len() as u32).filter(|&unit| instance.last_only[unit as usize]));
    sequence
}
