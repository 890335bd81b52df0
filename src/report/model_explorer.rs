//! The overlay for Google's Model Explorer: the stage of every operation as "custom node data", by which it colours a
//! model's nodes.
//!
//! The format is that of Model Explorer's `node_data_builder`: values by the names of output tensors, which are the
//! nodes' `tensor_name`, each with a colour.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::graph::OpGraph;
use crate::problem::judge::Evaluation;
use crate::report::page::colors;

/// The values of the nodes of one graph.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct GraphNodeData<'a> {
    results: BTreeMap<&'a str, NodeDataResult>,
    /// True, so that group nodes tell how many of their operations are in which stage.
    show_expanded_summary_on_group_node: bool,
}

/// The value of one node.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct NodeDataResult {
    value: String,
    bg_color: String,
    text_color: String,
}

/// Returns the overlay of a schedule, as JSON. Where two tensors have one name, the first is meant; tensors without a
/// name can't be found.
pub fn overlay(graph: &OpGraph, evaluation: &Evaluation) -> String {
    let mut results = BTreeMap::new();
    let mut stage_of = vec![0; graph.ops().len()];
    for (stage, cost) in evaluation.stages.iter().enumerate() {
        cost.ops.iter().for_each(|op| stage_of[op.index()] = stage);
    }
    for tensor in graph.tensors().iter().filter(|tensor| !tensor.name.is_empty()) {
        let Some(op) = tensor.producer else { continue };
        let stage = stage_of[op.index()];
        let (background, text) = colors::of_stage(stage);
        results.entry(tensor.name.as_str()).or_insert(NodeDataResult {
            value: format!("stage {stage}"),
            bg_color: background,
            text_color: text,
        });
    }
    let data = GraphNodeData { results, show_expanded_summary_on_group_node: true };
    serde_json::to_string_pretty(&data).expect("plain data serializes") + "\n"
}
