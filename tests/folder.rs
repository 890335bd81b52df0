//! The promise: `respect verify` refuses a damaged folder of stages, and names the rule that is broken.

use std::borrow::Cow;
use std::path::Path;

use crate::common::{cut, model, respect};
use nix::sys::stat::Mode;
use nix::unistd::mkfifo;
use respect::base::hash::sha256;
use respect::stages::manifest::Manifest;
use respect::stages::names::MANIFEST;
use respect::tflite;
use respect::tflite::Model;
use serde_json::Value;
use tempfile::TempDir;

/// A sound folder: the model of two inputs and two outputs in three stages, where a tensor skips one.
fn folder() -> TempDir {
    let scratch = tempfile::tempdir().unwrap();
    cut(&model("two_inputs"), 3, &scratch.path().join("stages"), &[]).unwrap();
    scratch
}

/// What `verify` finds: the rule, if any, and the message of each problem.
fn findings(scratch: &TempDir) -> Vec<(Option<u64>, String)> {
    let folder = scratch.path().join("stages");
    let output = respect().args(["verify", "--format", "json"]).arg(folder).output().unwrap();
    let report: Value = serde_json::from_slice(&output.stdout).expect("JSON");
    let problems = report["problems"].as_array().unwrap();
    assert_eq!(output.status.code(), Some(if problems.is_empty() { 0 } else { 1 }));
    assert_eq!(report["ok"], problems.is_empty());
    problems.iter().map(|p| (p["rule"].as_u64(), p["message"].as_str().unwrap().to_string())).collect()
}

fn assert_finds(scratch: &TempDir, rule: Option<u64>, part: &str) {
    let findings = findings(scratch);
    let found = findings.iter().any(|(broken, message)| *broken == rule && message.contains(part));
    assert!(found, "no finding of rule {rule:?} with '{part}' in {findings:#?}");
}

/// Changes a stage's model, and the manifest so that only the change itself is wrong.
fn change_stage(scratch: &TempDir, stage: usize, change: impl FnOnce(&mut Model)) {
    let folder = scratch.path().join("stages");
    let mut manifest = respect::stages::check::manifest(&folder).unwrap();
    let path = folder.join(&manifest.stages[stage].file.file);
    let file = std::fs::read(&path).unwrap();
    let mut model = tflite::read(&file).unwrap();
    change(&mut model);
    let mut bytes = Vec::new();
    tflite::write(&model, &mut bytes).unwrap();
    let names = |tensors: &[u32]| -> Vec<String> {
        tensors.iter().map(|&tensor| model.tensors[tensor as usize].label().into()).collect()
    };
    let entry = &mut manifest.stages[stage];
    (entry.inputs, entry.outputs) = (names(&model.inputs), names(&model.outputs));
    (entry.file.bytes, entry.file.sha256) = (bytes.len() as u64, sha256(&bytes));
    std::fs::write(path, bytes).unwrap();
    write_manifest(&folder, &manifest);
}

fn write_manifest(folder: &Path, manifest: &Manifest) {
    std::fs::write(folder.join(MANIFEST), manifest.to_json()).unwrap();
}

fn change_manifest(scratch: &TempDir, change: impl FnOnce(&mut Manifest)) {
    let folder = scratch.path().join("stages");
    let mut manifest = respect::stages::check::manifest(&folder).unwrap();
    change(&mut manifest);
    write_manifest(&folder, &manifest);
}

#[test]
fn an_untouched_folder_is_sound() {
    assert_eq!(findings(&folder()), []);
}

#[test]
fn rule_1_every_input_comes_from_somewhere() {
    let scratch = folder();
    change_stage(&scratch, 1, |model| {
        let input = model.inputs[0] as usize;
        model.tensors[input].name = Some(Cow::Borrowed("nobody makes this"));
    });
    assert_finds(&scratch, Some(1), "'nobody makes this' is no model input and no earlier stage's output");
    let scratch = folder();
    change_stage(&scratch, 0, |model| {
        let output = model.outputs[0] as usize;
        model.tensors[output].name = None;
    });
    assert_finds(&scratch, Some(1), "empty or repeated name");
}

