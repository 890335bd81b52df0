//! The conversion of operators' options to attributes and back, by the operator table.

use std::borrow::Cow;

use melior::Context;
use melior::ir::attribute::{
    ArrayAttribute, AttributeLike, BoolAttribute, FloatAttribute, IntegerAttribute, TypeAttribute,
};
use melior::ir::r#type::IntegerType;
use melior::ir::{Attribute, Type, TypeLike};

use super::{native, types};
use respect::tflite::TensorType;
use respect::tflite::model::Value;
use respect::tflite::ops::{AttrForm, EnumDef, FieldKind};

/// Returns the attribute for the value of an option.
///
/// # Errors
/// Returns an error if the option is an enum that does not have the value.
pub(super) fn attribute<'c>(
    context: &'c Context,
    kind: FieldKind,
    value: &Value,
) -> Result<Attribute<'c>, String> {
    let integer = |bits, value| IntegerAttribute::new(IntegerType::new(context, bits).into(), value).into();
    let float = |value: f32| FloatAttribute::new(context, Type::float32(context), value.into()).into();
    Ok(match (kind, value) {
        (FieldKind::Enum(def, _) | FieldKind::EnumI32(def, _), &Value::Int(value)) => {
            return enumerated(context, def, value);
        }
        (FieldKind::Bool(_), &Value::Int(value)) => BoolAttribute::new(context, value != 0).into(),
        (FieldKind::I64(_), &Value::Int(value)) => integer(64, value),
        (_, &Value::Int(value)) => integer(32, value),
        (_, &Value::Float(value)) => float(value),
        (_, Value::Ints(values)) => {
            let values: Vec<Attribute> =
                values.iter().flatten().map(|&value| integer(64, value.into())).collect();
            ArrayAttribute::new(context, &values).into()
        }
        (_, Value::Floats(values)) => {
            let values: Vec<Attribute> = values.iter().flatten().map(|&value| float(value)).collect();
            ArrayAttribute::new(context, &values).into()
        }
        (_, Value::Bytes(bytes)) => native::string(context, bytes.as_deref().unwrap_or_default()),
        (_, Value::Text(text)) => native::string(context, text.as_deref().unwrap_or_default().as_bytes()),
    })
}

fn enumerated<'c>(context: &'c Context, def: &EnumDef, value: i64) -> Result<Attribute<'c>, String> {
    let name = i32::try_from(value).ok().and_then(|value| def.name_of(value));
    let name = name.ok_or_else(|| format!("{value} is no value of {}", def.name))?;
    Ok(match def.form {
        AttrForm::String => native::string(context, name.as_bytes()),
        AttrForm::Dialect(keyword) => native::opaque(context, "tfl", &format!("{keyword} {name}")),
        AttrForm::Type => {
            let kind = i8::try_from(value).ok().and_then(TensorType::by_code);
            let kind = kind.and_then(|kind| types::element(context, kind));
            TypeAttribute::new(kind.ok_or_else(|| format!("MLIR has no type {name}"))?).into()
        }
    })
}

/// Returns the value that an attribute gives an option.
///
/// # Errors
/// Returns an error that says what the attribute must be, if it is something else.
pub(super) fn value<'c>(kind: FieldKind, attribute: Attribute<'c>) -> Result<Value<'c>, String> {
    let found = match kind {
        FieldKind::Bool(_) => boolean(attribute).map(|value| Value::Int(value.into())),
        FieldKind::I32(_) => integer(attribute, 32).map(Value::Int),
        FieldKind::U32(_) => {
            integer(attribute, 32).and_then(|value| Some(Value::Int(u32::try_from(value).ok()?.into())))
        }
        FieldKind::I64(_) => integer(attribute, 64).map(Value::Int),
        FieldKind::F32(_) => float(attribute).map(Value::Float),
        FieldKind::Enum(def, _) | FieldKind::EnumI32(def, _) => {
            enum_value(def, attribute).map(|value| Value::Int(value.into()))
        }
        FieldKind::I32Vec => elements(attribute).and_then(|list| {
            let number = |element| i32::try_from(integer(element, 64)?).ok();
            list.into_iter().map(number).collect::<Option<_>>().map(|list| Value::Ints(Some(list)))
        }),
        FieldKind::F32Vec => elements(attribute).and_then(|list| {
            list.into_iter().map(float).collect::<Option<_>>().map(|list| Value::Floats(Some(list)))
        }),
        FieldKind::U8Vec => {
            native::string_bytes(attribute).map(|bytes| Value::Bytes(Some(Cow::Borrowed(bytes))))
        }
        FieldKind::String => text(attribute).map(|text| Value::Text(Some(Cow::Borrowed(text)))),
    };
    found.ok_or_else(|| format!("must be {}", expected(kind)))
}

