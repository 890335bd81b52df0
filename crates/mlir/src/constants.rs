//! The conversion of constants' values to attributes and back.
//!
//! Weights lie in resource blobs over the model's own memory. What is small, and what no blob can hold, is a `dense`
//! attribute.

use std::borrow::Cow;
use std::collections::HashMap;

use melior::Context;
use melior::ir::r#type::IntegerType;
use melior::ir::{Attribute, Type};

use super::imported::Weights;
use super::{native, types};
use respect::tflite::model::{Model, Tensor};

/// The size from which on a constant lies in a blob: smaller ones are `dense`, so that shapes, axes and margins stay
/// readable, and in place when weights are elided.
const BLOB_BYTES: usize = 256;

/// The size up to which a splat is written out where only its size matters.
const SPLAT_BYTES: u64 = 1 << 20;

/// The most bytes of a flatbuffer.
pub(super) const MOST_BYTES: u64 = i32::MAX as u64;

/// A builder of constants' values.
pub(super) struct Values<'c> {
    context: &'c Context,
    weights: Weights,
    /// The number of tensors that lie over each buffer.
    users: HashMap<u32, u32>,
    blobs: HashMap<u32, Attribute<'c>>,
    elided: Option<Attribute<'c>>,
    variables: i64,
}

impl<'c> Values<'c> {
    pub(super) fn new(context: &'c Context, model: &Model, weights: Weights) -> Values<'c> {
        let mut users = HashMap::new();
        model.tensors.iter().for_each(|tensor| *users.entry(tensor.buffer).or_default() += 1);
        Values { context, weights, users, blobs: HashMap::new(), elided: None, variables: 0 }
    }

    /// Returns the value of a constant or variable tensor.
    ///
    /// # Safety
    /// The model's buffers must outlive the context.
    ///
    /// # Errors
    /// Returns an error if MLIR has no such type, or if the tensor's bytes do not fit its type.
    pub(super) unsafe fn value(&mut self, model: &Model, number: u32) -> Result<Attribute<'c>, String> {
        let tensor = &model.tensors[number as usize];
        let kind = types::storage(self.context, tensor)
            .ok_or_else(|| format!("has the type {}, which MLIR lacks", tensor.kind.name))?;
        let Some(data) = model.data(number) else {
            return if tensor.is_variable { self.variable(tensor, kind) } else { self.empty(kind) };
        };
        let elements = tensor.elements().ok_or("has a shape that gives no number of elements")?;
        if tensor.kind.name == "STRING" {
            let strings = strings(data).filter(|strings| strings.len() as u64 == elements);
            let strings = strings.ok_or("holds damaged strings")?;
            return Ok(native::dense_strings(kind, &strings));
        }
        if tensor.kind.bytes(elements) != Some(data.len() as u64) {
            return Err(format!("has {} bytes, which do not fit its shape and type", data.len()));
        }
        match tensor.kind.name {
            "BOOL" => {
                let values: Vec<i32> = data.iter().map(|&byte| i32::from(byte != 0)).collect();
                return Ok(native::dense_bools(kind, &values));
            }
            "INT2" | "INT4" | "UINT4" => {
                let bits = tensor.kind.bits.unwrap_or(8) as usize;
                let number = |place: usize| data[place * bits / 8] >> (place * bits % 8) & ((1 << bits) - 1);
                let unpacked: Vec<u8> = (0..elements as usize).map(number).collect();
                return native::dense(kind, &unpacked)
                    .ok_or_else(|| format!("has packed numbers that do not fit {kind}"));
            }
            _ => {}
        }
        let is_shared = self.users.get(&tensor.buffer).is_some_and(|&users| users > 1);
        match self.weights {
            Weights::Elided if data.len() >= BLOB_BYTES => {
                // Each parse of this text would make another resource; all elided constants share one.
                let elided = match self.elided {
                    Some(elided) => native::resource_with_type(elided, kind),
                    None => Attribute::parse(self.context, &format!("dense_resource<__elided__> : {kind}")),
                };
                self.elided = elided;
                elided.ok_or_else(|| format!("cannot be elided as {kind}"))
            }
            _ if is_shared || data.len() >= BLOB_BYTES => {
                if let Some(&known) = self.blobs.get(&tensor.buffer) {
                    return native::resource_with_type(known, kind).ok_or_else(|| "has no blob".into());
                }
                // SAFETY: the caller vouches for the buffers' life.
                let blob = unsafe { native::resource(kind, &format!("buffer_{}", tensor.buffer), data) };
                self.blobs.insert(tensor.buffer, blob);
                Ok(blob)
            }
            _ => native::dense(kind, data).ok_or_else(|| format!("has bytes that do not fit {kind}")),
        }
    }

