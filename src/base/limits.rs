//! What no file may pass, so that a hostile one takes neither the memory nor the day. Real ones are far below.

use std::fs::File;
use std::io::{self, ErrorKind, Read};
use std::path::Path;

use memmap2::Mmap;

/// Bytes of a model: offsets within a flatbuffer reach no further.
pub const MODEL_BYTES: u64 = 1 << 31;
/// Bytes of a graph file, a log or a manifest.
pub const TEXT_BYTES: u64 = 64 << 20;
/// Bytes of a file of measurements.
pub const MEASUREMENTS_BYTES: u64 = 16 << 20;
/// Rows of it.
pub const MEASUREMENTS: usize = 10_000;
/// Bytes of a weights file.
pub const WEIGHTS_BYTES: u64 = 64 << 20;
/// Bytes of a file of cuts.
pub const CUTS_BYTES: u64 = 1 << 16;
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

/// Reads a file of any kind, such as a pipe, to its end.
///
/// # Errors
/// It has more than `most` bytes, or can't be opened or read.
pub fn read_file(path: &Path, most: u64) -> io::Result<Vec<u8>> {
    read(File::open(path)?, most)
}

/// Reads a file in a folder that others can write to.
///
/// # Errors
/// As of [`open`]; or it can't be read.
pub fn read_plain_file(path: &Path, most: u64) -> io::Result<Vec<u8>> {
    // It may grow meanwhile.
    read(open(path, most)?, most)
}

/// Opens a file in a folder that others can write to. Pipes, which may never give anything, and devices, which may never
/// end, are refused.
///
/// # Errors
/// It is not a plain file of at most `most` bytes, or can't be opened.
pub fn open(path: &Path, most: u64) -> io::Result<File> {
    let kind = path.metadata()?;
    if !kind.is_file() {
        return Err(io::Error::new(ErrorKind::InvalidInput, "is not a plain file"));
    }
    check(kind.len(), most)?;
    File::open(path)
}

/// Maps a plain file.
///
/// # Errors
/// As of [`open`].
pub fn map(path: &Path, most: u64) -> io::Result<Mmap> {
    let file = open(path, most)?;
    // SAFETY: the map is read-only. A process that truncates the file meanwhile ends this one with a signal, as it
    // would any program that maps its input; nothing else is at stake.
    unsafe { Mmap::map(&file) }
}

/// Checks a length.
///
/// # Errors
/// It is more than `most` bytes.
pub fn check(bytes: u64, most: u64) -> io::Result<()> {
    match bytes > most {
        true => Err(io::Error::new(
            ErrorKind::FileTooLarge,
            format!("is longer than {most} bytes, which none is"),
        )),
        false => Ok(()),
    }
}
