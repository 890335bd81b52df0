//! Limits on files and graphs, so that hostile input exhausts neither memory nor time. Real input is far below them.

use std::fs::File;
use std::io::{self, ErrorKind, Read};
use std::path::Path;

use memmap2::Mmap;

/// The most bytes of a model file: offsets within a flatbuffer reach no further.
pub const MODEL_BYTES: u64 = 1 << 31;
/// The most bytes of a graph file, a log or a manifest.
pub const TEXT_BYTES: u64 = 64 << 20;
/// The most bytes of a file of measurements.
pub const MEASUREMENTS_BYTES: u64 = 16 << 20;
/// The most rows of a file of measurements.
pub const MEASUREMENTS: usize = 10_000;
/// The most bytes of a weights file.
pub const WEIGHTS_BYTES: u64 = 64 << 20;
/// The most bytes of a file of cuts.
pub const CUTS_BYTES: u64 = 1 << 16;
/// The most bytes of a device file.
pub const DEVICE_BYTES: u64 = 1 << 16;
/// The most operations of a graph.
pub const OPERATIONS: usize = 120_000;
/// The most references to operations that the tensors, constants and sets of a graph hold in total.
pub const REFERENCES: usize = 4_000_000;
/// The most dimensions of a tensor in a module of MLIR, whose parser takes time by their square.
pub const DIMENSIONS: usize = 256;
/// The most stages of a pipeline.
pub const STAGES: u32 = 256;
/// The most words, of at most 8 bytes each, that one table of a search may take.
pub(crate) const WORDS: usize = 1 << 26;

/// Reads `source` to its end.
///
/// # Errors
/// Returns an error if `source` has more than `most` bytes or can't be read.
pub fn read(source: impl Read, most: u64) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    source.take(most + 1).read_to_end(&mut bytes)?;
    check(bytes.len() as u64, most)?;
    Ok(bytes)
}

/// Reads a file of any kind, such as a pipe, to its end.
///
/// # Errors
/// Returns an error if the file has more than `most` bytes, or can't be opened or read.
pub fn read_file(path: &Path, most: u64) -> io::Result<Vec<u8>> {
    read(File::open(path)?, most)
}

/// Reads a file from a folder that other users may be able to write to.
///
/// # Errors
/// Returns an error if [`open`] does, or if the file can't be read.
pub fn read_plain_file(path: &Path, most: u64) -> io::Result<Vec<u8>> {
    // The file may grow while it is read.
    read(open(path, most)?, most)
}

/// Opens a file in a folder that other users may be able to write to. Pipes, which may never give anything, and
/// devices, which may never end, are refused.
///
/// # Errors
/// Returns an error if `path` is not a plain file of at most `most` bytes, or can't be opened.
pub fn open(path: &Path, most: u64) -> io::Result<File> {
    let kind = path.metadata()?;
    if !kind.is_file() {
        return Err(io::Error::new(ErrorKind::InvalidInput, "is not a plain file"));
    }
    check(kind.len(), most)?;
    File::open(path)
}

/// Maps a plain file into memory.
///
/// # Errors
/// Returns an error if [`open`] does, or if the file can't be mapped.
pub fn map(path: &Path, most: u64) -> io::Result<Mmap> {
    let file = open(path, most)?;
    // SAFETY: the map is read-only. If another process truncates the file meanwhile, a signal ends this process, as
    // it would end any program that maps its input; nothing else is at stake.
    unsafe { Mmap::map(&file) }
}

/// Checks a length in bytes.
///
/// # Errors
/// Returns an error if `bytes` is more than `most`.
pub fn check(bytes: u64, most: u64) -> io::Result<()> {
    match bytes > most {
        true => Err(io::Error::new(
            ErrorKind::FileTooLarge,
            format!("is longer than {most} bytes, the most that is read"),
        )),
        false => Ok(()),
    }
}
