//! What the tests share: where things are, and how to run the tool and the interpreter.
#![allow(dead_code)] // Each test program takes what it needs.

pub mod deployments;
pub mod disk;
pub mod dynamic;
pub mod folders;
pub mod hand_off;
pub mod hang;
pub mod llvm;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use assert_cmd::Command;
use respect::stages::manifest::Manifest;
use serde_json::Value;

/// A path in the repository.
pub fn repository(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").join(path)
}

/// The bundled models, in the order of their names.
pub fn models() -> Vec<PathBuf> {
    let models = models_in("test-data/models");
    assert!(models.len() >= 12, "only {} models are bundled", models.len());
    models
}

/// The models of kinds that not every test is for, in the order of their names.
pub fn kinds() -> Vec<PathBuf> {
    let kinds = models_in("test-data/kinds");
    assert!(kinds.len() >= 9, "only {} kinds are bundled", kinds.len());
    kinds
}

fn models_in(folder: &str) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(repository(folder)).expect("the bundled models");
    let mut models: Vec<PathBuf> = entries.map(|entry| entry.expect("a readable folder").path()).collect();
    models.retain(|path| path.extension().is_some_and(|ending| ending == "tflite"));
    models.sort();
    models
}

/// One bundled model.
pub fn model(name: &str) -> PathBuf {
    let path = repository(&format!("test-data/models/{name}.tflite"));
    assert!(path.is_file(), "{} is missing", path.display());
    path
}

/// A model of a kind that not every test is for: see `tests/kinds.rs`.
pub fn kind(name: &str) -> PathBuf {
    let path = repository(&format!("test-data/kinds/{name}.tflite"));
    assert!(path.is_file(), "{} is missing", path.display());
    path
}

/// A model's name, as the tool derives it from the path.
pub fn name(model: &Path) -> String {
    model.file_stem().expect("a file name").to_string_lossy().into_owned()
}

/// The tool.
pub fn respect() -> Command {
    Command::new(env!("CARGO_BIN_EXE_respect"))
}

/// A script of `tests/interpreter`, in the Python that `tools/setup test` installs.
pub fn python(script: &str) -> Command {
    python_of("RESPECT_PYTHON", ".venv", "interpreter", script)
}

/// A script of `tests/corpus`, in the same.
pub fn corpus(script: &str) -> Command {
    python_of("RESPECT_PYTHON", ".venv", "corpus", script)
}

/// A script of `tests/interpreter`, in the Python with tflite-runtime that `tools/setup test` installs.
pub fn tflite_python(script: &str) -> Command {
    python_of("RESPECT_TFLITE_PYTHON", ".venv-tflite", "interpreter", script)
}

/// A script of `tests/browser`, in the same as most.
pub fn browser(script: &str) -> Command {
    python_of("RESPECT_PYTHON", ".venv", "browser", script)
}

/// The Python that `tools/setup test` installs.
pub fn python_program() -> Command {
    python_in("RESPECT_PYTHON", ".venv")
}

fn python_of(variable: &str, environment: &str, folder: &str, script: &str) -> Command {
    let mut command = python_in(variable, environment);
    command.arg(repository("tests").join(folder).join(script));
    command
}

fn python_in(variable: &str, environment: &str) -> Command {
    let installed = repository(environment).join("bin/python");
    let python = std::env::var_os(variable).map_or(installed, PathBuf::from);
    assert!(python.is_file(), "{} is missing: run tools/setup test", python.display());
    let mut command = Command::new(python);
    command.env("PYTHONDONTWRITEBYTECODE", "1");
    command
}

/// What `make test-corpus` tells of files and of all files below folders: the rows of its table, each in JSON.
pub fn corpus_rows(paths: &[PathBuf]) -> Vec<Value> {
    let mut command = corpus("corpus.py");
    command.args(paths).args(["--format", "json", "--respect", env!("CARGO_BIN_EXE_respect")]);
    let output = command.output().expect("Python starts");
    let said: Value = serde_json::from_slice(&output.stdout)
        .unwrap_or_else(|why| panic!("{why}: {}", String::from_utf8_lossy(&output.stderr)));
    said["models"].as_array().expect("rows").clone()
}

/// Fails unless everything in the rows is explained.
pub fn assert_explained(rows: &[Value]) {
    let found: Vec<&Value> =
        rows.iter().filter(|row| row["unexplained"] != Value::Array(Vec::new())).collect();
    assert!(found.is_empty(), "{found:#?}");
}

/// Fails unless Google's converter and ours understand each other's modules of a model.
pub fn flow(model: &Path) {
    let prefix = std::env::var_os("MLIR_SYS_220_PREFIX").map_or("/usr/lib/llvm-22".into(), PathBuf::from);
    let mut command = python("mlir_flow.py");
    command.arg(env!("CARGO_BIN_EXE_respect")).arg(prefix.join("bin/mlir-opt")).arg(model).assert().success();
}

/// A bundled model with ranges on its float tensors, and Google's module of it, which holds statistics; in `folder`.
pub fn with_statistics(name: &str, folder: &Path) -> [PathBuf; 2] {
    let made = ["ranged.tflite", "dump.mlir"].map(|file| folder.join(file));
    python("statistics.py").arg(model(name)).args(&made).assert().success();
    let dump = std::fs::read_to_string(&made[1]).expect("Google's module");
    assert!(dump.contains("quantfork.stats"), "{name} has statistics");
    made
}

