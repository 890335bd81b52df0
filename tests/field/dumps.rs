//! Google's own module of every published model, through the passes in the stock `mlir-opt`.

use std::path::{Path, PathBuf};
use std::sync::Mutex;

use super::shared;
use crate::common::llvm::mlir_opt;
use crate::common::{assert_chain, assert_sound, name, on_two_threads, python, room};

/// Numbers of stages that are tried.
const STAGES: std::ops::RangeInclusive<u32> = 1..=4;
/// The chains of files up to this size are run; those of larger ones take minutes in the interpreter.
const RUN_BYTES: u64 = 1 << 20;
/// What Google's converter may say of a model that it does not take.
const NOT_TAKEN: [&str; 1] = ["violate the same scale constraint"];
/// A part of what the passes say of a model that has less room.
const NO_ROOM: &str = "cannot schedule 'main'";

/// Has the passes cut a module into so many stages, written to `folder`, and put back; or returns why they refuse.
fn cut(dump: &Path, stages: u32, folder: &Path) -> Result<(), String> {
    let emit = format!("respect-pipeline{{stages={stages} out-dir={}}}", folder.display());
    let outlined = folder.with_extension("mlir");
    let generic = ["--mlir-print-op-generic", "--mlir-print-debuginfo"];
    let output =
        mlir_opt(&emit).args(generic).arg(dump).arg("-o").arg(&outlined).output().expect("mlir-opt starts");
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    match output.status.code() {
        Some(0) => {}
        Some(1) => return Err(said),
        _ => panic!("{}, {stages} stages: {}: {said}", dump.display(), output.status),
    }
    // Read again, and so verified, by a process that has the text alone; and put back.
    let back = mlir_opt("respect-inline-stages,func.func(respect-verify-schedule)").arg(&outlined).output();
    let back = back.expect("mlir-opt starts");
    assert!(
        back.status.success(),
        "{}, {stages} stages: {}",
        dump.display(),
        String::from_utf8_lossy(&back.stderr)
    );
    Ok(())
}

/// What came of a model, in words; fails where that has no reason.
fn outcome(model: &Path) -> String {
    let scratch = tempfile::tempdir().unwrap();
    let dump = scratch.path().join("dump.mlir");
    let made = python("google_dump.py").arg(model).arg(&dump).output().expect("Python starts");
    if !made.status.success() {
        let said = String::from_utf8_lossy(&made.stderr).into_owned();
        let why = NOT_TAKEN.iter().find(|why| said.contains(**why));
        let why = why.unwrap_or_else(|| panic!("{}: {said}", model.display()));
        return format!("not taken by Google's converter: {why}");
    }
    let mut folders: Vec<PathBuf> = Vec::new();
    let mut why_not = String::new();
    for stages in STAGES {
        let folder = scratch.path().join(stages.to_string());
        match cut(&dump, stages, &folder) {
            Ok(()) => {
                assert_sound(&folder);
                folders.push(folder);
            }
            Err(said) => {
                let room = room(&said).filter(|room| *room < stages && said.contains(NO_ROOM));
                let room = room.unwrap_or_else(|| panic!("{}: {stages} stages: {said}", model.display()));
                why_not = format!(", room for {room}");
                break;
            }
        }
    }
    let is_run = folders.len() > 1 && model.metadata().unwrap().len() <= RUN_BYTES;
    if is_run {
        assert_chain(model, &folders, 1);
    }
    let equal = if is_run { ", equal to the bit" } else { "" };
    format!("up to {} stages{equal}{why_not}", folders.len())
}

#[test]
fn googles_module_of_every_model_is_cut_or_refused_with_a_reason() {
    let mut models: Vec<PathBuf> = ["models", "models/pairs"]
        .iter()
        .flat_map(|folder| std::fs::read_dir(shared(folder)).unwrap().map(|entry| entry.unwrap().path()))
        .filter(|path| path.extension().is_some_and(|ending| ending == "tflite"))
        // Its fault is what it is there for.
        .filter(|path| path.file_name().is_some_and(|name| name != "model_invoking_error.tflite"))
        .collect();
    models.sort();
    assert!(models.len() >= 60, "only {} models are at hand", models.len());
    let rows = Mutex::new(Vec::new());
    on_two_threads(&models, |model| {
        let row = format!("{:80} {}", name(model), outcome(model));
        println!("{row}");
        rows.lock().unwrap().push(row);
    });
    let rows = rows.into_inner().unwrap();
    let count = |part: &str| rows.iter().filter(|row| row.contains(part)).count();
    println!(
        "{} models, {} through the passes, {} run",
        rows.len(),
        count("up to "),
        count("equal to the bit")
    );
    assert!(count("equal to the bit") >= 20, "few chains were run");
}
