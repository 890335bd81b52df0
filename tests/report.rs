//! The promise: the page of a schedule needs nothing from outside, can be read by everybody, on screens and on paper, names
//! every operation, and cannot be taken over by the names in a model; the overlays are what Model Explorer documents.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use crate::common::{browser, cut, cut_if_room, manifest, model, models, name, repository, respect};
use respect::problem::Problem;
use respect::problem::judge::verify;
use respect::stages::rejoin;
use serde::Deserialize;

/// Writes the page of an input.
fn page(input: &Path, options: &[&str], file: &Path) -> String {
    let output = respect().arg("report").arg(input).args(options).arg("-o").arg(file).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    std::fs::read_to_string(file).unwrap()
}

/// A graph whose every name is an attack, or as long as a name can be.
fn hostile(folder: &Path) -> PathBuf {
    let attacks = [
        "</title></svg><script>alert(1)</script>",
        "\\\"><img src=x onerror=alert(2)>",
        "' onmouseover='alert(3)",
        "\\u202egnp.exe &lt;b&gt; \\u0000\\n<!--",
    ];
    let long = "x".repeat(30_000);
    let names: Vec<&str> = attacks.iter().copied().chain([long.as_str(), "", "ööö/日本語"]).collect();
    let (mut ops, mut tensors) = (
        Vec::new(),
        vec![format!(r#"{{"name": "{}", "bytes": 9, "producer": null, "consumers": [0]}}"#, attacks[0])],
    );
    for (index, name) in names.iter().chain(&names).enumerate() {
        ops.push(format!(r#"{{"name": "{name}", "kind": "{name}", "parameter_bytes": 700, "macs": 100}}"#));
        let last = index + 1 == names.len() * 2;
        let consumers = if last { String::new() } else { (index + 1).to_string() };
        tensors.push(format!(
            r#"{{"name": "{name}{index}", "bytes": 9, "producer": {index}, "consumers": [{consumers}]}}"#
        ));
    }
    let text = format!(
        r#"{{"name": "{}", "ops": [{}], "tensors": [{}], "outputs": [{}]}}"#,
        attacks[0],
        ops.join(","),
        tensors.join(","),
        tensors.len() - 1
    );
    let file = folder.join("hostile.json");
    std::fs::write(&file, text).unwrap();
    file
}

#[test]
fn pages_are_sound_in_a_browser() {
    let scratch = tempfile::tempdir().unwrap();
    let at = |name: &str| scratch.path().join(name);
    let large = repository("test-data/imagenet/InceptionResNetV2.json");
    page(&model("residual"), &["-n", "4"], &at("small.html"));
    page(&model("two_inputs"), &["-n", "1", "--scheduler", "parameter-count"], &at("one_stage.html"));
    page(&large, &["-n", "6", "--link", "shared"], &at("large.html"));
    page(
        &repository("test-data/wide/NASNetMobile.json"),
        &["-n", "9", "--scheduler", "order-dp"],
        &at("cells.html"),
    );
    page(&model("yolo"), &["-n", "4"], &at("yolo.html"));
    let text = page(&hostile(scratch.path()), &["-n", "5"], &at("hostile.html"));
    assert!(!text.contains("<script") && !text.contains("<img") && !text.contains("<!--"));
    assert!(text.len() < 400_000, "long names are cut short: {}", text.len());
    // A graph that is as wide as graphs get, and one of more operations than a picture holds.
    let family = ["synth", "--family", "layered", "--nodes", "800", "--count", "1", "--seed", "3"];
    let graph = respect().args(family).output().unwrap().stdout;
    std::fs::write(at("wide.json"), graph).unwrap();
    page(
        &at("wide.json"),
        &["-n", "6", "--rules", "precedence", "--scheduler", "order-dp"],
        &at("wide.html"),
    );
    let folder = at("stages");
    cut(&model("detector"), 3, &folder, &["--report"]).unwrap();
    let pages = [
        "small.html",
        "one_stage.html",
        "large.html",
        "cells.html",
        "yolo.html",
        "hostile.html",
        "wide.html",
        "stages/report.html",
    ];
    browser("page.py").args(pages.map(at)).assert().success();
}

#[test]
fn a_page_begins_with_the_verdict_and_names_every_operation() {
    let scratch = tempfile::tempdir().unwrap();
    let file = repository("test-data/wide/NASNetMobile.json");
    let text = page(&file, &["-n", "2", "--scheduler", "parameter-count"], &scratch.path().join("page.html"));
    let at = |id: &str| text.find(&format!("<section id=\"{id}\"")).unwrap_or_else(|| panic!("no {id}"));
    let order = ["verdict", "time", "memory", "filling", "graph", "cuts", "method"].map(at);
    assert!(order.is_sorted(), "{order:?}");
    let graph: serde_json::Value = serde_json::from_slice(&std::fs::read(&file).unwrap()).unwrap();
    for op in graph["ops"].as_array().unwrap() {
        // Long names are cut short in the middle.
        let name: String = op["name"].as_str().unwrap().chars().take(40).collect();
        assert!(text.contains(&format!("<bdi>{name}")), "{name}");
    }
}

#[test]
fn a_folder_gives_the_page_of_the_model_that_it_was_cut_from() {
    let mut same = 0;
    let scratch = tempfile::tempdir().unwrap();
    for path in models() {
        let folder = scratch.path().join(name(&path));
        if !cut_if_room(&path, 3, &folder, &["--report"]) {
            continue;
        }
        let manifest = manifest(&folder);
        let (graph, schedule) = rejoin::graph(&folder, &manifest).unwrap();
        let problem = Problem {
            graph: &graph,
            stages: 3,
            device: manifest.device.clone(),
            objective: manifest.objective,
            rules: manifest.rules,
        };
        let evaluation = verify(&problem, &schedule).unwrap();
        assert_eq!(manifest.tensors.len(), evaluation.crossings.len());
        let of_model = page(&path, &["-n", "3"], &scratch.path().join("model.html"));
        let written = std::fs::read_to_string(folder.join("report.html")).unwrap();
        assert!(written == of_model, "{}", path.display());
        // Page and figures of the folder too, unless a constant is shared: each stage has its own copy of it.
        let graph = respect().arg("graph").arg(&path).args(["-o", "-"]).output().unwrap().stdout;
        if !String::from_utf8_lossy(&graph).contains("\"shared_constants\"") {
            same += 1;
            for (stage, cost) in manifest.stages.iter().zip(&evaluation.stages) {
                assert_eq!(
                    stage.cost,
                    respect::stages::manifest::CostEntry::from(cost),
                    "{}",
                    path.display()
                );
            }
            let of_folder = page(&folder, &[], &scratch.path().join("folder.html"));
            assert!(of_folder == of_model, "{}", path.display());
        }
    }
    assert!(same >= 6, "only {same} models share no constants");
}

#[test]
fn a_page_in_a_folder_is_replaced_with_it() {
    let scratch = tempfile::tempdir().unwrap();
    let folder = scratch.path().join("stages");
    cut(&model("residual"), 2, &folder, &["--report"]).unwrap();
    assert!(folder.join("report.html").is_file());
    crate::common::assert_sound(&folder);
    cut(&model("residual"), 3, &folder, &["--force"]).unwrap();
    assert!(!folder.join("report.html").exists(), "it told of other stages");
}

/// Node data as Model Explorer's `node_data_builder` documents them.
#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
struct GraphNodeData {
    results: BTreeMap<String, NodeDataResult>,
    #[serde(default)]
    gradient: Vec<GradientItem>,
    #[serde(default)]
    show_expanded_summary_on_group_node: bool,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
struct NodeDataResult {
    value: serde_json::Value,
    bg_color: Option<String>,
    text_color: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
struct GradientItem {
    stop: f64,
    bg_color: String,
}

fn assert_is_color(color: Option<&str>) {
    let hex = color.and_then(|color| color.strip_prefix('#')).unwrap();
    assert!(hex.len() == 6 && u32::from_str_radix(hex, 16).is_ok(), "{hex}");
}

#[test]
fn the_overlays_are_what_model_explorer_documents() {
    let scratch = tempfile::tempdir().unwrap();
    let json = |command: &str, path: &Path, options: &[&str]| -> serde_json::Value {
        let output = respect().arg(command).arg(path).args(options).output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        serde_json::from_slice(&output.stdout).unwrap()
    };
    for path in models() {
        let file = scratch.path().join("stages.json");
        respect()
            .arg("report")
            .arg(&path)
            .args(["-n", "2", "--model-explorer"])
            .arg(&file)
            .assert()
            .success();
        let read = |name: &str| -> GraphNodeData {
            serde_json::from_slice(&std::fs::read(scratch.path().join(name)).unwrap()).unwrap()
        };
        let [stages, us, bytes, places] = [
            "stages.json",
            "stages_microseconds.json",
            "stages_streamed_bytes.json",
            "stages_parameters.json",
        ]
        .map(read);
        let graph = json("graph", &path, &["-o", "-"]);
        let schedule = json("schedule", &path, &["-n", "2", "--format", "json"]);
        let tensors = graph["tensors"].as_array().unwrap();
        for tensor in tensors {
            let key = tensor["name"].as_str().unwrap();
            let Some(maker) = tensor["producer"].as_u64() else { continue };
            let stage = schedule["stage_of"][maker as usize].as_u64().unwrap();
            assert_eq!(stages.results[key].value, format!("stage {stage}"));
            assert!(us.results[key].value.as_f64().unwrap() >= 0.0);
            assert!(bytes.results[key].value.as_u64().is_some(), "a number of bytes");
            let place = places.results[key].value.as_str().unwrap();
            assert!(["held", "partly streamed", "streamed", "no parameters"].contains(&place), "{place}");
            assert_eq!(place.contains("streamed"), bytes.results[key].value != 0);
        }
        for words in [&stages, &places] {
            assert!(words.show_expanded_summary_on_group_node && words.gradient.is_empty());
            for result in words.results.values() {
                assert_is_color(result.bg_color.as_deref());
                assert_is_color(result.text_color.as_deref());
            }
        }
        for numbers in [&us, &bytes] {
            assert!(!numbers.show_expanded_summary_on_group_node, "only words can be counted");
            assert!(numbers.results.values().all(|result| result.bg_color.is_none()));
            let stops: Vec<f64> = numbers.gradient.iter().map(|item| item.stop).collect();
            assert_eq!(stops, [0.0, 1.0]);
            numbers.gradient.iter().for_each(|item| assert_is_color(Some(&item.bg_color)));
        }
        let stdout = respect().arg("report").arg(&path).args(["-n", "2", "--model-explorer", "-"]).output();
        assert_eq!(stdout.unwrap().stdout, std::fs::read(&file).unwrap(), "a stream gets the stages alone");
    }
}

#[test]
fn mistakes_are_told() {
    let scratch = tempfile::tempdir().unwrap();
    let folder = scratch.path().join("stages");
    cut(&model("residual"), 2, &folder, &[]).unwrap();
    let (residual, out) = (model("residual"), scratch.path().join("page.html"));
    let complains = |status: i32, arguments: &[&Path], part: &str| {
        let output = respect().arg("report").args(arguments).output().unwrap();
        let complaint = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(status), "{arguments:?}: {complaint}");
        assert!(complaint.contains(part), "{arguments:?}: {complaint}");
    };
    let option = Path::new;
    complains(2, &[&residual, option("-n"), option("2")], "--output");
    complains(1, &[&residual, option("-o"), &out], "give --devices N or --stages N");
    complains(
        1,
        &[&folder, option("-n2"), option("-o"), &out],
        "leave --stages, --devices and --cut-after out",
    );
    complains(1, &[scratch.path(), option("-o"), &out], "respect compile");
    complains(1, &[&folder, option("-o"), &out, option("--model-explorer"), &out], "give each its own");
    let overlay = scratch.path().join("page_microseconds.html");
    complains(1, &[&folder, option("-o"), &overlay, option("--model-explorer"), &out], "give each its own");
    std::fs::remove_file(folder.join("residual_segment_1_of_2.tflite")).unwrap();
    complains(1, &[&folder, option("-o"), &out], "respect verify");
    assert!(!out.exists());
}
