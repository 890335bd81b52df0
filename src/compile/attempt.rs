//! One attempt: stages of one schedule, written and, if there is a compiler, compiled.

use std::path::Path;

use tempfile::TempDir;

use super::error::CompileError;
use super::request::{Progress, Request};
use crate::device::EdgeTpu;
use crate::edgetpu::all_stages::Compiled;
use crate::edgetpu::error::RunError;
use crate::problem::judge::verify;
use crate::problem::{Problem, Rules};
use crate::solve::Solution;
use crate::stages::attempts::AttemptEntry;
use crate::stages::manifest::FileEntry;
use crate::stages::parts::parts;
use crate::stages::write;
use crate::tflite::extract::Part;
use crate::tflite::graph::ModelGraph;

/// Stages in a folder of their own.
pub(super) struct Attempt {
    /// The folder.
    pub folder: TempDir,
    /// The graph, with what the compiler refused as constraints.
    pub graph: ModelGraph,
    /// The device, with the on-chip capacity that the schedule counts on.
    pub device: EdgeTpu,
    /// The schedule.
    pub solution: Solution,
    /// The stages, in order.
    pub files: Vec<(Part, FileEntry)>,
    /// What the compiler made of each, if there is one.
    pub compiled: Vec<Compiled>,
}

impl Attempt {
    /// The problem that the schedule solves: the request's, with what the compiler said.
    pub fn problem<'p>(&'p self, request: &Request<'p>) -> Problem<'p> {
        Problem { graph: &self.graph.graph, device: self.device.clone(), ..request.problem.clone() }
    }
}

/// What happened so far.
#[derive(Default)]
pub(super) struct History {
    /// Every attempt.
    pub attempts: Vec<AttemptEntry>,
    /// What was done, in sentences.
    pub notes: Vec<String>,
}

/// Returns the request's schedule of `problem`.
///
/// # Errors
/// There is none, or Coral's runner can't run it.
pub(super) fn solve(request: &Request, problem: &Problem) -> Result<Solution, CompileError> {
    let solution = (request.solve)(problem).map_err(CompileError::Schedule)?;
    runs_on_coral(problem, &solution)?;
    Ok(solution)
}

/// Refuses a schedule that obeys precedence alone where stages of it could not be joined by Coral's runner.
pub(super) fn runs_on_coral(problem: &Problem, solution: &Solution) -> Result<(), CompileError> {
    let by_coral = Problem { rules: Rules::Coral, ..problem.clone() };
    verify(&by_coral, &solution.schedule).map(drop).map_err(CompileError::NotForRunner)
}

/// Stages that are written, and what came of compiling them.
pub(super) struct WrittenStages {
    /// The folder that they are in.
    pub folder: TempDir,
    /// Each part of the model with its file.
    pub files: Vec<(Part, FileEntry)>,
    /// What came of compiling them.
    pub compiled: Result<Vec<Compiled>, RunError>,
}

/// Writes the stages of `solution` into a folder of their own within `folder`, and compiles them.
///
/// # Errors
/// A file can't be written, or somebody asks to stop.
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

/// Has the request's compiler compile `files` of `folder`; nothing is done if there is none.
///
/// # Errors
/// Of the first stage that can't be compiled.
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