#[test]
fn rule_2_every_output_goes_somewhere() {
    let scratch = folder();
    change_stage(&scratch, 0, |model| {
        let inner = model.operators.iter().flat_map(|operator| &operator.outputs);
        let unread = *inner.into_iter().find(|output| !model.outputs.contains(output)).unwrap();
        model.outputs.push(unread);
    });
    assert_finds(&scratch, Some(2), "is read by no later stage");
    let scratch = folder();
    change_stage(&scratch, 0, |model| model.outputs.clear());
    assert_finds(&scratch, Some(2), "hands nothing on");
}

#[test]
fn rule_3_the_models_outputs_come_from_the_last_stage() {
    let scratch = folder();
    change_stage(&scratch, 2, |model| model.outputs.reverse());
    assert_finds(&scratch, Some(3), "but the model's outputs are");
    let scratch = folder();
    change_stage(&scratch, 2, |model| model.outputs.truncate(1));
    assert_finds(&scratch, Some(3), "but the model's outputs are");
}

#[test]
fn rule_4_the_models_inputs_go_into_the_first_stage() {
    let scratch = folder();
    change_stage(&scratch, 0, |model| model.inputs.reverse());
    assert_finds(&scratch, Some(4), "but the model's inputs are");

    // The first stage lets go of an input that the next one takes up.
    let scratch = folder();
    let name = respect::stages::check::manifest(&scratch.path().join("stages")).unwrap().inputs[1].clone();
    change_stage(&scratch, 0, |model| {
        let [other, left] = model.inputs[..] else { panic!("two inputs") };
        let inputs = model.operators.iter_mut().flat_map(|operator| &mut operator.inputs);
        inputs.filter(|input| **input == left as i32).for_each(|input| *input = other as i32);
    });
    change_stage(&scratch, 1, |model| {
        let tensor = model.tensors[model.inputs[0] as usize].clone();
        model.tensors.push(tflite::model::Tensor { name: Some(Cow::Owned(name)), ..tensor });
        model.inputs.push(model.tensors.len() as u32 - 1);
    });
    assert_finds(&scratch, Some(4), "is read by a later stage but not by the first");
}

/// Adds an operator that reads a stage's first input, and returns its result.
fn add_reader(model: &mut Model, name: &str, kind: &str, shape: &[i32]) -> u32 {
    let def = tflite::ops::by_name(name).unwrap();
    let kind = (0..).map_while(tflite::TensorType::by_code).find(|row| row.name == kind).unwrap();
    let input = model.inputs[0];
    let like = model.tensors[input as usize].clone();
    let (name, shape) = (Some(Cow::Owned(format!("made by {name}"))), Some(shape.to_vec()));
    model.tensors.push(tflite::model::Tensor { name, kind, shape, quantization: None, ..like });
    model.codes.push(tflite::model::OperatorCode {
        deprecated_builtin_code: def.code as i8,
        builtin_code: def.code,
        ..model.codes[0].clone()
    });
    let (code, result) = (model.codes.len() as u32 - 1, model.tensors.len() as u32 - 1);
    let like = model.operators[0].clone();
    let (inputs, outputs) = (vec![input as i32], vec![result]);
    model.operators.push(tflite::model::Operator { code, inputs, outputs, options: None, ..like });
    result
}

#[test]
fn rule_8_no_operator_on_the_cpu_takes_a_stages_input_for_a_constant() {
    let scratch = folder();
    change_stage(&scratch, 1, |model| {
        let shape = model.tensors[model.inputs[0] as usize].dims().to_vec();
        add_reader(model, "DEQUANTIZE", "FLOAT32", &shape);
    });
    assert_finds(
        &scratch,
        Some(8),
        "(DEQUANTIZE) stays on the CPU and takes a value that the stage is handed for a constant",
    );
}

#[test]
fn rule_9_no_operator_on_the_cpu_is_skipped_for_a_stages_output() {
    let scratch = folder();
    change_stage(&scratch, 1, |model| {
        let rank = model.tensors[model.inputs[0] as usize].dims().len() as i32;
        let result = add_reader(model, "SHAPE", "INT32", &[rank]);
        model.outputs.push(result);
    });
    assert_finds(&scratch, Some(9), "(SHAPE) stays on the CPU, where newer runtimes skip it");
}

