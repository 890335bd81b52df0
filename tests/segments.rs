//! The promise: segments of any make are judged by what their files show, and their cuts stand beside ours.

use std::path::Path;

use respect::stages::names::MANIFEST;
use respect::tflite;
use respect::tflite::Model;
use serde_json::Value;
use tempfile::TempDir;

use crate::common::{cut, model, respect, standin};

/// The second of three segments.
const MIDDLE: &str = "two_inputs_segment_1_of_3.tflite";

/// The stages of a model as another program would leave them: without a manifest.
fn segments(name: &str, stages: u32, options: &[&str]) -> TempDir {
    let scratch = tempfile::tempdir().unwrap();
    let folder = scratch.path().join("segments");
    cut(&model(name), stages, &folder, options).unwrap();
    std::fs::remove_file(folder.join(MANIFEST)).unwrap();
    scratch
}

fn verify(folder: &Path) -> Value {
    let output = respect().args(["verify", "--format", "json"]).arg(folder).output().unwrap();
    let report: Value = serde_json::from_slice(&output.stdout).expect("JSON");
    assert_eq!(output.status.code(), Some(if report["ok"] == true { 0 } else { 1 }));
    report
}

/// Fails unless `verify` finds that the rule is broken, in words that hold `part`.
fn assert_finds(scratch: &TempDir, rule: Option<u64>, part: &str) {
    let report = verify(&scratch.path().join("segments"));
    let problems = report["problems"].as_array().unwrap();
    let is_it = |problem: &Value| {
        problem["rule"].as_u64() == rule && problem["message"].as_str().unwrap().contains(part)
    };
    assert!(problems.iter().any(is_it), "no finding of rule {rule:?} with '{part}' in {problems:#?}");
}

/// Changes the model in a file.
fn change(scratch: &TempDir, file: &str, change: impl FnOnce(&mut Model)) {
    let path = scratch.path().join("segments").join(file);
    let contents = std::fs::read(&path).unwrap();
    let mut model = tflite::read(&contents).unwrap();
    change(&mut model);
    let mut bytes = Vec::new();
    tflite::write(&model, &mut bytes).unwrap();
    std::fs::write(path, bytes).unwrap();
}

/// A name in the folder is a segment that has to be there, whatever it leads to.
#[test]
fn a_segment_that_leads_nowhere_is_not_sound() {
    let scratch = segments("two_inputs", 3, &[]);
    let path = scratch.path().join("segments/two_inputs_segment_1_of_3.tflite");
    std::fs::remove_file(&path).unwrap();
    std::os::unix::fs::symlink("/nowhere", &path).unwrap();
    assert_finds(&scratch, None, "can't be read");
}

#[test]
fn segments_without_a_manifest_are_judged_by_what_they_show() {
    let scratch = segments("two_inputs", 3, &[]);
    let report = verify(&scratch.path().join("segments"));
    assert_eq!((&report["ok"], &report["has_manifest"]), (&true.into(), &false.into()), "{report}");
    assert_eq!(report["pipelines"][0]["stages"], 3);

    let lone = scratch.path().join("segments/two_inputs_segment_0_of_2_edgetpu.tflite");
    std::fs::write(&lone, "no model").unwrap();
    assert_finds(&scratch, Some(7), "not one sound subgraph");
    assert_finds(&scratch, None, "is missing, and the set is one of 2 segments");
    std::fs::remove_file(lone).unwrap();

    change(&scratch, MIDDLE, |model| model.tensors[model.inputs[0] as usize].name = Some("nobody's".into()));
    assert_finds(&scratch, Some(1), "input 'nobody's' is no model input and no earlier stage's output");
    assert_finds(&scratch, Some(2), "is read by no later stage");
}

#[test]
fn both_sides_of_a_cut_are_held_together() {
    let scratch = segments("two_inputs", 3, &[]);
    change(&scratch, MIDDLE, |model| {
        let input = model.inputs[0] as usize;
        model.tensors[input].quantization = None;
    });
    assert_finds(&scratch, Some(6), "in its scale or zero point");
}

#[test]
fn compiled_segments_hold_the_packages_of_their_own_tensors() {
    let scratch = tempfile::tempdir().unwrap();
    let folder = scratch.path().join("segments");
    let mut compile = respect();
    compile.arg("compile").arg(model("residual")).args(["-n", "2", "--edgetpu-compiler"]).arg(standin());
    compile.arg("-o").arg(&folder).assert().success();
    let compiled = [0, 1].map(|segment| format!("residual_segment_{segment}_of_2_edgetpu.tflite"));
    for entry in std::fs::read_dir(&folder).unwrap().map(Result::unwrap) {
        if !compiled.iter().any(|file| entry.file_name() == file.as_str()) {
            std::fs::remove_file(entry.path()).unwrap();
        }
    }
    let report = verify(&folder);
    assert_eq!((&report["ok"], &report["pipelines"][0]["stages"]), (&true.into(), &2.into()), "{report}");
    // The segments join still, but by a name that no package knows.
    change(&scratch, &compiled[0], |model| {
        model.tensors[model.outputs[0] as usize].name = Some("renamed".into())
    });
    change(&scratch, &compiled[1], |model| {
        model.tensors[model.inputs[0] as usize].name = Some("renamed".into())
    });
    assert_finds(&scratch, None, "is of something else: it makes no 'renamed'");
    assert_finds(&scratch, None, "is of something else: it takes no 'renamed'");
}

fn rows(arguments: &[&str], partition: &Path) -> Result<Vec<Value>, String> {
    let mut command = respect();
    command.arg("compare").args(arguments).args(["--format", "json", "--partition"]).arg(partition);
    let output = command.output().unwrap();
    if !output.status.success() {
        assert_eq!(output.status.code(), Some(1));
        return Err(String::from_utf8_lossy(&output.stderr).into_owned());
    }
    let report: Value = serde_json::from_slice(&output.stdout).unwrap();
    Ok(report["rows"].as_array().unwrap().clone())
}

#[test]
fn the_cuts_of_segments_stand_beside_ours() {
    let scratch = segments("residual", 3, &["--scheduler", "parameter-count"]);
    let folder = scratch.path().join("segments");
    let residual = model("residual");
    let residual = residual.to_str().unwrap();
    let rows = |arguments: &[&str]| rows(arguments, &folder);
    let found = rows(&[residual, "-n", "2,3"]).unwrap();
    let of_folder: Vec<&Value> = found.iter().filter(|row| row["scheduler"] == "partition").collect();
    let default =
        found.iter().find(|row| row["scheduler"] == "parameter-count" && row["stages"] == 3).unwrap();
    assert_eq!(of_folder.len(), 1, "the folder has three stages alone");
    for figure in ["stages", "peak_parameter_bytes", "bottleneck_us", "off_chip_bytes", "speed_up"] {
        assert_eq!(of_folder[0][figure], default[figure], "{figure}");
    }
    let why = rows(&[residual, "-n", "2"]).unwrap_err();
    assert!(why.contains("holds sets of 3 segments: name such a number with --stages"), "{why}");
    let other = model("chain");
    let why = rows(&[other.to_str().unwrap(), "-n", "3"]).unwrap_err();
    assert!(why.contains("not a partition of") && why.contains("', which the model lacks"), "{why}");
}
