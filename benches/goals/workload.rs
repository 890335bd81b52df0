//! The pipelining workloads of Tarnawski et al. as graphs. The field tests use this file as well.

use std::collections::{BTreeMap, HashMap};

use respect::base::units::{Bytes, Macs};
use respect::graph::{GraphParts, Op, OpGraph, OpId, Tensor};
use serde_json::Value;

/// The graph of a published file, and how many devices it is for. Nodes of one colour share a stage; a node's transfer
/// is charged once where it is made and once where it is read.
pub fn workload(name: &str, file: &Value) -> (OpGraph, u32) {
    let nodes = file["nodes"].as_array().unwrap();
    let place: HashMap<i64, u32> =
        nodes.iter().enumerate().map(|(place, node)| (node["id"].as_i64().unwrap(), place as u32)).collect();
    let mut parts = GraphParts { name: name.into(), ..GraphParts::default() };
    let mut colours: BTreeMap<String, Vec<OpId>> = BTreeMap::new();
    for (index, node) in nodes.iter().enumerate() {
        parts.ops.push(Op {
            name: node["name"].as_str().unwrap().into(),
            kind: "NODE".into(),
            parameter_bytes: Bytes(0),
            macs: Macs(0),
            channels: None,
            compute_us: node["fpgaLatency"].as_f64().map(|ms| ms * 1e3),
            array: None,
            places: None,
            laid_out: None,
            instruction_bytes: None,
        });
        if !node["colorClass"].is_null() {
            colours.entry(node["colorClass"].to_string()).or_default().push(OpId(index as u32));
        }
    }
    let mut edges: BTreeMap<u32, (f64, Vec<OpId>)> = BTreeMap::new();
    for edge in file["edges"].as_array().unwrap() {
        let at = |key: &str| place[&edge[key].as_i64().unwrap()];
        let (cost, consumers) = edges.entry(at("sourceId")).or_insert((0.0, Vec::new()));
        *cost = cost.max(edge["cost"].as_f64().unwrap());
        consumers.push(OpId(at("destId")));
    }
    parts.tensors = edges
        .into_iter()
        .map(|(producer, (ms, mut consumers))| {
            consumers.sort_unstable();
            consumers.dedup();
            tensor(producer, consumers, Some(ms * 1e3))
        })
        .collect();
    parts.together = colours.into_values().filter(|ops| ops.len() > 1).collect();
    let devices = file["maxFPGAs"].as_f64().unwrap() as u32;
    (OpGraph::new(parts).unwrap(), devices)
}

/// What the node `producer` hands on.
pub fn tensor(producer: u32, consumers: Vec<OpId>, transfer_us: Option<f64>) -> Tensor {
    Tensor {
        name: format!("t{producer}"),
        bytes: Bytes(0),
        producer: Some(OpId(producer)),
        consumers,
        transfer_us,
        uncuttable: None,
        uncuttable_because: None,
    }
}
