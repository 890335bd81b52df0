//! Models of the kinds that people convert: each has its outcome.

mod common;

use std::path::PathBuf;

use common::{assert_explained, corpus_rows, cut, kind, respect, room};
use serde_json::Value;

/// What `make test-corpus` says of each model of `test-data/kinds`.
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

/// The rows of the corpus run over `test-data/kinds`, by the names of the models.
fn rows() -> Vec<(String, Value)> {
    let rows = corpus_rows(&[common::repository("test-data/kinds")]);
    assert_explained(&rows);
    let name = |row: &Value| common::name(&PathBuf::from(row["model"].as_str().expect("a path")));
    rows.into_iter().map(|row| (name(&row), row)).collect()
}

/// The most stages that a model has room for.
fn most(model: &std::path::Path, options: &[&str]) -> u32 {
    let scratch = tempfile::tempdir().expect("a scratch folder");
    let why = cut(model, 100_000, &scratch.path().join("stages"), options).expect_err("too many stages");
    room(&why).unwrap_or_else(|| panic!("no number of stages named: {why}"))
}

#[test]
fn every_kind_comes_to_its_outcome_and_what_is_cut_all_the_same_computes_the_same() {
    let rows = rows();
    let outcomes: Vec<(&str, &str)> =
        rows.iter().map(|(name, row)| (name.as_str(), row["outcome"].as_str().expect("a text"))).collect();
    assert_eq!(outcomes, OUTCOMES);
    for (name, row) in &rows {
        assert_eq!(row["steps"]["chain"], "same", "{name}: {row:#?}");
        assert_eq!(row["steps"]["round trip"], "same", "{name}: {row:#?}");
    }
}

#[test]
fn a_batch_that_nobody_fixed_changes_nothing() {
    let pairs = [
        (kind("mobilenet_v2"), common::model("mobilenet_v2_none")),
        (common::model("mobilenet_v3"), kind("mobilenet_v3_none")),
    ];
    for (fixed, open) in pairs {
        assert_eq!(most(&fixed, &[]), most(&open, &[]), "{}", open.display());
        let graph = |model: &PathBuf| {
            let output = respect().arg("graph").arg(model).assert().success().get_output().stdout.clone();
            let mut graph: Value = serde_json::from_slice(&output).expect("JSON");
            graph["name"] = Value::Null;
            graph
        };
        assert_eq!(graph(&fixed), graph(&open), "{}", open.display());
    }
}
