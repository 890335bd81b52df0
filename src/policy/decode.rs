//! From a network to a linear extension: point at a ready unit, choose it, and again.

use rand::{Rng, RngExt};

use super::frontier::{CANDIDATE, Frontier, GLOBAL};
use super::inputs::Inputs;
use super::kernels::exp;
use crate::solve::instance::Instance;

/// What a network makes of a graph before the first step: a row of numbers a unit.
pub struct Encoded {
    /// What a unit that is chosen adds to the gates of the next step, and their bias; after all units, what stands there
    /// before anything is chosen.
    pub gates: Vec<f32>,
    /// What the glimpse compares of each unit.
    pub glimpse: Vec<f32>,
    /// What the pointer compares of each unit.
    pub pointer: Vec<f32>,
}

impl Encoded {
    /// What the gates have read when `last` is the unit that was chosen last.
    pub fn gates_after(&self, last: Option<u32>, width: usize) -> &[f32] {
        let rows = self.gates.len() / (4 * width);
        let row = last.map_or(rows - 1, |last| last as usize);
        &self.gates[row * 4 * width..(row + 1) * 4 * width]
    }
}

/// The state of the decoder, and room for one step.
pub struct Memory {
    /// The hidden state of the recurrent cell.
    pub hidden: Vec<f32>,
    /// The cell state.
    pub cell: Vec<f32>,
    /// The gates of the cell, four of each width.
    pub gates: Vec<f32>,
    /// The query of the glimpse, and then of the pointer.
    pub query: Vec<f32>,
    /// One candidate's row.
    pub row: Vec<f32>,
    /// What the glimpse has seen.
    pub seen: Vec<f32>,
    /// One score a candidate.
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

/// What runs a network.
pub trait Engine: Send + Sync {
    /// Width of the hidden layers.
    fn width(&self) -> usize;
    /// Embeds every unit of `instance`, of which `rows` are the static figures.
    fn encode(&self, instance: &Instance, rows: &[f32]) -> Encoded;
    /// One step of the decoder; `logits` gets one number a candidate.
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

/// A step as it was taken, for training and for comparisons.
pub struct Step<'a> {
    /// What the policy reads of the state of the schedule.
    pub moment: &'a [f32; GLOBAL],
    /// The candidates.
    pub units: &'a [u32],
    /// What it reads of each candidate, a row each.
    pub rows: &'a [f32],
    /// One logit a candidate.
    pub logits: &'a [f32],
    /// The place among the candidates of the one that is chosen.
    pub chosen: usize,
}

/// How one of the candidates is chosen by their logits.
pub enum Choice<'r> {
    /// The largest logit, of equals the first.
    Greedy,
    /// By chance, with the probabilities that the logits mean.
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

/// Decodes one linear extension of `instance`, in which the units of the last stage come last, in file order. Each step
/// is shown to `watch`.
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
