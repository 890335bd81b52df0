//! One attempt: stages of one schedule, written and, if there is a compiler, compiled.

use std::path::Path;

use tempfile::TempDir;

use super::error::CompileError;
use super::request::{Progress, Request};
use crate::device::EdgeTpu;
use crate::edgetpu::error::RunError;
use crate::edgetpu::one_stage::Compiled;
use crate::problem::judge::verify;
use crate::problem::{Problem, Rules};
use crate::solve::Solution;
use crate::stages::attempts::AttemptEntry;
use crate::stages::manifest::FileEntry;
use crate::stages::parts::parts;
use crate::stages::write;
use crate::tflite::extract::Part;
use crate::tflite::graph::ModelGraph;

/// The stages of one attempt, in a folder of their own.
pub(super) struct Attempt {
    /// The scratch folder that holds the stages.
    pub folder: TempDir,
    /// The graph, with constraints that keep apart what the compiler refused.
    pub graph: ModelGraph,
    /// The device, with the on-chip capacity that the schedule counts on.
    pub device: EdgeTpu,
    /// The schedule, with the judge's figures.
    pub solution: Solution,
    /// The stages in order: the part of the model and the file of each.
    pub files: Vec<(Part, FileEntry)>,
    /// The results of compiling each stage; empty if there is no compiler.
    pub compiled: Vec<Compiled>,
}

impl Attempt {
    /// Returns the problem that the schedule solves: the request's, with the graph and the device as corrected by what
    /// the compiler said.
    pub fn problem<'p>(&'p self, request: &Request<'p>) -> Problem<'p> {
        Problem { graph: &self.graph.graph, device: self.device.clone(), ..request.problem.clone() }
    }
}

/// The record of what has happened so far.
#[derive(Default)]
pub(super) struct History {
    /// Every attempt so far.
    pub attempts: Vec<AttemptEntry>,
    /// The steps that were taken, in sentences.
    pub notes: Vec<String>,
}

/// Returns the schedule that the request's scheduler finds for `problem`.
///
/// # Errors
/// Returns an error if there is no schedule, or if Coral's runner can't run the stages of it.
pub(super) fn solve(request: &Request, problem: &Problem) -> Result<Solution, CompileError> {
    let solution = (request.solve)(problem).map_err(CompileError::Schedule)?;
    runs_on_coral(problem, &solution)?;
    Ok(solution)
}

/// Refuses a schedule that obeys precedence alone if Coral's runner could not join its stages.
pub(super) fn runs_on_coral(problem: &Problem, solution: &Solution) -> Result<(), CompileError> {
    let by_coral = Problem { rules: Rules::Coral, ..problem.clone() };
    verify(&by_coral, &solution.schedule).map(drop).map_err(CompileError::NotForRunner)
}

/// The stages of a schedule as they were written, and the result of compiling them.
pub(super) struct WrittenStages {
    /// The scratch folder that holds the stages.
    pub folder: TempDir,
    /// The part of the model that each stage is, with its file, in order.
    pub files: Vec<(Part, FileEntry)>,
    /// The results of compiling each stage, or the first error; empty if there is no compiler.
    pub compiled: Result<Vec<Compiled>, RunError>,
}

/// Writes the stages of `solution` into a folder of their own within `folder`, and compiles them; returns the stages and
/// the result of compiling.
///
/// # Errors
/// Returns an error if a file can't be written, or if somebody asks to stop.
pub(super) fn written_and_compiled(
    request: &Request,
    graph: &ModelGraph,
    solution: &Solution,
    folder: &Path,
) -> Result<WrittenStages, CompileError> {
    request.cancel.check()?;
    let scratch = scratch(folder)?;
    let stage_parts = parts(request.model, graph, &solution.evaluation);
    let files = write::write_stages(request.model, graph.graph.name(), stage_parts, scratch.path())?;
    let names: Vec<&str> = files.iter().map(|(_, file)| file.file.as_str()).collect();
    let compiled = compiled(request, scratch.path(), &names);
    Ok(WrittenStages { folder: scratch, files, compiled })
}

/// Compiles `files` of `folder` with the request's compiler; does nothing if there is none.
///
/// # Errors
/// Returns the error of the first stage that can't be compiled.
pub(super) fn compiled(request: &Request, folder: &Path, files: &[&str]) -> Result<Vec<Compiled>, RunError> {
    let Some(compiler) = request.compiler else { return Ok(Vec::new()) };
    (request.progress)(Progress::Compiling(files.len()));
    let done = || (request.progress)(Progress::Compiled);
    request.run.compile(compiler, folder, files, &request.cancel, done)
}

/// Makes a scratch folder within `folder`.
pub(super) fn scratch(folder: &Path) -> Result<TempDir, CompileError> {
    tempfile::tempdir_in(folder).map_err(|cause| CompileError::Io { what: "a scratch folder", cause })
}
