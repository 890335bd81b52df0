//! The promise: with Google's compiler the folder is ready to run; without it, what to do is told, and it works.

use std::fs;
use std::path::PathBuf;

use crate::common::hand_off::{assert_compiled, calls, compile, fails, path_with, text};
use crate::common::{assert_sound, contents, listing, manifest, model, repository, respect, standin_folder};
use assert_cmd::Command;
use respect::base::units::Bytes;
use serde_json::Value;

#[test]
fn the_compiler_that_is_named_compiles_every_stage() {
    let scratch = tempfile::tempdir().unwrap();
    let calls = scratch.path().join("calls");
    let output = compile(scratch.path()).env("STANDIN_CALLS", &calls).output().unwrap();
    assert!(output.status.success(), "{}", text(&output.stderr));
    let said = text(&output.stdout);
    assert!(
        said.contains("residual_segment_0_of_3.tflite and residual_segment_0_of_3_edgetpu.tflite"),
        "{said}"
    );
    assert!(said.contains("run them on 3 Edge TPUs: python3 out/run_pipeline.py"), "{said}");
    assert_compiled(&scratch.path().join("out"));
    let mut calls = self::calls(&calls);
    assert_eq!(calls.len(), 3);
    calls.sort_by_key(|call| call[3].clone());
    for (stage, call) in calls.iter().enumerate() {
        assert_eq!(call[..2], ["--show_operations", "--out_dir"]);
        assert!(call[3].ends_with(&format!("/residual_segment_{stage}_of_3.tflite")), "{call:?}");
    }
    assert_eq!(listing(scratch.path()), ["calls", "out"]);
}

#[test]
fn what_the_compiled_stages_move_is_told_to_the_byte() {
    let scratch = tempfile::tempdir().unwrap();
    compile(scratch.path()).arg("--report").assert().success();
    let folder = scratch.path().join("out");
    let page = fs::read_to_string(folder.join("report.html")).unwrap();
    assert!(page.contains("Bytes of each compiled stage"));
    for stage in manifest(&folder).stages {
        let compiled = folder.join(stage.compiled_file.unwrap());
        let inspect = |format: &str| {
            let output = respect().arg("inspect").arg(&compiled).args(["--format", format]).output().unwrap();
            text(&output.stdout)
        };
        let report: Value = serde_json::from_str(&inspect("json")).unwrap();
        let bytes = stage.compiled_bytes.expect("a package");
        assert_eq!(report["compiled"][0]["bytes"], serde_json::to_value(bytes).unwrap());
        assert!(page.contains(&Bytes(bytes.instruction_bytes).to_string()));
        let said = inspect("human");
        for part in [
            "compiled: operator 0: a package for beagle by compiler cl/, for runtime 14 or later",
            "\n  at each inference: 0 B of parameters, ",
            "the compiler left nothing to the CPU",
        ] {
            assert!(said.contains(part), "{said}");
        }
    }
    let compiled = folder.join("residual_segment_2_of_3_edgetpu.tflite");
    let mut damaged = fs::read(&compiled).unwrap();
    let package = damaged.windows(4).position(|bytes| bytes == b"DWN1").unwrap();
    damaged[package - 4..package].fill(0xFF);
    fs::write(&compiled, damaged).unwrap();
    let output = respect().arg("inspect").arg(&compiled).output().unwrap();
    let complaint = text(&output.stderr);
    assert_eq!(output.status.code(), Some(1));
    let part = "_edgetpu.tflite: operator 0 (edgetpu-custom-op): its package is damaged: ";
    assert!(complaint.contains(part) && complaint.contains("compile the model again"), "{complaint}");
}

#[test]
fn the_compiler_on_the_path_compiles_every_stage() {
    let scratch = tempfile::tempdir().unwrap();
    let tools = standin_folder();
    // What can't be started is passed over.
    let others = tempfile::tempdir().unwrap();
    fs::write(others.path().join("edgetpu_compiler"), "not a program").unwrap();
    let mut command = respect();
    let path = path_with(&[others.path().into(), tools.path().into()]);
    command.current_dir(scratch.path()).env("PATH", path);
    command.arg("compile").arg(model("residual")).args(["-n", "2", "-o", "out", "--format", "json"]);
    let output = command.output().unwrap();
    assert!(output.status.success(), "{}", text(&output.stderr));
    let report: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!((&report["compiled"], &report["folder"]), (&Value::from(true), &Value::from("out")));
    assert_eq!(report["stages"][1]["compiled_file"], "residual_segment_1_of_2_edgetpu.tflite");
    assert_compiled(&scratch.path().join("out"));
}

