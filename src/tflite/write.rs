//! Writing a [`Model`] as a stream of a file's bytes.
//!
//! The flatbuffer's head (all but the weights) is built in memory. The weights follow the head, and are written
//! straight from where they lie. The buffer tables in the head point at the weights by offsets that are set once the
//! layout is known.

use std::borrow::Cow;
use std::io::{self, Write};

use flatbuffers::{
    FlatBufferBuilder, ForwardsUOffset, UOffsetT, UnionWIPOffset, VOffsetT, Vector, WIPOffset,
};

use super::format;
use super::model::*;
use super::ops::{FieldKind, OptionsUnion};
use crate::base::flatbuffer::TableFormat;

/// The alignment of weights in bytes, as TensorFlow Lite has it.
const ALIGNMENT: usize = 16;

/// The most bytes of a file: offsets in a flatbuffer are signed 32-bit numbers.
const MOST_BYTES: usize = i32::MAX as usize;

/// The reason why a model can't be written.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum WriteError {
    /// The file would be larger than the format allows.
    #[error("the file would have {0} bytes, but the format allows at most 2 GiB: use more stages")]
    TooLarge(usize),
    /// The sink reported an error.
    #[error(transparent)]
    Io(#[from] io::Error),
}

type Builder<'b> = FlatBufferBuilder<'b>;

/// Writes `model` to `sink`. Weights are written from where they lie, without a copy in between.
///
/// # Errors
/// Returns an error if the file would be larger than 2 GiB, or if `sink` reports one.
pub fn write(model: &Model, sink: &mut impl Write) -> Result<(), WriteError> {
    let mut builder = Builder::with_capacity(1 << 16);
    let root = head(model, &mut builder);
    builder.finish(root, Some("TFL3"));
    let (mut bytes, start) = builder.collapse();
    let head = &mut bytes[start..];

    let places = data_fields(head);
    let mut end = head.len();
    let mut layout = Vec::new();
    for (data, place) in model.buffers.iter().zip(places) {
        let (Some(data), Some(place)) = (data, place) else { continue };
        // The vector's length stands right before its first, aligned byte.
        let at = (end + size_of::<UOffsetT>()).next_multiple_of(ALIGNMENT) - size_of::<UOffsetT>();
        layout.push((at - end, data));
        end = at + size_of::<UOffsetT>() + data.len();
        if end > MOST_BYTES {
            return Err(WriteError::TooLarge(end));
        }
        let offset = (at - place) as UOffsetT;
        head[place..place + size_of::<UOffsetT>()].copy_from_slice(&offset.to_le_bytes());
    }
    sink.write_all(head)?;
    for (padding, data) in layout {
        sink.write_all(&[0; ALIGNMENT][..padding])?;
        sink.write_all(&(data.len() as UOffsetT).to_le_bytes())?;
        sink.write_all(data)?;
    }
    Ok(())
}

/// Returns the place in the head of each buffer's data offset; none for a buffer without data.
fn data_fields(head: &[u8]) -> Vec<Option<usize>> {
    // SAFETY: `head` was finished by a builder just now with a `Model` as its root; only offsets of data, which are
    // not followed here, are still unset.
    let root = unsafe { flatbuffers::root_unchecked::<format::Model>(head) };
    root.buffers()
        .map(|buffer| {
            let table = TableFormat::table(&buffer);
            let field = table.vtable().get_field(0) as usize;
            (field != 0).then(|| table.loc() + field)
        })
        .collect()
}

/// Builds one table by filling its slots; the offsets that go into them must have been made before.
macro_rules! table {
    ($builder:ident, $($slot:literal: $how:ident($($value:expr),*)),* $(,)?) => {{
        let start = $builder.start_table();
        $($how($builder, 4 + 2 * $slot, $($value),*);)*
        $builder.end_table(start)
    }};
}

fn scalar<T: flatbuffers::Push + PartialEq>(builder: &mut Builder, slot: VOffsetT, value: T, default: T) {
    builder.push_slot(slot, value, default);
}

fn offset<T>(builder: &mut Builder, slot: VOffsetT, value: Option<WIPOffset<T>>) {
    if let Some(value) = value {
        builder.push_slot_always(slot, value);
    }
}

/// Returns a table's place with its type left open, as the `flatbuffers` crate's union offsets have it.
fn finished(table: WIPOffset<flatbuffers::TableFinishedWIPOffset>) -> WIPOffset<UnionWIPOffset> {
    WIPOffset::new(table.value())
}

fn string<'b>(builder: &mut Builder<'b>, text: &Option<Cow<str>>) -> Option<WIPOffset<&'b str>> {
    text.as_ref().map(|text| builder.create_string(text))
}