/// The stand-in for Google's compiler, whose sources are in `tests/standin/compiler`.
///
/// `cargo test` builds it with all examples; a run of one test file alone does not, so it is built here if it is not.
pub fn standin() -> PathBuf {
    static BUILT: OnceLock<PathBuf> = OnceLock::new();
    BUILT
        .get_or_init(|| {
            let profile = Path::new(env!("CARGO_BIN_EXE_respect")).parent().expect("a folder");
            let mut command = Command::new(env!("CARGO"));
            command.args(["build", "--quiet", "--example", "edgetpu_compiler", "--target-dir"]);
            command.arg(profile.parent().expect("the target folder")).current_dir(repository(""));
            command.args((!cfg!(feature = "mlir")).then_some("--no-default-features"));
            command.args((!cfg!(debug_assertions)).then_some("--release")).assert().success();
            profile.join("examples/edgetpu_compiler")
        })
        .clone()
}

/// A folder with nothing but the stand-in in it, for `PATH`.
pub fn standin_folder() -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    std::os::unix::fs::symlink(standin(), folder.path().join("edgetpu_compiler")).expect("a link");
    folder
}

/// Cuts `model` into `folder`, not compiled, whether it is for Edge TPUs or not; `options` are more arguments. Returns the complaint if there is one.
pub fn cut(model: &Path, stages: u32, folder: &Path, options: &[&str]) -> Result<(), String> {
    let mut command = respect();
    command.arg("compile").arg(model).args(["--no-compile", "--allow-cpu", "-o"]).arg(folder).args(options);
    let output = command.arg("--stages").arg(stages.to_string()).output().expect("the tool starts");
    let complaint = String::from_utf8_lossy(&output.stderr).into_owned();
    match output.status.code() {
        Some(0) => Ok(()),
        Some(1) => Err(complaint),
        _ => panic!("{} into {stages}: {}: {complaint}", model.display(), output.status),
    }
}

/// The manifest of a folder.
pub fn manifest(folder: &Path) -> Manifest {
    respect::stages::check::manifest(folder).expect("a manifest")
}

/// Fails unless `respect verify` calls every folder sound.
pub fn assert_sound(folder: &Path) {
    let output = respect().arg("verify").arg(folder).output().expect("the tool starts");
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success(), "{said}{}", String::from_utf8_lossy(&output.stderr));
    assert!(said.contains(": sound; "), "{said}");
}

/// Runs whole and stages in the interpreter, and fails unless all outputs are the same to the bit.
pub fn assert_chain(whole: &Path, folders: &[PathBuf], samples: u32) {
    assert!(!folders.is_empty(), "nothing to compare with {}", whole.display());
    let mut command = python("chain.py");
    command.arg("--json").arg("--samples").arg(samples.to_string()).arg(whole).args(folders);
    let output = command.output().expect("Python starts");
    let said = String::from_utf8_lossy(&output.stdout);
    let complaint = String::from_utf8_lossy(&output.stderr);
    let answers: Vec<Value> = said.lines().map(|line| serde_json::from_str(line).expect("JSON")).collect();
    let wrong: Vec<&Value> = answers.iter().filter(|answer| answer["ok"] != true).collect();
    assert!(wrong.is_empty(), "{}: {wrong:#?}\n{complaint}", whole.display());
    assert!(output.status.success(), "{}: {complaint}", whole.display());
    assert_eq!(answers.len(), folders.len(), "{}", whole.display());
}

/// The same where the model has room for so many stages; returns whether it has. Nothing else may stand in the way.
pub fn cut_if_room(model: &Path, stages: u32, folder: &Path, options: &[&str]) -> bool {
    match cut(model, stages, folder, options) {
        Ok(()) => true,
        Err(why) if room(&why).is_some_and(|room| room < stages) => false,
        Err(why) => panic!("{}: {why}", model.display()),
    }
}

/// The number after "use at most" in a complaint.
pub fn room(complaint: &str) -> Option<u32> {
    let (_, after) = complaint.split_once("use at most ")?;
    after.split(|c: char| !c.is_ascii_digit()).next()?.parse().ok()
}

/// Every file below a folder, by its path in it.
pub fn contents(folder: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
    let mut found = BTreeMap::new();
    let mut open = vec![folder.to_path_buf()];
    while let Some(path) = open.pop() {
        for entry in std::fs::read_dir(&path).expect("a folder") {
            let path = entry.expect("a readable folder").path();
            if path.is_dir() {
                open.push(path);
            } else {
                let place = path.strip_prefix(folder).expect("below it").to_path_buf();
                found.insert(place, std::fs::read(&path).expect("a readable file"));
            }
        }
    }
    found
}

/// The names in a folder, hidden ones included, in order.
pub fn listing(folder: &Path) -> Vec<String> {
    let entries = std::fs::read_dir(folder).expect("a folder");
    let mut names: Vec<String> =
        entries.map(|entry| entry.expect("readable").file_name().to_string_lossy().into_owned()).collect();
    names.sort();
    names
}

/// Does `work` on every item, on two threads; a panic is passed on.
pub fn on_two_threads<T: Sync>(items: &[T], work: impl Fn(&T) + Sync) {
    let next = std::sync::atomic::AtomicUsize::new(0);
    std::thread::scope(|scope| {
        let take = || {
            while let Some(item) = items.get(next.fetch_add(1, std::sync::atomic::Ordering::Relaxed)) {
                work(item);
            }
        };
        let other = scope.spawn(take);
        take();
        if let Err(panic) = other.join() {
            std::panic::resume_unwind(panic);
        }
    });
}
