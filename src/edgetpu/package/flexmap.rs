//! The map of flexbuffers that a compiled operator's options are, as far as one entry's bytes.
//!
//! The crate `flexbuffers` is not for this: its reader panics where an offset or a length leads out of the bytes, and it
//! gives a string, as which the compiler stores the package, only if that is UTF-8. The tests hold this reader to what
//! the crate writes.
//!
//! The format, as far as it is needed: the last byte is the width of the root, the one before it the root's type. An
//! offset counts backwards from where it stands. A map is its values, each of the map's width, and then a byte for the
//! type of each; before the values stand an offset to the keys, the keys' width and the number of values. A key ends at a
//! zero; before a string stands its length.

use super::error::Fault;

/// The types of values that are asked for here, as the upper six bits of a value's type.
const STRING: u8 = 5;
const MAP: u8 = 9;
const BLOB: u8 = 25;

fn fault<T>(at: usize, what: &'static str) -> Result<T, Fault> {
    Err(Fault::NotMap { at, what })
}

/// Returns the bytes of the entry `key` of a map, which may be a text or a blob; `None` if there is no such entry.
///
/// Complexity: linear in the map's entries.
///
/// # Errors
/// Returns a fault if the bytes are no map, if an offset or a length leads out of them, or if the entry is of another
/// type.
pub(super) fn entry<'a>(bytes: &'a [u8], key: &str) -> Result<Option<&'a [u8]>, Fault> {
    let [.., root_type, root_width] = *bytes else { return fault(0, "there are too few bytes") };
    let end = bytes.len();
    let root_width = width(usize::from(root_width), end - 1)?;
    let root = before(end - 2, root_width)?;
    if root_type >> 2 != MAP {
        return fault(end - 2, "the root is of another type");
    }
    let map_width = 1 << (root_type & 3);
    let values = behind_offset(bytes, root, root_width)?;
    let count = number(bytes, before(values, map_width)?, map_width)?;
    let keys_width = before(values, 2 * map_width)?;
    let keys_width = width(number(bytes, keys_width, map_width)?, keys_width)?;
    let keys = behind_offset(bytes, before(values, 3 * map_width)?, map_width)?;
    // Every value has at least a byte, so this bounds the loop.
    let types = count.checked_mul(map_width).and_then(|length| values.checked_add(length));
    let Some(types) = types.filter(|types| end.checked_sub(*types).is_some_and(|room| room >= count)) else {
        return fault(values, "the map has more values than bytes");
    };
    for place in 0..count {
        let found = behind_offset(bytes, keys + place * keys_width, keys_width)?;
        if bytes[found..].starts_with(key.as_bytes()) && bytes.get(found + key.len()) == Some(&0) {
            return value(bytes, values + place * map_width, map_width, bytes[types + place]).map(Some);
        }
    }
    Ok(None)
}

/// Returns the bytes of a text or a blob, to which there is an offset at `at`.
fn value(bytes: &[u8], at: usize, offset_width: usize, value_type: u8) -> Result<&[u8], Fault> {
    if ![STRING, BLOB].contains(&(value_type >> 2)) {
        return fault(at, "the entry is neither a text nor a blob");
    }
    let length_width = 1 << (value_type & 3);
    let start = behind_offset(bytes, at, offset_width)?;
    let length = number(bytes, before(start, length_width)?, length_width)?;
    match start.checked_add(length).and_then(|end| bytes.get(start..end)) {
        Some(value) => Ok(value),
        None => fault(start, "the entry is longer than the bytes"),
    }
}

/// Returns the place `width` bytes before `at`.
fn before(at: usize, width: usize) -> Result<usize, Fault> {
    at.checked_sub(width).map_or_else(|| fault(at, "an offset leads before the first byte"), Ok)
}

/// Returns a width in bytes, which was read at `at`.
fn width(bytes: usize, at: usize) -> Result<usize, Fault> {
    if matches!(bytes, 1 | 2 | 4 | 8) { Ok(bytes) } else { fault(at, "a width is none of 1, 2, 4 and 8") }
}

/// Returns the number of `width` bytes at `at`.
fn number(bytes: &[u8], at: usize, width: usize) -> Result<usize, Fault> {
    let Some(digits) = at.checked_add(width).and_then(|end| bytes.get(at..end)) else {
        return fault(at, "an offset leads behind the last byte");
    };
    let mut all = [0; 8];
    all[..width].copy_from_slice(digits);
    usize::try_from(u64::from_le_bytes(all)).or_else(|_| fault(at, "a number is too large"))
}

/// Returns the place to which the offset at `at` leads.
fn behind_offset(bytes: &[u8], at: usize, width: usize) -> Result<usize, Fault> {
    before(at, number(bytes, at, width)?)
}
