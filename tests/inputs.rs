//! The promise: what is not for an Edge TPU is told at once, by every command, with the way to what is.

use std::fs;
use std::path::Path;
use std::process::Output;

use crate::common::{listing, manifest, model, respect, standin};
use serde_json::Value;

fn run(folder: &Path, arguments: &[&str]) -> Output {
    respect().current_dir(folder).args(arguments).output().expect("the tool starts")
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

#[test]
fn compile_refuses_what_the_compiler_refuses() {
    let scratch = tempfile::tempdir().unwrap();
    let put = |name: &str, bytes: Vec<u8>| fs::write(scratch.path().join(name), bytes).unwrap();
    put("float32.tflite", fs::read(model("float32")).unwrap());
    let mut compiler = assert_cmd::Command::new(standin());
    compiler.current_dir(scratch.path()).arg(model("residual")).assert().success();
    fs::remove_file(scratch.path().join("residual_edgetpu.log")).unwrap();
    fs::rename(scratch.path().join("residual_edgetpu.tflite"), scratch.path().join("compiled.tflite"))
        .unwrap();
    let before = listing(scratch.path());
    for (file, parts) in [
        ("float32.tflite", ["it is not quantized", "full-integer quantization"]),
        ("compiled.tflite", ["already compiled", "give the model from which it was compiled"]),
    ] {
        let output = run(scratch.path(), &["compile", file, "-n", "2", "--no-compile"]);
        let complaint = text(&output.stderr);
        assert_eq!((output.status.code(), output.stdout.len()), (Some(1), 0), "{complaint}");
        assert!(complaint.starts_with(&format!("error: {file}: ")), "{complaint}");
        assert!(parts.iter().all(|part| complaint.contains(part)), "{complaint}");
        assert!(complaint.contains("--allow-cpu"), "{complaint}");
        assert_eq!(listing(scratch.path()), before, "nothing is written");
        let warned = run(scratch.path(), &["inspect", file]);
        assert!(text(&warned.stdout).contains(parts[0]), "{}", text(&warned.stdout));
    }
}

#[test]
fn allow_cpu_cuts_it_and_says_what_stays_there() {
    let scratch = tempfile::tempdir().unwrap();
    fs::copy(model("float32"), scratch.path().join("float32.tflite")).unwrap();
    let arguments =
        ["compile", "float32.tflite", "-n", "2", "--no-compile", "--allow-cpu", "--report", "-o", "out"];
    let output = run(scratch.path(), &arguments);
    let told = text(&output.stdout);
    assert!(output.status.success() && output.stderr.is_empty(), "{}", text(&output.stderr));
    assert!(told.contains("warning: it is not quantized"), "{told}");
    assert!(told.contains("on the CPU in float32_segment_1_of_2.tflite:\n  "), "{told}");
    assert!(told.contains("): values of type FLOAT32; convert with full-integer"), "{told}");
    let manifest = manifest(&scratch.path().join("out"));
    assert!(manifest.warning.unwrap().contains("it is not quantized"));
    for stage in &manifest.stages {
        let listed: usize = stage.on_cpu.iter().map(|group| group.operators.len()).sum();
        assert_eq!(listed, stage.operators.len());
        let all: Vec<u32> = stage.operators.iter().map(|operator| operator.index).collect();
        assert!(
            stage.on_cpu.iter().flat_map(|group| &group.operators).all(|operator| all.contains(operator))
        );
    }
    let page = fs::read_to_string(scratch.path().join("out/report.html")).unwrap();
    assert!(page.contains("Warning: it is not quantized") && page.contains("href=\"#cpu\""), "{page}");
    assert!(page.contains("values of type FLOAT32"), "{page}");
}

#[test]
fn a_stage_is_judged_by_itself() {
    let scratch = tempfile::tempdir().unwrap();
    let folder = scratch.path().join("out");
    crate::common::cut(&model("detector"), 4, &folder, &["--report"]).unwrap();
    let manifest = manifest(&folder);
    assert_eq!(manifest.warning, None);
    let kinds: Vec<&str> = manifest
        .stages
        .iter()
        .flat_map(|stage| &stage.on_cpu)
        .flat_map(|group| group.kinds.iter().map(String::as_str))
        .collect();
    assert!(kinds.contains(&"LEAKY_RELU"), "{kinds:?}");
    for stage in &manifest.stages {
        for group in stage.on_cpu.iter().filter(|group| group.why.starts_with("after operator ")) {
            let number: u32 =
                group.why["after operator ".len()..].split(' ').next().unwrap().parse().unwrap();
            assert!(stage.operators.iter().any(|operator| operator.index == number), "{group:?}");
        }
    }
    crate::common::cut(&model("residual"), 2, &scratch.path().join("plain"), &["--report"]).unwrap();
    let plain = fs::read_to_string(scratch.path().join("plain/schedule.json")).unwrap();
    assert!(!plain.contains("on_cpu") && !plain.contains("\"warning\""), "{plain}");
    let page = fs::read_to_string(scratch.path().join("plain/report.html")).unwrap();
    assert!(!page.contains("#cpu"), "{page}");
}

#[test]
fn commands_that_only_look_warn() {
    let scratch = tempfile::tempdir().unwrap();
    for name in ["float32", "postprocess", "residual"] {
        fs::copy(model(name), scratch.path().join(format!("{name}.tflite"))).unwrap();
    }
    let commands: [&[&str]; 4] = [
        &["schedule", "-n", "2"],
        &["compare", "-n", "2"],
        &["plan", "--max-stages", "2"],
        &["simulate", "-n", "2"],
    ];
    for (file, warning) in [
        ("float32.tflite", Some("warning: float32.tflite: it is not quantized")),
        (
            "postprocess.tflite",
            Some("warning: postprocess.tflite: 4 of 16 operators are not for the Edge TPU (QUANTIZE, "),
        ),
        ("residual.tflite", None),
    ] {
        for command in commands {
            let output = run(scratch.path(), &[command, &[file]].concat());
            let complaint = text(&output.stderr);
            assert!(output.status.success() && !output.stdout.is_empty(), "{complaint}");
            assert_eq!(complaint.lines().count(), usize::from(warning.is_some()), "{command:?}: {complaint}");
            assert!(complaint.starts_with(warning.unwrap_or_default()), "{command:?}: {complaint}");
            let output = run(scratch.path(), &[command, &[file, "--format", "json"]].concat());
            assert!(output.stderr.is_empty(), "{}", text(&output.stderr));
            let report: Value = serde_json::from_slice(&output.stdout).unwrap();
            assert_eq!(
                report["warnings"].as_array().unwrap().len(),
                usize::from(warning.is_some()),
                "{report}"
            );
        }
        let output = run(scratch.path(), &["report", file, "-n", "2", "-o", "-"]);
        assert!(text(&output.stderr).starts_with(warning.unwrap_or_default()));
        assert_eq!(text(&output.stdout).contains("href=\"#cpu\""), warning.is_some());
    }
    // A graph says nothing of types and options, so nothing is said of it.
    let graph = run(scratch.path(), &["graph", "float32.tflite", "-o", "graph.json"]);
    assert!(graph.status.success() && graph.stderr.is_empty());
    let output = run(scratch.path(), &["schedule", "graph.json", "-n", "2"]);
    assert!(output.status.success() && output.stderr.is_empty());
}

#[test]
fn other_files_get_their_name_and_the_way_to_a_model() {
    let scratch = tempfile::tempdir().unwrap();
    let put = |name: &str, bytes: &[u8]| fs::write(scratch.path().join(name), bytes).unwrap();
    put("model.onnx", b"\x08\x08\x12\x07pytorch");
    put("model.h5", b"\x89HDF\r\n\x1a\n\0\0");
    put("pointer.tflite", b"version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 9\n");
    put("page.tflite", b"<!DOCTYPE html><html></html>");
    put("empty.tflite", b"");
    put("cut.tflite", &fs::read(model("chain")).unwrap()[..1000]);
    fs::create_dir(scratch.path().join("saved")).unwrap();
    put("saved/saved_model.pb", b"\x08\x01\x12\x01");
    for (file, what, remedy) in [
        ("model.onnx", "an ONNX model", "onnx2tf"),
        ("model.h5", "HDF5", "from_keras_model"),
        ("pointer.tflite", "a Git LFS pointer", "git lfs pull"),
        ("page.tflite", "a web page", "download the file itself"),
        ("empty.tflite", "an empty file", "convert or download the model again"),
        ("cut.tflite", "damaged file", "convert or download the model again"),
        ("saved", "is a SavedModel", "from_saved_model"),
    ] {
        for command in ["inspect", "compile", "schedule", "compare", "plan", "simulate", "report"] {
            let options: &[&str] = match command {
                "inspect" => &[],
                "plan" => &["--max-stages", "2"],
                "report" => &["-n", "2", "-o", "page.html"],
                _ => &["-n", "2"],
            };
            let output = run(scratch.path(), &[&[command, file], options].concat());
            let complaint = text(&output.stderr);
            assert_eq!(output.status.code(), Some(1), "{command}: {complaint}");
            assert!(complaint.starts_with(&format!("error: {file}: ")), "{command}: {complaint}");
            assert!(complaint.contains(what) && complaint.contains(remedy), "{command}: {complaint}");
        }
    }
}