#[test]
fn rule_5_a_held_tensor_is_made_once_and_held_as_listed() {
    let scratch = folder();
    let first = respect::stages::check::manifest(&scratch.path().join("stages")).unwrap().stages[0].outputs
        [0]
    .clone();
    change_stage(&scratch, 1, |model| {
        let output = model.outputs[0] as usize;
        model.tensors[output].name = Some(Cow::Owned(first.clone()));
    });
    assert_finds(&scratch, Some(5), "and the host still holds");
    let scratch = folder();
    change_manifest(&scratch, |manifest| manifest.tensors[0].host_buffers += 1);
    assert_finds(&scratch, Some(5), "is not held as listed");
    let scratch = folder();
    change_manifest(&scratch, |manifest| drop(manifest.tensors.remove(0)));
    assert_finds(&scratch, Some(5), "but not listed");
}

#[test]
fn rule_6_both_sides_of_a_cut_are_equal() {
    type Change = fn(&mut respect::tflite::model::Tensor);
    let changes: [(&str, Change); 7] = [
        ("scale or zero point", |tensor| tensor.quantization = None),
        ("scale or zero point", |tensor| tensor.quantization.as_mut().unwrap().quantized_dimension = 1),
        ("shape", |tensor| tensor.shape_signature = Some(vec![-1; 4])),
        ("scale or zero point", |tensor| {
            tensor.quantization.as_mut().unwrap().scale.as_mut().unwrap()[0] *= 2.0
        }),
        ("scale or zero point", |tensor| {
            tensor.quantization.as_mut().unwrap().zero_point.as_mut().unwrap()[0] += 1
        }),
        ("type", |tensor| tensor.kind = tflite::TensorType::by_code(3).unwrap()),
        ("shape", |tensor| tensor.shape.as_mut().unwrap()[0] += 1),
    ];
    for (what, change) in changes {
        let scratch = folder();
        change_stage(&scratch, 1, |model| change(&mut model.tensors[model.inputs[0] as usize]));
        assert_finds(&scratch, Some(6), &format!("in its {what}"));
    }
}

#[test]
fn rule_7_every_stage_holds_an_operation_in_one_subgraph() {
    let scratch = folder();
    change_stage(&scratch, 1, |model| {
        model.operators.clear();
        model.outputs.clone_from(&model.inputs);
    });
    assert_finds(&scratch, Some(7), "holds no operation");
    let scratch = folder();
    change_stage(&scratch, 0, |model| model.operators.reverse());
    assert_finds(&scratch, Some(7), "which no earlier operator makes");
    let scratch = folder();
    change_file(&scratch, 2, |bytes| bytes.truncate(bytes.len() / 2));
    assert_finds(&scratch, Some(7), "not one sound subgraph: damaged file");
    let scratch = folder();
    change_file(&scratch, 2, |bytes| *bytes = two_subgraphs());
    assert_finds(&scratch, Some(7), "the model has 2 subgraphs");
}

/// Changes a stage's file, and its hash in the manifest.
fn change_file(scratch: &TempDir, stage: usize, change: impl FnOnce(&mut Vec<u8>)) {
    change_manifest(scratch, |manifest| {
        let entry = &mut manifest.stages[stage].file;
        let path = scratch.path().join("stages").join(&entry.file);
        let mut bytes = std::fs::read(&path).unwrap();
        change(&mut bytes);
        (entry.bytes, entry.sha256) = (bytes.len() as u64, sha256(&bytes));
        std::fs::write(path, bytes).unwrap();
    });
}

/// A file of two empty subgraphs.
fn two_subgraphs() -> Vec<u8> {
    let mut file = flatbuffers::FlatBufferBuilder::new();
    let start = file.start_table();
    let graph = file.end_table(start);
    let graphs = file.create_vector(&[graph, graph]);
    let start = file.start_table();
    file.push_slot_always(4, 3u32);
    file.push_slot_always(4 + 2 * 2, graphs);
    let root = file.end_table(start);
    file.finish(root, Some("TFL3"));
    file.finished_data().to_vec()
}

#[test]
fn an_operator_is_in_one_stage_only() {
    let scratch = folder();
    change_stage(&scratch, 0, |model| {
        let mut copy = model.operators[0].clone();
        let made = model.tensors[copy.outputs[0] as usize].clone();
        copy.outputs = vec![model.tensors.len() as u32];
        model.tensors.push(made);
        model.operators.push(copy);
    });
    assert_finds(&scratch, None, "its operators are not those of schedule.json");
    // Even if the manifest owns up to it.
    change_manifest(&scratch, |manifest| {
        let operator = manifest.stages[0].operators[0].clone();
        manifest.stages[0].operators.push(operator);
    });
    assert_finds(&scratch, None, "is in two stages");
    let scratch = folder();
    change_manifest(&scratch, |manifest| manifest.stages[1] = manifest.stages[0].clone());
    assert_finds(&scratch, None, "is in two stages");
}

