//! The published network in plain Rust, asked greedily.

use super::embedding::FIGURES;
use super::published_network::{NORM_EPSILON, PublishedNetwork};
use crate::policy::kernels::{accumulate, dot, tanh};
use crate::policy::layers::{Layer, attend, lstm_step};
use crate::policy::network::CLIP;

/// The parameters of the network, by name.
pub struct PointerNetwork<'n> {
    width: usize,
    embed: Layer<'n>,
    embed_norm: Norm,
    encode: Lstm<'n>,
    encode_norm: Norm,
    start: &'n [f32],
    decode: Lstm<'n>,
    glimpse: Head<'n>,
    pointer: Head<'n>,
}

/// A batch norm with the statistics of training: `x scale + shift`.
struct Norm {
    scale: Vec<f32>,
    shift: Vec<f32>,
}

struct Lstm<'n> {
    input: &'n [f32],
    state: &'n [f32],
    bias: &'n [f32],
}

/// The weights of additive attention.
struct Head<'n> {
    reference: Layer<'n>,
    query: &'n [f32],
    score: &'n [f32],
}

/// The hidden state and the cell state of an LSTM, and scratch space for its gates.
struct State {
    hidden: Vec<f32>,
    cell: Vec<f32>,
    gates: Vec<f32>,
}

impl<'n> PointerNetwork<'n> {
    /// Returns the network, ready to be asked.
    pub fn new(network: &'n PublishedNetwork) -> PointerNetwork<'n> {
        let named = network.named();
        let part = |name: &str| named.get(name);
        let layer = |weight: &str, bias: &str| Layer { weight: part(weight), bias: part(bias) };
        let lstm = |input: &str, state: &str, bias: &str| Lstm {
            input: part(input),
            state: part(state),
            bias: part(bias),
        };
        let norm = |scale: &str, shift: &str, mean: &str, variance: &str| {
            Norm::new([part(scale), part(shift)], [part(mean), part(variance)])
        };
        let embed = layer("embed.weight", "embed.bias");
        let embed_norm = norm("embed.scale", "embed.shift", "embed.mean", "embed.variance");
        let encode = lstm("encode.input", "encode.state", "encode.bias");
        let encode_norm = norm("encode.scale", "encode.shift", "encode.mean", "encode.variance");
        let start = part("decode.start");
        let decode = lstm("decode.input", "decode.state", "decode.bias");
        let glimpse = Head {
            reference: layer("glimpse.reference", "glimpse.bias"),
            query: part("glimpse.query"),
            score: part("glimpse.score"),
        };
        let pointer = Head {
            reference: layer("pointer.reference", "pointer.bias"),
            query: part("pointer.query"),
            score: part("pointer.score"),
        };
        PointerNetwork {
            width: network.hidden(),
            embed,
            embed_norm,
            encode,
            encode_norm,
            start,
            decode,
            glimpse,
            pointer,
        }
    }

    /// Returns the nodes of `rows` in the order in which they are pointed out; of equal logits the first wins. `watch`
    /// is shown the logits of the nodes left at each step, by node.
    ///
    /// Complexity: quadratic in the nodes.
    pub fn sequence(&self, rows: &[f32], mut watch: impl FnMut(&[f32])) -> Vec<u32> {
        let width = self.width;
        debug_assert!(rows.len().is_multiple_of(FIGURES));
        let mut nodes = self.embed.rows(rows);
        self.embed_norm.apply(&mut nodes);
        let mut state =
            State { hidden: vec![0.0; width], cell: vec![0.0; width], gates: vec![0.0; 4 * width] };
        let mut states = Vec::with_capacity(nodes.len());
        for node in nodes.chunks_exact(width) {
            state.advance(&self.encode, node);
            states.extend_from_slice(&state.hidden);
        }
        self.encode_norm.apply(&mut states);
        let (glimpse, pointer) = (self.glimpse.reference.rows(&states), self.pointer.reference.rows(&states));

        let mut left: Vec<u32> = (0..(nodes.len() / width) as u32).collect();
        let mut sequence = Vec::with_capacity(left.len());
        let (mut seen, mut logits) = (vec![0.0; width], Vec::new());
        let mut read = self.start;
        while !left.is_empty() {
            state.advance(&self.decode, read);
            self.glimpse.scores(&glimpse, &state.hidden, &left, &mut logits);
            attend(&glimpse, &left, &logits, &mut seen);
            self.pointer.scores(&pointer, &seen, &left, &mut logits);
            watch(&logits);
            let best = (0..left.len()).rev().max_by(|&a, &b| logits[a].total_cmp(&logits[b]));
            let node = left.remove(best.unwrap_or(0));
            sequence.push(node);
            read = &nodes[node as usize * width..(node as usize + 1) * width];
        }
        sequence
    }
}

impl Norm {
    fn new([scale, shift]: [&[f32]; 2], [mean, variance]: [&[f32]; 2]) -> Norm {
        let scale: Vec<f32> = scale
            .iter()
            .zip(variance)
            .map(|(scale, variance)| scale / (variance + NORM_EPSILON).sqrt())
            .collect();
        let shift =
            shift.iter().zip(mean).zip(&scale).map(|((shift, mean), scale)| shift - mean * scale).collect();
        Norm { scale, shift }
    }

    fn apply(&self, rows: &mut [f32]) {
        for row in rows.chunks_exact_mut(self.scale.len()) {
            for ((value, scale), shift) in row.iter_mut().zip(&self.scale).zip(&self.shift) {
                *value = *value * scale + shift;
            }
        }
    }
}

impl State {
    fn advance(&mut self, lstm: &Lstm, read: &[f32]) {
        self.gates.copy_from_slice(lstm.bias);
        accumulate(&mut self.gates, read, lstm.input);
        accumulate(&mut self.gates, &self.hidden, lstm.state);
        lstm_step(&self.gates, &mut self.hidden, &mut self.cell);
    }
}

impl Head<'_> {
    /// Computes the clipped score of each of `nodes`.
    fn scores(&self, references: &[f32], of: &[f32], nodes: &[u32], scores: &mut Vec<f32>) {
        let width = of.len();
        let mut query = vec![0.0; width];
        accumulate(&mut query, of, self.query);
        let mut sum = vec![0.0; width];
        scores.clear();
        for &node in nodes {
            let reference = &references[node as usize * width..(node as usize + 1) * width];
            for ((sum, query), reference) in sum.iter_mut().zip(&query).zip(reference) {
                *sum = tanh(query + reference);
            }
            scores.push(CLIP * tanh(dot(&sum, self.score)));
        }
    }
}
