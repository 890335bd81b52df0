//! The conversion of a model to a computation graph.

use std::collections::BTreeMap;

use super::layout::Layout;
use super::model::Model;
use super::{cuts::CutCheck, macs};
use crate::base::units::{Bytes, Macs};
use crate::graph::{GraphError, GraphParts, Op, OpGraph, OpId, SharedConstant, Tensor, TensorId};

/// A model's graph, and the numbers that the graph's tensors have in the model.
#[derive(Clone, Debug)]
pub struct ModelGraph {
    /// The graph, in which operations have the numbers of the model's operators.
    pub graph: OpGraph,
    /// The number in the model of each tensor of the graph.
    pub tensor: Vec<u32>,
}

/// Returns the graph of `model`: an operation for each operator, a tensor for each activation.
///
/// Constants are told apart by buffer: two tensors over one buffer are one constant. What an operator's figures state
/// takes the place of what the model gives. Operators that use the same variable tensor share a stage, because its value does not leave the interpreter.
///
/// # Errors
/// Returns an error if figures are too large to add up, as in a damaged or hostile file.
pub fn graph(model: &Model, name: &str) -> Result<ModelGraph, GraphError> {
    laid_out(model, name, &Layout::new(model))
}

/// Returns the graph of a part of a model, with constants laid out as in the whole, which has a depthwise convolution or
/// has none.
///
/// # Errors
/// Returns an error if figures are too large to add up, as in a damaged or hostile file.
pub fn graph_of_part(part: &Model, name: &str, has_depthwise: bool) -> Result<ModelGraph, GraphError> {
    laid_out(part, name, &Layout::of_part(part, has_depthwise))
}

fn laid_out(model: &Model, name: &str, layout: &Layout) -> Result<ModelGraph, GraphError> {
    let mut readers = vec![Vec::new(); model.tensors.len()];
    let mut producer = vec![None; model.tensors.len()];
    let mut constants = Users::default();
    let mut variables = Users::default();
    for (index, operator) in model.operators.iter().enumerate() {
        let op = OpId(index as u32);
        let kernel_tensors = operator.intermediates.iter().flatten();
        let used: Vec<u32> =
            operator.inputs.iter().chain(kernel_tensors).filter_map(|&t| u32::try_from(t).ok()).collect();
        for &tensor in used.iter().chain(&operator.outputs) {
            let entry = &model.tensors[tensor as usize];
            let list = if model.data(tensor).is_some() {
                if operator.figures.parameter_bytes.is_some() {
                    continue;
                }
                constants.of(entry.buffer, tensor)
            } else if entry.is_variable {
                variables.of(tensor, tensor)
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
        let figures = operator.figures;
        parts.ops.push(Op {
            name: name.into(),
            kind: model.label(operator).into(),
            parameter_bytes: Bytes(figures.parameter_bytes.unwrap_or(0)),
            macs: Macs(figures.macs.unwrap_or_else(|| macs::count(model, operator))),
            channels: figures.channels.or_else(|| macs::channels(model, operator)),
            compute_us: figures.compute_us,
            array: figures.array,
            places: figures.places,
            laid_out: None,
            instruction_bytes: None,
        });
    }
    for (tensor, consumers) in constants.lists {
        let bytes = Bytes(model.constant_bytes(tensor));
        match consumers[..] {
            [op] => {
                let held = Bytes(layout.held(&model.operators[op.index()], tensor, bytes.0).bytes);
                let op = &mut parts.ops[op.index()];
                op.parameter_bytes += bytes;
                op.laid_out = Some(op.laid_out.unwrap_or_default() + held);
            }
            _ => {
                let name = model.tensors[tensor as usize].label().to_string();
                parts.shared.push(SharedConstant { name, bytes, consumers });
            }
        }
    }
    parts.together = variables.lists.into_iter().map(|(_, ops)| ops).filter(|ops| ops.len() > 1).collect();

    let cuts = CutCheck::new(model);
    let mut tensor = Vec::new();
    let mut place = BTreeMap::new();
    let is_input: std::collections::BTreeSet<u32> = model.inputs.iter().copied().collect();
    // Model inputs come first, in the model's order, and then what the operators make: the order does not depend on
    // how a file numbers its tensors.
    let made = (model.operators.iter())
        .flat_map(|operator| operator.outputs.iter().copied())
        .filter(|tensor| !is_input.contains(tensor));
    for index in model.inputs.iter().copied().chain(made) {
        let entry = &model.tensors[index as usize];
        let (uncuttable, because) = cuts.of(index).unzip();
        place.insert(index, TensorId(tensor.len() as u32));
        tensor.push(index);
        parts.tensors.push(Tensor {
            name: entry.label().into(),
            bytes: Bytes(if cuts.is_dynamic(index) { 0 } else { entry.bytes().unwrap_or(0) }),
            producer: producer[index as usize],
            consumers: std::mem::take(&mut readers[index as usize]),
            transfer_us: None,
            uncuttable,
            uncuttable_because: because.filter(|text: &String| !text.is_empty()),
        });
    }
    (parts.on_cpu, parts.skipped_behind_cpu) = cuts.behind_cpu();
    let is_custom = |op: &OpId| {
        let code = &model.codes[model.operators[op.index()].code as usize];
        code.def().name == "CUSTOM" && !code.is_foreign
    };
    parts.custom = (0..model.operators.len() as u32).map(OpId).filter(is_custom).collect();
    parts.keeps_state = (0..)
        .map(OpId)
        .zip(&model.operators)
        .filter(|(_, op)| model.keeps_state(op))
        .map(|(op, _)| op)
        .collect();
    parts.outputs = model.outputs.iter().filter_map(|output| place.get(output).copied()).collect();
    Ok(ModelGraph { graph: OpGraph::new(parts)?, tensor })
}

/// Returns the operators of a part of a model that stay on the CPU, even if they are all of the part, and those that are
/// skipped where they come after such an operator.
pub fn left_to_cpu(part: &Model) -> (Vec<OpId>, Vec<OpId>) {
    CutCheck::new(part).left_to_cpu()
}

/// The users of each thing, such as a buffer or a variable, in the order of first use.
#[derive(Default)]
struct Users {
    place: BTreeMap<u32, usize>,
    /// The tensor as which each thing was first used, with the operations that use the thing.
    lists: Vec<(u32, Vec<OpId>)>,
}

impl Users {
    fn of(&mut self, thing: u32, tensor: u32) -> &mut Vec<OpId> {
        let place = *self.place.entry(thing).or_insert_with(|| {
            self.lists.push((tensor, Vec::new()));
            self.lists.len() - 1
        });
        &mut self.lists[place].1
    }
}
