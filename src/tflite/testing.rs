//! Small models for the tests of this folder, made tensor by tensor.

use std::borrow::Cow;

use super::model::{Figures, Model, Operator, OperatorCode, OperatorOptions, Tensor, Value};
use super::ops;
use super::types::TensorType;

/// Returns a model of `tensors`, given by name and dimensions: signed bytes without a value.
pub(crate) fn model_of(tensors: &[(&str, &[i32])]) -> Model<'static> {
    let mut model = Model { version: 3, debug_metadata_index: -1, buffers: vec![None], ..Model::default() };
    for (name, dims) in tensors {
        tensor(&mut model, name, "INT8", dims);
    }
    model
}

/// Adds a tensor without a value, and returns its number.
pub(crate) fn tensor(model: &mut Model, name: &str, kind: &str, dims: &[i32]) -> u32 {
    let kind =
        (0..).map_while(TensorType::by_code).find(|row| row.name == kind).expect("a type of the schema");
    model.tensors.push(Tensor {
        name: (!name.is_empty()).then(|| Cow::Owned(name.to_string())),
        shape: Some(dims.to_vec()),
        kind,
        buffer: 0,
        quantization: None,
        is_variable: false,
        shape_signature: None,
        has_rank: false,
    });
    model.tensors.len() as u32 - 1
}

/// Adds a constant vector of 32-bit integers, and returns its number.
pub(crate) fn constant(model: &mut Model, values: &[i32]) -> u32 {
    let number = tensor(model, "constant", "INT32", &[values.len() as i32]);
    let bytes: Vec<u8> = values.iter().flat_map(|value| value.to_le_bytes()).collect();
    model.buffers.push(Some(Cow::Owned(bytes)));
    model.tensors[number as usize].buffer = model.buffers.len() as u32 - 1;
    number
}

/// Adds an operator with the options that are listed, and defaults for the others.
pub(crate) fn operator(
    model: &mut Model,
    name: &str,
    inputs: &[i32],
    outputs: &[u32],
    options: &[(&str, Value<'static>)],
) {
    let def = ops::by_name(name).expect("an operator of the table");
    let value = |field: &ops::FieldDef| {
        let listed = options.iter().find(|(name, _)| *name == field.name);
        listed.map_or_else(|| field.kind.default_value(), |(_, value)| value.clone())
    };
    model.codes.push(OperatorCode {
        deprecated_builtin_code: def.code.min(ops::PLACEHOLDER) as i8,
        builtin_code: def.code,
        custom_code: None,
        version: 1,
        is_foreign: false,
    });
    model.operators.push(Operator {
        code: model.codes.len() as u32 - 1,
        inputs: inputs.to_vec(),
        outputs: outputs.to_vec(),
        options: def
            .options
            .map(|def| OperatorOptions { def, values: def.fields.iter().map(value).collect() }),
        custom_options: None,
        custom_options_format: 0,
        mutating_variable_inputs: None,
        intermediates: None,
        debug_metadata_index: -1,
        figures: Figures::default(),
    });
}
