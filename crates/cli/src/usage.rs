//! Mistakes in the command line that its parser does not see.

use clap::error::ErrorKind;

/// The error of options that do not go together, or of a value that makes no sense; the command line tells it as its own.
#[derive(Debug, thiserror::Error)]
#[error("{message}")]
pub struct UsageError {
    /// The kind, as clap has it.
    pub kind: ErrorKind,
    /// What is wrong.
    pub message: String,
}

impl UsageError {
    /// Returns the error of that kind.
    pub fn new(kind: ErrorKind, message: impl ToString) -> UsageError {
        UsageError { kind, message: message.to_string() }
    }
}
