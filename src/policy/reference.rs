//! The network in plain Rust, which runs where there is no compiler at hand, and with which compiled networks are
//! compared.

use super::decode::{Encoded, Engine, Memory};
use super::frontier::{CANDIDATE, GLOBAL};
use super::kernels::{accumulate, dot, tanh};
use super::layers::{attend, lstm_step};
use super::network::{CLIP, Network};
use crate::solve::instance::Instance;

/// The parameters of the network, by name.
pub struct Reference {
    width: usize,
    embed: Layer,
    encode: Vec<Round>,
    start: Layer,
    lstm: Lstm,
    glimpse: Head,
    pointer: Head,
    pointer_glimpse: Vec<f32>,
}

struct Layer {
    weight: Vec<f32>,
    bias: Vec<f32>,
}

struct Round {
    own: Vec<f32>,
    preds: Vec<f32>,
    succs: Vec<f32>,
    bias: Vec<f32>,
}

struct Lstm {
    /// The layer that reads the unit chosen last, with the bias of the gates.
    unit: Layer,
    moment: Vec<f32>,
    state: Vec<f32>,
}

/// The weights of additive attention.
struct Head {
    reference: Layer,
    candidate: Vec<f32>,
    query: Vec<f32>,
    score: Vec<f32>,
}

impl Reference {
    /// Returns the network, ready to be asked.
    pub fn new(network: &Network) -> Reference {
        let named = network.named();
        let part = |name: &str| named.get(name).to_vec();
        let layer = |weight: &str, bias: &str| Layer { weight: part(weight), bias: part(bias) };
        let round = |round: usize| {
            let part = |name: &str| part(&format!("encode.{round}.{name}"));
            Round { own: part("own"), preds: part("preds"), succs: part("succs"), bias: part("bias") }
        };
        let embed = layer("embed.weight", "embed.bias");
        let encode = (0..network.shape().rounds).map(round).collect();
        let start = layer("start.weight", "start.bias");
        let lstm = Lstm {
            unit: layer("lstm.unit", "lstm.bias"),
            moment: part("lstm.moment"),
            state: part("lstm.state"),
        };
        let glimpse = Head {
            reference: layer("glimpse.reference", "glimpse.bias"),
            candidate: part("glimpse.candidate"),
            query: part("glimpse.query"),
            score: part("glimpse.score"),
        };
        let pointer = Head {
            reference: layer("pointer.reference", "pointer.bias"),
            candidate: part("pointer.candidate"),
            query: part("pointer.query"),
            score: part("pointer.score"),
        };
        let pointer_glimpse = part("pointer.glimpse");
        let width = network.shape().hidden;
        Reference { width, embed, encode, start, lstm, glimpse, pointer, pointer_glimpse }
    }
}

impl Layer {
    /// Returns `x W + b` for each row `x`.
    fn apply(&self, rows: &[f32]) -> Vec<f32> {
        let outputs = self.bias.len();
        let mut to = Vec::with_capacity(rows.len() * outputs / (self.weight.len() / outputs));
        for row in rows.chunks_exact(self.weight.len() / outputs) {
            let start = to.len();
            to.extend_from_slice(&self.bias);
            accumulate(&mut to[start..], row, &self.weight);
        }
        to
    }
}

impl Engine for Reference {
    fn width(&self) -> usize {
        self.width
    }

    /// Encodes the graph, in time linear in units and edges.
    fn encode(&self, instance: &Instance, rows: &[f32]) -> Encoded {
        let (width, units) = (self.width, instance.len());
        let mut values = self.embed.apply(rows);
        values.iter_mut().for_each(|value| *value = tanh(*value));
        let (mut next, mut mean, mut sum) = (values.clone(), vec![0.0; width], vec![0.0; width]);
        for round in &self.encode {
            for unit in 0..units {
                let at = unit * width..(unit + 1) * width;
                sum.copy_from_slice(&round.bias);
                accumulate(&mut sum, &values[at.clone()], &round.own);
                for (neighbours, weight) in [(&instance.preds, &round.preds), (&instance.succs, &round.succs)]
                {
                    mean_of(&values, &neighbours[unit], &mut mean);
                    accumulate(&mut sum, &mean, weight);
                }
                for (to, sum) in next[at].iter_mut().zip(&sum) {
                    *to += tanh(*sum);
                }
            }
            values.copy_from_slice(&next);
        }
        let glimpse = self.glimpse.reference.apply(&values);
        let pointer = self.pointer.reference.apply(&values);
        let everything: Vec<u32> = (0..units as u32).collect();
        mean_of(&values, &everything, &mut mean);
        let mut start = self.start.apply(&mean);
        start.iter_mut().for_each(|value| *value = tanh(*value));
        values.extend(start);
        Encoded { gates: self.lstm.unit.apply(&values), glimpse, pointer }
    }

    /// Takes a step, in time linear in the candidates.
    fn step(
        &self,
        encoded: &Encoded,
        memory: &mut Memory,
        last: Option<u32>,
        moment: &[f32; GLOBAL],
        candidates: (&[u32], &[f32]),
        logits: &mut Vec<f32>,
    ) {
        let width = self.width;
        memory.gates.copy_from_slice(encoded.gates_after(last, width));
        accumulate(&mut memory.gates, moment, &self.lstm.moment);
        accumulate(&mut memory.gates, &memory.hidden, &self.lstm.state);
        lstm_step(&memory.gates, &mut memory.hidden, &mut memory.cell);

        memory.query.fill(0.0);
        accumulate(&mut memory.query, &memory.hidden, &self.glimpse.query);
        self.glimpse.scores(&encoded.glimpse, &memory.query, candidates, &mut memory.row, &mut memory.scores);
        attend(&encoded.glimpse, candidates.0, &memory.scores, &mut memory.seen);

        memory.query.fill(0.0);
        accumulate(&mut memory.query, &memory.hidden, &self.pointer.query);
        accumulate(&mut memory.query, &memory.seen, &self.pointer_glimpse);
        self.pointer.scores(&encoded.pointer, &memory.query, candidates, &mut memory.row, logits);
    }
}

impl Head {
    /// Computes the clipped score of each candidate.
    fn scores(
        &self,
        references: &[f32],
        query: &[f32],
        (units, rows): (&[u32], &[f32]),
        sum: &mut [f32],
        scores: &mut Vec<f32>,
    ) {
        let width = query.len();
        scores.clear();
        for (&unit, row) in units.iter().zip(rows.chunks_exact(CANDIDATE)) {
            let reference = &references[unit as usize * width..(unit as usize + 1) * width];
            for ((sum, query), reference) in sum.iter_mut().zip(query).zip(reference) {
                *sum = query + reference;
            }
            accumulate(sum, row, &self.candidate);
            sum.iter_mut().for_each(|value| *value = tanh(*value));
            scores.push(CLIP * tanh(dot(sum, &self.score)));
        }
    }
}

/// Computes the mean of the rows of `units`; zero if there are none.
pub(super) fn mean_of(values: &[f32], units: &[u32], mean: &mut [f32]) {
    let width = mean.len();
    mean.fill(0.0);
    for &unit in units {
        let row = &values[unit as usize * width..(unit as usize + 1) * width];
        mean.iter_mut().zip(row).for_each(|(sum, value)| *sum += value);
    }
    let share = 1.0 / (units.len().max(1) as f32);
    mean.iter_mut().for_each(|sum| *sum *= share);
}
