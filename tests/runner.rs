//! The promise: `run_pipeline.py` runs the stages of a folder on their devices, copies included: the same bits as the whole
//! model, in order, as often as the simulator says; and it ends with an explanation when anything goes wrong.

use crate::common::disk::shared_library;
use crate::common::{cut, cut_if_room, model, models, name, on_two_threads, python, respect, standin};

#[test]
fn it_runs_the_stages_and_explains_what_is_missing() {
    let scratch = tempfile::tempdir().expect("a scratch folder");
    let library = shared_library("edgetpu.c", "libedgetpu.so.1");
    let jobs = [("chain", 3), ("two_inputs", 2), ("recurrent", 2), ("detector", 4)];
    on_two_threads(&jobs, |&(name, stages)| {
        let folder = scratch.path().join(name);
        cut(&model(name), stages, &folder, &[]).unwrap();
        python("test_run_pipeline.py")
            .arg(&folder)
            .env("EDGETPU_COMPILER", standin())
            .env("STANDIN_LIBRARY", library.parent().expect("a folder"))
            .assert()
            .success();
    });
}

#[test]
fn copies_of_stages_compute_what_the_whole_model_computes_in_order() {
    let scratch = tempfile::tempdir().expect("a scratch folder");
    // What is remembered from one inference to the next can't be shared by copies: `folder` tests that it is refused.
    let mut models = models();
    models.retain(|model| name(model) != "recurrent");
    assert!(models.len() >= 10, "only {} models", models.len());
    on_two_threads(&models, |model| {
        for stages in [1, 3] {
            let folder = scratch.path().join(format!("{}_{stages}", name(model)));
            if cut_if_room(model, stages, &folder, &[]) {
                python("test_deployments.py").arg(model).arg(&folder).assert().success();
            }
        }
    });
}

#[test]
fn the_engine_keeps_order_bounds_and_its_word_on_failures() {
    python("test_engine.py").assert().success();
}

#[test]
fn the_simulator_agrees_with_sleeping_stages() {
    python("sleeping_stages.py").arg(respect().get_program()).assert().success();
}

#[test]
fn the_example_finds_what_a_detector_reports() {
    let scratch = tempfile::tempdir().expect("a scratch folder");
    let folder = scratch.path().join("stages");
    cut(&model("postprocess"), 2, &folder, &[]).unwrap();
    python("test_detect.py").arg(model("postprocess")).arg(&folder).assert().success();
}
