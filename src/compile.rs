//! The way from a model to a folder of stages: schedule, write, compile, cut again where the compiler objects to a
//! stage, check, and let the folder appear.
//!
//! [`compile`] is the one way to such a folder: the command line and the passes call it as well.

mod attempt;
pub mod error;
mod isolate;
mod outcome;
mod recut;
mod refine;
mod reported;
mod request;

use std::io;
use std::path::Path;

pub use error::{CallerError, CompileError};
pub use outcome::Outcome;
pub use request::{Draft, ExtraFile, Progress, RECUTS, REFINEMENTS, Request, Source};

use self::attempt::{Attempt, History};
use crate::base::hash::{Hashing, sha256};
use crate::base::new_folder::NewFolder;
use crate::edgetpu::log::{Runtime, nothing_mapped, on_cpu};
use crate::edgetpu::names::command_line;
use crate::stages::error::StageFileError;
use crate::stages::folder::STAGES;
use crate::stages::manifest::{FileEntry, Manifest};
use crate::stages::{check, write};
use crate::tflite;
use crate::tflite::support::Placement;
use crate::tflite::{Model, shapes};

/// Compiles a model into a folder of stages, which appears whole or not at all.
///
/// The model is cut as [`Request::solve`] says. If there is a compiler, the stages go through it: where it refuses a
/// stage, the refused operations are kept apart and the model is cut again; where refinement is asked for, the
/// operations' bytes and the on-chip capacity are corrected by what the compiler wrote and reported. The folder gets the stages, `schedule.json`, `run_pipeline.py`
/// and [`Request::extra_files`], and is read back and judged before it appears.
///
/// ```no_run
/// use std::path::Path;
///
/// use respect::compile::{Request, Source, compile};
/// use respect::device::EdgeTpu;
/// use respect::problem::{Objective, Problem, Rules};
/// use respect::solve::{Algorithm, Budget, solve_for_runner};
/// use respect::tflite;
///
/// let bytes = std::fs::read("model.tflite")?;
/// let mut model = tflite::read(&bytes)?;
/// tflite::names::complete(&mut model);
/// let graph = tflite::graph::graph(&model, "model")?;
/// let problem = Problem {
///     graph: &graph.graph,
///     stages: 4,
///     device: EdgeTpu::usb3(),
///     objective: Objective::Latency,
///     rules: Rules::Coral,
/// };
/// let solve = |problem: &Problem| {
///     Ok(solve_for_runner(problem, Algorithm::Exact, &Budget::of(Algorithm::Exact))?)
/// };
/// let source = Source { file: "model.tflite".into(), bytes: Some(&bytes) };
/// let outcome = compile(&Request::new(&model, source, &graph, &problem, &solve, Path::new("stages")))?;
/// println!("{} stages, {}", outcome.manifest.stages.len(), outcome.solution.evaluation.bottleneck);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Errors
/// Returns an error if the model is not for an Edge TPU, if there is no schedule, if the folder is taken or a file
/// can't be written, if a stage can't be compiled whatever the cut, or if somebody asks to stop. In every case nothing
/// is written, and an earlier folder is as it was.
pub fn compile(request: &Request) -> Result<Outcome, CompileError> {
    check_request(request)?;
    let folder = NewFolder::create(request.folder, request.replace.then_some(&STAGES))?;
    let mut history = History::default();
    // The hash needs nothing of the schedule: it is made meanwhile.
    let (source, kept) = std::thread::scope(|scope| {
        let (source, model) = (&request.source, request.model);
        let source = scope.spawn(move || entry(source, model));
        let kept = best_attempt(request, folder.path(), &mut history);
        (source.join().expect("hashing bytes does not panic"), kept)
    });
    let kept = kept?;
    let History { mut attempts, notes } = history;
    if attempts.len() < 2 && request.refinements == 0 {
        attempts.clear();
    }
    let (problem, solution) = (kept.problem(request), &kept.solution);
    let model = (request.model, &kept.graph, source?);
    let command = |file: &str| command_line(file, request.run.flags);
    let mut manifest = Manifest::new(&problem, solution, request.seed, model, &kept.files, command);
    manifest.attempts = attempts;
    manifest.cut_after.clone_from(&request.cut_after);
    manifest.verdict = request.verdict.cloned();
    manifest.deploy(&request.devices);
    if request.compiler.is_some() {
        write::enter_compiled(folder.path(), &mut manifest)?;
        for (stage, compiled) in manifest.stages.iter_mut().zip(&kept.compiled) {
            stage.compiled_bytes = compiled.bytes;
        }
    }
    write::write_manifest(folder.path(), &manifest)?;
    let draft = Draft { problem: &problem, solution, manifest: &manifest };
    for file in (request.extra_files)(&draft).map_err(CompileError::Extra)? {
        write::write_file(folder.path(), &file.name, &file.contents)?;
    }
    if let Some(finding) = check::verify(folder.path())?.into_iter().next() {
        return Err(CompileError::Unsound(finding));
    }
    request.cancel.check()?;
    folder.finish()?;
    let notes = notes.into_iter().chain(notes_of(request, &manifest, &kept)).collect();
    let Attempt { graph, device, solution, .. } = kept;
    Ok(Outcome { manifest, solution, graph, device, notes })
}