#[test]
fn files_are_in_the_folder_and_can_be_read() {
    for name in ["", ".", "..", "../stages/two_inputs_segment_0_of_3.tflite", "/etc/hostname", "a/b"] {
        let scratch = folder();
        change_manifest(&scratch, |manifest| manifest.stages[0].file.file = name.into());
        assert_finds(&scratch, None, "is not a plain file name");
    }
    let scratch = folder();
    let path = scratch.path().join("stages/two_inputs_segment_0_of_3.tflite");
    std::fs::write(&path, "").unwrap();
    assert_finds(&scratch, None, "the file was changed");
    std::fs::remove_file(&path).unwrap();
    assert_finds(&scratch, None, "can't be read");
    std::fs::create_dir(&path).unwrap();
    assert_finds(&scratch, None, "can't be read");
}

#[test]
fn pipes_and_devices_are_no_stages() {
    let scratch = folder();
    let stages = scratch.path().join("stages");
    let first = stages.join(&respect::stages::check::manifest(&stages).unwrap().stages[0].file.file);
    std::fs::remove_file(&first).unwrap();
    mkfifo(&first, Mode::S_IRWXU).unwrap();
    assert_finds(&scratch, None, "is not a plain file");
    std::fs::remove_file(&first).unwrap();
    std::os::unix::fs::symlink("/dev/zero", &first).unwrap();
    assert_finds(&scratch, None, "is not a plain file");

    let manifest = stages.join(MANIFEST);
    std::fs::remove_file(&manifest).unwrap();
    mkfifo(&manifest, Mode::S_IRWXU).unwrap();
    let why = cut(&model("two_inputs"), 2, &stages, &["--force"]).unwrap_err();
    assert!(why.contains("exists and is not a folder of stages"), "{why}");
    let output = respect().arg("verify").arg(&stages).output().unwrap();
    let why = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(1));
    assert!(
        why.contains("schedule.json: is not a plain file; give a folder that 'respect compile' wrote"),
        "{why}"
    );
}

#[test]
fn compiled_files_are_judged_too() {
    let scratch = tempfile::tempdir().unwrap();
    let folder = scratch.path().join("stages");
    let mut command = respect();
    command.arg("compile").arg(model("two_inputs")).args(["-n", "3", "-o"]).arg(&folder);
    command.arg("--edgetpu-compiler").arg(crate::common::standin()).assert().success();
    assert_eq!(findings(&scratch), []);
    let compiled = folder.join("two_inputs_segment_2_of_3_edgetpu.tflite");
    let mut bytes = std::fs::read(&compiled).unwrap();
    bytes[1000] ^= 4;
    std::fs::write(&compiled, bytes).unwrap();
    assert_finds(&scratch, None, "the file was changed");
    std::fs::remove_file(compiled).unwrap();
    assert_finds(&scratch, None, "can't be read");
    change_manifest(&scratch, |manifest| manifest.stages[2].compiled_file = Some("../x".into()));
    assert_finds(&scratch, None, "is not a plain file name");
}

#[test]
fn a_changed_file_does_not_have_its_hash() {
    let scratch = folder();
    let path = scratch.path().join("stages/two_inputs_segment_1_of_3.tflite");
    let mut bytes = std::fs::read(&path).unwrap();
    *bytes.last_mut().unwrap() ^= 1;
    std::fs::write(path, bytes).unwrap();
    assert_finds(&scratch, None, "the file was changed");
}