#[test]
fn a_compiler_that_is_there_is_not_run_if_declined() {
    let scratch = tempfile::tempdir().unwrap();
    let calls = scratch.path().join("calls");
    let tools = standin_folder();
    let mut command = respect();
    command.current_dir(scratch.path()).env("PATH", path_with(&[tools.path().into()]));
    command.env("STANDIN_CALLS", &calls).arg("compile").arg(model("residual")).args([
        "-n",
        "2",
        "--no-compile",
    ]);
    command.assert().success();
    assert_eq!(listing(scratch.path()), ["residual_stages"]);
}

#[test]
fn a_compiler_that_is_not_there_is_an_error() {
    let scratch = tempfile::tempdir().unwrap();
    let mut command = respect();
    command.current_dir(scratch.path()).arg("compile").arg(model("chain")).args(["-n", "2"]);
    let output = command.args(["--edgetpu-compiler", "no/compiler"]).output().unwrap();
    assert_eq!(output.status.code(), Some(1));
    assert!(text(&output.stderr).contains("no/compiler: no such program"), "{}", text(&output.stderr));
    fs::write(scratch.path().join("plain"), "not a program").unwrap();
    let mut command = respect();
    command.current_dir(scratch.path()).arg("compile").arg(model("chain")).args(["-n", "2"]);
    let output = command.args(["--edgetpu-compiler", "plain"]).output().unwrap();
    assert_eq!(output.status.code(), Some(1));
    assert!(text(&output.stderr).contains("plain: Permission denied"), "{}", text(&output.stderr));
    assert_eq!(listing(scratch.path()), ["plain"]);
}

#[test]
fn an_internal_error_is_tried_once_more() {
    let scratch = tempfile::tempdir().unwrap();
    let log = scratch.path().join("calls");
    let mut command = compile(scratch.path());
    command.env("STANDIN_FAULT", "internal-error-once").env("STANDIN_STATE", scratch.path().join("state"));
    command.env("STANDIN_FAULT_MATCH", "segment_1_of_3").env("STANDIN_CALLS", &log);
    let output = command.output().unwrap();
    assert!(output.status.success(), "{}", text(&output.stderr));
    let note = "note: residual_segment_1_of_3.tflite: compiled at the second try";
    assert!(text(&output.stdout).contains(note), "{}", text(&output.stdout));
    assert_eq!(calls(&log).len(), 4);
    assert_compiled(&scratch.path().join("out"));

    let log = tempfile::NamedTempFile::new().unwrap();
    fails("internal-error", |command| {
        fs::write(log.path(), "").unwrap();
        command.args(["--jobs", "1", "--recut", "0"]).env("STANDIN_CALLS", log.path());
    });
    assert_eq!(calls(log.path()).len(), 3, "stage 0 once, stage 1 twice");
}

#[test]
fn the_delegate_search_is_the_next_resort_if_asked_for() {
    let scratch = tempfile::tempdir().unwrap();
    let mut command = compile(scratch.path());
    command.args(["--search-delegate", "--format", "json"]).env("STANDIN_FAULT", "large-activation");
    command.env("STANDIN_FAULT_MATCH", "segment_0_of_3");
    let output = command.output().unwrap();
    assert!(output.status.success(), "{}", text(&output.stderr));
    let report: Value = serde_json::from_slice(&output.stdout).unwrap();
    let notes: Vec<&str> =
        report["notes"].as_array().unwrap().iter().map(|note| note.as_str().unwrap()).collect();
    assert!(
        notes[0].starts_with("residual_segment_0_of_3.tflite: compiled with the compiler's search_delegate"),
        "{notes:?}"
    );
    assert!(notes[1..].iter().all(|note| note.contains(" on the CPU (")) && notes.len() > 1, "{notes:?}");
    assert_sound(&scratch.path().join("out"));
}

#[test]
fn flags_are_passed_on_and_into_the_instructions() {
    let scratch = tempfile::tempdir().unwrap();
    let log = scratch.path().join("calls");
    let mut command = compile(scratch.path());
    command.args(["--compiler-flag", "-m=13", "--compiler-flag", "timeout_sec=900"]);
    command.env("STANDIN_CALLS", &log).assert().success();
    for call in calls(&log) {
        assert_eq!(call[3..7], ["--min_runtime_version", "13", "--timeout_sec", "900"], "{call:?}");
    }
    let command = &manifest(&scratch.path().join("out")).stages[0].compile_command;
    assert_eq!(command[4..6], ["--min_runtime_version", "13"]);
    let mut command = compile(scratch.path());
    let output = command.args(["--force", "--compiler-flag", "num_segments=2"]).output().unwrap();
    assert_eq!(output.status.code(), Some(2));
    assert!(text(&output.stderr).contains("give their number with --stages"));
}

