//! Mistakes in the command line that its parser does not see.

use clap::error::ErrorKind;

/// An error of options that do not go together, or of a value that makes no sense; it is reported as the parser
/// reports its own errors.
#[derive(Debug, thiserror::Error)]
#[error("{message}")]
pub struct UsageError {
    /// The kind of the error, in clap's terms.
    pub kind: ErrorKind,
    /// The description of what is wrong.
    pub message: String,
}

impl UsageError {
    /// Returns an error of `kind` with `message`.
    pub fn new(kind: ErrorKind, message: impl ToString) -> UsageError {
        UsageError { kind, message: message.to_string() }
    }
}
