//! The compiler's own partition: the schedule that `--num_segments` makes of a whole model, read from the segments that
//! it writes.

use std::fs;
use std::path::Path;
use std::time::{Duration, Instant};

use super::compiler::Compiler;
use super::cuts::{NotOfModel, schedule};
use super::error::RunError;
use super::interface::{Interface, interface};
use super::log::{self, Failure};
use super::names::{compiled_name, stage_name};
use super::process::Run;
use crate::base::cancel::Cancel;
use crate::base::hint::{Hint, Hinted};
use crate::graph::OpGraph;
use crate::problem::Schedule;

/// The first version of the compiler that can cut a model.
const SINCE: u32 = 15;

/// The reason why the compiler's own partition is not known.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum PartitionError {
    /// The compiler is too old to cut a model.
    #[error("edgetpu_compiler {version} cannot cut: --num_segments came with version {SINCE}")]
    TooOld {
        /// The version of the compiler at hand.
        version: String,
    },
    /// The compiler could not be run to its end.
    #[error(transparent)]
    Run(#[from] RunError),
    /// The compiler ran and failed.
    #[error("edgetpu_compiler --num_segments {segments}: {}; {}", .failure.text, .failure.advice)]
    Failed {
        /// The number of segments that it was asked for.
        segments: u32,
        /// The failure, as the compiler's log tells it.
        failure: Failure,
    },
    /// A segment does not exist or is not a model.
    #[error("edgetpu_compiler wrote no readable {file}: {why}")]
    Unreadable {
        /// The segment's file name.
        file: String,
        /// The reason why it can't be read.
        why: String,
    },
    /// The segments do not fit the model's graph.
    #[error(transparent)]
    OtherModel(#[from] NotOfModel),
}

impl Hinted for PartitionError {
    fn hint(&self) -> Option<Hint> {
        match self {
            PartitionError::Run(error) => error.hint(),
            _ => None,
        }
    }
}

/// Runs the compiler to cut the model at `path` into segments and compile them, and reads its partition; returns the
/// schedule and the time that the compiler took.
///
/// # Errors
/// Returns an error if the compiler is too old, does not end in time, or fails; or if what it wrote is not a partition
/// of `graph`.
pub fn partition(
    compiler: &Compiler,
    path: &Path,
    graph: &OpGraph,
    segments: u32,
    limit: Duration,
    cancel: &Cancel,
) -> Result<(Schedule, Duration), PartitionError> {
    if !compiler.has(SINCE) {
        return Err(PartitionError::TooOld { version: compiler.version.clone().unwrap_or_default() });
    }
    let scratch = tempfile::tempdir().map_err(RunError::io("a scratch folder"))?;
    // A path that starts with a dash is no flag.
    let model = std::path::absolute(path).map_err(RunError::io(path.display().to_string()))?;
    let arguments =
        ["--show_operations", "--num_segments", &segments.to_string(), "--out_dir"].map(Into::into);
    let file = path.file_name().unwrap_or_default().to_string_lossy();
    let run = Run {
        program: &compiler.path,
        arguments: arguments.into_iter().chain([scratch.path().into(), model.into()]).collect(),
        subject: &file,
        limit,
        cancel,
    };
    let output = scratch.path().join("output.txt");
    let start = Instant::now();
    let status = run.to_end(&output, || false)?;
    let took = start.elapsed();
    let text = fs::read(&output).map_err(RunError::io("the compiler's output"))?;
    let log = log::read(&String::from_utf8_lossy(&text));
    if let Some(failure) = log.failure.filter(|_| !status.success()) {
        return Err(PartitionError::Failed { segments, failure });
    }
    let stem = path.file_stem().unwrap_or_default().to_string_lossy();
    let read = |segment: usize| {
        let file = compiled_name(&stage_name(&stem, segment, segments as usize));
        interface(&scratch.path().join(&file)).map_err(|why| PartitionError::Unreadable { file, why })
    };
    let interfaces: Vec<Interface> = (0..segments as usize).map(read).collect::<Result<_, _>>()?;
    Ok((schedule(graph, &interfaces)?, took))
}
