//! Overlays for Google's Model Explorer: figures of every operation as "custom node data", by which it colours a model's
//! nodes, sums groups up and ranks operations.
//!
//! The format is that of Model Explorer's `node_data_builder`: values by the names of output tensors, which are the
//! nodes' `tensor_name`. A file holds one figure, so each has a file of its own; Model Explorer loads several at once.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::base::units::{Bytes, Time};
use crate::device::EdgeTpu;
use crate::device::prices::Prices;
use crate::graph::{OpGraph, OpId};
use crate::problem::judge::{Evaluation, StageCost};
use crate::report::page::colors;

/// The values of the nodes of one graph.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct GraphNodeData<'g> {
    results: BTreeMap<&'g str, NodeDataResult>,
    /// The colours of numbers, from the least to the most.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    gradient: Vec<GradientItem>,
    /// True of words, so that group nodes tell how many of their operations have which.
    show_expanded_summary_on_group_node: bool,
}

/// The value of one node.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct NodeDataResult {
    value: Value,
    #[serde(skip_serializing_if = "Option::is_none")]
    bg_color: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    text_color: Option<String>,
}

/// A figure of an operation.
#[derive(Serialize)]
#[serde(untagged)]
enum Value {
    Words(String),
    Bytes(u64),
    Microseconds(f64),
}

/// A colour of the gradient; Model Explorer chooses that of the text.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct GradientItem {
    stop: f64,
    bg_color: String,
}

/// An overlay: one figure of every operation.
pub struct Overlay {
    /// The name of the figure, for the name of its file.
    pub figure: &'static str,
    /// The overlay, as JSON.
    pub json: String,
}

