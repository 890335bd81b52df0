//! The published network in tch, which reads a batch of graphs of one size at a time.

use tch::{Kind, Tensor};

use crate::learner::{lstm, numbers};
use respect::policy::named::Named;
use respect::policy::network::CLIP;
use respect::policy::published::{NORM_EPSILON, PublishedNetwork, STATISTICS, parameters};

/// The share of a batch's statistics that the running ones take over.
const MOMENTUM: f64 = 0.1;

/// The network's parameters; the learned ones are leaves of tch's graph.
pub(super) struct PointerLearner {
    hidden: usize,
    pub learned: Vec<Tensor>,
    /// The running mean and variance of both norms.
    statistics: Vec<Tensor>,
}

/// The network's attempt at a batch.
pub(super) struct Attempt {
    /// The nodes that were pointed out, graph by step.
    pub sequences: Tensor,
    /// The logarithm of the probability of the whole sequence, for each graph.
    pub log_probability: Tensor,
}

impl PointerLearner {
    /// Returns the parameters of `network`.
    pub fn new(network: &PublishedNetwork) -> PointerLearner {
        let mut learned: Vec<Tensor> = network
            .parameters()
            .map(|(parameter, values)| {
                Tensor::from_slice(values).reshape([parameter.rows as i64, parameter.columns as i64])
            })
            .collect();
        let statistics = learned.split_off(learned.len() - STATISTICS);
        let statistics = statistics.into_iter().map(|values| values.reshape([-1])).collect();
        let learned = learned.into_iter().map(|values| values.set_requires_grad(true)).collect();
        PointerLearner { hidden: network.hidden(), learned, statistics }
    }

    /// Returns the network with the parameters as they are now.
    pub fn network(&self) -> PublishedNetwork {
        let values = self.learned.iter().chain(&self.statistics).flat_map(numbers).collect();
        PublishedNetwork::new(self.hidden, values).expect("the shape has not changed")
    }

    /// Makes one sequence for each graph of `rows`, which are graph by node by figure. With `noise`, step by graph by
    /// node, nodes are drawn at random with the norms of training, which move the running statistics; without it the
    /// likeliest node is taken each time. `watch` is called with the logits of each step, graph by node, which are
    /// minus infinity where a node was chosen before.
    pub fn attempt(&self, rows: &Tensor, noise: Option<&Tensor>, mut watch: impl FnMut(&Tensor)) -> Attempt {
        let (graphs, nodes, _) = rows.size3().expect("graph by node by figure");
        let hidden = self.hidden as i64;
        // The statistics of the norms come last in the list and are not learned.
        let named = Named::new(parameters(self.hidden), &self.learned);
        let part = |name: &str| named.get(name);

        let [weight, bias, scale, shift] =
            ["embed.weight", "embed.bias", "embed.scale", "embed.shift"].map(part);
        let embedded = self.norm(&(rows.matmul(weight) + bias), scale, shift, 0, noise.is_some());
        let [input, state, bias, scale, shift] =
            ["input", "state", "bias", "scale", "shift"].map(|name| part(&format!("encode.{name}")));
        let (states, last, cell) = lstm(&embedded.transpose(0, 1).contiguous(), input, state, bias);
        let states = self.norm(&states.transpose(0, 1), scale, shift, 2, noise.is_some());

        let start = part("decode.start");
        let (input, state) = (part("decode.input").transpose(0, 1), part("decode.state").transpose(0, 1));
        let bias = part("decode.bias").reshape([-1]);
        let head =
            |head: &str| ["reference", "bias", "query", "score"].map(|name| part(&format!("{head}.{name}")));
        let [glimpse_weight, glimpse_bias, glimpse_query, glimpse_score] = head("glimpse");
        let [pointer_weight, pointer_bias, pointer_query, pointer_score] = head("pointer");
        let glimpse = states.matmul(glimpse_weight) + glimpse_bias;
        let pointer = states.matmul(pointer_weight) + pointer_bias;
        let scores = |references: &Tensor, query: &Tensor, score: &Tensor, chosen: &Tensor| {
            let sum = (references + query.unsqueeze(1)).tanh().matmul(&score.reshape([-1]));
            (sum.tanh() * f64::from(CLIP)).masked_fill(chosen, f64::NEG_INFINITY)
        };

        let mut read = start.expand([graphs, hidden], false);
        let mut memory = (last.squeeze_dim(0), cell.squeeze_dim(0));
        let mut chosen = Tensor::zeros([graphs, nodes], (Kind::Bool, rows.device()));
        let mut log_probability = Tensor::zeros([graphs], (Kind::Float, rows.device()));
        let mut sequences = Vec::new();
        let no_bias = bias.detach().zeros_like();
        for step in 0..nodes {
            memory = read.lstm_cell(&[&memory.0, &memory.1], &input, &state, Some(&bias), Some(&no_bias));
            let query = memory.0.matmul(glimpse_query);
            let weight = scores(&glimpse, &query, glimpse_score, &chosen).softmax(-1, Kind::Float);
            let seen = weight.unsqueeze(1).bmm(&glimpse).squeeze_dim(1);
            let logits = scores(&pointer, &seen.matmul(pointer_query), pointer_score, &chosen);
            watch(&logits);
            let choice = match noise {
                Some(noise) => &logits + noise.get(step),
                None => logits.shallow_clone(),
            };
            let node = choice.argmax(-1, true);
            log_probability += logits.log_softmax(-1, Kind::Float).gather(1, &node, false).squeeze_dim(1);
            chosen = chosen.scatter_value(1, &node, 1);
            let place = node.unsqueeze(2).expand([graphs, 1, hidden], false);
            read = embedded.gather(1, &place, false).squeeze_dim(1);
            sequences.push(node);
        }
        Attempt { sequences: Tensor::cat(&sequences, 1), log_probability }
    }

    /// Applies a batch norm over all nodes of all graphs, with the running statistics from place `first` on unless
    /// `training`.
    fn norm(&self, values: &Tensor, scale: &Tensor, shift: &Tensor, first: usize, training: bool) -> Tensor {
        let rows = values.reshape([-1, self.hidden as i64]);
        let (scale, shift) = (scale.reshape([-1]), shift.reshape([-1]));
        let (mean, variance) = (&self.statistics[first], &self.statistics[first + 1]);
        let epsilon = f64::from(NORM_EPSILON);
        rows.batch_norm(
            Some(&scale),
            Some(&shift),
            Some(mean),
            Some(variance),
            training,
            MOMENTUM,
            epsilon,
            false,
        )
        .reshape(values.size())
    }
}
