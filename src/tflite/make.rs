//! Making a [`Model`] tensor by tensor and operator by operator.

use std::borrow::Cow;

use super::model::{Model, Operator, OperatorCode, OperatorOptions, Tensor, Value};
use super::ops;
use super::types::TensorType;

/// Returns a model without tensors and operators.
pub(crate) fn empty() -> Model<'static> {
    // The first buffer is that of tensors without a value.
    Model { version: 3, debug_metadata_index: -1, buffers: vec![None], ..Model::default() }
}

/// Adds a tensor without a value, and returns its number. Its type is called `kind` in the schema.
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

/// Gives a tensor the value `bytes`, in a buffer of its own.
pub(crate) fn give_value(model: &mut Model, tensor: u32, bytes: Vec<u8>) {
    model.buffers.push(Some(Cow::Owned(bytes)));
    model.tensors[tensor as usize].buffer = model.buffers.len() as u32 - 1;
}

/// Adds an operator of the kind `name`, in the given version, with the options that are listed and defaults for the others.
pub(crate) fn operator(
    model: &mut Model,
    (name, version): (&str, i32),
    inputs: &[i32],
    outputs: &[u32],
    options: &[(&str, Value<'static>)],
) {
    let def = ops::by_name(name).expect("an operator of the table");
    let value = |field: &ops::FieldDef| {
        let listed = options.iter().find(|(name, _)| *name == field.name);
        listed.map_or_else(|| field.kind.default_value(), |(_, value)| value.clone())
    };
    let code = OperatorCode {
        deprecated_builtin_code: def.code.min(ops::PLACEHOLDER) as i8,
        builtin_code: def.code,
        custom_code: None,
        version,
        is_foreign: false,
    };
    let known = model.codes.iter().position(|known| *known == code);
    let code = known.unwrap_or_else(|| {
        model.codes.push(code);
        model.codes.len() - 1
    });
    model.operators.push(Operator {
        options: def
            .options
            .map(|def| OperatorOptions { def, values: def.fields.iter().map(value).collect() }),
        ..Operator::bare(code as u32, inputs.to_vec(), outputs.to_vec())
    });
}
