//! Inference through tch, one step at a time, to measure the cost of inference in libtorch.

use tch::{Device, IndexOp, Kind, Tensor};

use super::learner::{Learner, numbers};
use respect::policy::frontier::{CANDIDATE, Frontier, GLOBAL};
use respect::policy::inputs::{Inputs, STATIC};
use respect::policy::named::Named;
use respect::policy::network::{CLIP, Network};
use respect::solve::instance::Instance;

/// Returns the linear extension of the units that `network` chooses greedily.
///
/// Everything stays in tensors except for the candidates, which depend on the earlier choices.
///
/// Complexity: linear in units and edges.
pub fn order(network: &Network, instance: &Instance) -> Vec<u32> {
    let _guard = tch::no_grad_guard();
    let learner = Learner::new(network, Device::Cpu);
    let inputs = Inputs::new(instance, instance.simple_bound());
    let named = Named::new(network.shape().parameters(), &learner.parameters);
    let part = |name: &str| named.get(name);

    let units = instance.len() as i64;
    let rows = Tensor::from_slice(&inputs.rows).reshape([units, STATIC as i64]);
    let (weight, bias) = (part("embed.weight"), part("embed.bias"));
    let mut values = (rows.matmul(weight) + bias).tanh();
    let preds = means_of(&instance.preds);
    let succs = means_of(&instance.succs);
    for round in 0..network.shape().rounds {
        let [own, of_preds, of_succs, bias] =
            ["own", "preds", "succs", "bias"].map(|name| part(&format!("encode.{round}.{name}")));
        let sum = values.matmul(own)
            + preds.matmul(&values).matmul(of_preds)
            + succs.matmul(&values).matmul(of_succs)
            + bias;
        values = &values + sum.tanh();
    }
    let (weight, bias) = (part("start.weight"), part("start.bias"));
    let start = (values.mean_dim([0i64].as_slice(), true, Kind::Float).matmul(weight) + bias).tanh();

    let [of_unit, of_moment, of_state, bias] =
        ["lstm.unit", "lstm.moment", "lstm.state", "lstm.bias"].map(part);
    let gates = Tensor::cat(&[&values, &start], 0).matmul(of_unit) + bias;
    let head = |head: &str| {
        ["reference", "bias", "candidate", "query", "score"].map(|name| part(&format!("{head}.{name}")))
    };
    let [reference, bias, of_figures, glimpse_query, glimpse_score] = head("glimpse");
    let glimpse = Attention::new(values.matmul(reference) + bias, of_figures, glimpse_score);
    let [reference, bias, of_figures, query, score] = head("pointer");
    let of_seen = part("pointer.glimpse");
    let pointer = Attention::new(values.matmul(reference) + bias, of_figures, score);

    let hidden = network.shape().hidden as i64;
    let mut state = Tensor::zeros([1, hidden], (Kind::Float, Device::Cpu));
    let mut cell = state.copy();
    let mut frontier = Frontier::new(instance, &inputs);
    let (mut ready, mut figures) = (Vec::new(), Vec::new());
    let mut sequence = Vec::with_capacity(instance.len());
    while frontier.left() > 0 {
        frontier.candidates(&mut ready, &mut figures);
        let moment = Tensor::from_slice(&frontier.moment()).reshape([1, GLOBAL as i64]);
        let read = gates.i(frontier.last().map_or(units, i64::from)).unsqueeze(0);
        let sum = read + moment.matmul(of_moment) + state.matmul(of_state);
        let gate = |place: i64| sum.narrow(1, place * hidden, hidden);
        cell = gate(1).sigmoid() * &cell + gate(0).sigmoid() * gate(2).tanh();
        state = gate(3).sigmoid() * cell.tanh();
        let places = Tensor::from_slice(&ready.iter().map(|&unit| i64::from(unit)).collect::<Vec<_>>());
        let figures = Tensor::from_slice(&figures).reshape([-1, CANDIDATE as i64]);
        let (scores, references) = glimpse.scores(&state.matmul(glimpse_query), &places, &figures);
        let seen = scores.softmax(0, Kind::Float).transpose(0, 1).matmul(&references);
        let (logits, _) = pointer.scores(&(state.matmul(query) + seen.matmul(of_seen)), &places, &figures);
        let logits = numbers(&logits);
        let largest = (0..logits.len()).rev().max_by(|&a, &b| logits[a].total_cmp(&logits[b]));
        let chosen = ready[largest.expect("something is ready")];
        sequence.push(chosen);
        frontier.take(chosen);
    }
    sequence.extend((0..instance.len() as u32).filter(|&unit| instance.last_only[unit as usize]));
    sequence
}

/// Additive attention over rows of a table.
struct Attention<'n> {
    table: Tensor,
    of_figures: &'n Tensor,
    score: Tensor,
}

impl<'n> Attention<'n> {
    fn new(table: Tensor, of_figures: &'n Tensor, score: &Tensor) -> Attention<'n> {
        Attention { table, of_figures, score: score.transpose(0, 1) }
    }

    /// Returns the clipped scores of the rows at `places`, and these rows.
    fn scores(&self, query: &Tensor, places: &Tensor, figures: &Tensor) -> (Tensor, Tensor) {
        let rows = self.table.index_select(0, places);
        let sum = (query + &rows + figures.matmul(self.of_figures)).tanh();
        (sum.matmul(&self.score).tanh() * f64::from(CLIP), rows)
    }
}

/// Returns the sparse matrix that takes each unit's neighbours to their mean.
fn means_of(neighbours: &[Vec<u32>]) -> Tensor {
    let pairs: Vec<(i64, i64, f32)> = (0..)
        .zip(neighbours)
        .flat_map(|(unit, others)| {
            let share = 1.0 / others.len().max(1) as f32;
            others.iter().map(move |&other| (unit, i64::from(other), share))
        })
        .collect();
    let places: Vec<i64> = pairs.iter().map(|pair| pair.0).chain(pairs.iter().map(|pair| pair.1)).collect();
    let shares: Vec<f32> = pairs.iter().map(|pair| pair.2).collect();
    let count = neighbours.len() as i64;
    Tensor::sparse_coo_tensor_indices_size(
        &Tensor::from_slice(&places).reshape([2, -1]),
        &Tensor::from_slice(&shares),
        [count, count],
        (Kind::Float, Device::Cpu),
        false,
    )
}
