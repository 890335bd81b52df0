//! The promise: whoever knows where to cut can, is told what breaks a rule, and sees what the best cut would give.

use std::fs;
use std::path::Path;
use std::process::Output;

use crate::common::{assert_chain, assert_sound, listing, manifest, model, respect};
use serde_json::Value;

fn run(folder: &Path, arguments: &[&str]) -> Output {
    respect().current_dir(folder).args(arguments).output().expect("the tool starts")
}

/// What a command that succeeds prints.
fn prints(folder: &Path, arguments: &[&str]) -> String {
    let output = run(folder, arguments);
    assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

/// What a command says that exits with `status`.
fn complains(folder: &Path, status: i32, arguments: &[&str]) -> String {
    let output = run(folder, arguments);
    let complaint = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(status), "{arguments:?}: {complaint}");
    complaint
}

/// A folder with a bundled model as `m.tflite`.
fn bench(name: &str) -> tempfile::TempDir {
    let scratch = tempfile::tempdir().unwrap();
    fs::copy(model(name), scratch.path().join("m.tflite")).unwrap();
    scratch
}

#[test]
fn stages_cut_by_hand_compute_the_same_and_say_by_whom_they_are() {
    let scratch = bench("residual");
    let folder = scratch.path();
    // By the whole name, and by a layer of a fused one.
    let cuts = "model/add/add,model/conv2d_6/Conv2D+model/conv2d_4/Conv2D,model/add_3/add";
    let text = prints(folder, &["compile", "m.tflite", "--no-compile", "--cut-after", cuts, "-o", "out"]);
    assert!(
        text.contains("by hand in ")
            && text.contains("cut 1, between stages 0 and 1, hands on 'model/add/add'"),
        "{text}"
    );
    assert!(text.contains("respect finds ") && text.contains("leave --cut-after out to have them"), "{text}");
    let out = folder.join("out");
    assert_sound(&out);
    assert_chain(&folder.join("m.tflite"), std::slice::from_ref(&out), 4);
    let manifest = manifest(&out);
    assert_eq!((manifest.scheduler.as_str(), manifest.stage_count), ("by hand", 4));
    assert!(manifest.gap.is_some_and(|gap| gap > 0.0) && manifest.lower_bound > 0.0);
    assert_eq!(manifest.cut_after.iter().map(Vec::len).collect::<Vec<_>>(), [1, 2, 1]);
    assert_eq!(manifest.cut_after[0], ["model/add/add"]);
    assert_eq!(manifest.stages[0].outputs, manifest.cut_after[0]);
    let mut handed_on = manifest.cut_after[1].clone();
    handed_on.sort();
    let mut outputs = manifest.stages[1].outputs.clone();
    outputs.sort();
    assert_eq!(outputs, handed_on);
    // The same from a file, with --stages that agree.
    let lines = cuts.replace(',', "\n\n") + "\n# the rest is the last stage\n";
    fs::write(folder.join("cuts.txt"), lines).unwrap();
    let again = ["compile", "m.tflite", "--no-compile", "--cut-after", "@cuts.txt", "-n", "4", "-o", "again"];
    prints(folder, &again);
    assert_eq!(
        fs::read(folder.join("again/schedule.json")).unwrap(),
        fs::read(out.join("schedule.json")).unwrap()
    );
}

#[test]
fn every_cut_of_wide_and_odd_models_is_valid_or_refused_with_its_rule() {
    for name in ["inception", "mixed", "two_inputs", "postprocess"] {
        let scratch = bench(name);
        let folder = scratch.path();
        let graph: Value = serde_json::from_str(&prints(folder, &["graph", "m.tflite", "-o", "-"])).unwrap();
        let names =
            graph["tensors"].as_array().unwrap().iter().map(|tensor| tensor["name"].as_str().unwrap());
        let mut folders = Vec::new();
        for (place, tensor) in names.enumerate() {
            let out = format!("out{place}");
            let arguments = ["compile", "m.tflite", "--no-compile", "--cut-after", tensor, "-o", &out];
            let output = run(folder, &arguments);
            let complaint = String::from_utf8_lossy(&output.stderr);
            match output.status.code() {
                Some(0) => folders.push(folder.join(out)),
                Some(1) => {
                    let reasons =
                        ["rule ", "is a model input", "no stage can end after", "must share a stage"];
                    assert!(
                        reasons.iter().any(|reason| complaint.contains(reason)),
                        "{name}, {tensor}: {complaint}"
                    );
                }
                _ => panic!("{name}, {tensor}: {complaint}"),
            }
        }
        assert!(!folders.is_empty(), "{name} can be cut after some tensor");
        assert_chain(&folder.join("m.tflite"), &folders, 1);
    }
}