fn vector<'b, T: flatbuffers::Push + Copy>(
    builder: &mut Builder<'b>,
    items: Option<&[T]>,
) -> Option<WIPOffset<Vector<'b, T::Output>>> {
    items.map(|items| builder.create_vector(items))
}

fn tables<'b>(
    builder: &mut Builder<'b>,
    tables: Vec<WIPOffset<UnionWIPOffset>>,
) -> Option<WIPOffset<Vector<'b, ForwardsUOffset<UnionWIPOffset>>>> {
    Some(builder.create_vector(&tables))
}

fn head<'b>(model: &Model, builder: &mut Builder<'b>) -> WIPOffset<UnionWIPOffset> {
    let codes: Vec<_> = model.codes.iter().map(|code| operator_code(code, builder)).collect();
    let codes = tables(builder, codes);
    let graph = subgraph(model, builder);
    let graphs = tables(builder, vec![graph]);
    let description = string(builder, &model.description);
    let buffers: Vec<_> = model.buffers.iter().map(|data| buffer(data.is_some(), builder)).collect();
    let buffers = tables(builder, buffers);
    let metadata_buffer: Vec<i32> = model.metadata_buffer.iter().map(|&buffer| buffer as i32).collect();
    let metadata_buffer = vector(builder, (!metadata_buffer.is_empty()).then_some(&metadata_buffer[..]));
    let metadata: Vec<_> = model.metadata.iter().map(|entry| metadata(entry, builder)).collect();
    let metadata = if metadata.is_empty() { None } else { tables(builder, metadata) };
    let signatures: Vec<_> = model.signatures.iter().map(|entry| signature(entry, builder)).collect();
    let signatures = if signatures.is_empty() { None } else { tables(builder, signatures) };
    finished(table!(builder,
        0: scalar(model.version, 0),
        1: offset(codes),
        2: offset(graphs),
        3: offset(description),
        4: offset(buffers),
        5: offset(metadata_buffer),
        6: offset(metadata),
        7: offset(signatures),
    ))
}

fn operator_code<'b>(code: &OperatorCode, builder: &mut Builder<'b>) -> WIPOffset<UnionWIPOffset> {
    let custom_code = string(builder, &code.custom_code);
    finished(table!(builder,
        0: scalar(code.deprecated_builtin_code, 0),
        1: offset(custom_code),
        2: scalar(code.version, 1),
        3: scalar(code.builtin_code, 0),
    ))
}

fn subgraph<'b>(model: &Model, builder: &mut Builder<'b>) -> WIPOffset<UnionWIPOffset> {
    let numbers = |list: &[u32]| -> Vec<i32> { list.iter().map(|&number| number as i32).collect() };
    let all: Vec<_> = model.tensors.iter().map(|entry| tensor(entry, builder)).collect();
    let all = tables(builder, all);
    let inputs = vector(builder, Some(&numbers(&model.inputs)));
    let outputs = vector(builder, Some(&numbers(&model.outputs)));
    let operators: Vec<_> = model.operators.iter().map(|entry| operator(entry, builder)).collect();
    let operators = tables(builder, operators);
    let name = string(builder, &model.name);
    finished(table!(builder,
        0: offset(all),
        1: offset(inputs),
        2: offset(outputs),
        3: offset(operators),
        4: offset(name),
        5: scalar(model.debug_metadata_index, -1),
    ))
}

fn tensor<'b>(tensor: &Tensor, builder: &mut Builder<'b>) -> WIPOffset<UnionWIPOffset> {
    let shape = vector(builder, tensor.shape.as_deref());
    let name = string(builder, &tensor.name);
    let quantization = tensor.quantization.as_ref().map(|q| quantization(q, builder));
    let shape_signature = vector(builder, tensor.shape_signature.as_deref());
    finished(table!(builder,
        0: offset(shape),
        1: scalar(tensor.kind.code, 0),
        2: scalar(tensor.buffer, 0),
        3: offset(name),
        4: offset(quantization),
        5: scalar(tensor.is_variable, false),
        7: offset(shape_signature),
        8: scalar(tensor.has_rank, false),
    ))
}

fn quantization<'b>(quantization: &Quantization, builder: &mut Builder<'b>) -> WIPOffset<UnionWIPOffset> {
    let min = vector(builder, quantization.min.as_deref());
    let max = vector(builder, quantization.max.as_deref());
    let scale = vector(builder, quantization.scale.as_deref());
    let zero_point = vector(builder, quantization.zero_point.as_deref());
    finished(table!(builder,
        0: offset(min),
        1: offset(max),
        2: offset(scale),
        3: offset(zero_point),
        6: scalar(quantization.quantized_dimension, 0),
    ))
}

