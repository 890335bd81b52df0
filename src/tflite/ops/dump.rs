//! The operator table as text, for tests that compare it with the schema's own bindings and with the kernels'
//! behaviour.

use serde_json::{Value, json};

use super::enums::EnumDef;
use super::fields::{FieldDef, FieldKind, OptionsUnion};
use super::lookup::{all, all_options};

/// Returns the whole operator table as JSON, one row a line. The field `row` of each says what it describes:
/// `operator`, `options` or `enum`.
pub fn dump_json() -> String {
    let mut enums: Vec<&EnumDef> = Vec::new();
    for field in all_options().flat_map(|options| options.fields) {
        if let FieldKind::Enum(def, _) | FieldKind::EnumI32(def, _) = field.kind
            && enums.iter().all(|known| known.name != def.name)
        {
            enums.push(def);
        }
    }
    let operators = all().iter().map(|op| {
        json!({
            "row": "operator",
            "code": op.code,
            "name": op.name,
            "tfl": op.tfl,
            "variant": op.variant.map(|variant| variant.tfl),
            "options": op.options.map(|options| options.name),
            "type_attrs": op.type_attrs.iter().map(|attr| attr.name).collect::<Vec<_>>(),
            "regions": op.regions,
            "macs": format!("{:?}", op.macs),
            "edgetpu": op.edgetpu.map(|limits| format!("{limits:?}")),
            "refused": op.refused,
            "stateful": op.stateful,
            "held_once": op.held_once,
            "skips_constant_output": op.skips_constant_output,
            "value_operands": op.shape.value_operands(),
        })
    });
    let options = all_options().map(|options| {
        let union = match options.union {
            OptionsUnion::First => "BuiltinOptions",
            OptionsUnion::Second => "BuiltinOptions2",
        };
        json!({
            "row": "options",
            "union": union,
            "union_type": options.union_type,
            "name": options.name,
            "fields": options.fields.iter().map(field_row).collect::<Vec<_>>(),
        })
    });
    let enums = enums.into_iter().map(|def| json!({ "row": "enum", "name": def.name, "values": def.values }));
    operators.chain(options).chain(enums).map(|row| format!("{row}\n")).collect()
}

fn field_row(field: &FieldDef) -> Value {
    let (kind, default, of) = match field.kind {
        FieldKind::Bool(value) => ("bool", json!(value), None),
        FieldKind::I32(value) => ("int32", json!(value), None),
        FieldKind::I64(value) => ("int64", json!(value), None),
        FieldKind::U32(value) => ("uint32", json!(value), None),
        FieldKind::F32(value) => ("float32", json!(value), None),
        FieldKind::Enum(def, value) => ("int8", json!(value), Some(def.name)),
        FieldKind::EnumI32(def, value) => ("int32", json!(value), Some(def.name)),
        FieldKind::I32Vec => ("[int32]", Value::Null, None),
        FieldKind::F32Vec => ("[float32]", Value::Null, None),
        FieldKind::U8Vec => ("[uint8]", Value::Null, None),
        FieldKind::String => ("string", Value::Null, None),
    };
    json!({
        "slot": field.slot,
        "name": field.name,
        "type": kind,
        "default": default,
        "enum": of,
        "attr": field.attr,
        "derived": field.derived.map(|from| format!("{from:?}")),
    })
}
