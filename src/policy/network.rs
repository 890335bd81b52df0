//! The policy's network: the shapes of its parameters, and where each lies in one flat array.
//!
//! The pointer network of the RESPECT paper (DAC 2023; Vinyals et al. 2015, Bello et al. 2017), with an encoder that sees
//! the graph and a decoder that points at ready operations alone:
//!
//! - encoder: `e = tanh(x W + b)`, then [`Shape::rounds`] times `e += tanh(e W + mean(e of predecessors) P +
//!   mean(e of successors) S + b)`;
//! - decoder: an LSTM cell that reads the unit chosen last and the figures of the moment, from a learned start that
//!   depends on the mean of `e`;
//! - one glimpse, then the pointer: `10 tanh(v · tanh(query + reference + figures of the candidate))` over the ready units.
//!
//! A parameter with `i` inputs and `o` outputs is `[i, o]`, row-major.

use super::frontier::{CANDIDATE, GLOBAL};
use super::inputs::STATIC;
use super::kernels::LANES;
use super::named::Named;
pub use super::named::Parameter;

/// The bound to which logits are clipped, on both sides (Bello et al. 2017).
pub const CLIP: f32 = 10.0;

/// The sizes that may differ from network to network.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Shape {
    /// The width of every hidden layer, a multiple of 16.
    pub hidden: usize,
    /// The number of rounds of message passing in the encoder.
    pub rounds: usize,
}

impl Default for Shape {
    fn default() -> Shape {
        Shape { hidden: 48, rounds: 2 }
    }
}

impl Shape {
    /// Returns whether a network of this shape can be run.
    pub fn is_valid(self) -> bool {
        (LANES..=1024).contains(&self.hidden) && self.hidden.is_multiple_of(LANES) && self.rounds <= 16
    }

    /// Returns the parameters, in the order in which they lie in a flat array.
    pub fn parameters(self) -> Vec<Parameter> {
        let hidden = self.hidden;
        let mut list: Vec<(String, usize, usize)> =
            vec![("embed.weight".into(), STATIC, hidden), ("embed.bias".into(), 1, hidden)];
        for round in 0..self.rounds {
            for part in ["own", "preds", "succs"] {
                list.push((format!("encode.{round}.{part}"), hidden, hidden));
            }
            list.push((format!("encode.{round}.bias"), 1, hidden));
        }
        let rest = [
            ("start.weight", hidden, hidden),
            ("start.bias", 1, hidden),
            ("lstm.unit", hidden, 4 * hidden),
            ("lstm.moment", GLOBAL, 4 * hidden),
            ("lstm.state", hidden, 4 * hidden),
            ("lstm.bias", 1, 4 * hidden),
            ("glimpse.reference", hidden, hidden),
            ("glimpse.bias", 1, hidden),
            ("glimpse.candidate", CANDIDATE, hidden),
            ("glimpse.query", hidden, hidden),
            ("glimpse.score", 1, hidden),
            ("pointer.reference", hidden, hidden),
            ("pointer.bias", 1, hidden),
            ("pointer.candidate", CANDIDATE, hidden),
            ("pointer.query", hidden, hidden),
            ("pointer.glimpse", hidden, hidden),
            ("pointer.score", 1, hidden),
        ];
        list.extend(rest.map(|(name, rows, columns)| (name.to_string(), rows, columns)));
        list.into_iter().map(|(name, rows, columns)| Parameter { name, rows, columns }).collect()
    }

    /// Returns how many numbers all parameters have together.
    pub fn numbers(self) -> usize {
        self.parameters().iter().map(Parameter::len).sum()
    }
}

/// The parameters of a network of one shape, in one flat array.
#[derive(Clone, Debug, PartialEq)]
pub struct Network {
    shape: Shape,
    values: Vec<f32>,
}

impl Network {
    /// Returns the network that has `values`, in the order of [`Shape::parameters`]; `None` if the shape can't be run
    /// or has another number of values.
    pub fn new(shape: Shape, values: Vec<f32>) -> Option<Network> {
        (shape.is_valid() && values.len() == shape.numbers()).then_some(Network { shape, values })
    }

    /// Returns the sizes of the network.
    pub fn shape(&self) -> Shape {
        self.shape
    }

    /// Returns the numbers of all parameters, as one flat array.
    pub fn values(&self) -> &[f32] {
        &self.values
    }

    /// Returns the numbers of each parameter by its name.
    pub fn named(&self) -> Named<&[f32]> {
        Named::new(self.shape.parameters(), self.parameters().map(|(_, values)| values))
    }

    /// Returns the parameters in their order, each with its numbers.
    pub fn parameters(&self) -> impl Iterator<Item = (Parameter, &[f32])> {
        split(self.shape.parameters(), &self.values)
    }
}

/// Returns each of `parameters` with its part of the flat array `values`.
pub fn split(parameters: Vec<Parameter>, values: &[f32]) -> impl Iterator<Item = (Parameter, &[f32])> {
    let mut rest = values;
    parameters.into_iter().map(move |parameter| {
        let (own, other) = rest.split_at(parameter.len());
        rest = other;
        (parameter, own)
    })
}
