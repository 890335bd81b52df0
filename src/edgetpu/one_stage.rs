//! One run of `edgetpu_compiler` on one stage.

use std::fs;
use std::os::unix::process::ExitStatusExt;
use std::path::Path;
use std::process::ExitStatus;
use std::time::Duration;

use nix::sys::signal::Signal;
use nix::sys::statvfs::statvfs;

use super::accept::accept;
use super::compiler::Compiler;
use super::error::{FailedRun, LOG_LIMIT, RunError};
use super::flags::Flag;
use super::log::{self, Failure, FailureKind, Log, LogOutcome};
use super::names::{compiled_name, log_name};
use super::package::PackageBytes;
use super::process::Run;
use crate::base::cancel::Cancel;
use crate::base::limits;

/// The number of characters of a line that are quoted.
const LINE_LIMIT: usize = 400;

/// The first version that can print the operator table; the table is in the operation log in any case.
const SHOW_OPERATIONS_SINCE: u32 = 14;

/// The task of one run of the compiler.
pub struct Job<'a> {
    /// The compiler to run.
    pub compiler: &'a Compiler,
    /// The folder of the stage, into which the result goes.
    pub folder: &'a Path,
    /// The stage's file name.
    pub file: &'a str,
    /// The flags that are passed on to the compiler.
    pub flags: &'a [Flag],
    /// The time that the run may take.
    pub limit: Duration,
    /// The request to stop before the time is up.
    pub cancel: &'a Cancel,
}

/// A compiled stage: what the compiler printed and wrote, and how it came about.
pub struct Compiled {
    /// The log that the compiler printed.
    pub log: Log,
    /// The bytes that inferences move, as the packages in the file say; `None` if it holds none.
    pub bytes: Option<PackageBytes>,
    /// A sentence about the stage on what had to be done beyond one plain run; `None` if nothing had to be.
    pub note: Option<String>,
}

/// Runs the program once, and puts the result and its log beside the stage; returns what the program printed and wrote.
///
/// The program works in a scratch folder, and the files that it leaves are moved only when they are complete, can be
/// read, and take and make the stage's tensors. If the program takes too long, prints without end, or if `stop` says
/// so, its whole process group is ended.
///
/// # Errors
/// Returns the reasons in [`RunError`]; the folder is then as it was.
pub fn run(job: &Job, stop: impl Fn() -> bool) -> Result<Compiled, RunError> {
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
    let bytes = check(&log, status, &folder.join(file), &made).map_err(|cause| {
        RunError::Failed(Box::new(failed(job, status, log.failure.clone(), cause, &output, &made)))
    })?;
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
    Ok(Compiled { log, bytes, note: None })
}

/// Checks that the run made a compiled form of `stage`; returns the bytes that its packages move, if it has any.
///
/// # Errors
/// Returns a sentence that says what is missing or wrong.
fn check(log: &Log, status: ExitStatus, stage: &Path, made: &Path) -> Result<Option<PackageBytes>, String> {
    let failed = matches!(log.outcome, LogOutcome::Failed | LogOutcome::Crashed | LogOutcome::TimedOut);
    if failed || !status.success() {
        let text = log.failure.as_ref().map(|failure| failure.text.as_str()).filter(|text| !text.is_empty());
        return Err(text.unwrap_or("it ended without a reason").into());
    }
    if !is_plain(made) {
        return Err("it wrote no file".into());
    }
    accept(stage, made).map_err(|error| error.to_string())
}

/// Returns the report of a run that made no compiled form of a stage. The cause is taken from the log, from the way in
/// which the run ended, or from `cause` alone.
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

/// Returns what the compiler printed in a form fit for a terminal: without control characters, and cut to
/// [`LINE_LIMIT`] characters.
fn quoted(text: &str) -> String {
    let plain = text.chars().map(|c| if c.is_control() { char::REPLACEMENT_CHARACTER } else { c });
    let mut short: String = plain.take(LINE_LIMIT).collect();
    if text.chars().nth(LINE_LIMIT).is_some() {
        short.push_str(" ...");
    }
    short
}

/// Returns whether `path` is a file itself, not a link, which would lead nowhere once the scratch folder is gone.
fn is_plain(path: &Path) -> bool {
    path.symlink_metadata().is_ok_and(|kind| kind.is_file())
}

/// Returns the failure that the log does not tell, if the disk or the exit status does. A compiler that finds no room
/// often can't tell: its log lies on the same disk.
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
