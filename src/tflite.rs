//! TensorFlow Lite files: checked reading without copying weights, lossless extraction of stages, streamed writing.

pub mod check;
pub mod cuts;
pub mod extract;
pub mod foreign;
mod format;
pub mod graph;
pub mod hazards;
pub mod kept;
mod layout;
mod macs;
pub(crate) mod make;
pub mod model;
pub mod names;
pub mod ops;
mod read;
mod read_error;
pub mod shapes;
pub mod support;
#[cfg(test)]
pub(crate) mod testing;
mod types;
mod write;

pub use model::Model;
pub use read::read;
pub use read_error::ReadError;
pub use types::TensorType;
pub use write::{WriteError, write};
