//! Small models for tests, made tensor by tensor.

use super::make;
use super::model::{Model, Value};

pub(crate) use super::make::tensor;

/// Returns a model of `tensors`, given by name and dimensions: signed bytes without a value.
pub(crate) fn model_of(tensors: &[(&str, &[i32])]) -> Model<'static> {
    let mut model = make::empty();
    for (name, dims) in tensors {
        tensor(&mut model, name, "INT8", dims);
    }
    model
}

/// Adds a constant vector of 32-bit integers, and returns its number.
pub(crate) fn constant(model: &mut Model, values: &[i32]) -> u32 {
    let number = tensor(model, "constant", "INT32", &[values.len() as i32]);
    make::give_value(model, number, values.iter().flat_map(|value| value.to_le_bytes()).collect());
    number
}

/// Adds an operator, in its first version, with the options that are listed and defaults for the others.
pub(crate) fn operator(
    model: &mut Model,
    name: &str,
    inputs: &[i32],
    outputs: &[u32],
    options: &[(&str, Value<'static>)],
) {
    make::operator(model, (name, 1), inputs, outputs, options);
}
