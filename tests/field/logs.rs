//! Real logs of `edgetpu_compiler`. The snapshots hold figures alone, and each was compared by eye with its log.

use std::collections::BTreeSet;
use std::fs;

use respect::edgetpu::log::{FailureKind, Log, LogOutcome, read};
use serde_json::{Value, json};

use super::shared;
use crate::common::repository;

/// What is held of a log: neither paths nor free text.
fn figures(log: &Log) -> Value {
    let mut value = serde_json::to_value(log).unwrap();
    value["failure"] = json!(log.failure.as_ref().map(|failure| failure.kind));
    value["unknown"] = json!(log.unknown.len());
    for model in value["models"].as_array_mut().unwrap() {
        for path in ["input", "output"] {
            assert!(model.as_object_mut().unwrap().remove(path).is_some());
        }
    }
    value
}

#[test]
fn every_log_is_read_as_it_reads() {
    let mut settings = insta::Settings::clone_current();
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    settings.set_snapshot_path("snapshots/logs");
    let _bound = settings.bind_to_scope();
    let mut names = BTreeSet::new();
    for entry in fs::read_dir(shared("data/edgetpu/logs")).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_stem().unwrap().to_str().unwrap().to_string();
        insta::assert_json_snapshot!(name.clone(), figures(&read(&fs::read_to_string(&path).unwrap())));
        names.insert(name);
    }
    let held = fs::read_dir(repository("tests/field/snapshots/logs")).unwrap();
    let held = held.map(|entry| entry.unwrap().file_name().into_string().unwrap());
    let held: BTreeSet<String> = held.filter_map(|name| Some(name.strip_suffix(".snap")?.into())).collect();
    assert_eq!(held, names, "a snapshot for each log and no other");
}

#[test]
fn every_model_in_a_log_has_its_paths() {
    for entry in fs::read_dir(shared("data/edgetpu/logs")).unwrap() {
        let path = entry.unwrap().path();
        for model in read(&fs::read_to_string(&path).unwrap()).models {
            let (input, output) = (model.input.unwrap(), model.output.unwrap());
            assert!(input.ends_with(".tflite") && output.ends_with("_edgetpu.tflite"), "{}", path.display());
        }
    }
}

/// The logs that were read wrongly: what is expected of each.
#[test]
fn logs_that_were_read_wrongly_are_read_as_they_read() {
    let told = |name: &str| {
        let folder = fs::read_dir(shared("cases/logs")).unwrap();
        let mut paths = folder.map(|entry| entry.unwrap().path());
        let is_it = |path: &std::path::PathBuf| path.file_name().unwrap().to_str().unwrap().starts_with(name);
        read(&fs::read_to_string(paths.find(is_it).expect(name)).unwrap())
    };
    let lists = told("edgetpu778b").failure.unwrap();
    assert_eq!((lists.kind, lists.text.starts_with("The number of lists")), (FailureKind::WrongFlag, true));
    let searched = told("edgetpu778a").failure.unwrap();
    assert!(!searched.advice.contains("compile with the compiler's search_delegate"), "{}", searched.advice);
    let quoted = told("edgetpu512b");
    assert_eq!((quoted.outcome, quoted.version.as_deref()), (LogOutcome::Partial, Some("16.0.384591198")));
    let [model] = &quoted.models[..] else { panic!("{quoted:?}") };
    assert_eq!((model.ops_total, model.ops_on_tpu, model.ops_on_cpu), (Some(229), Some(222), Some(7)));
    assert_eq!(model.input.as_deref(), Some("yolov5s-int8.tflite"));
    // Whatever else is there is read without a panic, and told of.
    for entry in fs::read_dir(shared("cases/logs")).unwrap() {
        let path = entry.unwrap().path();
        let log = read(&fs::read_to_string(&path).unwrap());
        let is_told =
            log.failure.is_some() || matches!(log.outcome, LogOutcome::Success | LogOutcome::Partial);
        assert!(is_told, "{}: {log:?}", path.display());
    }
}
