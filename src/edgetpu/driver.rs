//! Finds `edgetpu_compiler`, and runs it once on one stage.

use std::ffi::OsStr;
use std::fs::{self, File};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitStatus, Stdio};
use std::time::{Duration, Instant};

use super::flags::Flag;
use super::log::{self, FailureKind, Log, Outcome};
use crate::interrupt::{self, Interrupted};
use crate::tflite::{self, Model};
use nix::sys::signal::{Signal, killpg};
use nix::unistd::Pid;

/// The program's name.
pub const PROGRAM: &str = "edgetpu_compiler";

/// More output than this is no log.
const LOG_LIMIT: u64 = 16 << 20;

/// How to get the program, for people who do not have it.
pub const HOW_TO_GET: &str = "edgetpu_compiler is Google's, for x86-64 Linux: add Coral's package repository as \
https://coral.ai/docs/edgetpu/compiler says, then 'apt-get install edgetpu-compiler'";

/// Why a stage has no compiled file.
#[derive(Debug, thiserror::Error)]
pub enum CompileError {
    /// The program that was named is not there.
    #[error("{}: no such program; name edgetpu_compiler's path", .0.display())]
    NoProgram(PathBuf),
    /// It could not be started or its files not be handled.
    #[error("{what}: {cause}")]
    Io {
        /// What was tried.
        what: String,
        /// The cause.
        cause: std::io::Error,
    },
    /// The user asked to stop.
    #[error(transparent)]
    Interrupted(#[from] Interrupted),
    /// It did not end in time.
    #[error("edgetpu_compiler did not finish '{file}' within {} s: allow more with --compiler-timeout", .limit.as_secs())]
    TimedOut {
        /// The stage.
        file: String,
        /// The limit.
        limit: Duration,
    },
    /// It prints without end.
    #[error(
        "edgetpu_compiler printed more than {LOG_LIMIT} bytes for '{file}' and was ended: run it by hand to see what it does, or use --no-compile"
    )]
    Endless {
        /// The stage.
        file: String,
    },
    /// Another stage failed first.
    #[error("edgetpu_compiler was ended before '{file}' was compiled, as an earlier stage failed")]
    Abandoned {
        /// The stage.
        file: String,
    },
    /// It ended without a compiled file.
    #[error(transparent)]
    Failed(Box<Failed>),
}

/// A run that ended without a compiled file.
#[derive(Debug, thiserror::Error)]
#[error(
    "edgetpu_compiler compiled no '{file}' ({status}): {cause}\n{tail}\n{advice}; or use other --stages or another --scheduler to cut elsewhere, or --no-compile to write the stages alone"
)]
pub struct Failed {
    /// The stage.
    pub file: String,
    /// How it ended.
    pub status: ExitStatus,
    /// The kind of failure, as the log tells it; `None` if the log tells of none.
    pub kind: Option<FailureKind>,
    /// What went wrong.
    pub cause: String,
    /// What to do about it.
    pub advice: String,
    /// The end of what it printed.
    pub tail: String,
}

fn io(what: impl Into<String>) -> impl FnOnce(std::io::Error) -> CompileError {
    let what = what.into();
    |cause| CompileError::Io { what, cause }
}

/// The program: the path given, or what `PATH` finds.
///
/// # Errors
/// The path given is not a file.
pub fn find(given: Option<&Path>, path: Option<&OsStr>) -> Result<Option<PathBuf>, CompileError> {
    match given {
        Some(program) if program.is_file() => {
            let absolute = program.canonicalize().map_err(io(program.display().to_string()))?;
            Ok(Some(absolute))
        }
        Some(program) => Err(CompileError::NoProgram(program.into())),
        None => {
            let folders = path.map(std::env::split_paths).into_iter().flatten();
            Ok(folders.map(|folder| folder.join(PROGRAM)).find(|program| program.is_file()))
        }
    }
}

/// The command line that compiles `file` in the folder it lies in.
pub fn command_line(file: &str, flags: &[Flag]) -> Vec<String> {
    let flags = flags.iter().flat_map(Flag::arguments).cloned();
    let own = [PROGRAM, "--show_operations", "--out_dir", "."].map(String::from);
    own.into_iter().chain(flags).chain([file.into()]).collect()
}

/// The compiled stage's file name.
pub fn compiled_name(file: &str) -> String {
    format!("{}_edgetpu.tflite", file.strip_suffix(".tflite").unwrap_or(file))
}

/// How one stage is compiled.
pub struct Job<'a> {
    /// The program.
    pub program: &'a Path,
    /// The folder of the stage, into which the result goes.
    pub folder: &'a Path,
    /// The stage's file name.
    pub file: &'a str,
    /// Flags that are passed on.
    pub flags: &'a [Flag],
    /// How long one run may take.
    pub limit: Duration,
}

