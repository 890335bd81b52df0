//! The promise: `respect probe` writes models that can be compiled and timed as they are, and whose times fit a device.

use std::fs;
use std::path::Path;

use crate::common::{contents, listing, python_program, respect, standin_folder};
use serde_json::Value;

/// Writes models into `out` below `scratch`; `options` are more arguments. Returns the exit status, and what was said.
fn probe(scratch: &Path, options: &[&str]) -> (i32, String) {
    let mut command = respect();
    let output = command.current_dir(scratch).args(["probe", "-o", "out"]).args(options).output().unwrap();
    let said = [output.stdout, output.stderr].concat();
    (output.status.code().unwrap(), String::from_utf8(said).unwrap())
}

/// Times the models in a folder; returns the exit status, and what was said.
fn time(folder: &Path, options: &[&str]) -> (i32, String) {
    let mut command = python_program();
    let output = command.arg(folder.join("time_models.py")).args(options).output().unwrap();
    let said = [output.stdout, output.stderr].concat();
    (output.status.code().unwrap(), String::from_utf8(said).unwrap())
}

/// The fewest models that tell every price.
const FEW: [&str; 2] = ["--models", "11"];

#[test]
fn models_are_compiled_timed_and_fitted() {
    let scratch = tempfile::tempdir().unwrap();
    let folder = scratch.path().join("out");
    let (status, said) = probe(scratch.path(), &FEW);
    assert_eq!(status, 0, "{said}");
    assert!(said.contains("sh out/compile.sh\n  python3 out/time_models.py\n"), "{said}");
    let names = listing(&folder);
    let models: Vec<&String> = names.iter().filter(|name| name.ends_with(".tflite")).collect();
    assert_eq!(models.len(), 11, "{names:?}");

    // Nothing is timed that is not compiled, nor without a device.
    let (status, said) = time(&folder, &[]);
    assert!(
        status == 1 && said.contains("11 of 11 models are missing") && said.contains("compile.sh"),
        "{said}"
    );
    let compiler = standin_folder();
    let path = std::env::join_paths(
        [compiler.path().to_path_buf()]
            .into_iter()
            .chain(std::env::split_paths(&std::env::var_os("PATH").unwrap())),
    );
    let mut compile = assert_cmd::Command::new("sh");
    compile.arg(folder.join("compile.sh")).env("PATH", path.unwrap()).assert().success();
    for model in &models {
        let compiled = model.replace(".tflite", "_edgetpu.tflite");
        assert!(folder.join(&compiled).is_file(), "{compiled}");
    }
    let (status, said) = time(&folder, &["--delegate", "libnone.so.1"]);
    assert!(status == 1 && said.contains("libnone.so.1 cannot be loaded, or finds no Edge TPU"), "{said}");
    assert!(!folder.join("times.csv").exists());

    // The interpreter takes every model, on the CPU, and its times are a file to fit to.
    let (status, said) = time(&folder, &["--cpu", "--inferences", "3"]);
    assert!(status == 0 && said.contains("respect calibrate"), "{said}");
    let times = fs::read_to_string(folder.join("times.csv")).unwrap();
    assert_eq!(times.lines().count(), 12, "{times}");
    assert!(times.starts_with("model,value_ms\nprobe_"), "{times}");
    let (status, said) = time(&folder, &["--cpu"]);
    assert!(status == 1 && said.contains("times.csv exists") && said.contains("--force"), "{said}");
    let elsewhere = scratch.path().join("cpu.csv");
    let (status, said) = time(&folder, &["--cpu", "--inferences", "1", "-o", elsewhere.to_str().unwrap()]);
    assert_eq!(status, 0, "{said}");
    assert!(fs::read_to_string(&elsewhere).unwrap().contains("\nout/probe_"));
    for file in ["out/times.csv", "cpu.csv"] {
        let mut command = respect();
        command.current_dir(scratch.path()).args(["calibrate", file, "--base", "usb3", "--format", "json"]);
        let output = command.output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        let found: Value = serde_json::from_slice(&output.stdout).unwrap();
        assert_eq!(found["rows"].as_array().unwrap().len(), 11);
    }
}

