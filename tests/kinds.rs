//! Models of the kinds that people convert: each has its outcome.

use std::collections::HashSet;
use std::path::Path;

use crate::common::{assert_explained, corpus_rows, cut, kind, manifest, model, name, respect, room};
use serde_json::Value;

/// What `make test-corpus` says of each model of `test-data/kinds`, in order.
const OUTCOMES: [(&str, &str); 9] = [
    ("batch4", "refused: not for an Edge TPU"),
    ("float16", "refused: not for an Edge TPU"),
    ("int16x8", "refused: not for an Edge TPU"),
    ("metadata_twice", "sound"),
    ("min_max", "sound"),
    ("mobilenet_v2", "sound"),
    ("mobilenet_v3_none", "sound"),
    ("unet_none", "refused: shape known at run time only"),
    ("unnamed", "sound"),
];

#[test]
fn every_kind_comes_to_its_outcome_and_what_is_cut_all_the_same_computes_the_same() {
    let rows = corpus_rows(&[crate::common::repository("test-data/kinds")]);
    assert_explained(&rows);
    assert_eq!(rows.len(), OUTCOMES.len());
    for (row, (file, outcome)) in rows.iter().zip(OUTCOMES) {
        assert_eq!(name(Path::new(row["model"].as_str().expect("a path"))), file);
        assert_eq!(row["outcome"], outcome, "{row:#?}");
        assert_eq!(row["steps"]["round trip"], "same", "{row:#?}");
        if file != "unet_none" {
            assert_eq!(row["steps"]["chain"], "same", "{row:#?}");
        }
    }
}

/// The graph of a model, without its name.
fn graph(model: &Path) -> Value {
    let output = respect().args(["graph", "-o", "-"]).arg(model).output().expect("the tool starts");
    let mut graph: Value = serde_json::from_slice(&output.stdout).expect("JSON");
    graph["name"] = Value::Null;
    graph
}

#[test]
fn a_batch_that_nobody_fixed_changes_nothing() {
    assert_eq!(graph(&kind("mobilenet_v2")), graph(&model("mobilenet_v2_none")));
    assert_eq!(graph(&model("mobilenet_v3")), graph(&kind("mobilenet_v3_none")));
}

/// Cuts a model into as many stages as it has room for; the folder, and how many.
fn cut_most(model: &Path) -> (tempfile::TempDir, u32) {
    let scratch = tempfile::tempdir().expect("a scratch folder");
    let folder = scratch.path().join("stages");
    let why = cut(model, 100_000, &folder, &[]).expect_err("too many stages");
    let stages = room(&why).unwrap_or_else(|| panic!("no number of stages named: {why}"));
    cut(model, stages, &folder, &[]).unwrap();
    (scratch, stages)
}

#[test]
fn what_feeds_a_shape_is_named_with_the_conversion_that_fixes_it() {
    let scratch = tempfile::tempdir().expect("a scratch folder");
    let why = cut(&kind("unet_none"), 3, &scratch.path().join("stages"), &[]).unwrap_err();
    for words in ["(TRANSPOSE_CONV)", "(PACK)", "with fixed sizes, batch included"] {
        assert!(why.contains(words), "{why}");
    }
}

#[test]
fn tensors_without_names_have_names_of_their_own_in_the_stages() {
    let (scratch, stages) = cut_most(&kind("unnamed"));
    assert!(stages > 3);
    let mut handed = HashSet::new();
    for stage in manifest(&scratch.path().join("stages")).stages {
        let bytes = std::fs::read(scratch.path().join("stages").join(&stage.file.file)).unwrap();
        let stage = respect::tflite::read(&bytes).unwrap();
        let names = |tensors: &[u32]| -> Vec<String> {
            tensors.iter().map(|&tensor| stage.tensors[tensor as usize].label().to_string()).collect()
        };
        for name in names(&stage.outputs) {
            assert!(!name.is_empty() && handed.insert(name.clone()), "'{name}' is no name of its own");
        }
    }
    assert_eq!(handed.len(), stages as usize);
}

#[test]
fn what_is_converted_on_the_cpu_stays_with_what_reads_or_makes_it() {
    let stages_of = |model: &Path| {
        let (scratch, _) = cut_most(model);
        manifest(&scratch.path().join("stages")).stage_of
    };
    // A DEQUANTIZE of what the operator before it makes.
    let stage_of = stages_of(&kind("min_max"));
    let [.., made, converted] = stage_of[..] else { panic!("two operators at least") };
    assert_eq!(made, converted);

    // Those of constants, each with the operator that reads it.
    let file = std::fs::read(kind("float16")).unwrap();
    let model = respect::tflite::read(&file).unwrap();
    let stage_of = stages_of(&kind("float16"));
    let mut compared = 0;
    for (reader, operator) in model.operators.iter().enumerate() {
        for &tensor in &operator.inputs {
            let converts = |maker: &respect::tflite::model::Operator| {
                maker.outputs.iter().any(|&output| tensor == output as i32)
                    && model.is_constant(maker.inputs[0] as u32)
            };
            if let Some(maker) = model.operators.iter().position(converts) {
                assert_eq!(stage_of[maker], stage_of[reader], "operators {maker} and {reader}");
                compared += 1;
            }
        }
    }
    assert!(compared > 0, "no constant is converted");
}
