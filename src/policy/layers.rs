//! Layers that more than one network has, over rows of a fixed width.

use super::kernels::{accumulate, exp, sigmoid, tanh};

/// A linear layer, `x W + b`.
pub struct Layer<'n> {
    /// The matrix `W`, with a row for each input.
    pub weight: &'n [f32],
    /// The bias `b`, with a number for each output.
    pub bias: &'n [f32],
}

impl Layer<'_> {
    /// Returns the layer's outputs for each row of `from`, one after the other.
    pub fn rows(&self, from: &[f32]) -> Vec<f32> {
        let width = self.bias.len();
        let columns = self.weight.len() / width;
        let mut to = Vec::with_capacity(from.len() / columns * width);
        for row in from.chunks_exact(columns) {
            to.extend_from_slice(self.bias);
            let last = to.len() - width;
            accumulate(&mut to[last..], row, self.weight);
        }
        to
    }
}

/// Takes one step of an LSTM whose `gates` are summed: input, forget, new and output, each as wide as the state.
pub fn lstm_step(gates: &[f32], hidden: &mut [f32], cell: &mut [f32]) {
    let width = hidden.len();
    for lane in 0..width {
        let gate = |gate: usize| gates[gate * width + lane];
        let (input, forget, new, output) =
            (sigmoid(gate(0)), sigmoid(gate(1)), tanh(gate(2)), sigmoid(gate(3)));
        cell[lane] = forget * cell[lane] + input * new;
        hidden[lane] = output * tanh(cell[lane]);
    }
}

/// Computes the mean of the rows of `units`, each weighted by the exponential of its clipped score.
pub fn attend(rows: &[f32], units: &[u32], scores: &[f32], mean: &mut [f32]) {
    let width = mean.len();
    mean.fill(0.0);
    let mut total = 0.0;
    for (&unit, score) in units.iter().zip(scores) {
        let weight = exp(*score);
        total += weight;
        let row = &rows[unit as usize * width..(unit as usize + 1) * width];
        mean.iter_mut().zip(row).for_each(|(sum, value)| *sum += weight * value);
    }
    mean.iter_mut().for_each(|sum| *sum /= total);
}
