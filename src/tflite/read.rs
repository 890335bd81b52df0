//! Reading a [`Model`] from a file's bytes: the structure is verified, every field accounted for, every number in
//! bounds.

use std::borrow::Cow;

use flatbuffers::{ForwardsUOffset, InvalidFlatbuffer, Table, Vector};

use super::check::check;
use super::foreign::foreign;
use super::format;
use super::model::*;
use super::ops::{self, FieldKind, OptionsDef, OptionsUnion};
use super::read_error::ReadError;
use super::types::TensorType;
use crate::base::flatbuffer::{Known, TableFormat, Verified, allowance, fault};

fn damaged(error: InvalidFlatbuffer) -> ReadError {
    ReadError::Damaged(fault(&error))
}

/// Reads a model from the bytes of a file, from which weights and names are borrowed.
///
/// Complexity: linear in operators and tensors; weights are not touched.
///
/// ```
/// let file = std::fs::read("test-data/models/chain.tflite")?;
/// let model = respect::tflite::read(&file)?;
/// let graph = respect::tflite::graph::graph(&model, "chain")?.graph;
/// assert_eq!(graph.ops().len(), model.operators.len());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Errors
/// Returns a [`ReadError`] if the bytes are not a model, are damaged, hold something that would be lost, or contradict
/// themselves. Nothing that the file holds is dropped silently.
pub fn read(bytes: &[u8]) -> Result<Model<'_>, ReadError> {
    if bytes.len() < 8 || &bytes[4..8] != b"TFL3" {
        return Err(ReadError::NotTflite(foreign(bytes)));
    }
    let options = allowance(bytes.len());
    let mut verified = Verified::new(&options, bytes);
    let root = verified.root::<format::Model>().map_err(damaged)?;
    let model = FileReader { verified }.model(&root)?;
    check(&model)?;
    Ok(model)
}

struct FileReader<'a, 'o> {
    verified: Verified<'a, 'o>,
}

fn text<'a>(value: Option<&'a str>) -> Option<Cow<'a, str>> {
    value.map(Cow::Borrowed)
}

fn list<'a, T: flatbuffers::Follow<'a> + 'a>(value: Option<Vector<'a, T>>) -> Option<Vec<T::Inner>> {
    value.map(|vector| vector.iter().collect())
}

/// Converts the number of a tensor or buffer, which must not be negative; `what` names its place for messages.
fn number(index: i32, what: &str) -> Result<u32, ReadError> {
    u32::try_from(index)
        .map_err(|_| ReadError::Inconsistent(format!("{what} has the number {index}, which is negative")))
}

