//! `respect compile` with the stand-in for Google's compiler, and what becomes of it.

use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Output;

use assert_cmd::Command;
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use respect::base::hash::sha256;
use respect::edgetpu::package::packages;
use respect::tflite;

use super::hang::comes;
use super::{assert_sound, contents, listing, manifest, model, respect, standin};

/// `PATH` with more folders in front.
pub fn path_with(folders: &[PathBuf]) -> OsString {
    let path = std::env::var_os("PATH").unwrap_or_default();
    std::env::join_paths(folders.iter().cloned().chain(std::env::split_paths(&path))).expect("plain names")
}

/// `respect compile` of `residual` into three stages, in `folder`, with the stand-in.
pub fn compile(folder: &Path) -> Command {
    let mut command = respect();
    command.current_dir(folder).arg("compile").arg(model("residual")).args(["--stages", "3", "-o", "out"]);
    command.arg("--edgetpu-compiler").arg(standin());
    for name in ["STANDIN_FAULT", "STANDIN_FAULT_MATCH", "STANDIN_STATE", "STANDIN_CALLS"] {
        command.env_remove(name);
    }
    command
}

/// What was printed.
pub fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

/// Fails unless every stage of the folder is compiled, and nothing else is in it.
pub fn assert_compiled(folder: &Path) {
    let manifest = manifest(folder);
    let mut expected = ["respect_pipeline.py", "run_pipeline.py", "schedule.json"].map(String::from).to_vec();
    for stage in &manifest.stages {
        let compiled = stage.compiled_file.clone().expect("a compiled file");
        assert_eq!(compiled, stage.file.file.replace(".tflite", "_edgetpu.tflite"));
        let bytes = fs::read(folder.join(&compiled)).unwrap();
        assert_eq!(stage.compiled_sha256, Some(sha256(&bytes)));
        let made = tflite::read(&bytes).expect("a model");
        let inside = made.metadata.iter().find(|metadata| metadata.name.as_deref() == Some("standin_model"));
        let inside = made.buffers[inside.expect("a model inside").buffer as usize].as_deref();
        assert_eq!(inside.unwrap(), fs::read(folder.join(&stage.file.file)).unwrap());
        assert_eq!(packages(&made).expect("a package").len(), 1);
        let log = compiled.replace(".tflite", ".log");
        assert!(text(&fs::read(folder.join(&log)).unwrap()).contains("Mapped to Edge TPU"));
        expected.extend([stage.file.file.clone(), compiled, log]);
    }
    expected.sort();
    assert_eq!(listing(folder), expected);
    assert_sound(folder);
}

/// Runs with a fault, twice: into a new folder, which must not appear, and over an old one, which must stay.
pub fn fails(fault: &str, prepare: impl Fn(&mut Command)) -> Output {
    let scratch = tempfile::tempdir().unwrap();
    let output = |arguments: &[&str]| {
        let mut command = compile(scratch.path());
        command.args(arguments).env("STANDIN_FAULT", fault).env("STANDIN_FAULT_MATCH", "segment_1_of_3");
        prepare(&mut command);
        let output = command.output().unwrap();
        assert_eq!(output.status.code(), Some(1), "{fault}: {}", text(&output.stderr));
        assert!(output.stdout.is_empty(), "{fault}: {}", text(&output.stdout));
        output
    };
    output(&[]);
    assert_eq!(listing(scratch.path()), [""; 0], "{fault}");

    compile(scratch.path()).args(["--objective", "memory"]).assert().success();
    fs::write(scratch.path().join("out/notes.txt"), "mine").unwrap();
    let before = contents(scratch.path());
    let output = output(&["--force"]);
    assert!(contents(scratch.path()) == before, "{fault}: the old folder was changed");
    assert_eq!(listing(scratch.path()), ["out"], "{fault}");
    output
}

/// The runs that a stand-in was asked for: arguments of each.
pub fn calls(path: &Path) -> Vec<Vec<String>> {
    fs::read_to_string(path).unwrap().lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

/// The processes of a stand-in that hangs.
pub fn pids(state: &Path) -> Vec<i32> {
    let pids = fs::read_to_string(state).unwrap_or_default();
    pids.split_whitespace().map(|pid| pid.parse().expect("a number")).collect()
}

/// Fails unless the two processes end; they are ended then.
pub fn assert_end(pids: &[i32]) {
    assert_eq!(pids.len(), 2);
    // One that has ended may wait for its new parent to notice.
    let state = |pid: i32| fs::read_to_string(format!("/proc/{pid}/stat")).unwrap_or_default();
    let lives = |pid: i32| [") R ", ") S ", ") D "].iter().any(|letter| state(pid).contains(letter));
    // Left alone they would sleep for an hour.
    comes(|| !pids.iter().any(|&pid| lives(pid)));
    let left: Vec<i32> = pids.iter().copied().filter(|&pid| lives(pid)).collect();
    for &pid in &left {
        let _ = kill(Pid::from_raw(pid), Signal::SIGKILL);
    }
    assert!(left.is_empty(), "{left:?} of {pids:?} are still there");
}
