//! The error of a file that can't be read as a model.

use super::foreign::ForeignFile;

/// The reason why bytes are not a model that can be cut.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ReadError {
    /// The bytes are not a TensorFlow Lite file at all.
    #[error("not a TensorFlow Lite file: {}; {}", .0.what, .0.remedy)]
    NotTflite(ForeignFile),
    /// The file is truncated or damaged.
    #[error("damaged file: {0}; convert or download the model again")]
    Damaged(String),
    /// The file holds a field, operator or form that would be lost or is not supported.
    #[error("{0}")]
    Unsupported(String),
    /// The numbers in the file contradict each other.
    #[error("inconsistent model: {0}; convert the model again")]
    Inconsistent(String),
}
