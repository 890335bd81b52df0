//! The fuzz target for the `.tflite` reader.

use crate::problem::Objective;
use crate::stages::parts::parts;
use crate::tflite::extract::extract;
use crate::tflite::{Model, graph, read, write};

/// Reads a model; a model that can be read is written and read again unchanged, whole and in stages.
pub fn flatbuffer(bytes: &[u8]) {
    let Ok(model) = read(bytes) else { return };
    assert_reads_back(&model);
    let Ok(graph) = graph::graph(&model, "model") else { return };
    for (stages, objective) in [(2, Objective::Latency), (3, Objective::Memory)] {
        let Some(solution) = super::schedule(&graph.graph, stages, objective) else { continue };
        for part in parts(&model, &graph, &solution.evaluation) {
            assert_reads_back(&extract(&model, &part));
        }
    }
}

fn assert_reads_back(model: &Model) {
    let mut bytes = Vec::new();
    write(model, &mut bytes).expect("memory takes all");
    // NaN differs from itself, so the texts are compared.
    let again = read(&bytes).expect("what was written can be read");
    assert!(again == *model || format!("{again:?}") == format!("{model:?}"), "{again:?} was {model:?}");
}
