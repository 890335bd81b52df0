//! The corpus of the reference data: every model is sound, or is refused with a reason.

use std::path::PathBuf;

use super::shared;
use crate::common::{assert_explained, corpus_rows};

/// Models of each source and kind. `make test-corpus DIR=../shared` takes all, which needs some minutes more.
const MODELS: [&str; 9] = [
    "compiled/LibrEdgeTPU__dense_256_edgetpu.tflite",
    "compiled/test_data__movenet_single_pose_lightning_ptq_edgetpu.tflite",
    "keras_lstm_mnist_ptq.tflite",
    "model_invoking_error.tflite",
    "movenet_single_pose_lightning_ptq.tflite",
    "pairs/EdgeTPU_Analysis__model_stride_2x2x3.tflite",
    "pairs/LibrEdgeTPU__dense_256.tflite",
    "pairs/facemesh_EdgeTPU__face_landmark_192_full_integer_quant.tflite",
    "split_concat.tflite",
];

#[test]
fn every_case_that_went_wrong_is_sound_or_refused_with_a_reason() {
    let rows = corpus_rows(&[shared("cases/models"), shared("cases/hostile")]);
    assert!(rows.len() >= 10, "{} models only", rows.len());
    assert_explained(&rows);
}

#[test]
fn public_models_are_sound_or_refused_with_a_reason() {
    let models: Vec<PathBuf> = MODELS.iter().map(|model| shared(&format!("models/{model}"))).collect();
    let rows = corpus_rows(&models);
    assert_explained(&rows);
    let refused = |row: &&serde_json::Value| row["outcome"] == "refused: already compiled";
    assert_eq!(rows.iter().filter(refused).count(), 2, "{rows:#?}");
}