#[test]
fn every_operator_is_for_the_edge_tpu() {
    let scratch = tempfile::tempdir().unwrap();
    assert_eq!(probe(scratch.path(), &FEW).0, 0);
    for name in listing(&scratch.path().join("out")).iter().filter(|name| name.ends_with(".tflite")) {
        let mut command = respect();
        command.current_dir(scratch.path().join("out")).args(["inspect", name, "--format", "json"]);
        let report: Value = serde_json::from_slice(&command.output().unwrap().stdout).unwrap();
        let none = Value::Array(Vec::new());
        assert_eq!(
            (&report["unmapped"], &report["doubts"], &report["warning"]),
            (&none, &none, &Value::Null),
            "{name}"
        );
    }
}

/// A device file may stand anywhere, and the models go from the host that compiles them to the one with the device.
#[test]
fn a_base_of_its_own_goes_with_the_models() {
    let scratch = tempfile::tempdir().unwrap();
    fs::write(scratch.path().join("mine.toml"), "base = \"pcie\"\ncache_bytes = 4000000\n").unwrap();
    let (status, said) = probe(scratch.path(), &[&FEW[..], &["--base", "mine.toml"]].concat());
    assert!(status == 0 && said.contains("out/times.csv --base out/base.toml"), "{said}");
    let folder = scratch.path().join("elsewhere");
    fs::rename(scratch.path().join("out"), &folder).unwrap();
    fs::remove_file(scratch.path().join("mine.toml")).unwrap();
    assert!(fs::read_to_string(folder.join("README.md")).unwrap().contains("--base ./base.toml"));
    let (status, said) = time(&folder, &["--cpu", "--inferences", "1"]);
    assert_eq!(status, 0, "{said}");
    let (_, told) = said.split_once("now: respect ").unwrap();
    let words: Vec<&str> = told.lines().next().unwrap().split(' ').collect();
    let mut command = respect();
    command.current_dir(scratch.path()).args(words);
    let output = command.output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let fitted = fs::read_to_string(scratch.path().join("my_host.toml")).unwrap();
    assert!(fitted.contains("cache_bytes = 4000000"), "{fitted}");
}

#[test]
fn models_are_the_same_each_time_and_replace_only_models() {
    let scratch = tempfile::tempdir().unwrap();
    let folder = scratch.path().join("out");
    assert_eq!(probe(scratch.path(), &FEW).0, 0);
    let first = contents(&folder);
    let (status, said) = probe(scratch.path(), &FEW);
    assert!(status == 1 && said.contains("out exists") && said.contains("--force"), "{said}");

    // What was made of earlier models goes with them, and what is the user's stays.
    let model = first.keys().find(|name| name.extension().is_some_and(|ending| ending == "tflite")).unwrap();
    let compiled = model.to_str().unwrap().replace(".tflite", "_edgetpu.tflite");
    for name in ["times.csv", &compiled, "notes.txt"] {
        fs::write(folder.join(name), "mine").unwrap();
    }
    assert_eq!(probe(scratch.path(), &[&FEW[..], &["--force"]].concat()).0, 0);
    let mut again = contents(&folder);
    assert_eq!(again.remove(Path::new("notes.txt")).as_deref(), Some(&b"mine"[..]));
    assert!(again == first);
    assert_eq!(listing(scratch.path()), ["out"]);

    fs::remove_file(folder.join("models.json")).unwrap();
    let (status, said) = probe(scratch.path(), &[&FEW[..], &["--force"]].concat());
    assert!(status == 1 && said.contains("out exists and is not a folder of models to measure"), "{said}");
    let (status, said) = probe(scratch.path(), &["--models", "3"]);
    assert!(status == 2 && said.contains("11..=100"), "{said}");
}
