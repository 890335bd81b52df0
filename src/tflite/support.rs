//! Which operators of a model the Edge TPU computes and which stay on the host's CPU, why, and what to do about it.
//!
//! Each operator is judged by its own kind, types, shapes and options ([`Judge::operator`]); which of those that the Edge
//! TPU could take it does take depends on what is compiled together ([`Judge::place`]). Source: Coral's "TensorFlow models on the Edge TPU",
//! and what compiled models hold as ordinary operators beside the compiled one. The compiler has the last word: it may
//! leave more to the CPU for reasons of size that it does not tell.

mod limits;
mod piece;
mod whole;

#[cfg(test)]
mod tests;

use serde::{Deserialize, Serialize};

use super::cuts::FIXED_SIZES;
use super::model::{Model, Operator, Tensor};
use super::shapes::Analysis;
use crate::graph::OpId;

pub use whole::Whole;

/// The name of the custom operator that stands for what the Edge TPU computes in a compiled model.
pub const COMPILED: &str = "edgetpu-custom-op";

/// What kind of reason keeps an operator on the CPU.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cause {
    /// The Edge TPU has no such operator.
    Kind,
    /// Only a run tells the shape of a tensor.
    DynamicShape,
    /// Values of a type that the array does not take.
    Type,
    /// Too many dimensions above 1.
    Dimensions,
    /// Parameters that are computed.
    Parameters,
    /// An option or shape beyond the operator's own limits.
    Limit,
    /// It depends on an operator that stays on the CPU, and the compiler takes one piece of the model.
    Behind,
}

/// Why an operator stays on the CPU.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reason {
    /// The kind of reason.
    pub cause: Cause,
    /// The reason, in a few words.
    pub why: String,
    /// What to do about it.
    pub remedy: &'static str,
}

const QUANTIZE: &str = "convert with full-integer quantization, inputs and outputs included (a representative dataset, \
    TFLITE_BUILTINS_INT8, inference_input_type and inference_output_type int8 or uint8)";
const EIGHT_BITS: &str = "quantize activations to 8 bits: TFLITE_BUILTINS_INT8 alone, without the 16x8 mode";
const OUTSIDE: &str = "do such arithmetic outside of the model, before its inputs or after its outputs";
const REPLACE: &str =
    "build the model with operators that the Edge TPU has, or move this one to the model's end";
const ORIGINAL: &str = "give the model that it was made from";
const ONE_IMAGE: &str = "use batch 1, and tensors whose dimensions before the last three are 1";
const PARAMETERS: &str = "make its weights and biases constants of the model";

/// What to do about an operator that the Edge TPU lacks, where more is known than [`REPLACE`].
const KIND_REMEDIES: [(&str, &str); 4] = [
    ("DEQUANTIZE", QUANTIZE),
    ("CAST", OUTSIDE),
    ("HARD_SWISH", "use RELU6 as the activation"),
    ("LEAKY_RELU", "use RELU, RELU6 or PRELU with a slope a channel as the activation"),
];

/// What to do about values of a type, by the type's name.
const TYPE_REMEDIES: [(&str, &str); 4] =
    [("FLOAT32", QUANTIZE), ("FLOAT16", QUANTIZE), ("BFLOAT16", QUANTIZE), ("INT16", EIGHT_BITS)];

fn known(remedies: &[(&str, &'static str)], name: &str, otherwise: &'static str) -> &'static str {
    remedies.iter().find(|(known, _)| *known == name).map_or(otherwise, |(_, remedy)| remedy)
}

/// The judge of a model's operators.
#[derive(Clone, Copy)]
pub struct Judge<'m> {
    model: &'m Model<'m>,
    shapes: &'m Analysis,
}