#[test]
fn the_manifest_speaks_of_the_stages() {
    type Change = fn(&mut Manifest);
    let changes: [(&str, Change); 7] = [
        ("is not a plain file name", |manifest| manifest.stages[0].file.file = "../x.tflite".into()),
        ("can't be read", |manifest| manifest.stages[0].file.file = "gone.tflite".into()),
        ("lists 3 stages, but says 4", |manifest| manifest.stage_count = 4),
        ("stage_of does not agree", |manifest| manifest.stage_of.truncate(3)),
        ("is in two stages", |manifest| {
            let operator = manifest.stages[0].operators[0].clone();
            manifest.stages[1].operators.push(operator);
        }),
        ("operators are not those of schedule.json", |manifest| {
            manifest.stages[1].operators[0].kind = "TANH".into()
        }),
        ("inputs or outputs are not those", |manifest| manifest.stages[1].inputs.clear()),
    ];
    for (part, change) in changes {
        let scratch = folder();
        change_manifest(&scratch, change);
        assert_finds(&scratch, None, part);
    }
}

#[test]
fn the_devices_of_copies_are_possible() {
    let scratch = folder();
    let path = scratch.path().join("stages");
    let devices = |scratch: &TempDir, copies: u32, names: &[&str]| {
        let names: Vec<String> = names.iter().map(|name| name.to_string()).collect();
        change_manifest(scratch, |manifest| {
            (manifest.stages[1].copies, manifest.stages[1].devices) = (copies, names);
        });
    };
    let text = std::fs::read_to_string(path.join(MANIFEST)).unwrap();
    let manifest: serde_json::Value = serde_json::from_str(&text).unwrap();
    let stages = manifest["stages"].as_array().unwrap();
    assert!(stages.iter().all(|stage| stage.get("copies").is_none()), "one is not written");
    for (copies, names) in [(3, &[][..]), (2, &["usb3", "pcie"]), (1, &["usb3"])] {
        devices(&scratch, copies, names);
        assert_eq!(findings(&scratch), []);
        assert_eq!(respect::stages::check::manifest(&path).unwrap().stages[1].copies, copies);
    }
    for (copies, names, part) in [
        (0, &[][..], "stage 1 has 0 copies; a stage has 1 to 64"),
        (65, &[], "stage 1 has 65 copies"),
        (2, &["usb3"], "stage 1 names 1 devices for 2 copies; name one for each"),
    ] {
        let scratch = folder();
        devices(&scratch, copies, names);
        let folder = scratch.path().join("stages");
        let output = respect().arg("verify").arg(folder).output().unwrap();
        assert_eq!(output.status.code(), Some(1));
        let complaint = String::from_utf8(output.stderr).unwrap();
        assert!(complaint.contains("schedule.json") && complaint.contains(part), "{complaint}");
    }
}

#[test]
fn what_keeps_state_has_no_copies() {
    let scratch = tempfile::tempdir().unwrap();
    cut(&model("recurrent"), 2, &scratch.path().join("stages"), &[]).unwrap();
    assert_eq!(findings(&scratch), []);
    for stage in 0..2 {
        change_manifest(&scratch, |manifest| manifest.stages[stage].copies = 2);
        assert_finds(
            &scratch,
            None,
            "keeps state from one inference to the next, so no stage may have copies",
        );
        change_manifest(&scratch, |manifest| manifest.stages[stage].copies = 1);
    }
}

#[test]
fn without_a_manifest_or_stages_there_is_nothing_to_judge() {
    let scratch = folder();
    let folder = scratch.path().join("stages");
    let complaint = |contents: &str| {
        std::fs::write(folder.join(MANIFEST), contents).unwrap();
        let output = respect().arg("verify").arg(&folder).output().unwrap();
        assert_eq!(output.status.code(), Some(1));
        String::from_utf8(output.stderr).unwrap()
    };
    let text = respect::stages::check::manifest(&folder).unwrap().to_json();
    assert!(complaint(&text.replacen("\"format\": 1", "\"format\": 2", 1)).contains("format 2 is unknown"));
    assert!(complaint("{").contains("not a manifest"));
    std::fs::remove_file(folder.join(MANIFEST)).unwrap();
    for stage in std::fs::read_dir(&folder).unwrap() {
        let stage = stage.unwrap().path();
        if stage.extension().is_some_and(|ending| ending == "tflite") {
            std::fs::remove_file(stage).unwrap();
        }
    }
    let output = respect().arg("verify").arg(&folder).output().unwrap();
    assert_eq!(output.status.code(), Some(1));
    let complaint = String::from_utf8(output.stderr).unwrap();
    assert!(complaint.contains("give a folder that 'respect compile' or 'edgetpu_compiler"), "{complaint}");
}