fn operator<'b>(operator: &Operator, builder: &mut Builder<'b>) -> WIPOffset<UnionWIPOffset> {
    let outputs: Vec<i32> = operator.outputs.iter().map(|&output| output as i32).collect();
    let inputs = vector(builder, Some(&operator.inputs[..]));
    let outputs = vector(builder, Some(&outputs[..]));
    let of = |union| operator.options.as_ref().filter(|options| options.def.union == union);
    let mut union = |union| match of(union) {
        Some(values) => (values.def.union_type, Some(options(values, builder))),
        None => (0, None),
    };
    let (first_type, first) = union(OptionsUnion::First);
    let (second_type, second) = union(OptionsUnion::Second);
    let custom_options = vector(builder, operator.custom_options.as_deref());
    let mutating = vector(builder, operator.mutating_variable_inputs.as_deref());
    let intermediates = vector(builder, operator.intermediates.as_deref());
    finished(table!(builder,
        0: scalar(operator.code, 0),
        1: offset(inputs),
        2: offset(outputs),
        3: scalar(first_type, 0),
        4: offset(first),
        5: offset(custom_options),
        6: scalar(operator.custom_options_format, 0),
        7: offset(mutating),
        8: offset(intermediates),
        11: scalar(second_type, 0),
        12: offset(second),
        13: scalar(operator.debug_metadata_index, -1),
    ))
}

/// Builds an options table as its definition declares it.
fn options<'b>(options: &OperatorOptions, builder: &mut Builder<'b>) -> WIPOffset<UnionWIPOffset> {
    let vectors: Vec<Option<UOffsetT>> = (options.values.iter())
        .map(|value| match value {
            Value::Ints(ints) => vector(builder, ints.as_deref()).map(|place| place.value()),
            Value::Floats(floats) => vector(builder, floats.as_deref()).map(|place| place.value()),
            Value::Bytes(bytes) => vector(builder, bytes.as_deref()).map(|place| place.value()),
            Value::Text(text) => string(builder, text).map(|place| place.value()),
            Value::Int(_) | Value::Float(_) => None,
        })
        .collect();
    let start = builder.start_table();
    for ((field, value), vector) in options.def.fields.iter().zip(&options.values).zip(vectors) {
        let at = field.vtable_offset();
        match (field.kind, value) {
            (FieldKind::Bool(default), Value::Int(value)) => scalar(builder, at, *value != 0, default),
            (FieldKind::I32(default) | FieldKind::EnumI32(_, default), Value::Int(value)) => {
                scalar(builder, at, *value as i32, default);
            }
            (FieldKind::I64(default), Value::Int(value)) => scalar(builder, at, *value, default),
            (FieldKind::U32(default), Value::Int(value)) => scalar(builder, at, *value as u32, default),
            (FieldKind::Enum(_, default), Value::Int(value)) => scalar(builder, at, *value as i8, default),
            (FieldKind::F32(default), Value::Float(value)) => {
                if value.to_bits() != default.to_bits() {
                    builder.push_slot_always(at, *value);
                }
            }
            _ => offset(builder, at, vector.map(WIPOffset::<UnionWIPOffset>::new)),
        }
    }
    finished(builder.end_table(start))
}

/// Builds a buffer whose data follow the head; the offset of the data is set once the layout is known.
fn buffer<'b>(has_data: bool, builder: &mut Builder<'b>) -> WIPOffset<UnionWIPOffset> {
    let start = builder.start_table();
    if has_data {
        builder.push_slot_always::<UOffsetT>(4, 0);
    }
    finished(builder.end_table(start))
}

fn metadata<'b>(metadata: &Metadata, builder: &mut Builder<'b>) -> WIPOffset<UnionWIPOffset> {
    let name = string(builder, &metadata.name);
    finished(table!(builder, 0: offset(name), 1: scalar(metadata.buffer, 0)))
}

fn signature<'b>(signature: &Signature, builder: &mut Builder<'b>) -> WIPOffset<UnionWIPOffset> {
    let mut maps = |entries: &[(Option<Cow<str>>, u32)]| {
        let entries: Vec<_> = entries
            .iter()
            .map(|(name, tensor)| {
                let name = string(builder, name);
                finished(table!(builder, 0: offset(name), 1: scalar(*tensor, 0)))
            })
            .collect();
        tables(builder, entries)
    };
    let inputs = maps(&signature.inputs);
    let outputs = maps(&signature.outputs);
    let key = string(builder, &signature.key);
    let tag = string(builder, &signature.deprecated_tag);
    finished(table!(builder, 0: offset(inputs), 1: offset(outputs), 2: offset(key), 3: offset(tag)))
}
