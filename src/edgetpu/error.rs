//! The reasons why a run of the compiler gives nothing to go on with.

use std::io;
use std::path::PathBuf;
use std::process::ExitStatus;
use std::time::Duration;

use super::log::FailureKind;
use crate::base::cancel::Interrupted;
use crate::base::hint::{Hint, Hinted};

/// The most bytes that the compiler may print; more can't be a log.
pub(super) const LOG_LIMIT: u64 = 16 << 20;

/// The reason why the compiler could not be run, or has not compiled a stage.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum RunError {
    /// The program that was named does not exist.
    #[error("{}: no such program; name edgetpu_compiler's path", .0.display())]
    NoProgram(PathBuf),
    /// The compiler is older than a flag.
    #[error(
        "edgetpu_compiler {version} has no flag {}, which came with version {since}: leave it out, or install that one",
        .flag.trim_start_matches('-')
    )]
    TooOld {
        /// The version of the compiler at hand.
        version: String,
        /// The flag that the compiler does not have.
        flag: String,
        /// The first version that has the flag.
        since: u32,
    },
    /// The program could not be started, or a file could not be read or written.
    #[error("{what}")]
    Io {
        /// The file, or the step that was tried.
        what: String,
        /// The reason that the system gives.
        #[source]
        cause: io::Error,
    },
    /// Somebody asked to stop.
    #[error(transparent)]
    Interrupted(#[from] Interrupted),
    /// The compiler did not end in time.
    #[error("edgetpu_compiler did not finish '{file}' within {} s", .limit.as_secs())]
    TimedOut {
        /// The stage's file name.
        file: String,
        /// The time that the run was given.
        limit: Duration,
    },
    /// The compiler prints more than any log can hold.
    #[error("edgetpu_compiler printed more than {LOG_LIMIT} bytes for '{file}' and was ended")]
    Endless {
        /// The stage's file name.
        file: String,
    },
    /// An earlier stage failed first.
    #[error("edgetpu_compiler was ended before '{file}' was compiled, as an earlier stage failed")]
    Abandoned {
        /// The stage's file name.
        file: String,
    },
    /// The compiler ended without a compiled file.
    #[error(transparent)]
    Failed(Box<FailedRun>),
}

impl RunError {
    /// Returns a function that makes an [`RunError::Io`] of the system's reason; `what` is the file, or the step that
    /// was tried.
    pub(super) fn io(what: impl Into<String>) -> impl FnOnce(io::Error) -> RunError {
        let what = what.into();
        |cause| RunError::Io { what, cause }
    }

    /// Returns the run that ended without a compiled file, if the error is about one.
    pub fn failed(&self) -> Option<&FailedRun> {
        match self {
            RunError::Failed(failed) => Some(failed),
            _ => None,
        }
    }
}

impl Hinted for RunError {
    fn hint(&self) -> Option<Hint> {
        match self {
            RunError::TimedOut { .. } => Some(Hint::MoreCompilerTime),
            RunError::Endless { .. } => Some(Hint::RunByHandOrDoNotCompile),
            RunError::Failed(_) => Some(Hint::CutElsewhereOrDoNotCompile),
            _ => None,
        }
    }
}

/// A run of the compiler that ended without a compiled file.
#[derive(Debug, thiserror::Error)]
#[error("edgetpu_compiler compiled no '{file}' ({status}): {cause}\n{tail}\n{advice}")]
pub struct FailedRun {
    /// The stage's file name.
    pub file: String,
    /// The exit status of the process.
    pub status: ExitStatus,
    /// The kind of failure, as the log tells it; `None` if the log tells of none.
    pub kind: Option<FailureKind>,
    /// The cause of the failure, in words.
    pub cause: String,
    /// The advice on what to do about it, whatever runs the compiler.
    pub advice: String,
    /// The last lines that the compiler printed, indented.
    pub tail: String,
}

impl FailedRun {
    /// Returns whether the compiler may take a part of the stage, or other stages.
    pub fn depends_on_operators(&self) -> bool {
        self.kind.is_some_and(FailureKind::depends_on_operators)
    }
}