impl<'a> FileReader<'a, '_> {
    fn model(&mut self, root: &format::Model<'a>) -> Result<Model<'a>, ReadError> {
        known(root)?;
        if root.version() != 3 {
            return Err(ReadError::Unsupported(format!(
                "schema version {} is not supported: only version 3 is; convert the model again",
                root.version()
            )));
        }
        let mut codes = Vec::new();
        for (index, code) in root.operator_codes().enumerate() {
            known(&code)?;
            let code = OperatorCode {
                deprecated_builtin_code: code.deprecated_builtin_code(),
                builtin_code: code.builtin_code(),
                custom_code: text(code.custom_code()),
                version: code.version(),
                is_foreign: false,
            };
            let builtin = code.builtin_code.max(i32::from(code.deprecated_builtin_code));
            let def = ops::by_code(builtin).ok_or_else(|| {
                ReadError::Unsupported(format!(
                                    "operator code {index} has the unknown value {builtin}: convert the model with an older converter"
                                ))
            })?;
            if let Some(why) = def.refused {
                return Err(ReadError::Unsupported(format!("operator {} {why}", def.name)));
            }
            codes.push(code);
        }
        let graphs: Vec<_> = root.subgraphs().collect();
        let [graph] = &graphs[..] else {
            let count = graphs.len();
            return Err(ReadError::Unsupported(format!(
                "the model has {count} subgraphs, but a stage can have only one: convert the model without control flow"
            )));
        };
        known(graph)?;
        let mut buffers = Vec::new();
        for buffer in root.buffers() {
            known(&buffer)?;
            buffers
                .push(buffer.data().filter(|data| !data.is_empty()).map(|data| Cow::Borrowed(data.bytes())));
        }
        let io = |indices: Option<Vector<'a, i32>>, what| -> Result<Vec<u32>, ReadError> {
            indices.into_iter().flatten().map(|index| number(index, what)).collect()
        };
        Ok(Model {
            version: root.version(),
            description: text(root.description()),
            name: text(graph.name()),
            debug_metadata_index: graph.debug_metadata_index(),
            tensors: graph.tensors().enumerate().map(|(i, t)| tensor(i, &t)).collect::<Result<_, _>>()?,
            inputs: io(graph.inputs(), "a model input")?,
            outputs: io(graph.outputs(), "a model output")?,
            operators: (graph.operators().enumerate())
                .map(|(index, operator)| self.operator(index, &operator, &codes))
                .collect::<Result<_, _>>()?,
            codes,
            buffers,
            metadata_buffer: io(root.metadata_buffer(), "a metadata buffer")?,
            metadata: root.metadata().map(|m| metadata(&m)).collect::<Result<_, _>>()?,
            signatures: root.signature_defs().map(|s| signature(&s)).collect::<Result<_, _>>()?,
        })
    }

    fn operator(
        &mut self,
        index: usize,
        operator: &format::Operator<'a>,
        codes: &[OperatorCode],
    ) -> Result<Operator<'a>, ReadError> {
        known(operator)?;
        let code = operator.opcode_index();
        let def = codes.get(code as usize).map(OperatorCode::def).ok_or_else(|| {
            let count = codes.len();
            ReadError::Inconsistent(format!(
                "operator {index} uses operator code {code}, but the file has only {count}"
            ))
        })?;
        let first = (OptionsUnion::First, operator.builtin_options_type(), operator.builtin_options());
        let second = (OptionsUnion::Second, operator.builtin_options_2_type(), operator.builtin_options_2());
        let mut options = None;
        for (union, union_type, table) in [first, second] {
            match (union_type, table) {
                (0, None) => {}
                (union_type, Some(table)) if union_type > 0 => {
                    let found = ops::options_by_type(union, union_type);
                    match (found, def.options) {
                        (Some(found), Some(expected)) if found.name == expected.name => {
                            options = Some(self.values(index, found, table.0)?);
                        }
                        (found, expected) => {
                            let name =
                                |def: Option<&OptionsDef>| def.map_or("no known options", |def| def.name);
                            return Err(ReadError::Unsupported(format!(
                                "operator {index} ({}) carries options of type {union_type} ({}), but takes {}",
                                def.name,
                                name(found),
                                name(expected)
                            )));
                        }
                    }
                }
                (union_type, table) => {
                    let fault = match table {
                        Some(_) => "has options without a type".into(),
                        None => format!("announces options of type {union_type}, but has none"),
                    };
                    return Err(ReadError::Inconsistent(format!("operator {index} ({}) {fault}", def.name)));
                }
            }
        }
        Ok(Operator {
            code,
            inputs: list(operator.inputs()).unwrap_or_default(),
            outputs: (operator.outputs().into_iter().flatten())
                .map(|output| number(output, "an operator's output"))
                .collect::<Result<_, _>>()?,
            options,
            custom_options: operator.custom_options().map(|bytes| Cow::Borrowed(bytes.bytes())),
            custom_options_format: operator.custom_options_format(),
            mutating_variable_inputs: list(operator.mutating_variable_inputs()),
            intermediates: list(operator.intermediates()),
            debug_metadata_index: operator.debug_metadata_index(),
            figures: Figures::default(),
        })
    }

    /// Verifies the fields of an options table and returns their values; `index` is the operator's number, for
    /// messages.
    fn values(
        &mut self,
        index: usize,
        def: &'static OptionsDef,
        table: Table<'a>,
    ) -> Result<OperatorOptions<'a>, ReadError> {
        let slots: Vec<u16> = def.fields.iter().map(|field| field.slot).collect();
        known_slots(&Known { table: def.name, slots: &[], refused: &[] }, &slots, table)
            .map_err(|error| ReadError::Unsupported(format!("operator {index}: {error}")))?;
        let mut visited = self.verified.verifier().visit_table(table.loc()).map_err(damaged)?;
        for field in def.fields {
            let at = field.vtable_offset();
            visited = match field.kind {
                FieldKind::Bool(_) => visited.visit_field::<bool>(field.name, at, false),
                FieldKind::I32(_) | FieldKind::EnumI32(..) => {
                    visited.visit_field::<i32>(field.name, at, false)
                }
                FieldKind::I64(_) => visited.visit_field::<i64>(field.name, at, false),
                FieldKind::U32(_) => visited.visit_field::<u32>(field.name, at, false),
                FieldKind::F32(_) => visited.visit_field::<f32>(field.name, at, false),
                FieldKind::Enum(..) => visited.visit_field::<i8>(field.name, at, false),
                FieldKind::I32Vec => {
                    visited.visit_field::<ForwardsUOffset<Vector<i32>>>(field.name, at, false)
                }
                FieldKind::F32Vec => {
                    visited.visit_field::<ForwardsUOffset<Vector<f32>>>(field.name, at, false)
                }
                FieldKind::U8Vec => visited.visit_field::<ForwardsUOffset<Vector<u8>>>(field.name, at, false),
                FieldKind::String => visited.visit_field::<ForwardsUOffset<&str>>(field.name, at, false),
            }
            .map_err(damaged)?;
        }
        visited.finish();
        let mut values = Vec::with_capacity(def.fields.len());
        for field in def.fields {
            let at = field.vtable_offset();
            // SAFETY: the loop above has verified that the slot holds a field of exactly the type read here, or no
            // field.
            let value = unsafe {
                match field.kind {
                    FieldKind::Bool(default) => {
                        Value::Int(table.get::<bool>(at, Some(default)).into_iter().map(i64::from).sum())
                    }
                    FieldKind::I32(default) => {
                        Value::Int(table.get::<i32>(at, Some(default)).unwrap_or(default).into())
                    }
                    FieldKind::EnumI32(_, default) => {
                        Value::Int(table.get::<i32>(at, Some(default)).unwrap_or(default).into())
                    }
                    FieldKind::I64(default) => {
                        Value::Int(table.get::<i64>(at, Some(default)).unwrap_or(default))
                    }
                    FieldKind::U32(default) => {
                        Value::Int(table.get::<u32>(at, Some(default)).unwrap_or(default).into())
                    }
                    FieldKind::Enum(_, default) => {
                        Value::Int(table.get::<i8>(at, Some(default)).unwrap_or(default).into())
                    }
                    FieldKind::F32(default) => {
                        Value::Float(table.get::<f32>(at, Some(default)).unwrap_or(default))
                    }
                    FieldKind::I32Vec => {
                        Value::Ints(list(table.get::<ForwardsUOffset<Vector<'a, i32>>>(at, None)))
                    }
                    FieldKind::F32Vec => {
                        Value::Floats(list(table.get::<ForwardsUOffset<Vector<'a, f32>>>(at, None)))
                    }
                    FieldKind::U8Vec => Value::Bytes(
                        table
                            .get::<ForwardsUOffset<Vector<'a, u8>>>(at, None)
                            .map(|v| Cow::Borrowed(v.bytes())),
                    ),
                    FieldKind::String => Value::Text(text(table.get::<ForwardsUOffset<&'a str>>(at, None))),
                }
            };
            if let (FieldKind::Enum(def, _) | FieldKind::EnumI32(def, _), Value::Int(number)) =
                (field.kind, &value)
                && i32::try_from(*number).ok().and_then(|number| def.name_of(number)).is_none()
            {
                return Err(ReadError::Unsupported(format!(
                    "operator {index}: option {} is {number}, which is not a value of {}",
                    field.name, def.name
                )));
            }
            values.push(value);
        }
        Ok(OperatorOptions { def, values })
    }
}

/// Checks that a table has no field that would be lost.
fn known<T: TableFormat>(table: &T) -> Result<(), ReadError> {
    known_slots(&T::KNOWN, T::KNOWN.slots, table.table()).map_err(ReadError::Unsupported)
}

fn known_slots(known: &Known, slots: &[u16], table: Table) -> Result<(), String> {
    let vtable = table.vtable();
    // A vtable starts with its own size and that of the table, which the verifier does not check.
    if vtable.num_bytes() < 4 {
        return Err(format!("damaged file: the vtable of a {} is too short", known.table));
    }
    for slot in (0..vtable.num_fields() as u16).filter(|&slot| vtable.get_field(slot.into()) != 0) {
        if let Some((_, name, why)) = known.refused.iter().find(|(refused, ..)| *refused == slot) {
            return Err(format!("field {name} of {} is not supported: {why}", known.table));
        }
        if !slots.contains(&slot) {
            return Err(format!(
                "field {slot} of {} is unknown and would be lost: convert the model with an older converter",
                known.table
            ));
        }
    }
    Ok(())
}

fn tensor<'a>(index: usize, tensor: &format::Tensor<'a>) -> Result<Tensor<'a>, ReadError> {
    known(tensor)?;
    let kind = TensorType::by_code(tensor.kind()).ok_or_else(|| {
        let kind = tensor.kind();
        ReadError::Unsupported(format!(
            "tensor {index} has the unknown type {kind}: convert the model with an older converter"
        ))
    })?;
    let quantization = tensor.quantization();
    if let Some(quantization) = &quantization {
        known(quantization)?;
    }
    Ok(Tensor {
        name: text(tensor.name()),
        shape: list(tensor.shape()),
        kind,
        buffer: tensor.buffer(),
        quantization: quantization.map(|q| Quantization {
            min: list(q.min()),
            max: list(q.max()),
            scale: list(q.scale()),
            zero_point: list(q.zero_point()),
            quantized_dimension: q.quantized_dimension(),
        }),
        is_variable: tensor.is_variable(),
        shape_signature: list(tensor.shape_signature()),
        has_rank: tensor.has_rank(),
    })
}

fn metadata<'a>(metadata: &format::Metadata<'a>) -> Result<Metadata<'a>, ReadError> {
    known(metadata)?;
    Ok(Metadata { name: text(metadata.name()), buffer: metadata.buffer() })
}

fn signature<'a>(signature: &format::SignatureDef<'a>) -> Result<Signature<'a>, ReadError> {
    known(signature)?;
    if signature.subgraph_index() != 0 {
        let index = signature.subgraph_index();
        return Err(ReadError::Inconsistent(format!(
            "a signature belongs to subgraph {index}, but the model has only subgraph 0"
        )));
    }
    let entry = |map: format::TensorMap<'a>| known(&map).map(|()| (text(map.name()), map.tensor_index()));
    Ok(Signature {
        key: text(signature.signature_key()),
        deprecated_tag: text(signature.deprecated_tag()),
        inputs: signature.inputs().map(entry).collect::<Result<_, _>>()?,
        outputs: signature.outputs().map(entry).collect::<Result<_, _>>()?,
    })
}
