//! The computation graph of a model.

use std::collections::BTreeMap;

use super::model::Model;
use super::{macs, shapes};
use crate::graph::{GraphError, GraphParts, Op, OpGraph, OpId, SharedConstant, Tensor, TensorId, Uncuttable};
use crate::units::{Bytes, Macs};

/// A model's graph and where its tensors lie in the model.
#[derive(Clone, Debug)]
pub struct ModelGraph {
    /// The graph; its operations are the model's operators, by number.
    pub graph: OpGraph,
    /// For each tensor of the graph, its number in the model.
    pub tensor: Vec<u32>,
}

/// Makes the graph of `model`: an operation for each operator, a tensor for each activation.
///
/// A constant is its buffer: two tensors over one buffer are one constant. Operators that touch the same variable
/// tensor share a stage, because its value stays where it is.
///
/// # Errors
/// Figures too large to add up, of a damaged or hostile file.
pub fn graph(model: &Model, name: &str) -> Result<ModelGraph, GraphError> {
    let mut readers = vec![Vec::new(); model.tensors.len()];
    let mut producer = vec![None; model.tensors.len()];
    let mut constants: BTreeMap<u32, Vec<OpId>> = BTreeMap::new();
    let mut variables: BTreeMap<u32, Vec<OpId>> = BTreeMap::new();
    for (index, operator) in model.operators.iter().enumerate() {
        let op = OpId(index as u32);
        let kernel_tensors = operator.intermediates.iter().flatten();
        let used: Vec<u32> =
            operator.inputs.iter().chain(kernel_tensors).filter_map(|&t| u32::try_from(t).ok()).collect();
        for &tensor in used.iter().chain(&operator.outputs) {
            let entry = &model.tensors[tensor as usize];
            let list = if model.data(tensor).is_some() {
                constants.entry(entry.buffer).or_default()
            } else if entry.is_variable {
                variables.entry(tensor).or_default()
            } else {
                &mut readers[tensor as usize]
            };
            if list.last() != Some(&op) {
                list.push(op);
            }
        }
        for &output in &operator.outputs {
            readers[output as usize].retain(|&reader| reader != op);
            producer[output as usize] = Some(op);
        }
    }

    let mut parts = GraphParts { name: name.into(), ..GraphParts::default() };
    for operator in &model.operators {
        let name = operator.outputs.first().map_or("", |&output| model.tensors[output as usize].label());
        parts.ops.push(Op {
            name: name.into(),
            kind: model.label(operator).into(),
            parameter_bytes: Bytes(0),
            macs: Macs(macs::count(model, operator)),
            compute_us: None,
        });
    }
    for (buffer, consumers) in constants {
        let bytes = Bytes(model.buffers[buffer as usize].as_ref().map_or(0, |data| data.len() as u64));
        match consumers[..] {
            [op] => parts.ops[op.index()].parameter_bytes += bytes,
            _ => {
                let tensor = model.tensors.iter().find(|tensor| tensor.buffer == buffer);
                let name = tensor.map_or("", |tensor| tensor.label()).to_string();
                parts.shared.push(SharedConstant { name, bytes, consumers });
            }
        }
    }
    parts.together = variables.into_values().filter(|ops| ops.len() > 1).collect();

    let declared_right = shapes::declared_right(model);
    let mut tensor = Vec::new();
    let mut place = BTreeMap::new();
    let is_input: std::collections::BTreeSet<u32> = model.inputs.iter().copied().collect();
    // Model inputs come first, in the model's order.
    let made =
        (0..model.tensors.len() as u32).filter(|t| producer[*t as usize].is_some() && !is_input.contains(t));
    for index in model.inputs.iter().copied().chain(made) {
        let entry = &model.tensors[index as usize];
        let uncuttable = if entry.is_dynamic() {
            Some(Uncuttable::DynamicShape)
        } else if !declared_right[index as usize] {
            Some(Uncuttable::WrongShape)
        } else if entry.kind.bits.is_none() || entry.is_variable {
            Some(Uncuttable::Opaque)
        } else {
            None
        };
        place.insert(index, TensorId(tensor.len() as u32));
        tensor.push(index);
        parts.tensors.push(Tensor {
            name: entry.label().into(),
            bytes: Bytes(if entry.is_dynamic() { 0 } else { entry.bytes().unwrap_or(0) }),
            producer: producer[index as usize],
            consumers: std::mem::take(&mut readers[index as usize]),
            transfer_us: None,
            uncuttable,
        });
    }
    parts.outputs = model.outputs.iter().filter_map(|output| place.get(output).copied()).collect();
    Ok(ModelGraph { graph: OpGraph::new(parts)?, tensor })
}
