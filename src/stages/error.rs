//! The reasons why the files of a folder of stages can't be written or read.

use std::io;

use crate::tflite::WriteError;

/// The reason why a file of a folder of stages can't be written or read back.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum StageFileError {
    /// A stage can't be written.
    #[error("writing {file}")]
    Stage {
        /// The stage's file name.
        file: String,
        /// The obstacle to writing it.
        #[source]
        cause: WriteError,
    },
    /// Another file can't be written or read.
    #[error("{file}")]
    Other {
        /// The file's name.
        file: String,
        /// The system's reason.
        #[source]
        cause: io::Error,
    },
}
