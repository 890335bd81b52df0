//! From a schedule to the stages' parts of the model: which operators, which tensors in and out, in which order.

use crate::schedule::StageId;
use crate::tflite::Model;
use crate::tflite::extract::Part;
use crate::tflite::graph::ModelGraph;
use crate::verify::Evaluation;

/// The part of every stage.
///
/// The first stage takes all model inputs in the model's order, the last gives all model outputs in the model's order;
/// in between tensors stand in the order of the model. A model of one stage is that stage, whole.
pub fn parts(model: &Model, graph: &ModelGraph, evaluation: &Evaluation) -> Vec<Part> {
    let count = evaluation.stages.len();
    let mut parts: Vec<Part> = (evaluation.stages.iter())
        .map(|stage| Part {
            operators: stage.ops.iter().map(|op| op.0).collect(),
            inputs: Vec::new(),
            outputs: Vec::new(),
        })
        .collect();
    for crossing in &evaluation.crossings {
        let tensor = graph.tensor[crossing.tensor.index()];
        for reader in &crossing.to {
            parts[reader.index()].inputs.push(tensor);
        }
        if let Some(StageId(maker)) = crossing.from {
            parts[maker as usize].outputs.push(tensor);
        }
    }
    for part in &mut parts {
        part.inputs.sort_unstable();
        part.outputs.sort_unstable();
    }
    parts[0].inputs.clone_from(&model.inputs);
    parts[count - 1].outputs.clone_from(&model.outputs);
    parts
}

/// The file name of a stage, as Coral's tools name segments.
pub fn file_name(model: &str, stage: usize, stages: usize) -> String {
    format!("{model}_segment_{stage}_of_{stages}.tflite")
}