#[test]
fn cuts_that_are_none_are_refused_and_nothing_is_written() {
    let scratch = bench("residual");
    let folder = scratch.path();
    fs::write(folder.join("none.txt"), "\n# nothing\n").unwrap();
    fs::write(folder.join("wrong.txt"), "model/add/add\nmodel/ad/add\n").unwrap();
    for (cuts, part) in [
        (
            "model/ad/add",
            "m.tflite: --cut-after: no tensor between operations is called 'model/ad/add': is it 'model/add/add'",
        ),
        ("model/add/add,model/add/add", "cut 2, after 'model/add/add': nothing is left for stage 1"),
        ("model/add_2/add,model/add/add", "give cuts in order"),
        ("model/add/add+model/add/add", "cut 1: 'model/add/add' is named twice"),
        ("serving_default_image:0", "cut 1: 'serving_default_image:0' is a model input"),
        (
            "StatefulPartitionedCall:0",
            "cut 1: 'StatefulPartitionedCall:0' is a model output, and Coral's runner takes them",
        ),
        ("model/add/add,", "a name is missing"),
        ("@none.txt", "none.txt: names no tensor"),
        ("@wrong.txt", "wrong.txt: line 2: no tensor between operations is called 'model/ad/add'"),
        ("@absent.txt", "absent.txt: No such file"),
    ] {
        let complaint = complains(folder, 1, &["compile", "m.tflite", "--cut-after", cuts, "-o", "out"]);
        assert!(complaint.contains(part), "{cuts}: {complaint}");
        assert_eq!(complaint.lines().count(), 1, "{complaint}");
    }
    let differ = complains(folder, 1, &["schedule", "m.tflite", "-n", "3", "--cut-after", "model/add/add"]);
    assert!(
        differ.contains("--cut-after names 1 cuts, which make 2 stages, but --stages asks for 3"),
        "{differ}"
    );
    let both = ["schedule", "m.tflite", "--scheduler", "exact", "--cut-after", "model/add/add"];
    assert!(complains(folder, 2, &both).contains("cannot be used with"));
    assert!(complains(folder, 2, &["schedule", "m.tflite"]).contains("--stages"));
    assert_eq!(listing(folder), ["m.tflite", "none.txt", "wrong.txt"]);
}

#[test]
fn every_command_that_cuts_takes_cuts_by_hand() {
    let scratch = bench("residual");
    let folder = scratch.path();
    let json = |arguments: &[&str]| -> Value {
        serde_json::from_str(&prints(folder, &[arguments, &["--format", "json"]].concat())).unwrap()
    };
    let cuts = ["--cut-after", "model/add/add", "--cut-after", "model/add_3/add"];
    let schedule = json(&[&["schedule", "m.tflite"], &cuts[..]].concat());
    assert_eq!(
        (&schedule["scheduler"], &schedule["beside"]["scheduler"]),
        (&"by hand".into(), &"respect".into())
    );
    let best = schedule["beside"]["bottleneck_us"].as_f64().unwrap();
    assert!(best < schedule["bottleneck_us"].as_f64().unwrap());
    assert_eq!(schedule["lower_bound"].as_f64(), Some(best));
    let searched = json(&["schedule", "m.tflite", "-n", "3"]);
    assert_eq!((searched["bottleneck_us"].as_f64(), searched.get("beside")), (Some(best), None));
    let simulated = json(&[&["simulate", "m.tflite"], &cuts[..]].concat());
    assert_eq!(simulated["stages"].as_array().unwrap().len(), 3);
    let compared = json(&[&["compare", "m.tflite", "-n", "2,3"], &cuts[..]].concat());
    let rows = compared["rows"].as_array().unwrap();
    let own: Vec<&Value> = rows.iter().filter(|row| row["scheduler"] == "by hand").collect();
    assert_eq!(own.len(), 1);
    assert_eq!(
        (&own[0]["stages"], own[0]["bottleneck_us"].as_f64()),
        (&3.into(), schedule["bottleneck_us"].as_f64())
    );
    assert!(own[0]["gap"].as_f64().is_some_and(|gap| gap > 0.0));
    prints(folder, &[&["report", "m.tflite", "-o", "page.html"], &cuts[..]].concat());
    assert!(fs::read_to_string(folder.join("page.html")).unwrap().contains("by hand"));
    // The best cuts by hand are known to be the best. Each stage of the search hands on what its last operation makes.
    assert_eq!(searched["status"], "optimal");
    let graph: Value = serde_json::from_str(&prints(folder, &["graph", "m.tflite", "-o", "-"])).unwrap();
    let stages = searched["stages"].as_array().unwrap();
    let last = |stage: &Value| stage["ops"].as_array().unwrap().last().unwrap().as_u64().unwrap() as usize;
    let ends = stages[..2].iter().map(|stage| graph["ops"][last(stage)]["name"].as_str().unwrap());
    let best_cuts: Vec<&str> = ends.flat_map(|name| ["--cut-after", name]).collect();
    let text = prints(folder, &[&["schedule", "m.tflite"], &best_cuts[..]].concat());
    assert!(text.contains("optimal: no valid schedule is better (by hand in "), "{text}");
    assert!(text.contains("respect finds no better cuts"), "{text}");
}
