//! What Google's compiler made of a model: the packages for Edge TPUs that a compiled file holds.
//!
//! A compiled file is a `.tflite` file in which an operator `edgetpu-custom-op` stands for all that runs on the Edge TPU. Its
//! options are a map of flexbuffers, whose entry "4" is a DarwiNN package: a flatbuffer with the identifier `DWN1`,
//! which holds one executable, or one that fills the parameter cache and one that computes. The numbers of fields are
//! facts from the schema of Google's runtime, `executable/executable.fbs` of libedgetpu.

mod contents;
mod error;
mod flexmap;
mod format;
mod overlap;
mod read;
#[cfg(test)]
#[path = "../../tests/standin/compiler/package.rs"]
pub(crate) mod standin;
#[cfg(test)]
pub(crate) mod testing;
#[cfg(test)]
mod tests;

pub use contents::{
    CompiledOperator, DataType, DmaHint, Executable, ExecutableKind, Layer, Package, PackageBytes, Target,
};
pub use error::{Fault, PackageError};
pub use read::packages;
