//! The stages' parts of the model, as a schedule asks for: the operators of each, and its inputs and outputs in order.

use crate::graph::{OpId, Tensor, TensorId};
use crate::problem::StageId;
use crate::problem::judge::Evaluation;
use crate::tflite::Model;
use crate::tflite::extract::Part;
use crate::tflite::graph::ModelGraph;

/// Returns the part of every stage.
///
/// The first stage takes all model inputs in the model's order, and the last gives all model outputs in the model's
/// order; between stages, tensors stand in the order of the model. A model of one stage is that stage, whole.
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

/// Returns the part that `ops` alone would be: its inputs are the tensors that other operations or the caller make for
/// it, its outputs the tensors that other operations or the caller read of it or, if there are none, those that nobody
/// reads.
pub fn part_of(graph: &ModelGraph, ops: &[OpId]) -> Part {
    let is_inside = |op: &OpId| ops.contains(op);
    let tensors = || graph.graph.tensors().iter().enumerate();
    let numbers = |wanted: &dyn Fn(&Tensor, TensorId) -> bool| {
        let wanted = tensors().filter(|(index, tensor)| wanted(tensor, TensorId(*index as u32)));
        let mut numbers: Vec<u32> = wanted.map(|(index, _)| graph.tensor[index]).collect();
        numbers.sort_unstable();
        numbers
    };
    let is_made = |tensor: &Tensor| tensor.producer.as_ref().is_some_and(is_inside);
    let inputs = numbers(&|tensor, _| !is_made(tensor) && tensor.consumers.iter().any(is_inside));
    let mut outputs = numbers(&|tensor, id| {
        let leaves = !tensor.consumers.iter().all(is_inside) || graph.graph.outputs().contains(&id);
        is_made(tensor) && leaves
    });
    if outputs.is_empty() {
        outputs = numbers(&|tensor, _| is_made(tensor) && tensor.consumers.is_empty());
    }
    Part { operators: ops.iter().map(|op| op.0).collect(), inputs, outputs }
}
