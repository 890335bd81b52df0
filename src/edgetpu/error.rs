//! Why a run of the compiler gives nothing to go on with.

use std::io;
use std::path::PathBuf;
use std::process::ExitStatus;
use std::time::Duration;

use super::log::FailureKind;
use crate::base::cancel::Interrupted;
use crate::base::hint::{Hint, Hinted};

/// The most bytes that the compiler may print. More is no log.
pub(super) const LOG_LIMIT: u64 = 16 << 20;

/// Why the compiler could not be run, or has not compiled a stage.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum RunError {
    /// The program that was named is not there.
    #[error("{}: no such program; name edgetpu_compiler's path", .0.display())]
    NoProgram(PathBuf),
    /// The compiler is older than a flag.
    #[error(
        "edgetpu_compiler {version} has no flag {flag}, which came with version {since}: leave it out, or install that one"
    )]
    TooOld {
        /// The version at hand.
        version: String,
        /// The flag.
        flag: String,
        /// The first version that has the flag.
        since: u32,
    },
    /// The program could not be started, or a file not be read or written.
    #[error("{what}")]
    Io {
        /// The file, or what was tried.
        what: String,
        /// The system's reason.
        #[source]
        cause: io::Error,
    },
    /// Somebody asked to stop.
    #[error(transparent)]
    Interrupted(#[from] Interrupted),
    /// The compiler did not end in time.
    #[error("edgetpu_compiler did not finish '{file}' within {} s", .limit.as_secs())]
    TimedOut {
        /// The stage.
        file: String,
        /// The time that it had.
        limit: Duration,
    },
    /// The compiler prints without end.
    #[error("edgetpu_compiler printed more than {LOG_LIMIT} bytes for '{file}' and was ended")]
    Endless {
        /// The stage.
        file: String,
    },
    /// An earlier stage failed first.
    #[error("edgetpu_compiler was ended before '{file}' was compiled, as an earlier stage failed")]
    Abandoned {
        /// The stage.
        file: String,
    },
    /// The compiler ended without a compiled file.
    #[error(transparent)]
    Failed(Box<FailedRun>),
}

impl RunError {
    /// Returns what makes an [`RunError::Io`] of the system's reason; `what` is the file, or what was tried.
    pub(super) fn io(what: impl Into<String>) -> impl FnOnce(io::Error) -> RunError {
        let what = what.into();
        |cause| RunError::Io { what, cause }
    }

    /// Returns the run that ended without a compiled file, if that is what happened.
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

/// A run that ended without a compiled file.
#[derive(Debug, thiserror::Error)]
#[error("edgetpu_compiler compiled no '{file}' ({status}): {cause}\n{tail}\n{advice}")]
pub struct FailedRun {
    /// The stage.
    pub file: String,
    /// How the process ended.
    pub status: ExitStatus,
    /// The kind of failure, as the log tells it; `None` if the log tells of none.
    pub kind: Option<FailureKind>,
    /// What went wrong.
    pub cause: String,
    /// What to do about it, whatever runs the compiler.
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
