//! Coral's own models: cut at every number of stages that they have room for, and chained bit for bit.

use std::path::{Path, PathBuf};

use super::shared;
#[cfg(feature = "mlir")]
use crate::common::flow;
use crate::common::{assert_chain, assert_sound, cut, room};

/// Numbers of stages whose chains are run; all others up to the room are cut and verified too.
const RUN: std::ops::RangeInclusive<u32> = 1..=8;

fn cut_and_chain(model: &Path) {
    let scratch = tempfile::tempdir().unwrap();
    let folder = |stages: u32| -> PathBuf { scratch.path().join(stages.to_string()) };
    let why = cut(model, 100_000, &folder(0), &[]).expect_err("too many stages");
    let room = room(&why).unwrap_or_else(|| panic!("no number of stages named: {why}"));
    let why = cut(model, room + 1, &folder(0), &[]).expect_err("one stage too many");
    assert!(why.contains(&format!("use at most {room}")), "{why}");
    for stages in 1..=room {
        cut(model, stages, &folder(stages), &[]).unwrap_or_else(|why| panic!("{stages} stages: {why}"));
        assert_sound(&folder(stages));
    }
    let run: Vec<PathBuf> =
        (1..=room).filter(|stages| RUN.contains(stages) || *stages == room).map(folder).collect();
    assert_chain(model, &run, 2);
}

#[cfg(feature = "mlir")]
#[test]
fn googles_converter_and_ours_understand_each_other() {
    let mut compared = 0;
    for entry in std::fs::read_dir(shared("models")).unwrap() {
        let path = entry.unwrap().path();
        if path.is_file() && path.file_name().is_some_and(|name| name != "model_invoking_error.tflite") {
            flow(&path);
            compared += 1;
        }
    }
    assert!(compared >= 6, "only {compared} models are at hand");
}

macro_rules! models {
    ($($test:ident: $file:literal),* $(,)?) => {$(
        #[test]
        fn $test() {
            cut_and_chain(&shared(concat!("models/", $file)));
        }
    )*};
}

models! {
    deeplab: "deeplabv3_mnv2_dm05_pascal_quant.tflite",
    keras_lstm: "keras_lstm_mnist_ptq.tflite",
    mobilenet_v1: "mobilenet_v1_0.25_128_quant.tflite",
    mobilenet_v2: "mobilenet_v2_1.0_224_quant.tflite",
    movenet: "movenet_single_pose_lightning_ptq.tflite",
    split_concat: "split_concat.tflite",
}

#[test]
fn the_broken_model_is_refused_with_its_fault() {
    let scratch = tempfile::tempdir().unwrap();
    for stages in [1, 2] {
        let why =
            cut(&shared("models/model_invoking_error.tflite"), stages, &scratch.path().join("stages"), &[]);
        let why = why.expect_err("a broken model");
        assert!(why.contains("model_invoking_error.tflite: inconsistent model: tensor 0"), "{why}");
        assert!(why.contains("uses buffer 0, but the file has only 0"), "{why}");
    }
}
