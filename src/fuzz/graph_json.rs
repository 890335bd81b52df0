//! The fuzz target for the reader of graph files.

use crate::graph::OpGraph;
use crate::problem::Objective;

/// Reads a graph; a graph that can be read is written and read again unchanged, and scheduled if possible.
pub fn graph_json(bytes: &[u8]) {
    let Ok(graph) = OpGraph::from_json(bytes) else { return };
    let again = OpGraph::from_json(graph.to_json().as_bytes()).expect("what was written can be read");
    assert_eq!(again, graph);
    for (stages, objective) in [(1, Objective::Latency), (2, Objective::Memory), (3, Objective::Latency)] {
        super::schedule(&graph, stages, objective);
    }
}
