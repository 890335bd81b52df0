//! The published network: the shapes of its parameters, and where each lies in one flat array.
//!
//! - encoder: `e = norm(x W + b)`, then an LSTM over the nodes in file order, then `r = norm(its states)`;
//! - decoder: an LSTM cell that starts in the encoder's last state and reads a learned start, then the `e` of the node
//!   chosen last;
//! - one glimpse, then the pointer: `10 tanh(v · tanh(query + reference))` over all nodes that are not chosen yet.
//!
//! A parameter with `i` inputs and `o` outputs is `[i, o]`, row-major. The statistics of both norms come last: they are
//! not learned, but kept while learning.

use super::embedding::FIGURES;
use crate::policy::kernels::LANES;
use crate::policy::named::Named;
use crate::policy::network::{Parameter, split};

/// The number of parameters that are not learned.
pub const STATISTICS: usize = 4;

/// The number that norms add to the variance.
pub const NORM_EPSILON: f32 = 1e-5;

/// The published width of every hidden layer.
pub const HIDDEN: usize = 256;

/// The parameters of the published network, in one flat array.
#[derive(Clone, Debug, PartialEq)]
pub struct PublishedNetwork {
    hidden: usize,
    values: Vec<f32>,
}

/// Returns whether there can be a network of this width: a multiple of 16.
pub fn is_valid(hidden: usize) -> bool {
    (LANES..=1024).contains(&hidden) && hidden.is_multiple_of(LANES)
}

/// Returns the parameters of a network `hidden` wide, in the order in which they lie in a flat array.
pub fn parameters(hidden: usize) -> Vec<Parameter> {
    let list = [
        ("embed.weight", FIGURES, hidden),
        ("embed.bias", 1, hidden),
        ("embed.scale", 1, hidden),
        ("embed.shift", 1, hidden),
        ("encode.input", hidden, 4 * hidden),
        ("encode.state", hidden, 4 * hidden),
        ("encode.bias", 1, 4 * hidden),
        ("encode.scale", 1, hidden),
        ("encode.shift", 1, hidden),
        ("decode.start", 1, hidden),
        ("decode.input", hidden, 4 * hidden),
        ("decode.state", hidden, 4 * hidden),
        ("decode.bias", 1, 4 * hidden),
        ("glimpse.reference", hidden, hidden),
        ("glimpse.bias", 1, hidden),
        ("glimpse.query", hidden, hidden),
        ("glimpse.score", 1, hidden),
        ("pointer.reference", hidden, hidden),
        ("pointer.bias", 1, hidden),
        ("pointer.query", hidden, hidden),
        ("pointer.score", 1, hidden),
        ("embed.mean", 1, hidden),
        ("embed.variance", 1, hidden),
        ("encode.mean", 1, hidden),
        ("encode.variance", 1, hidden),
    ];
    list.map(|(name, rows, columns)| Parameter { name: name.into(), rows, columns }).into()
}

impl PublishedNetwork {
    /// Returns the network that has `values`, in the order of [`parameters`]; `None` if there is no such network or it
    /// has another number of values.
    pub fn new(hidden: usize, values: Vec<f32>) -> Option<PublishedNetwork> {
        let len = || parameters(hidden).iter().map(Parameter::len).sum::<usize>();
        (is_valid(hidden) && values.len() == len()).then_some(PublishedNetwork { hidden, values })
    }

    /// Returns the width of the hidden layers.
    pub fn hidden(&self) -> usize {
        self.hidden
    }

    /// Returns the numbers of each parameter by its name.
    pub fn named(&self) -> Named<&[f32]> {
        Named::new(parameters(self.hidden), self.parameters().map(|(_, values)| values))
    }

    /// Returns the parameters in their order, each with its numbers.
    pub fn parameters(&self) -> impl Iterator<Item = (Parameter, &[f32])> {
        split(parameters(self.hidden), &self.values)
    }
}
