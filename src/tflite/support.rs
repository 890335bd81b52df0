//! Whether an operator's kind and types are ones that the Edge TPU takes, by Coral's documentation.

use super::model::{Model, Operator};
use super::shapes::Analysis;

/// Where an operator would run, as far as its kind and types tell; the compiler has the last word.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Support {
    /// On the Edge TPU.
    EdgeTpu,
    /// On the host, for a reason that continues a sentence which begins with the operator.
    Cpu(String),
}

/// Judges one operator.
pub fn support(model: &Model, operator: &Operator, shapes: &Analysis) -> Support {
    let cpu = |why: String| Support::Cpu(why);
    if model.def(operator).edgetpu.is_none() {
        return cpu("is not an operator of the Edge TPU".into());
    }
    let inputs = operator.inputs.iter().filter_map(|&tensor| u32::try_from(tensor).ok());
    for tensor in inputs.chain(operator.outputs.iter().copied()) {
        let (is_constant, is_dynamic) = (model.is_constant(tensor), shapes.is_dynamic(tensor));
        let tensor = &model.tensors[tensor as usize];
        if is_dynamic {
            return cpu(format!("uses '{}', whose shape is known at run time only", tensor.label()));
        }
        if !tensor.kind.is_quantized_integer() && !is_constant {
            return cpu(format!(
                "uses '{}' of type {}: quantize the model fully to integers",
                tensor.label(),
                tensor.kind.name
            ));
        }
    }
    Support::EdgeTpu
}