/// Returns the overlays of a schedule: first the stage of every operation, then the microseconds that it takes (compute,
/// instructions and the streaming of its own parameters), the bytes of its parameters that are streamed at each inference,
/// and whether they are held on the chip. Where two tensors have one name, the first is meant; tensors without a name can't
/// be found.
pub fn overlays(graph: &OpGraph, device: &EdgeTpu, evaluation: &Evaluation) -> Vec<Overlay> {
    let prices = Prices::new(graph, device);
    let mut stage_of = vec![0; graph.ops().len()];
    let mut streamed = vec![Bytes(0); graph.ops().len()];
    for (stage, cost) in evaluation.stages.iter().enumerate() {
        for (op, bytes) in streamed_bytes(&prices, cost) {
            stage_of[op.index()] = stage;
            streamed[op.index()] = bytes;
        }
    }
    let stage = |op: OpId| Value::Words(format!("stage {}", stage_of[op.index()]));
    let us = |op: OpId| Value::Microseconds(own_time(&prices, op, streamed[op.index()]).as_us());
    let bytes = |op: OpId| Value::Bytes(streamed[op.index()].0);
    let place = |op: OpId| {
        let words = match (prices.held[op.index()], streamed[op.index()]) {
            (Bytes(0), _) => "no parameters",
            (_, Bytes(0)) => "held",
            (held, streamed) if held == streamed => "streamed",
            _ => "partly streamed",
        };
        Value::Words(words.into())
    };
    let figures: [(&'static str, &dyn Fn(OpId) -> Value); 4] =
        [("stage", &stage), ("microseconds", &us), ("streamed_bytes", &bytes), ("parameters", &place)];
    figures
        .map(|(figure, value)| Overlay { figure, json: overlay(graph, value, &|op| stage_of[op.index()]) })
        .into()
}

/// Returns the bytes of each of a stage's operations that its device streams. The cache holds what would be sent most often,
/// then constants that operations share, then the rest, in the order of the operations.
fn streamed_bytes(prices: &Prices, cost: &StageCost) -> Vec<(OpId, Bytes)> {
    let held = |op: &OpId| prices.held[op.index()];
    let is_resent = |op: &OpId| prices.resent[op.index()] > Bytes(0);
    let own: Bytes = cost.ops.iter().map(held).sum();
    let mut room = prices.streaming.cache;
    let mut take = |bytes: Bytes| {
        let kept = bytes.min(room);
        room = room - kept;
        bytes - kept
    };
    let (first, rest): (Vec<OpId>, Vec<OpId>) = cost.ops.iter().partition(|op| is_resent(op));
    let mut streamed: Vec<(OpId, Bytes)> = first.into_iter().map(|op| (op, take(held(&op)))).collect();
    take(cost.device_bytes - own);
    streamed.extend(rest.into_iter().map(|op| (op, take(held(&op)))));
    streamed
}

/// Returns the time that an operation takes by itself, with the streaming of `streamed` bytes.
fn own_time(prices: &Prices, op: OpId, streamed: Bytes) -> Time {
    let is_resent = prices.resent[op.index()] > Bytes(0);
    let each = if is_resent { prices.streaming.again } else { prices.streaming.once };
    prices.of_operation(op) + Time(streamed.0.saturating_mul(each.0))
}

fn overlay(graph: &OpGraph, value: &dyn Fn(OpId) -> Value, stage_of: &dyn Fn(OpId) -> usize) -> String {
    let mut results = BTreeMap::new();
    for tensor in graph.tensors().iter().filter(|tensor| !tensor.name.is_empty()) {
        let Some(op) = tensor.producer else { continue };
        let value = value(op);
        let (bg_color, text_color) = match &value {
            Value::Words(words) => colors_of(words, stage_of(op)),
            _ => (None, None),
        };
        results.entry(tensor.name.as_str()).or_insert(NodeDataResult { value, bg_color, text_color });
    }
    let are_words = results.values().all(|result| matches!(result.value, Value::Words(_)));
    let ends = if are_words { Vec::new() } else { colors::GRADIENT.to_vec() };
    let data = GraphNodeData {
        results,
        gradient: ends
            .into_iter()
            .map(|(stop, color)| GradientItem { stop, bg_color: color.into() })
            .collect(),
        show_expanded_summary_on_group_node: are_words,
    };
    serde_json::to_string_pretty(&data).expect("plain data serializes") + "\n"
}

/// Returns the colours of a node's words: those of the place of its parameters, or of its stage.
fn colors_of(words: &str, stage: usize) -> (Option<String>, Option<String>) {
    let of_place = colors::PLACES.iter().find(|(place, ..)| *place == words);
    let (fill, text) = match of_place {
        Some((_, fill, text)) => (fill.to_string(), text.to_string()),
        None => colors::of_stage(stage),
    };
    (Some(fill), Some(text))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::problem::judge::verify;
    use crate::problem::{Objective, Problem, Rules, Schedule, StageId};

    #[test]
    fn the_operations_of_a_stage_stream_what_the_stage_streams() {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/test-data/imagenet/InceptionResNetV2.json");
        let graph = OpGraph::from_json(&std::fs::read(path).unwrap()).unwrap();
        // A cache so small that what is sent again for each tile does not fit either.
        let device = EdgeTpu { cache_bytes: 1 << 20, ..EdgeTpu::usb3() };
        let stages = 3;
        let ops = graph.ops().len();
        let mut place = vec![0; ops];
        graph.execution_order().iter().enumerate().for_each(|(at, op)| place[op.index()] = at);
        let stage_of = place.iter().map(|at| StageId((at * stages / ops) as u32)).collect();
        let problem = Problem {
            graph: &graph,
            stages: stages as u32,
            device: device.clone(),
            objective: Objective::Latency,
            rules: Rules::Precedence,
        };
        let evaluation = verify(&problem, &Schedule { stage_of }).unwrap();
        let prices = Prices::new(&graph, &device);
        assert!(evaluation.stages.iter().any(|cost| cost.resent_bytes > Bytes(1 << 20)));
        for cost in &evaluation.stages {
            let streamed = streamed_bytes(&prices, cost);
            assert_eq!(streamed.len(), cost.ops.len());
            let bytes: Bytes = streamed.iter().map(|&(_, bytes)| bytes).sum();
            assert_eq!(bytes, cost.off_chip_bytes);
            let time: Time = streamed.iter().map(|&(op, bytes)| own_time(&prices, op, bytes)).sum();
            let beside = prices.stage_instructions;
            assert_eq!(time + beside, cost.compute + cost.instructions + cost.streaming);
        }
    }
}
