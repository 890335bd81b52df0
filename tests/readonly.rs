//! The promise, kept in Coral's runner: it gives stages read-only buffers, and the stages compute what the whole model does.

use std::path::{Path, PathBuf};
use std::sync::Mutex;

use crate::common::folders::{FIXED, Folders, OBJECTIVES, SEEKING};
use crate::common::{cut, model, models, name, on_two_threads, python, respect, room, tflite_python};
use serde_json::{Value, json};

/// Different inputs for each pipeline: a kernel that keeps what it made of the first shows at the second.
const SAMPLES: &str = "4";

#[test]
fn every_schedule_computes_the_same_with_the_buffers_that_corals_runner_gives() {
    let wrong = Mutex::new(Vec::new());
    on_two_threads(&models(), |model| {
        let mut folders = Folders::new();
        for objective in OBJECTIVES {
            for stages in 2..=6 {
                for scheduler in SEEKING {
                    if let Err(why) = folders.cut(model, stages, scheduler, objective) {
                        assert!(room(&why).is_some_and(|room| room < stages), "{}: {why}", model.display());
                    }
                }
                for scheduler in FIXED {
                    folders.cut_if_valid(model, stages, scheduler, objective);
                }
            }
        }
        let differing = differing(model, &folders.distinct);
        wrong.lock().unwrap().extend(differing);
    });
    let mut wrong = wrong.into_inner().unwrap();
    wrong.sort();
    assert!(wrong.is_empty(), "{} differ:\n{}", wrong.len(), wrong.join("\n"));
}

#[test]
fn what_differs_in_the_uncut_model_is_told_and_no_fault_of_a_cut() {
    let (detector, scratch) = (model("detector"), tempfile::tempdir().expect("a scratch folder"));
    let folder = scratch.path().join("stages");
    cut(&detector, 3, &folder, &[]).unwrap();
    // Nothing compiled: its CONCATENATION makes an output on the CPU.
    let answers = answers(&detector, &[folder], None);
    assert_eq!(answers[0]["differs"], json!(["StatefulPartitionedCall:0"]));
    assert_eq!((&answers[1]["ok"], &answers[1]["why"]), (&json!(true), &json!("")));
}

/// What goes wrong with each folder's stages. What goes wrong with the whole model as a stage of its own is told, and no
/// excuse for a cut: a pipeline can be right where the uncut model is not, as its operators are in other company.
fn differing(model: &Path, folders: &[PathBuf]) -> Vec<String> {
    let answers = answers(model, folders, Some(&on_the_cpu(model)));
    let text = |answer: &Value, field: &str| answer[field].as_str().unwrap_or_default().to_string();
    let whole = text(&answers[0], "why");
    if !whole.is_empty() {
        println!("{}, uncut: {whole}", name(model));
    }
    let told = |(answer, folder): (&Value, &PathBuf)| {
        let why = [text(answer, "why"), text(answer, "excused")].concat();
        (!why.is_empty()).then(|| format!("{}, {}: {why}", name(model), name(folder)))
    };
    answers[1..].iter().zip(folders).filter_map(told).collect()
}

/// The answers for the whole model and for each folder; `cpu` stays on the CPU, or all of it.
fn answers(model: &Path, folders: &[PathBuf], cpu: Option<&str>) -> Vec<Value> {
    let mut command = tflite_python("readonly_runner.py");
    command.args(["--samples", SAMPLES]).args(cpu.map(|cpu| format!("--cpu={cpu}"))).arg(model).args(folders);
    let output = command.output().expect("Python starts");
    assert!(output.status.success(), "{}: {}", model.display(), String::from_utf8_lossy(&output.stderr));
    let said = String::from_utf8_lossy(&output.stdout);
    let answers: Vec<Value> = said.lines().map(|line| serde_json::from_str(line).expect("JSON")).collect();
    assert_eq!(answers.len(), 1 + folders.len(), "{said}");
    answers
}

/// The indices of the operators that the Edge TPU does not take.
fn on_the_cpu(model: &Path) -> String {
    let output =
        respect().arg("inspect").arg(model).args(["--format", "json"]).output().expect("the tool starts");
    let said: Value = serde_json::from_slice(&output.stdout).expect("JSON");
    let unmapped = said["unmapped"].as_array().expect("a list");
    unmapped.iter().map(|operator| operator["index"].to_string()).collect::<Vec<_>>().join(",")
}

#[test]
fn the_operator_table_says_what_kernels_do_with_read_only_buffers() {
    let folder = tempfile::tempdir().expect("a scratch folder");
    python("kernel_models.py").arg(folder.path()).assert().success();
    let mut check = tflite_python("check_kernels.py");
    check.arg(folder.path()).write_stdin(respect::tflite::ops::dump_json()).assert().success();
}
