//! The check that a model's numbers fit together, so that the rest of the crate may index without further checks.

use super::model::Model;
use super::read_error::ReadError;

/// Checks that every reference is in bounds, that each tensor is made once and before it is read, and that inputs and
/// outputs are listed once.
///
/// # Errors
/// Returns [`ReadError::Inconsistent`] with the first contradiction.
pub fn check(model: &Model) -> Result<(), ReadError> {
    let wrong = |what: String| Err(ReadError::Inconsistent(what));
    let (tensors, buffers) = (model.tensors.len(), model.buffers.len());
    for (index, tensor) in model.tensors.iter().enumerate() {
        if tensor.buffer as usize >= buffers {
            return wrong(format!(
                "tensor {index} ('{}') uses buffer {}, but the file has only {buffers}",
                tensor.label(),
                tensor.buffer
            ));
        }
    }
    let named =
        model.metadata.iter().map(|metadata| metadata.buffer).chain(model.metadata_buffer.iter().copied());
    if let Some(buffer) = named.into_iter().find(|&buffer| buffer as usize >= buffers) {
        return wrong(format!("metadata uses buffer {buffer}, but the file has only {buffers}"));
    }
    let io = model.inputs.iter().chain(&model.outputs).copied();
    let signed =
        (model.signatures.iter()).flat_map(|s| s.inputs.iter().chain(&s.outputs).map(|(_, tensor)| *tensor));
    if let Some(tensor) = io.chain(signed).find(|&tensor| tensor as usize >= tensors) {
        return wrong(format!(
            "an input, an output or a signature refers to tensor {tensor}, but the file has only {tensors}"
        ));
    }
    for (what, list) in [("input", &model.inputs), ("output", &model.outputs)] {
        let mut sorted = list.clone();
        sorted.sort_unstable();
        if let Some(pair) = sorted.windows(2).find(|pair| pair[0] == pair[1]) {
            return wrong(format!("tensor {} is listed twice as a model {what}", pair[0]));
        }
    }
    if let Some(input) = model.inputs.iter().find(|&&input| model.data(input).is_some()) {
        return wrong(format!("model input '{}' is a constant", model.tensors[*input as usize].label()));
    }

    let mut made = vec![false; tensors];
    model.inputs.iter().for_each(|&input| made[input as usize] = true);
    for (index, operator) in model.operators.iter().enumerate() {
        let name = model.label(operator);
        let kernel_tensors = operator.intermediates.iter().flatten();
        for &tensor in operator.inputs.iter().chain(kernel_tensors) {
            if tensor < -1 || tensor >= tensors as i32 {
                return wrong(format!(
                    "operator {index} ({name}) uses tensor {tensor}, but the file has only {tensors}"
                ));
            }
        }
        for &tensor in operator.inputs.iter().filter(|&&tensor| tensor >= 0) {
            let known = made[tensor as usize]
                || model.is_constant(tensor as u32)
                || model.tensors[tensor as usize].is_variable;
            if !known {
                let label = model.tensors[tensor as usize].label();
                return wrong(format!(
                    "operator {index} ({name}) reads tensor {tensor} ('{label}'), which no earlier operator makes"
                ));
            }
        }
        for &tensor in &operator.outputs {
            if tensor as usize >= tensors {
                return wrong(format!(
                    "operator {index} ({name}) makes tensor {tensor}, but the file has only {tensors}"
                ));
            }
            if made[tensor as usize]
                || model.buffers[model.tensors[tensor as usize].buffer as usize].is_some()
            {
                let label = model.tensors[tensor as usize].label();
                return wrong(format!(
                    "operator {index} ({name}) makes tensor {tensor} ('{label}'), which is a model input, a constant or the result of an earlier operator"
                ));
            }
            made[tensor as usize] = true;
        }
    }
    if let Some(output) = model.outputs.iter().find(|&&o| !made[o as usize] && !model.is_constant(o)) {
        return wrong(format!(
            "no operator makes model output '{}'",
            model.tensors[*output as usize].label()
        ));
    }
    Ok(())
}
