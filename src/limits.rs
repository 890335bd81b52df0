//! What no file may pass, so that a hostile one takes neither the memory nor the day. Real ones are far below.

use std::io::{self, Read};

/// Bytes of a model: offsets within a flatbuffer reach no further.
pub const MODEL_BYTES: u64 = 1 << 31;
/// Bytes of a graph file, a log or a manifest.
pub const TEXT_BYTES: u64 = 64 << 20;
/// Bytes of a file of measurements.
pub const MEASUREMENTS_BYTES: u64 = 16 << 20;
/// Rows of it.
pub const MEASUREMENTS: usize = 10_000;
/// Bytes of a device file.
pub const DEVICE_BYTES: u64 = 1 << 16;
/// Operations of a graph.
pub const OPERATIONS: usize = 120_000;
/// References from tensors, constants and sets to operations, all together.
pub const REFERENCES: usize = 4_000_000;
/// Stages of a pipeline.
pub const STAGES: u32 = 256;
/// Words of memory for one table of a search, of 8 bytes at most each.
pub(crate) const WORDS: usize = 1 << 26;

/// Reads `source` to its end.
///
/// # Errors
/// It has more than `most` bytes, or can't be read.
pub fn read(source: impl Read, most: u64) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    source.take(most + 1).read_to_end(&mut bytes)?;
    check(bytes.len() as u64, most)?;
    Ok(bytes)
}

/// Checks a length.
///
/// # Errors
/// It is more than `most` bytes.
pub fn check(bytes: u64, most: u64) -> io::Result<()> {
    match bytes > most {
        true => Err(io::Error::new(
            io::ErrorKind::FileTooLarge,
            format!("is longer than {most} bytes, which none is"),
        )),
        false => Ok(()),
    }
}
