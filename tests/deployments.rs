//! The promise: what is chosen for any number of devices is the best of all ways to use them, and can be run.

use respect::graph::OpGraph;
use respect::tflite;

use crate::common::deployments::assert_best;
use crate::common::{model, models, name, repository, respect};

#[test]
fn nothing_that_comes_to_mind_and_nothing_random_is_faster() {
    let mut others = 0;
    for path in models() {
        let bytes = std::fs::read(&path).unwrap();
        let mut whole = tflite::read(&bytes).unwrap();
        tflite::names::complete(&mut whole);
        let graph = tflite::graph::graph(&whole, &name(&path)).unwrap().graph;
        others += assert_best(&graph, &name(&path), 8, 300);
    }
    for path in std::fs::read_dir(repository("test-data/imagenet")).unwrap() {
        let path = path.unwrap().path();
        let graph = OpGraph::from_json(&std::fs::read(&path).unwrap()).unwrap();
        others += assert_best(&graph, graph.name(), 8, 100);
    }
    assert!(others > 10, "some are neither copies of the whole nor one device a stage: {others}");
}

fn prints(arguments: &[&str]) -> (i32, String) {
    let output = respect().args(arguments).output().unwrap();
    let said = [output.stdout, output.stderr].concat();
    (output.status.code().unwrap(), String::from_utf8(said).unwrap())
}

#[test]
fn a_folder_says_which_devices_run_each_stage() {
    let scratch = tempfile::tempdir().unwrap();
    let folder = scratch.path().join("out");
    let (path, folder) = (model("residual"), folder.to_str().unwrap());
    let (status, said) = prints(&["compile", path.to_str().unwrap(), "--devices", "4", "-o", folder]);
    assert_eq!(status, 0, "{said}");
    assert!(said.starts_with("with 4 devices: "), "{said}");
    let manifest: serde_json::Value =
        serde_json::from_slice(&std::fs::read(format!("{folder}/schedule.json")).unwrap()).unwrap();
    let stages = manifest["stages"].as_array().unwrap();
    let copies: Vec<u64> = stages.iter().map(|stage| stage["copies"].as_u64().unwrap_or(1)).collect();
    assert_eq!(manifest["verdict"]["choices"][0]["copies"], serde_json::json!(copies), "{said}");
    assert_eq!(prints(&["verify", folder]).0, 0);
}

#[test]
fn what_is_worse_is_called_worse_and_made_if_asked_for() {
    let path = model("residual");
    let path = path.to_str().unwrap();
    let (status, said) = prints(&["schedule", path, "-n", "4"]);
    assert!(
        status == 0 && said.contains("fewer inferences a second than the best: --devices 4 takes the best"),
        "{said}"
    );
    let (_, best) = prints(&["schedule", path, "--devices", "4"]);
    assert!(!best.contains("fewer inferences"), "{best}");
}

#[test]
fn devices_of_several_kinds_and_limits_are_taken_as_said() {
    let scratch = tempfile::tempdir().unwrap();
    let folder = scratch.path().join("out");
    let (path, folder) = (model("residual"), folder.to_str().unwrap());
    let path = path.to_str().unwrap();
    let (status, said) = prints(&["compile", path, "--devices", "usb3,pcie,usb3", "-o", folder]);
    assert_eq!(status, 0, "{said}");
    let manifest = std::fs::read_to_string(format!("{folder}/schedule.json")).unwrap();
    assert!(manifest.contains("\"pcie\""), "{manifest}");
    for (arguments, expected, part) in [
        (
            &["--devices", "2", "--max-latency-ms", "0.0001"][..],
            1,
            "no deployment over these devices takes at most",
        ),
        (
            &["--devices", "2", "--goal", "latency", "--min-throughput", "1e9"],
            1,
            "the least that there is is",
        ),
        (
            &["--devices", "2", "--goal", "latency", "--max-latency-ms", "5"],
            2,
            "--max-latency-ms limits what the goal is",
        ),
        (&["--devices", "2", "--stages", "2"], 2, "cannot be used with"),
        (&["--devices", "0"], 2, "give from 1 to 64"),
        (&["--devices", "usb3,,pcie"], 2, "with commas between them"),
        (&["--devices", "usb3,usb9"], 1, "usb9"),
        (&["--devices", "2", "--scheduler", "order-dp"], 2, "leave other schedulers"),
        (&["--devices", "2", "--objective", "memory"], 2, "cannot be used with"),
        (&["--stages", "2", "--max-latency-ms", "5"], 2, "--devices"),
    ] {
        let (status, said) = prints(&[&["schedule", path], arguments].concat());
        assert!(status == expected && said.contains(part), "{arguments:?}: {status} {said}");
    }
}