    fn empty(&self, kind: Type<'c>) -> Result<Attribute<'c>, String> {
        Attribute::parse(self.context, &format!("dense<> : {kind}")).ok_or_else(|| "has no bytes".into())
    }

    /// Returns the value of a variable: a number that keeps it apart from other variables of its type, as a variable
    /// has no value.
    fn variable(&mut self, tensor: &Tensor, kind: Type<'c>) -> Result<Attribute<'c>, String> {
        let number = self.variables;
        self.variables += 1;
        let text = match tensor.kind.name {
            "FLOAT32" | "FLOAT16" | "FLOAT64" | "BFLOAT16" => format!("dense<{number}.0> : {kind}"),
            _ => format!("dense<{number}> : {kind}"),
        };
        Attribute::parse(self.context, &text).ok_or_else(|| {
            format!("is a variable of type {}, which no constant can stand for", tensor.kind.name)
        })
    }
}

/// Returns the strings of a string tensor: a count, as many offsets and the end, then the characters.
fn strings(data: &[u8]) -> Option<Vec<&[u8]>> {
    let (numbers, _) = data.as_chunks::<4>();
    let number = |place: usize| numbers.get(place).map(|bytes| u32::from_le_bytes(*bytes) as usize);
    let count = number(0)?;
    if count >= numbers.len() {
        return None;
    }
    (1..=count).map(|place| data.get(number(place)?..number(place + 1)?)).collect()
}

/// Returns the bytes of a string tensor.
fn string_tensor(strings: &[&[u8]]) -> Vec<u8> {
    let mut end = 4 * (strings.len() as u32 + 2);
    let mut bytes = (strings.len() as u32).to_le_bytes().to_vec();
    bytes.extend(end.to_le_bytes());
    for text in strings {
        end += text.len() as u32;
        bytes.extend(end.to_le_bytes());
    }
    strings.iter().for_each(|text| bytes.extend_from_slice(text));
    bytes
}

/// Returns the bytes of a constant of `tensor`'s type, in place where they lie as the file has them. With
/// `sizes_only`, values that are not at hand are no bytes, and count by their type. A `dense` value may take at most
/// `room` bytes.
///
/// # Errors
/// Returns an error that says what is wrong with the value, if it does not fit the tensor, or is not at hand.
pub(super) fn bytes<'c>(
    value: Attribute<'c>,
    tensor: &Tensor,
    sizes_only: bool,
    room: u64,
) -> Result<Cow<'c, [u8]>, String> {
    let absent = |why: &str| if sizes_only { Ok(Cow::Borrowed(&[][..])) } else { Err(why.to_string()) };
    let elements = tensor.elements().ok_or("has a shape that is not fixed")?;
    let fits = |bytes: &[u8]| tensor.kind.bytes(elements) == Some(bytes.len() as u64);
    let wrong = |length: usize| format!("has {length} bytes, which do not fit its shape and type");
    if let Some(key) = native::resource_key(value) {
        return match native::resource_bytes(value).filter(|_| key != native::ELIDED) {
            Some(bytes) if fits(bytes) => Ok(Cow::Borrowed(bytes)),
            Some(bytes) => Err(wrong(bytes.len())),
            None => absent("has no value: its weights were elided; import the model again with them"),
        };
    }
    if !native::is_dense(value) {
        return absent("has a value that is neither dense nor a resource");
    }
    let is_splat = native::is_splat(value);
    if native::elements(value) != elements {
        return Err("has a value with another number of elements than its type".into());
    }
    let most = if sizes_only && is_splat { SPLAT_BYTES.min(room) } else { room };
    if elements > most || tensor.kind.bytes(elements).is_some_and(|bytes| bytes > most) {
        return absent("has a value of more than 2 GiB, which no .tflite file holds");
    }
    let places = || (0..elements).map(|place| if is_splat { 0 } else { place });
    match tensor.kind.name {
        _ if elements == 0 => return Ok(Cow::Borrowed(&[])),
        "STRING" if native::is_strings(value) => {
            let strings: Vec<&[u8]> = places().map(|place| native::dense_string(value, place)).collect();
            if strings.iter().map(|text| text.len() as u64 + 4).sum::<u64>() > MOST_BYTES {
                return absent("has a value of more than 2 GiB, which no .tflite file holds");
            }
            return Ok(Cow::Owned(string_tensor(&strings)));
        }
        "BOOL" if native::element_type_of(value).is_some_and(|kind| is_bool(kind)) => {
            return Ok(Cow::Owned(places().map(|place| native::dense_bool(value, place).into()).collect()));
        }
        _ => {}
    }
    let Some((raw, _)) = native::dense_bytes(value) else {
        return absent("has a value whose elements are not those of its type");
    };
    if let "INT2" | "INT4" | "UINT4" = tensor.kind.name {
        let bits = tensor.kind.bits.unwrap_or(8) as usize;
        let mut packed = vec![0; (elements as usize * bits).div_ceil(8)];
        for (place, from) in places().enumerate() {
            let number = raw.get(from as usize).ok_or_else(|| wrong(raw.len()))? & ((1 << bits) - 1);
            packed[place * bits / 8] |= number << (place * bits % 8);
        }
        return Ok(Cow::Owned(packed));
    }
    match is_splat {
        _ if fits(raw) => Ok(Cow::Borrowed(raw)),
        true if tensor.kind.bytes(1) == Some(raw.len() as u64) => {
            Ok(Cow::Owned(raw.repeat(elements as usize)))
        }
        _ => absent(&wrong(raw.len())),
    }
}

fn is_bool(kind: Type) -> bool {
    IntegerType::try_from(kind).is_ok_and(|kind| kind.width() == 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn strings_survive() {
        let texts: [&[u8]; 3] = [b"one", b"", b"three"];
        assert_eq!(strings(&string_tensor(&texts)).unwrap(), texts);
        assert_eq!(strings(&[255, 255, 255, 255, 0, 0, 0, 0]), None);
        assert_eq!(strings(&[]), None);
    }
}
