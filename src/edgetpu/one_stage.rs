//! Runs `edgetpu_compiler` once on one stage.

use std::fs;
use std::os::unix::process::ExitStatusExt;
use std::path::Path;
use std::process::ExitStatus;
use std::time::Duration;

use nix::sys::signal::Signal;
use nix::sys::statvfs::statvfs;

use super::compiler::Compiler;
use super::error::{FailedRun, LOG_LIMIT, RunError};
use super::flags::Flag;
use super::interface::interface;
use super::log::{self, Failure, FailureKind, Log, Outcome};
use super::names::{compiled_name, log_name};
use super::process::Run;
use crate::base::cancel::Cancel;
use crate::base::limits;

/// How many characters of a line are quoted.
const LINE_LIMIT: usize = 400;

/// Since which version the operator table can be asked for; it is in the operation log in any case.
const SHOW_OPERATIONS_SINCE: u32 = 14;

/// What one run of the compiler is to do.
pub struct Job<'a> {
    /// The program.
    pub compiler: &'a Compiler,
    /// The folder of the stage, into which the result goes.
    pub folder: &'a Path,
    /// The stage's file name.
    pub file: &'a str,
    /// Flags that are passed on.
    pub flags: &'a [Flag],
    /// How long one run may take.
    pub limit: Duration,
    /// The request to stop before that.
    pub cancel: &'a Cancel,
}

/// Runs the program once, and puts the result and its log beside the stage; returns what it printed.
///
/// The program works in a scratch folder, and what it leaves is moved only when it is there in full, can be read, and
/// has the stage's inputs and outputs. When it takes too long, prints without end or `stop` says so, its whole process
/// group is ended.
///
/// # Errors
/// See [`RunError`]; the folder then is as it was.
pub fn run(job: &Job, stop: impl Fn() -> bool) -> Result<Log, RunError> {
    let Job { folder, file, .. } = *job;
    let scratch = tempfile::tempdir_in(folder).map_err(RunError::io("a scratch folder"))?;
    let log_path = scratch.path().join("output.txt");
    let show = job.compiler.has(SHOW_OPERATIONS_SINCE).then(|| "--show_operations".into());
    let flags = job.flags.iter().flat_map(Flag::arguments).map(Into::into);
    let own = show.into_iter().chain(["--out_dir".into(), scratch.path().into()]);
    let arguments = own.chain(flags).chain([folder.join(file).into()]).collect();
    let run =
        Run { program: &job.compiler.path, arguments, subject: file, limit: job.limit, cancel: job.cancel };
    let status = run.to_end(&log_path, stop)?;
    let output = fs::read(&log_path).map_err(RunError::io("the compiler's output"))?;
    let output = String::from_utf8_lossy(&output);
    let mut log = log::read(&output);
    let compiled = compiled_name(file);
    let made = scratch.path().join(&compiled);
    if let Err(cause) = check(&log, status, &folder.join(file), &made) {
        return Err(RunError::Failed(Box::new(failed(job, status, log.failure, cause, &output, &made))));
    }
    let log_name = log_name(file);
    let moved = |from: &Path, name: &str| fs::rename(from, folder.join(name)).map_err(RunError::io(name));
    moved(&made, &compiled)?;
    let own_log = scratch.path().join(&log_name);
    if let Some(model) = log.models.first_mut().filter(|model| model.operators.is_empty())
        && let Ok(text) = limits::read_plain_file(&own_log, LOG_LIMIT)
    {
        // A version that prints no operator table writes it all the same.
        let written = log::read(&String::from_utf8_lossy(&text)).models;
        model.operators = written.into_iter().next().map_or_else(Vec::new, |model| model.operators);
    }
    moved(if is_plain(&own_log) { &own_log } else { &log_path }, &log_name)?;
    Ok(log)
}

/// Checks that the run made a compiled form of `stage`; an error is what speaks against it.
fn check(log: &Log, status: ExitStatus, stage: &Path, made: &Path) -> Result<(), String> {
    let failed = matches!(log.outcome, Outcome::Failed | Outcome::Crashed | Outcome::TimedOut);
    if failed || !status.success() {
        let text = log.failure.as_ref().map(|failure| failure.text.as_str()).filter(|text| !text.is_empty());
        return Err(text.unwrap_or("it ended without a reason").into());
    }
    if !is_plain(made) {
        return Err("it wrote no file".into());
    }
    let made = interface(made).map_err(|why| format!("the file that it wrote can't be read: {why}"))?;
    if made != interface(stage)? {
        return Err("the file that it wrote has other inputs or outputs than the stage".into());
    }
    Ok(())
}

/// What is told of a run that made no compiled form of a stage: by its log, by how it ended, or by `cause` alone.
fn failed(
    job: &Job,
    status: ExitStatus,
    told: Option<Failure>,
    cause: String,
    output: &str,
    made: &Path,
) -> FailedRun {
    let lines: Vec<&str> = output.lines().filter(|line| !line.trim().is_empty()).collect();
    let tail: Vec<String> =
        lines.iter().rev().take(6).rev().map(|line| format!("  | {}", quoted(line))).collect();
    let has_text = told.as_ref().is_some_and(|failure| !failure.text.is_empty());
    let untold = if has_text { None } else { untold(status, &job.folder.join(job.file)) };
    let cause = untold.as_ref().map_or(cause, |failure| failure.text.clone());
    let failure = untold.or(told);
    let advice = failure.as_ref().map_or("compile again", |failure| failure.advice).to_string();
    // A file that is there but spoiled is not for want of a result.
    let is_none = |kind: &FailureKind| *kind == FailureKind::NoResult && is_plain(made);
    let kind = failure.map(|failure| failure.kind).filter(|kind| !is_none(kind));
    FailedRun { file: job.file.into(), status, kind, cause: quoted(&cause), advice, tail: tail.join("\n") }
}

/// What the compiler printed, for a terminal: no control characters, and no line without end.
fn quoted(text: &str) -> String {
    let plain = text.chars().map(|c| if c.is_control() { char::REPLACEMENT_CHARACTER } else { c });
    let mut short: String = plain.take(LINE_LIMIT).collect();
    if text.chars().nth(LINE_LIMIT).is_some() {
        short.push_str(" ...");
    }
    short
}

/// Returns whether it is a file itself. A link would lead nowhere once the scratch folder is gone.
fn is_plain(path: &Path) -> bool {
    path.symlink_metadata().is_ok_and(|kind| kind.is_file())
}

/// Why it failed where its log does not tell. One that finds no room often cannot: its log lies on the same disk.
fn untold(status: ExitStatus, stage: &Path) -> Option<Failure> {
    let (disk, stage) = (statvfs(stage).ok()?, stage.metadata().ok()?);
    let free = disk.blocks_available() * disk.fragment_size();
    // A compiled stage takes as much as the stage.
    if free < stage.len() {
        return Some(Failure::disk_full(free));
    }
    // The shell script that starts the real one ends with 128 and the signal's number.
    let signal = status.signal().or(status.code().filter(|code| *code > 128).map(|code| code - 128));
    Failure::of_signal(Signal::try_from(signal?).ok()?)
}
