//! The segments that Google's compiler made: judged, and held to the default's cuts of the models made anew.

use std::path::Path;

use serde_json::Value;
use tempfile::TempDir;

use super::shared;
use crate::common::{repository, respect};

/// Whole sets: the model, as google-coral/test_data names it, and the number of segments.
const SETS: [(&str, u32); 4] =
    [("ssd_mobilenet_v1", 3), ("ssd_mobilenet_v1", 4), ("ssd_mobilenet_v2", 2), ("ssd_mobilenet_v2", 3)];

/// A folder with one set, whose files have the names that the compiler gave them.
fn folder(model: &str, count: u32) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    for segment in 0..count {
        let name = format!("{model}_coco_quant_postprocess_segment_{segment}_of_{count}_edgetpu.tflite");
        std::fs::copy(shared(&format!("models/compiled/test_data__{name}")), folder.path().join(name))
            .unwrap();
    }
    folder
}

fn report(arguments: &[&str], folder: &Path) -> Value {
    let output = respect().args(arguments).arg(folder).args(["--format", "json"]).output().unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    serde_json::from_slice(&output.stdout).unwrap_or_else(|_| panic!("{said}"))
}

#[test]
fn googles_segments_obey_the_rules() {
    for (model, count) in SETS {
        let report = report(&["verify"], folder(model, count).path());
        assert_eq!((&report["ok"], &report["has_manifest"]), (&true.into(), &false.into()), "{report}");
        assert_eq!(report["pipelines"][0]["stages"], count);
    }
}

#[test]
fn a_segment_that_is_not_there_is_missed() {
    let folder = folder("ssd_mobilenet_v1", 3);
    let lost = "ssd_mobilenet_v1_coco_quant_postprocess_segment_1_of_3_edgetpu.tflite";
    std::fs::remove_file(folder.path().join(lost)).unwrap();
    let report = report(&["verify"], folder.path());
    let problems: Vec<(&Value, &Value)> = (report["problems"].as_array().unwrap().iter())
        .map(|problem| (&problem["file"], &problem["message"]))
        .collect();
    assert_eq!(problems, [(&lost.into(), &"is missing, and the set is one of 3 segments".into())]);
}

#[test]
fn a_segment_without_a_package_runs_on_no_device() {
    let folder = folder("ssd_mobilenet_v2", 2);
    let path = folder.path().join("ssd_mobilenet_v2_coco_quant_postprocess_segment_0_of_2_edgetpu.tflite");
    let mut bytes = std::fs::read(&path).unwrap();
    let at = bytes.windows(4).position(|word| word == b"DWN1").expect("a package");
    bytes[at] = b'X';
    std::fs::write(&path, bytes).unwrap();
    let report = report(&["verify"], folder.path());
    let message = report["problems"][0]["message"].as_str().unwrap();
    assert!(message.contains("no device runs it: operator 0 (edgetpu-custom-op)"), "{report}");
}

/// The models made anew have the names of Google's, so that the cuts can be read from Google's own files.
#[test]
fn the_default_cuts_as_googles_segments_are_cut() {
    for (model, count) in SETS {
        let graph = repository(&format!("test-data/segmented/{model}.json"));
        let (graph, count) = (graph.to_str().unwrap(), count.to_string());
        let set = folder(model, count.parse().unwrap());
        let report = report(&["compare", graph, "--stages", &count, "--partition"], set.path());
        let row = |scheduler: &str| {
            let rows = report["rows"].as_array().unwrap();
            rows.iter().find(|row| row["scheduler"] == scheduler).unwrap_or_else(|| panic!("{report}"))
        };
        for figure in ["bottleneck_us", "peak_parameter_bytes", "off_chip_bytes"] {
            let (ours, googles) = (&row("parameter-count")[figure], &row("partition")[figure]);
            assert!(ours.is_number(), "{report}");
            assert_eq!(ours, googles, "{model}, {count} segments: {figure}");
        }
    }
}
