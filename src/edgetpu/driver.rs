//! Finds and runs `edgetpu_compiler`, one stage at a time.

use std::ffi::OsStr;
use std::fs::{self, File};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitStatus, Stdio};
use std::time::{Duration, Instant};

use crate::interrupt::{self, Interrupted};
use nix::sys::signal::{Signal, killpg};
use nix::unistd::Pid;

/// The program's name.
pub const PROGRAM: &str = "edgetpu_compiler";

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
    /// It ended without a compiled file.
    #[error(
        "edgetpu_compiler compiled no '{file}' ({status}); its last lines:\n{tail}\nuse other --stages or another --scheduler to cut elsewhere, or --no-compile to write the stages alone"
    )]
    Failed {
        /// The stage.
        file: String,
        /// How it ended.
        status: ExitStatus,
        /// The end of what it printed.
        tail: String,
    },
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
pub fn command_line(file: &str) -> Vec<String> {
    [PROGRAM, "--show_operations", "--out_dir", ".", file].map(String::from).into()
}

/// The compiled stage's file name.
pub fn compiled_name(file: &str) -> String {
    format!("{}_edgetpu.tflite", file.strip_suffix(".tflite").unwrap_or(file))
}

/// Compiles `file` of `folder` and puts the result and its log beside it; returns the result's name.
///
/// The program works in a scratch folder, and what it leaves is moved only when it is there in full. On time-out its
/// whole process group is ended.
///
/// # Errors
/// See [`CompileError`]; the folder then is as it was.
pub fn compile(program: &Path, folder: &Path, file: &str, limit: Duration) -> Result<String, CompileError> {
    let scratch = tempfile::tempdir_in(folder).map_err(io("a scratch folder"))?;
    let log_path = scratch.path().join("output.txt");
    let log = File::create(&log_path).map_err(io("the compiler's output"))?;
    let errors = log.try_clone().map_err(io("the compiler's output"))?;
    let mut child = Command::new(program)
        .args(["--show_operations", "--out_dir"])
        .arg(scratch.path())
        .arg(folder.join(file))
        .stdin(Stdio::null())
        .stdout(log)
        .stderr(errors)
        .process_group(0)
        .spawn()
        .map_err(io(format!("starting {}", program.display())))?;
    let group = Pid::from_raw(child.id() as i32);
    let start = Instant::now();
    let status = loop {
        if let Some(status) = child.try_wait().map_err(io("waiting for edgetpu_compiler"))? {
            break Some(status);
        }
        if start.elapsed() >= limit || interrupt::requested() {
            break None;
        }
        std::thread::sleep(Duration::from_millis(5));
    };
    // Whatever the program left running, a worker it forked included, ends with it.
    let _ = killpg(group, Signal::SIGKILL);
    let Some(status) = status else {
        let _ = child.wait();
        interrupt::check()?;
        return Err(CompileError::TimedOut { file: file.into(), limit });
    };
    let compiled = compiled_name(file);
    let made = scratch.path().join(&compiled);
    let is_model = fs::read(&made).is_ok_and(|bytes| crate::tflite::read(&bytes).is_ok());
    if !status.success() || !is_model {
        let output = fs::read(&log_path).unwrap_or_default();
        let output = String::from_utf8_lossy(&output);
        let lines: Vec<&str> = output.lines().filter(|line| !line.trim().is_empty()).collect();
        let tail: Vec<String> = lines.iter().rev().take(6).rev().map(|line| format!("  | {line}")).collect();
        return Err(CompileError::Failed { file: file.into(), status, tail: tail.join("\n") });
    }
    let log_name = compiled.replace(".tflite", ".log");
    let moved = |from: &Path, name: &str| fs::rename(from, folder.join(name)).map_err(io(name));
    moved(&made, &compiled)?;
    let own_log = scratch.path().join(&log_name);
    moved(if own_log.is_file() { &own_log } else { &log_path }, &log_name)?;
    Ok(compiled)
}