/// Runs the program once, and puts the result and its log beside the stage; returns what it printed.
///
/// The program works in a scratch folder, and what it leaves is moved only when it is there in full, can be read, and
/// has the stage's inputs and outputs. When it takes too long, prints without end or `stop` says so, its whole process
/// group is ended.
///
/// # Errors
/// See [`CompileError`]; the folder then is as it was.
pub fn run(job: &Job, stop: impl Fn() -> bool) -> Result<Log, CompileError> {
    let Job { folder, file, .. } = *job;
    let scratch = tempfile::tempdir_in(folder).map_err(io("a scratch folder"))?;
    let log_path = scratch.path().join("output.txt");
    let status = run_in(job, scratch.path(), &log_path, stop)?;
    let output = fs::read(&log_path).map_err(io("the compiler's output"))?;
    let output = String::from_utf8_lossy(&output);
    let log = log::read(&output);
    let compiled = compiled_name(file);
    let made = scratch.path().join(&compiled);
    if let Err(cause) = check(&log, status, &folder.join(file), &made) {
        let lines: Vec<&str> = output.lines().filter(|line| !line.trim().is_empty()).collect();
        let tail: Vec<String> = lines.iter().rev().take(6).rev().map(|line| format!("  | {line}")).collect();
        let advice = log.failure.as_ref().map_or("compile again", |failure| failure.advice).to_string();
        let kind = log.failure.map(|failure| failure.kind);
        let tail = tail.join("\n");
        let failed = Failed { file: file.into(), status, kind, cause, advice, tail };
        return Err(CompileError::Failed(Box::new(failed)));
    }
    let log_name = compiled.replace(".tflite", ".log");
    let moved = |from: &Path, name: &str| fs::rename(from, folder.join(name)).map_err(io(name));
    moved(&made, &compiled)?;
    let own_log = scratch.path().join(&log_name);
    moved(if own_log.is_file() { &own_log } else { &log_path }, &log_name)?;
    Ok(log)
}

/// Runs the program with `scratch` as its output folder until it ends or has to be ended.
fn run_in(
    job: &Job,
    scratch: &Path,
    log_path: &Path,
    stop: impl Fn() -> bool,
) -> Result<ExitStatus, CompileError> {
    let log = File::create(log_path).map_err(io("the compiler's output"))?;
    let errors = log.try_clone().map_err(io("the compiler's output"))?;
    let mut child = Command::new(job.program)
        .args(["--show_operations", "--out_dir"])
        .arg(scratch)
        .args(job.flags.iter().flat_map(Flag::arguments))
        .arg(job.folder.join(job.file))
        .stdin(Stdio::null())
        .stdout(log)
        .stderr(errors)
        .process_group(0)
        .spawn()
        .map_err(io(format!("starting {}", job.program.display())))?;
    let group = Pid::from_raw(child.id() as i32);
    let start = Instant::now();
    let file = || job.file.to_string();
    let ended = loop {
        match child.try_wait() {
            Ok(Some(status)) => break Ok(status),
            Ok(None) => {}
            Err(cause) => break Err(io("waiting for edgetpu_compiler")(cause)),
        }
        if let Err(interrupted) = interrupt::check() {
            break Err(interrupted.into());
        }
        if stop() {
            break Err(CompileError::Abandoned { file: file() });
        }
        if start.elapsed() >= job.limit {
            break Err(CompileError::TimedOut { file: file(), limit: job.limit });
        }
        if fs::metadata(log_path).is_ok_and(|log| log.len() > LOG_LIMIT) {
            break Err(CompileError::Endless { file: file() });
        }
        std::thread::sleep(Duration::from_millis(5));
    };
    // Whatever the program left running, a worker it forked included, ends with it.
    let _ = killpg(group, Signal::SIGKILL);
    let _ = child.wait();
    ended
}

/// Whether the run made a compiled form of `stage`; else what speaks against it.
fn check(log: &Log, status: ExitStatus, stage: &Path, made: &Path) -> Result<(), String> {
    let failed = matches!(log.outcome, Outcome::Failed | Outcome::Crashed | Outcome::TimedOut);
    if failed || !status.success() {
        let text = log.failure.as_ref().map(|failure| failure.text.as_str()).filter(|text| !text.is_empty());
        return Err(text.unwrap_or("it ended without a reason").into());
    }
    if !made.is_file() {
        return Err("it wrote no file".into());
    }
    let names = |path: &Path| -> Result<[Vec<String>; 2], String> {
        let bytes = fs::read(path).map_err(|error| error.to_string())?;
        let model = tflite::read(&bytes).map_err(|error| error.to_string())?;
        let labels = |model: &Model, tensors: &[u32]| {
            tensors.iter().map(|&tensor| model.tensors[tensor as usize].label().to_string()).collect()
        };
        Ok([labels(&model, &model.inputs), labels(&model, &model.outputs)])
    };
    let made = names(made).map_err(|why| format!("the file that it wrote can't be read: {why}"))?;
    if made != names(stage)? {
        return Err("the file that it wrote has other inputs or outputs than the stage".into());
    }
    Ok(())
}
