//! The reasons why a model was not compiled into a folder.

use std::error::Error;
use std::io;

use crate::base::cancel::Interrupted;
use crate::base::hint::{Hint, Hinted};
use crate::base::new_folder::OutputError;
use crate::edgetpu::error::{FailedRun, RunError};
use crate::graph::OpId;
use crate::problem::judge::Violation;
use crate::solve::SolveError;
use crate::stages::check::{Finding, FolderError};
use crate::stages::error::StageFileError;

/// An error of a function that the caller brings along: a scheduler, or the maker of an extra file.
pub type CallerError = Box<dyn Error + Send + Sync>;

/// The reason why a model was not compiled into a folder. In every case nothing was written, and an earlier folder is
/// as it was.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum CompileError {
    /// The compiler would refuse the model, or find nothing in it for an Edge TPU.
    #[error("{0}")]
    NotForEdgeTpu(String),
    /// The model's name can't be part of a file's name.
    #[error("'{0}' cannot be part of a file's name, as the stages need it")]
    Name(String),
    /// No schedule was found.
    #[error(transparent)]
    Schedule(CallerError),
    /// The schedule obeys precedence alone, and breaks rules of Coral's runner.
    #[error(
        "stages of this schedule, which obeys precedence alone, can't be run by Coral's runner, so none are written: {}",
        .0.iter().map(ToString::to_string).collect::<Vec<_>>().join("; ")
    )]
    NotForRunner(Vec<Violation>),
    /// The folder can't be written.
    #[error(transparent)]
    Output(#[from] OutputError),
    /// A file of the folder can't be written or read.
    #[error(transparent)]
    File(#[from] StageFileError),
    /// The files could not be prepared in the place where the folder will be.
    #[error("{what}")]
    Io {
        /// The step that was tried.
        what: &'static str,
        /// The reason that the system gives.
        #[source]
        cause: io::Error,
    },
    /// The compiler could not be run, or has not compiled a stage.
    #[error(transparent)]
    Compiler(#[from] RunError),
    /// The compiler refuses a stage, and no schedule keeps apart what it refuses.
    #[error("{failed}\nre-cut: it refuses {apart}, and there is no other cut")]
    NoOtherCut {
        /// The compiler's run that refused the stage.
        failed: Box<FailedRun>,
        /// The operations that must not share a stage.
        apart: String,
        /// The reason why no schedule keeps the operations apart.
        #[source]
        cause: Box<CompileError>,
    },
    /// The compiler refuses stages that keep apart the operations that it refused before.
    #[error(
        "{failed}\nre-cut: it refuses {apart}, and does not take the stages that keep these apart either"
    )]
    StillRefused {
        /// The compiler's run that refused the stage.
        failed: Box<FailedRun>,
        /// The operations that do not share a stage.
        apart: String,
    },
    /// The compiler refuses an operation on its own, which no cut can change.
    #[error("{failed}\nre-cut: it refuses {name} in a stage of its own, so no other cut can help")]
    RefusedAlone {
        /// The compiler's run that refused the stage.
        failed: Box<FailedRun>,
        /// The operation that is refused.
        operation: OpId,
        /// The operation's number, kind and name.
        name: String,
    },
    /// The compiler refuses a stage, and the model was already cut again as often as allowed.
    #[error("{failed}\nre-cut: {cuts} times already")]
    RecutsSpent {
        /// The compiler's run that refused the stage.
        failed: Box<FailedRun>,
        /// The number of times that the model was cut again.
        cuts: u32,
    },
    /// An extra file could not be made.
    #[error(transparent)]
    Extra(CallerError),
    /// The stages can't be read back.
    #[error(transparent)]
    Folder(#[from] FolderError),
    /// The stages do not pass their own check.
    #[error("the stages do not pass their own check, so none were kept: {0}")]
    Unsound(Finding),
    /// Somebody asked to stop.
    #[error(transparent)]
    Interrupted(#[from] Interrupted),
}

impl CompileError {
    /// Returns whether the model itself or its schedule is at fault, and not a file or the compiler.
    pub fn is_about_model(&self) -> bool {
        use CompileError::*;
        matches!(self, NotForEdgeTpu(_) | Schedule(_) | NotForRunner(_) | Unsound(_))
    }
}

impl Hinted for CompileError {
    fn hint(&self) -> Option<Hint> {
        match self {
            CompileError::NotForEdgeTpu(_) => Some(Hint::AllowCpu),
            CompileError::Schedule(error) => error.downcast_ref::<SolveError>().and_then(Hinted::hint),
            CompileError::NotForRunner(_) => Some(Hint::CoralRules),
            CompileError::Output(error) => error.hint(),
            CompileError::Compiler(error) => error.hint(),
            CompileError::NoOtherCut { .. }
            | CompileError::StillRefused { .. }
            | CompileError::RefusedAlone { .. } => Some(Hint::CutElsewhereOrDoNotCompile),
            CompileError::RecutsSpent { .. } => Some(Hint::MoreRecuts),
            _ => None,
        }
    }
}
