//! Why a file is no model.

use super::foreign::ForeignFile;

/// Why bytes are no model that can be cut.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ReadError {
    /// Not a TensorFlow Lite file at all.
    #[error("not a TensorFlow Lite file: {}; {}", .0.what, .0.remedy)]
    NotTflite(ForeignFile),
    /// Truncated or damaged.
    #[error("damaged file: {0}; convert or download the model again")]
    Damaged(String),
    /// A field, operator or form that would be lost or is not supported.
    #[error("{0}")]
    Unsupported(String),
    /// Numbers that contradict each other.
    #[error("inconsistent model: {0}; convert the model again")]
    Inconsistent(String),
}
