//! The network compiled by LLVM for the processor at hand.
//!
//! The width of the network is a constant of the code, so that all networks of a width share it; `kernels` says what it
//! computes, to the bit: sums are kept in as many registers as there are, and nothing is reordered or fused.

mod arithmetic;
mod code;
mod compile;
mod layers;
mod step;
#[cfg(test)]
mod tests;

use std::ptr;

use compile::{Cause, Function, Program, program};
use layers::Rows;
use step::{Cell, Glimpse, Query, Scores};

use super::decode::{Encoded, Engine, Memory};
use super::engine;
use super::frontier::{CANDIDATE, GLOBAL};
use super::kernels::{LANES, accumulate, tanh};
use super::named::Named;
use super::network::{Network, split};
use super::reference::mean_of;
use crate::solve::instance::Instance;

/// Installs the compiler: from now on, the policies of this process are compiled when they are first asked.
pub fn install() {
    engine::install(|network| Jit::new(network).ok().map(|jit| Box::new(jit) as Box<dyn Engine>));
}

/// A network compiled by LLVM.
pub(crate) struct Jit {
    width: usize,
    embed: Layer<1>,
    rounds: Vec<Layer<3>>,
    start: Weights<1>,
    gates: Layer<1>,
    glimpse: Layer<1>,
    pointer: Layer<1>,
    step: Step,
    program: Program,
    /// The numbers that all weights are parts of.
    _lines: Box<[Line]>,
}

/// The weights that a step reads.
struct Step {
    moment: &'static [f32],
    state: &'static [f32],
    glimpse_query: &'static [f32],
    glimpse: Head,
    pointer_query: &'static [f32],
    pointer_glimpse: &'static [f32],
    pointer: Head,
}

/// The weights of additive attention over the candidates.
struct Head {
    candidate: &'static [f32],
    score: &'static [f32],
}

