//! What the check of a folder finds, and why it can't judge one.

use std::path::PathBuf;

use serde::Serialize;

/// One fault of a folder.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Finding {
    /// The number of Coral's rule that is broken, as in the README; `None` if it is no rule.
    pub rule: Option<u8>,
    /// The name of the file that shows the fault.
    pub file: String,
    /// The fault, in words.
    pub message: String,
}

impl std::fmt::Display for Finding {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self.rule {
            Some(rule) => write!(f, "{}: rule {rule}: {}", self.file, self.message),
            None => write!(f, "{}: {}", self.file, self.message),
        }
    }
}

/// The faults found so far; the file of each is a stage's or the manifest's.
#[derive(Default)]
pub(super) struct Findings(pub Vec<Finding>);

impl Findings {
    pub fn add(&mut self, rule: Option<u8>, file: &str, message: String) {
        self.0.push(Finding { rule, file: file.into(), message });
    }
}

/// The reason why a folder can't be judged at all.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum FolderError {
    /// The manifest can't be read.
    #[error("{}: {cause}; give a folder that 'respect compile' wrote", .path.display())]
    Unreadable {
        /// The manifest's path.
        path: PathBuf,
        /// The system's reason.
        cause: std::io::Error,
    },
    /// The file is not a valid manifest.
    #[error("{}: {message}", .path.display())]
    Invalid {
        /// The manifest's path.
        path: PathBuf,
        /// The fault, in words.
        message: String,
    },
    /// The folder has neither a manifest nor segments.
    #[error(
        "{}: there is neither schedule.json nor a file named NAME_segment_I_of_N.tflite or \
         NAME_segment_I_of_N_edgetpu.tflite; give a folder that 'respect compile' or 'edgetpu_compiler --num_segments' wrote",
        .path.display()
    )]
    NoSegments {
        /// The folder's path.
        path: PathBuf,
    },
}