impl<'m> Judge<'m> {
    /// The judge of `model`, whose shapes are known as `shapes` says.
    pub fn new(model: &'m Model<'m>, shapes: &'m Analysis) -> Judge<'m> {
        Judge { model, shapes }
    }

    /// Why the Edge TPU can't take an operator, whatever stands around it; none if it can.
    pub fn operator(&self, operator: &Operator) -> Option<Reason> {
        let model = self.model;
        let reason = |cause, why: String, remedy| Some(Reason { cause, why, remedy });
        let Some(limits) = model.def(operator).edgetpu else {
            let label = model.label(operator);
            let (why, remedy) = match label {
                COMPILED => ("already compiled", ORIGINAL),
                _ => ("no operator of the Edge TPU", known(&KIND_REMEDIES, label, REPLACE)),
            };
            return reason(Cause::Kind, why.into(), remedy);
        };
        for number in tensors(operator) {
            let tensor = &model.tensors[number as usize];
            if self.shapes.is_dynamic(number) {
                let why = format!("shape of '{}' known at run time only", tensor.label());
                return reason(Cause::DynamicShape, why, FIXED_SIZES);
            }
            // State that stays on the device may be of 16 bits, as that of an LSTM is.
            if model.is_constant(number) || tensor.is_variable {
                continue;
            }
            if !tensor.kind.is_for_the_array() {
                let kind = tensor.kind.name;
                let remedy = known(&TYPE_REMEDIES, kind, OUTSIDE);
                return reason(Cause::Type, format!("values of type {kind}"), remedy);
            }
            if !is_flat(tensor) {
                return reason(Cause::Dimensions, "more than three dimensions above 1".into(), ONE_IMAGE);
            }
        }
        limits::beyond(model, operator, limits)
    }

    /// Why the compiler may not take an operator that is within the limits that are known.
    pub fn doubt(&self, operator: &Operator) -> Option<String> {
        limits::doubt(self.model, operator)
    }

    /// Those of `operators` that stay on the CPU if these are compiled together, by reason, in order of the first.
    pub fn on_cpu(&self, operators: &[OpId]) -> Vec<OnCpu> {
        let mut groups: Vec<OnCpu> = Vec::new();
        for (op, reason) in operators.iter().zip(self.place(operators)) {
            let Some(Reason { why, remedy, .. }) = reason else { continue };
            let known = groups.iter().position(|group| group.why == why && group.remedy == remedy);
            let known = known.unwrap_or_else(|| {
                groups.push(OnCpu { kinds: Vec::new(), operators: Vec::new(), why, remedy: remedy.into() });
                groups.len() - 1
            });
            let kind = self.model.label(&self.model.operators[op.index()]);
            let group = &mut groups[known];
            group.operators.push(op.0);
            if group.kinds.iter().all(|known| known != kind) {
                group.kinds.push(kind.into());
            }
        }
        groups
    }
}

/// The tensors that an operator reads and makes.
fn tensors(operator: &Operator) -> impl Iterator<Item = u32> {
    let inputs = operator.inputs.iter().filter_map(|&tensor| u32::try_from(tensor).ok());
    inputs.chain(operator.outputs.iter().copied())
}

/// Whether all dimensions but the last three are 1, as the array asks for.
fn is_flat(tensor: &Tensor) -> bool {
    tensor.dims().iter().rev().skip(3).all(|&dim| dim == 1)
}

/// Operators that stay on the CPU for one reason.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OnCpu {
    /// Their kinds, each once.
    pub kinds: Vec<String>,
    /// Their numbers in the whole model.
    pub operators: Vec<u32>,
    /// Why, in a few words.
    pub why: String,
    /// What to do about it.
    pub remedy: String,
}

/// The most operators or kinds that are listed for people.
const LISTED: usize = 8;

/// The first of a list, with dots for the rest.
pub fn listed<T: ToString>(list: &[T]) -> String {
    let first: Vec<String> = list.iter().take(LISTED).map(T::to_string).collect();
    let more = if list.len() > LISTED { ", ..." } else { "" };
    first.join(", ") + more
}

impl std::fmt::Display for OnCpu {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} ({}): {}; {}", listed(&self.kinds), listed(&self.operators), self.why, self.remedy)
    }
}