fn expected(kind: FieldKind) -> String {
    match kind {
        FieldKind::Bool(_) => "true or false".into(),
        FieldKind::I32(_) | FieldKind::U32(_) => "an integer of type i32".into(),
        FieldKind::I64(_) => "an integer of type i64".into(),
        FieldKind::F32(_) => "a float of type f32".into(),
        FieldKind::Enum(def, _) | FieldKind::EnumI32(def, _) => {
            let names: Vec<_> = def.values.iter().map(|(_, name)| *name).collect();
            format!("a {} (one of {})", def.name, names.join(", "))
        }
        FieldKind::I32Vec => "an array of integers of 32 bits".into(),
        FieldKind::F32Vec => "an array of floats".into(),
        FieldKind::U8Vec | FieldKind::String => "a string".into(),
    }
}

fn boolean(attribute: Attribute) -> Option<bool> {
    attribute.is_bool().then(|| BoolAttribute::try_from(attribute).ok().map(|value| value.value()))?
}

/// Returns the value of a signless integer attribute of at most `bits` bits.
pub(crate) fn integer(attribute: Attribute, bits: u32) -> Option<i64> {
    let kind = IntegerType::try_from(attribute.is_integer().then(|| attribute.r#type())?).ok()?;
    if kind.width() > bits || !kind.is_signless() {
        return None;
    }
    IntegerAttribute::try_from(attribute).ok().map(|value| value.value())
}

fn float(attribute: Attribute) -> Option<f32> {
    if !attribute.is_float() || !attribute.r#type().is_f32() {
        return None;
    }
    FloatAttribute::try_from(attribute).ok().map(|value| value.value() as f32)
}

/// Returns the text of a string attribute; `None` for other attributes and for text that is not UTF-8.
pub(crate) fn text(attribute: Attribute<'_>) -> Option<&str> {
    str::from_utf8(native::string_bytes(attribute)?).ok()
}

/// Returns the elements of an array attribute.
pub(crate) fn elements(attribute: Attribute<'_>) -> Option<Vec<Attribute<'_>>> {
    let array = ArrayAttribute::try_from(attribute).ok()?;
    (0..array.len()).map(|place| array.element(place).ok()).collect()
}

fn enum_value(def: &EnumDef, attribute: Attribute) -> Option<i32> {
    match def.form {
        AttrForm::String => def.value_of(text(attribute)?),
        AttrForm::Dialect(keyword) => {
            let name = native::opaque_text(attribute, "tfl")?.trim().strip_prefix(keyword)?;
            def.value_of(name.trim())
        }
        AttrForm::Type => {
            let kind = TypeAttribute::try_from(attribute).ok()?.value();
            types::tensor_type_of(kind, true).map(|kind| kind.code.into())
        }
    }
}

/// Returns the attribute of a custom operator's options: `#tfl<const_bytes : "0x…">`.
pub(super) fn const_bytes<'c>(context: &'c Context, bytes: &[u8]) -> Attribute<'c> {
    let digits: String = bytes.iter().map(|byte| format!("{byte:02X}")).collect();
    native::opaque(context, "tfl", &format!("const_bytes : \"0x{digits}\""))
}

/// Returns the bytes of an attribute that [`const_bytes`] made; `None` for other attributes.
pub(crate) fn bytes_of_const_bytes(attribute: Attribute) -> Option<Vec<u8>> {
    let text = native::opaque_text(attribute, "tfl")?.trim().strip_prefix("const_bytes")?;
    let digits = text.trim_start().strip_prefix(':')?.trim().strip_prefix("\"0x")?.strip_suffix('"')?;
    let digit = |byte: u8| char::from(byte).to_digit(16);
    let (pairs, rest) = digits.as_bytes().as_chunks::<2>();
    let byte = |&[high, low]: &[u8; 2]| Some((digit(high)? << 4 | digit(low)?) as u8);
    if rest.is_empty() { pairs.iter().map(byte).collect() } else { None }
}

/// Returns whether an option has the value that it has where it is absent.
pub(super) fn is_default(kind: FieldKind, value: &Value) -> bool {
    match value {
        Value::Ints(values) => values.as_ref().is_none_or(Vec::is_empty),
        Value::Floats(values) => values.as_ref().is_none_or(Vec::is_empty),
        Value::Bytes(bytes) => bytes.as_ref().is_none_or(|bytes| bytes.is_empty()),
        Value::Text(text) => text.as_ref().is_none_or(|text| text.is_empty()),
        _ => *value == kind.default_value(),
    }
}
