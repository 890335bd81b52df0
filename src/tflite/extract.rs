//! The extraction of one stage of a model as a model of its own.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

use super::model::{Model, Operator, Signature};

/// The names of metadata that refer to the whole model's inputs, outputs or operators by number, and would be wrong in
/// a stage.
const WHOLE_MODEL_METADATA: [&str; 2] = ["TFLITE_METADATA", "model_control_dependencies"];

/// The contents of a stage, as numbers in the whole model.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Part {
    /// The operators of the stage, ascending.
    pub operators: Vec<u32>,
    /// The tensors that the stage takes as inputs, in order.
    pub inputs: Vec<u32>,
    /// The tensors that the stage gives as outputs, in order.
    pub outputs: Vec<u32>,
}

/// Returns the names of the metadata of `model` that its stages do not carry.
pub fn left_out<'m>(model: &'m Model) -> Vec<&'m str> {
    let names = model.metadata.iter().filter_map(|metadata| metadata.name.as_deref());
    names.filter(|name| WHOLE_MODEL_METADATA.contains(name)).collect()
}

/// Returns the model of `part`. Tensors, operators, codes and buffers keep their order and contents; only their numbers
/// change. Weights stay borrowed.
pub fn extract<'m>(model: &'m Model, part: &Part) -> Model<'m> {
    let operators = || part.operators.iter().map(|&operator| &model.operators[operator as usize]);
    let metadata = || {
        let is_kept = |name: &str| !WHOLE_MODEL_METADATA.contains(&name);
        model.metadata.iter().filter(move |metadata| metadata.name.as_deref().is_none_or(is_kept))
    };
    let used = |operator: &Operator| -> Vec<u32> {
        let kernel_tensors = operator.intermediates.iter().flatten();
        let inputs = operator.inputs.iter().chain(kernel_tensors).filter_map(|&t| u32::try_from(t).ok());
        inputs.chain(operator.outputs.iter().copied()).collect()
    };
    let tensors =
        Renumbered::new(part.inputs.iter().chain(&part.outputs).copied().chain(operators().flat_map(used)));
    let codes = Renumbered::new(operators().map(|operator| operator.code));
    let tensor_buffers = tensors.old.iter().map(|&tensor| model.tensors[tensor as usize].buffer);
    // By convention buffer 0 is empty and stands for "no constant".
    let sentinel = (!model.buffers.is_empty()).then_some(0);
    let named = metadata().map(|metadata| metadata.buffer).chain(model.metadata_buffer.iter().copied());
    let buffers = Renumbered::new(sentinel.into_iter().chain(tensor_buffers).chain(named));

    let index = |old: &i32| u32::try_from(*old).map_or(*old, |old| tensors.of(old) as i32);
    let operator = |operator: &Operator<'m>| Operator {
        code: codes.of(operator.code),
        inputs: operator.inputs.iter().map(index).collect(),
        outputs: operator.outputs.iter().map(|&output| tensors.of(output)).collect(),
        intermediates: operator.intermediates.as_ref().map(|list| list.iter().map(index).collect()),
        ..operator.clone()
    };
    Model {
        version: model.version,
        description: model.description.as_deref().map(Cow::Borrowed),
        codes: codes.old.iter().map(|&code| model.codes[code as usize].clone()).collect(),
        name: model.name.clone(),
        debug_metadata_index: model.debug_metadata_index,
        tensors: (tensors.old.iter())
            .map(|&tensor| {
                let tensor = model.tensors[tensor as usize].clone();
                super::model::Tensor { buffer: buffers.of(tensor.buffer), ..tensor }
            })
            .collect(),
        inputs: part.inputs.iter().map(|&input| tensors.of(input)).collect(),
        outputs: part.outputs.iter().map(|&output| tensors.of(output)).collect(),
        operators: operators().map(operator).collect(),
        buffers: (buffers.old.iter())
            .map(|&buffer| model.buffers[buffer as usize].as_deref().map(Cow::Borrowed))
            .collect(),
        metadata_buffer: model.metadata_buffer.iter().map(|&buffer| buffers.of(buffer)).collect(),
        metadata: metadata()
            .map(|metadata| super::model::Metadata {
                name: metadata.name.clone(),
                buffer: buffers.of(metadata.buffer),
            })
            .collect(),
        signatures: model.signatures.iter().map(|s| signature(model, part, &tensors, s)).collect(),
    }
}

/// Returns the stage's signature under the key of `whole`: the names that `whole` gives, and tensor names for tensors
/// that it does not name.
fn signature<'m>(
    model: &'m Model,
    part: &Part,
    tensors: &Renumbered,
    whole: &Signature<'m>,
) -> Signature<'m> {
    let side = |list: &[u32], named: &[(Option<Cow<'m, str>>, u32)]| {
        let name = |tensor: u32| {
            let given = named.iter().find(|(_, named)| *named == tensor).and_then(|(name, _)| name.clone());
            given.or_else(|| model.tensors[tensor as usize].name.as_deref().map(Cow::Borrowed))
        };
        list.iter().map(|&tensor| (name(tensor), tensors.of(tensor))).collect()
    };
    Signature {
        key: whole.key.clone(),
        deprecated_tag: whole.deprecated_tag.clone(),
        inputs: side(&part.inputs, &whole.inputs),
        outputs: side(&part.outputs, &whole.outputs),
    }
}

/// The old numbers in use, ascending, with the new number of each.
struct Renumbered {
    old: Vec<u32>,
    new: BTreeMap<u32, u32>,
}

impl Renumbered {
    fn new(used: impl Iterator<Item = u32>) -> Renumbered {
        let old: Vec<u32> = used.collect::<BTreeSet<_>>().into_iter().collect();
        let new = old.iter().enumerate().map(|(new, &old)| (old, new as u32)).collect();
        Renumbered { old, new }
    }

    /// Returns the new number for an old one that is in use.
    fn of(&self, old: u32) -> u32 {
        self.new[&old]
    }
}
