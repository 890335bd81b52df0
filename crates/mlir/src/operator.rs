//! The reading of an operation as an operator: its code, options and intermediate tensors.

use std::borrow::Cow;

use melior::ir::OperationRef;
use melior::ir::attribute::{DictionaryAttribute, TypeAttribute};

use super::model_builder::ModelBuilder;
use super::operation::attribute;
use super::{attributes, types};
use respect::tflite::model::{Operator, OperatorOptions, Value};
use respect::tflite::ops;
use respect::tflite::ops::{FieldDef, OpDef, TypeOf};

/// Returns the row of the operator table for an operation's name.
pub(super) fn def(name: &str) -> Option<&'static OpDef> {
    ops::by_tfl(name.strip_prefix("tfl.")?)
}

/// Returns the operator of an operation; without `def`, a custom one that bears the operation's name.
///
/// # Errors
/// Returns an error that says which attribute is wrong, and why.
pub(super) fn read<'m>(
    builder: &mut ModelBuilder<'m>,
    operation: OperationRef<'m, 'm>,
    name: &str,
    def: Option<&'static OpDef>,
    inputs: Vec<i32>,
    outputs: Vec<u32>,
) -> Result<Operator<'m>, String> {
    let custom = ops::by_name("CUSTOM").ok_or("there are no custom operators")?;
    let Some(def) = def else {
        return Ok(Operator::bare(builder.foreign_code(custom, name), inputs, outputs));
    };
    let version = match attribute(operation, "respect.version") {
        Some(version) => attributes::integer(version, 32).and_then(|version| i32::try_from(version).ok()),
        None => Some(1),
    };
    let version = version.ok_or("has an attribute respect.version that must be an integer of type i32")?;
    if def.code == custom.code {
        let code = attribute(operation, "custom_code").and_then(attributes::text);
        let code = code.ok_or("has no attribute custom_code, which must be a string")?;
        let bytes = match attribute(operation, "custom_option") {
            Some(held) => Some(
                attributes::bytes_of_const_bytes(held)
                    .ok_or("has an attribute custom_option that must be like #tfl<const_bytes : \"0x00\">")?,
            ),
            None => None,
        };
        let code = builder.code(def, Some(code), version);
        let bytes = bytes.filter(|bytes| !bytes.is_empty()).map(Cow::Owned);
        return Ok(Operator { custom_options: bytes, ..Operator::bare(code, inputs, outputs) });
    }
    let intermediates = intermediates(builder, operation, def)?;
    let mut operator =
        Operator { intermediates, ..Operator::bare(builder.code(def, None, version), inputs, outputs) };
    let Some(table) = def.options else { return Ok(operator) };
    let hidden = match attribute(operation, "respect.options") {
        Some(hidden) => Some(
            DictionaryAttribute::try_from(hidden)
                .map_err(|_| "has an attribute respect.options that must be a dictionary")?,
        ),
        None => None,
    };
    let values = table.fields.iter().map(|field| {
        if let Some(of) = field.derived {
            return Ok(derived(builder, &operator, of).unwrap_or(field.kind.default_value()));
        }
        let held = match field.attr {
            "" => hidden.and_then(|hidden| hidden.element_by_name(field.name)),
            attr => attribute(operation, attr),
        };
        match held {
            Some(held) => attributes::value(field.kind, held)
                .map_err(|why| format!("has an attribute {} that {why}", field.name)),
            None => Ok(absent(field, def, name)),
        }
    });
    let values = values.collect::<Result<_, String>>()?;
    operator.options = Some(OperatorOptions { def: table, values });
    Ok(operator)
}

/// Returns the value of an option that no attribute gives: the default, or that of the variant which the operation's
/// name names.
fn absent(field: &FieldDef, def: &OpDef, name: &str) -> Value<'static> {
    let variant = def
        .variant
        .filter(|variant| variant.slot == field.slot && name.strip_prefix("tfl.") == Some(variant.tfl));
    variant.map_or(field.kind.default_value(), |variant| Value::Int(variant.value))
}

fn derived(builder: &ModelBuilder, operator: &Operator, of: TypeOf) -> Option<Value<'static>> {
    let tensor = match of {
        TypeOf::Operand(place) => u32::try_from(*operator.inputs.get(place)?).ok()?,
        TypeOf::Result(place) => *operator.outputs.get(place)?,
        TypeOf::Intermediate(_) => return None,
    };
    Some(Value::Int(builder.model.tensors[tensor as usize].kind.code.into()))
}

/// Adds the intermediate tensors, which the operation holds as types, and returns their numbers.
fn intermediates<'m>(
    builder: &mut ModelBuilder<'m>,
    operation: OperationRef<'m, 'm>,
    def: &OpDef,
) -> Result<Option<Vec<i32>>, String> {
    let mut list = Vec::new();
    for attr in def.type_attrs.iter().filter(|attr| matches!(attr.of, TypeOf::Intermediate(_))) {
        let Some(held) = attribute(operation, attr.name) else { continue };
        let kind = TypeAttribute::try_from(held)
            .map_err(|_| format!("has an attribute {} that must be a type", attr.name))?;
        let mut tensor = types::tensor_of(kind.value(), false)
            .map_err(|why| format!("has an attribute {} that is wrong: {why}", attr.name))?;
        tensor.name = Some(Cow::Borrowed(attr.name));
        list.push(builder.add(tensor) as i32);
    }
    Ok((!list.is_empty()).then_some(list))
}
