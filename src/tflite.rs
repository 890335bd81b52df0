//! TensorFlow Lite files in and out: checked reading without copying weights, lossless stages, streamed writing.

pub(crate) mod check;
pub mod extract;
mod format;
pub mod graph;
mod macs;
pub mod model;
pub mod ops;
mod read;
mod shapes;
pub mod support;
mod types;
mod write;

pub use model::Model;
pub use read::{ReadError, read};
pub use types::TensorType;
pub use write::{WriteError, write};