/// Checks the request for errors that can be told before anything is done.
fn check_request(request: &Request) -> Result<(), CompileError> {
    let name = request.graph.graph.name();
    if name.is_empty() || name.contains(['/', '\0']) {
        return Err(CompileError::Name(name.into()));
    }
    if let Some(compiler) = request.compiler {
        request.run.check(compiler)?;
    }
    match Placement::new(request.model, &shapes::analyze(request.model)).whole() {
        Some(whole) if whole.is_refused && !request.allow_cpu => {
            Err(CompileError::NotForEdgeTpu(whole.to_string()))
        }
        _ => Ok(()),
    }
}

/// Cuts and compiles as often as the request allows, and moves the best stages into `folder`.
fn best_attempt(request: &Request, folder: &Path, history: &mut History) -> Result<Attempt, CompileError> {
    let (graph, device) = (request.graph.clone(), request.problem.device.clone());
    let first = recut::until_compiled(request, graph, device, request.first, folder, history)?;
    let kept = match request.compiler.is_some() && request.refinements > 0 {
        true => refine::refine(request, first, folder, history)?,
        false => first,
    };
    let moved = || -> io::Result<()> {
        for entry in std::fs::read_dir(kept.folder.path())? {
            let entry = entry?;
            std::fs::rename(entry.path(), folder.join(entry.file_name()))?;
        }
        std::fs::remove_dir(kept.folder.path())
    };
    moved().map_err(|cause| CompileError::Io { what: "moving the stages", cause })?;
    Ok(kept)
}

/// Returns the manifest's entry for the source.
fn entry(source: &Source, model: &Model) -> Result<FileEntry, CompileError> {
    let file = source.file.clone();
    if let Some(bytes) = source.bytes {
        return Ok(FileEntry { file, bytes: bytes.len() as u64, sha256: sha256(bytes) });
    }
    let mut sink = Hashing::new(io::sink());
    tflite::write(model, &mut sink).map_err(|cause| StageFileError::Stage { file: file.clone(), cause })?;
    let (_, bytes, sha256) = sink.finish();
    Ok(FileEntry { file, bytes, sha256 })
}

/// Returns what the user should know about the stages, in sentences.
fn notes_of(request: &Request, manifest: &Manifest, kept: &Attempt) -> Vec<String> {
    let mut notes: Vec<String> = given_names(request).into_iter().chain(manifest.leaks()).collect();
    let runtime = Runtime::of(request.run.flags);
    for (stage, (_, file)) in kept.compiled.iter().zip(&kept.files) {
        notes.extend(stage.note.clone());
        notes.extend(nothing_mapped(&stage.log, runtime));
        notes.extend(on_cpu(&stage.log).iter().map(|row| format!("{}: {row}", file.file)));
    }
    notes
}

/// Returns a sentence that says which tensors got a name for the stages; `None` if none did.
fn given_names(request: &Request) -> Option<String> {
    let name = |tensor: &u32| request.model.tensors[*tensor as usize].label();
    let (first, last) = (request.unnamed.first().map(name)?, request.unnamed.last().map(name)?);
    Some(match request.unnamed.len() {
        1 => format!("a tensor of the model has no name; in the stages it is '{first}'"),
        count => format!(
            "{count} tensors of the model have no names; in the stages they are '{first}' to '{last}'"
        ),
    })
}