/// The weights of a layer of `N` inputs, and the layer's bias.
#[derive(Clone, Copy)]
struct Weights<const N: usize>([&'static [f32]; N], &'static [f32]);

struct Layer<const N: usize> {
    code: Function<Rows>,
    weights: Weights<N>,
}

/// The numbers of one cache line, aligned to it.
#[repr(C, align(64))]
#[derive(Clone, Copy)]
struct Line([f32; LANES]);

impl Jit {
    /// Compiles `network`. The code stays until the process ends, for other networks of the width.
    ///
    /// # Errors
    /// Returns an error if LLVM can't compile it, or if the system does not allow code to be made.
    pub fn new(network: &Network) -> Result<Jit, Cause> {
        let shape = network.shape();
        let lines = network.values().as_chunks::<LANES>().0.iter().map(|&line| Line(line));
        let lines: Box<[Line]> = lines.collect();
        // SAFETY: lines are arrays of numbers without padding, `LANES` in each. They do not move with their box, which is
        // dropped with the network, and no slice of them leaves it.
        let values: &'static [f32] =
            unsafe { std::slice::from_raw_parts(lines.as_ptr().cast(), lines.len() * LANES) };
        let parameters = shape.parameters();
        let named = Named::new(parameters.clone(), split(parameters, values).map(|(_, values)| values));
        let part = |name: &str| named.get(name);
        let round = |round: usize| {
            let part = |name: &str| part(&format!("encode.{round}.{name}"));
            Weights([part("own"), part("preds"), part("succs")], part("bias"))
        };
        let embed = Weights([part("embed.weight")], part("embed.bias"));
        let rounds: Vec<_> = (0..shape.rounds).map(round).collect();
        let start = Weights([part("start.weight")], part("start.bias"));
        let (moment, state) = (part("lstm.moment"), part("lstm.state"));
        let gates = Weights([part("lstm.unit")], part("lstm.bias"));
        let glimpse_reference = Weights([part("glimpse.reference")], part("glimpse.bias"));
        let glimpse_query = part("glimpse.query");
        let glimpse = Head { candidate: part("glimpse.candidate"), score: part("glimpse.score") };
        let pointer_reference = Weights([part("pointer.reference")], part("pointer.bias"));
        let (pointer_query, pointer_glimpse) = (part("pointer.query"), part("pointer.glimpse"));
        let pointer = Head { candidate: part("pointer.candidate"), score: part("pointer.score") };

        let program = program(shape.hidden)?;
        let step = Step { moment, state, glimpse_query, glimpse, pointer_query, pointer_glimpse, pointer };
        Ok(Jit {
            width: shape.hidden,
            embed: Layer { code: program.embed, weights: embed },
            rounds: rounds.into_iter().map(|weights| Layer { code: program.round, weights }).collect(),
            start,
            gates: Layer { code: program.gates, weights: gates },
            glimpse: Layer { code: program.reference, weights: glimpse_reference },
            pointer: Layer { code: program.reference, weights: pointer_reference },
            step,
            program,
            _lines: lines,
        })
    }

    /// Adds `row` times the square of `weights` to the query.
    fn query(&self, row: &[f32], weights: &'static [f32], to: &mut [f32]) {
        let width = self.width;
        assert!(row.len() == width && weights.len() == width * width && to.len() == width);
        let query = Query { row: row.as_ptr(), weights: weights.as_ptr(), to: to.as_mut_ptr() };
        // SAFETY: every pointer is to as many numbers as the code of this width takes.
        unsafe { (self.program.query)(&raw const query) }
    }

    /// Computes the scores that `head` gives the candidates, whose rows are in `table`.
    fn scores(
        &self,
        head: &Head,
        table: &[f32],
        (units, figures): (&[u32], &[f32]),
        query: &[f32],
        to: &mut Vec<f32>,
    ) {
        let count = units.len();
        to.resize(count.next_multiple_of(LANES), 0.0);
        let of_units = units.iter().max().map_or(0, |&last| (last as usize + 1) * self.width);
        assert!(count > 0 && figures.len() == count * CANDIDATE && table.len() >= of_units);
        assert!(query.len() == self.width);
        let scores = Scores {
            count,
            units: units.as_ptr(),
            figures: figures.as_ptr(),
            table: table.as_ptr(),
            query: query.as_ptr(),
            of_figures: head.candidate.as_ptr(),
            score: head.score.as_ptr(),
            to: to.as_mut_ptr(),
        };
        // SAFETY: every pointer is to as many numbers as `Scores` says; those of the weights are by the network's shape.
        unsafe { (self.program.scores)(&raw const scores) }
    }
}

impl<const N: usize> Layer<N> {
    /// Returns the layer's outputs for the rows of each input.
    fn apply(&self, from: [&[f32]; N]) -> Vec<f32> {
        let Weights(weights, bias) = self.weights;
        let outputs = bias.len();
        let count = from[0].len() * outputs / weights[0].len();
        let mut to = vec![0.0; count * outputs];
        let mut rows = Rows {
            count,
            to: to.as_mut_ptr(),
            bias: bias.as_ptr(),
            from: [ptr::null(); Rows::MOST],
            weights: [ptr::null(); Rows::MOST],
        };
        for input in 0..N {
            assert_eq!(from[input].len() * outputs, count * weights[input].len());
            rows.from[input] = from[input].as_ptr();
            rows.weights[input] = weights[input].as_ptr();
        }
        // SAFETY: the code is that of a layer with weights of these sizes: it reads `count` rows of each input, which is
        // what there is, and writes as many of outputs.
        unsafe { (self.code)(&raw const rows) };
        to
    }
}

impl Engine for Jit {
    fn width(&self) -> usize {
        self.width
    }

    /// Encodes the graph, in time linear in units and edges.
    fn encode(&self, instance: &Instance, rows: &[f32]) -> Encoded {
        let width = self.width;
        let mut values = self.embed.apply([rows]);
        let (mut preds, mut succs) = (vec![0.0; values.len()], vec![0.0; values.len()]);
        for round in &self.rounds {
            for (means, neighbours) in [(&mut preds, &instance.preds), (&mut succs, &instance.succs)] {
                for (mean, units) in means.chunks_exact_mut(width).zip(neighbours) {
                    mean_of(&values, units, mean);
                }
            }
            values = round.apply([&values, &preds, &succs]);
        }
        let glimpse = self.glimpse.apply([&values]);
        let pointer = self.pointer.apply([&values]);
        let everything: Vec<u32> = (0..instance.len() as u32).collect();
        let mut mean = vec![0.0; width];
        mean_of(&values, &everything, &mut mean);
        // One row is not worth code of its own.
        let Weights([weights], bias) = self.start;
        let mut start = bias.to_vec();
        accumulate(&mut start, &mean, weights);
        values.extend(start.into_iter().map(tanh));
        Encoded { gates: self.gates.apply([&values]), glimpse, pointer }
    }

    /// Takes a step, in time linear in the candidates.
    fn step(
        &self,
        encoded: &Encoded,
        memory: &mut Memory,
        last: Option<u32>,
        moment: &[f32; GLOBAL],
        (units, figures): (&[u32], &[f32]),
        logits: &mut Vec<f32>,
    ) {
        let Step { moment: of_moment, state, glimpse_query, pointer_query, pointer_glimpse, .. } = self.step;
        let Memory { hidden, cell, gates: next, query, seen, scores, .. } = memory;
        assert!([&*hidden, &*cell, &*seen].iter().all(|row| row.len() == self.width));
        assert!(next.len() >= self.width);
        let call = Cell {
            gates: encoded.gates_after(last, self.width).as_ptr(),
            moment: moment.as_ptr(),
            of_moment: of_moment.as_ptr(),
            of_state: state.as_ptr(),
            hidden: hidden.as_mut_ptr(),
            cell: cell.as_mut_ptr(),
            next: next.as_mut_ptr(),
        };
        // SAFETY: every pointer is to rows of the network's width, as many as `Cell` says.
        unsafe { (self.program.cell)(&raw const call) }
        query.fill(0.0);
        self.query(hidden, glimpse_query, query);
        self.scores(&self.step.glimpse, &encoded.glimpse, (units, figures), query, scores);
        let glimpse = Glimpse {
            count: units.len(),
            units: units.as_ptr(),
            table: encoded.glimpse.as_ptr(),
            scores: scores.as_mut_ptr(),
            seen: seen.as_mut_ptr(),
        };
        // SAFETY: the same table and as many scores as were just written; `seen` is a row.
        unsafe { (self.program.glimpse)(&raw const glimpse) }
        query.fill(0.0);
        self.query(hidden, pointer_query, query);
        self.query(seen, pointer_glimpse, query);
        self.scores(&self.step.pointer, &encoded.pointer, (units, figures), query, logits);
        logits.truncate(units.len());
    }
}