#[test]
fn the_number_of_jobs_changes_neither_result_nor_complaint() {
    let scratches = ["1", "3"].map(|jobs| {
        let scratch = tempfile::tempdir().unwrap();
        compile(scratch.path()).args(["--jobs", jobs]).assert().success();
        let complaint = text(
            &fails("bare", |command| {
                command.args(["--jobs", jobs]).env("STANDIN_FAULT_MATCH", "segment_");
            })
            .stderr,
        );
        assert!(complaint.contains("'residual_segment_0_of_3.tflite'"), "{jobs}: {complaint}");
        scratch
    });
    // A log quotes the scratch folder's path.
    let without_logs = |scratch: &tempfile::TempDir| {
        let mut contents = contents(scratch.path());
        contents.retain(|path, _| path.extension().is_none_or(|ending| ending != "log"));
        contents
    };
    assert!(without_logs(&scratches[0]) == without_logs(&scratches[1]));
}

/// Cuts without a compiler, and follows the instructions to the letter.
fn follow_the_instructions(model_name: &str, folder: &str) {
    let scratch = tempfile::tempdir().unwrap();
    let empty = scratch.path().join("empty");
    fs::create_dir(&empty).unwrap();
    fs::copy(model("two_inputs"), scratch.path().join(model_name)).unwrap();
    let mut command = respect();
    command.current_dir(scratch.path()).env("PATH", &empty);
    let output = command.args(["compile", model_name, "-n", "2", "-o", folder]).output().unwrap();
    assert!(output.status.success(), "{}", text(&output.stderr));
    let said = text(&output.stdout);
    assert!(said.contains("edgetpu_compiler was not found, so the stages are not compiled"), "{said}");
    assert!(said.contains("https://coral.ai/docs/edgetpu/compiler"), "{said}");
    let (_, instructions) = said.split_once("; then:\n").expect("instructions");
    let script: String = instructions
        .lines()
        .take_while(|line| line.starts_with("  "))
        .fold(String::new(), |script, line| script + line.trim_start() + "\n");
    assert_eq!(script.lines().count(), 4, "{said}");

    let python = PathBuf::from(crate::common::python("chain.py").get_program());
    let folder_of_standin = standin_folder();
    let tools = [folder_of_standin.path().to_path_buf(), python.parent().expect("a folder").to_path_buf()];
    Command::new("sh")
        .args(["-e", "-c", &script])
        .current_dir(scratch.path())
        .env("PATH", path_with(&tools))
        .env("PYTHONPATH", repository("tests/standin"))
        .assert()
        .success()
        .stdout(predicates::str::contains("inferences/s"));
    let folder = scratch.path().join(folder);
    assert_sound(&folder);
    let compiled = listing(&folder).iter().filter(|name| name.ends_with("_edgetpu.tflite")).count();
    assert_eq!(compiled, 2);
}

#[test]
fn without_a_compiler_the_instructions_work() {
    follow_the_instructions("two_inputs.tflite", "out");
}

#[test]
fn the_instructions_work_for_names_that_a_shell_would_take_apart() {
    follow_the_instructions("my model's $copy.tflite", "the stages; of it");
}

#[test]
fn older_compilers_get_the_flags_that_they_have() {
    for (version, shows) in [("2.0.291256449", false), ("14.1.317412892", true)] {
        let scratch = tempfile::tempdir().unwrap();
        let log = scratch.path().join("calls");
        let mut command = compile(scratch.path());
        command.env("STANDIN_CALLS", &log).env("STANDIN_VERSION", version).assert().success();
        assert!(calls(&log).iter().all(|call| call.contains(&"--show_operations".into()) == shows));
        assert_compiled(&scratch.path().join("out"));
        let mut command = compile(scratch.path());
        command.args(["--force", "--search-delegate"]).env("STANDIN_VERSION", version);
        let output = command.output().unwrap();
        assert_eq!(output.status.code(), Some(1));
        let complaint = text(&output.stderr);
        let part =
            format!("edgetpu_compiler {version} has no flag search_delegate, which came with version 16");
        assert!(complaint.contains(&part), "{complaint}");
    }
}
