//! The policy's network in tch, which reads a batch of whole episodes at a time.
//!
//! The choices of an episode are known when it is learned from, so nothing is decoded here: the LSTM runs over the
//! sequences of all episodes side by side, and the attention over all steps at once, one row for each candidate.

use tch::{Device, Kind, Tensor};

use super::batch::Batch;
use respect::policy::frontier::{CANDIDATE, GLOBAL};
use respect::policy::inputs::STATIC;
use respect::policy::named::Named;
use respect::policy::network::{CLIP, Network, Shape};

/// The network's parameters, as leaves of tch's graph.
pub(crate) struct Learner {
    shape: Shape,
    device: Device,
    pub parameters: Vec<Tensor>,
}

/// The network's answer to a batch.
pub(crate) struct Answer {
    /// The logit of every candidate, step after step.
    pub logits: Tensor,
    /// The logarithm of the probability of the chosen candidate, for each step.
    pub log_probability: Tensor,
    /// The entropy of the choice, for each step.
    pub entropy: Tensor,
}

impl Learner {
    /// Returns the parameters of `network`, to be trained on `device`.
    pub fn new(network: &Network, device: Device) -> Learner {
        let parameters = network
            .parameters()
            .map(|(parameter, values)| {
                let shape = [parameter.rows as i64, parameter.columns as i64];
                Tensor::from_slice(values).reshape(shape).to_device(device).set_requires_grad(true)
            })
            .collect();
        Learner { shape: network.shape(), device, parameters }
    }

    /// Returns the network with the parameters as they are now.
    pub fn network(&self) -> Network {
        let values = self.parameters.iter().flat_map(numbers).collect();
        Network::new(self.shape, values).expect("the shape has not changed")
    }

    /// Runs the network over `batch`.
    pub fn answer(&self, batch: &Batch) -> Answer {
        let hidden = self.shape.hidden as i64;
        let float = |values: &[f32], columns: usize| {
            Tensor::from_slice(values).reshape([-1, columns as i64]).to_device(self.device)
        };
        let index = |values: &[i64]| Tensor::from_slice(values).to_device(self.device);
        let named = Named::new(self.shape.parameters(), &self.parameters);
        let part = |name: &str| named.get(name);

        let (weight, bias) = (part("embed.weight"), part("embed.bias"));
        let mut units = (float(&batch.units, STATIC).matmul(weight) + bias).tanh();
        let (from, to) = (index(&batch.edges.0), index(&batch.edges.1));
        let zeros = |like: &Tensor| Tensor::zeros_like(&like.detach());
        let (into, out_of) = (float(&batch.per_pred, 1), float(&batch.per_succ, 1));
        for round in 0..self.shape.rounds {
            let [own, preds, succs, bias] =
                ["own", "preds", "succs", "bias"].map(|name| part(&format!("encode.{round}.{name}")));
            let before = zeros(&units).index_add(0, &to, &units.index_select(0, &from)) * &into;
            let after = zeros(&units).index_add(0, &from, &units.index_select(0, &to)) * &out_of;
            let sum = units.matmul(own) + before.matmul(preds) + after.matmul(succs) + bias;
            units = &units + sum.tanh();
        }
        let (weight, bias) = (part("start.weight"), part("start.bias"));
        let graphs = batch.per_graph.len() as i64;
        let means = Tensor::zeros([graphs, hidden], (Kind::Float, self.device)).index_add(
            0,
            &index(&batch.graph_of),
            &units,
        ) * float(&batch.per_graph, 1);
        let starts = (means.matmul(weight) + bias).tanh();

        // Time by episode; the row read at a step is the unit chosen before, or the graph's start.
        let [of_unit, of_moment, of_state, bias] =
            ["lstm.unit", "lstm.moment", "lstm.state", "lstm.bias"].map(part);
        let episodes = batch.episodes as i64;
        let read = Tensor::cat(&[&units, &starts], 0).index_select(0, &index(&batch.read));
        let read = Tensor::cat(&[&read, &float(&batch.moments, GLOBAL)], 1).reshape([
            -1,
            episodes,
            hidden + GLOBAL as i64,
        ]);
        let of_input = Tensor::cat(&[of_unit, of_moment], 0);
        let (states, _, _) = lstm(&read, &of_input, of_state, bias);
        let states = states.reshape([-1, hidden]).index_select(0, &index(&batch.step_places));

        let rows = float(&batch.rows, CANDIDATE);
        let (row_step, row_unit) = (index(&batch.row_step), index(&batch.row_unit));
        let steps = states.size()[0];
        let sum_by_step = |values: &Tensor| {
            let columns = values.size()[1];
            Tensor::zeros([steps, columns], (Kind::Float, self.device)).index_add(0, &row_step, values)
        };
        let clipped = |sum: Tensor, score: &Tensor| {
            (sum.tanh().matmul(&score.transpose(0, 1))).tanh() * f64::from(CLIP)
        };
        let head = |head: &str| {
            ["reference", "bias", "candidate", "query", "score"].map(|name| part(&format!("{head}.{name}")))
        };
        let [reference, bias, candidate, query, score] = head("glimpse");
        let references = (units.matmul(reference) + bias).index_select(0, &row_unit);
        let queries = states.matmul(query).index_select(0, &row_step);
        let weight = clipped(queries + &references + rows.matmul(candidate), score).exp();
        let seen = sum_by_step(&(&weight * &references)) / sum_by_step(&weight);
        let [reference, bias, candidate, query, score] = head("pointer");
        let glimpse = part("pointer.glimpse");
        let references = (units.matmul(reference) + bias).index_select(0, &row_unit);
        let queries = (states.matmul(query) + seen.matmul(glimpse)).index_select(0, &row_step);
        let logits = clipped(queries + references + rows.matmul(candidate), score);

        let weight = logits.exp();
        let total = sum_by_step(&weight).log();
        let log_probability = logits.index_select(0, &index(&batch.chosen_rows)) - &total;
        let each = &logits - total.index_select(0, &row_step);
        let entropy = sum_by_step(&(each.exp() * &each)).neg();
        Answer {
            logits: logits.reshape([-1]),
            log_probability: log_probability.reshape([-1]),
            entropy: entropy.reshape([-1]),
        }
    }
}

/// Runs an LSTM from rest over `read`, time by sequence by inputs; returns its states, the last state, and the last
/// cell.
pub(crate) fn lstm(
    read: &Tensor,
    of_input: &Tensor,
    of_state: &Tensor,
    bias: &Tensor,
) -> (Tensor, Tensor, Tensor) {
    let rest = || Tensor::zeros([1, read.size()[1], of_state.size()[0]], (Kind::Float, read.device()));
    let outputs_first = |weight: &Tensor| weight.transpose(0, 1).contiguous();
    let bias = bias.reshape([-1]);
    let weights =
        [outputs_first(of_input), outputs_first(of_state), bias.shallow_clone(), bias.detach().zeros_like()];
    read.lstm(&[rest(), rest()], &weights, true, 1, 0.0, true, false, false)
}

/// Returns the numbers of a tensor of single precision, in order.
pub(crate) fn numbers(tensor: &Tensor) -> Vec<f32> {
    Vec::<f32>::try_from(tensor.detach().to_device(Device::Cpu).reshape([-1])).expect("a vector of floats")
}
