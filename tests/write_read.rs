//! The promise: nothing that a model says is lost on the way through the tool.

use crate::common::{models, name, on_two_threads, python};
use respect::graph::OpGraph;
use respect::tflite;
use respect::tflite::Model;
use respect::tflite::extract::{Part, extract};

fn written(model: &Model) -> Vec<u8> {
    let mut bytes = Vec::new();
    tflite::write(model, &mut bytes).expect("a model in memory is written");
    bytes
}

#[test]
fn what_is_written_reads_back_as_what_was_read() {
    for path in models() {
        let file = std::fs::read(&path).unwrap();
        let model = tflite::read(&file).unwrap();
        let once = written(&model);
        assert_eq!(tflite::read(&once).unwrap(), model, "{}", path.display());
        assert_eq!(written(&tflite::read(&once).unwrap()), once, "{}: writing is not stable", path.display());
    }
}

#[test]
fn the_interpreter_computes_the_same_with_the_written_file() {
    let scratch = tempfile::tempdir().unwrap();
    on_two_threads(&models(), |path| {
        let file = std::fs::read(path).unwrap();
        let copy = scratch.path().join(format!("{}.tflite", name(path)));
        std::fs::write(&copy, written(&tflite::read(&file).unwrap())).unwrap();
        python("chain.py").arg("--export-pair").arg(path).arg(&copy).assert().success();
    });
}

#[test]
fn a_part_that_is_the_whole_is_the_model() {
    for path in models() {
        let file = std::fs::read(&path).unwrap();
        let model = tflite::read(&file).unwrap();
        let part = Part {
            operators: (0..model.operators.len() as u32).collect(),
            inputs: model.inputs.clone(),
            outputs: model.outputs.clone(),
        };
        let whole = extract(&model, &part);
        assert_eq!(whole.operators.len(), model.operators.len());
        assert_eq!(whole.signatures.len(), model.signatures.len());
        let names = |model: &Model| {
            model.metadata.iter().map(|entry| entry.name.clone().map(String::from)).collect::<Vec<_>>()
        };
        assert_eq!(names(&whole), names(&model), "{}", path.display());
        let used: std::collections::HashSet<&str> =
            whole.tensors.iter().map(|tensor| tensor.label()).collect();
        let unused = model.tensors.iter().filter(|tensor| !used.contains(tensor.label()));
        // Converters leave tensors behind that no operator touches; nothing else may go.
        for tensor in unused {
            let index = model.tensors.iter().position(|other| std::ptr::eq(other, tensor)).unwrap();
            let touched = model.operators.iter().any(|operator| operator.inputs.contains(&(index as i32)));
            assert!(!touched, "{}: tensor {index} is gone", path.display());
        }
    }
}

#[test]
fn graph_files_of_the_models_round_trip() {
    for path in models() {
        let file = std::fs::read(&path).unwrap();
        let graph = tflite::graph::graph(&tflite::read(&file).unwrap(), &name(&path)).unwrap().graph;
        assert_eq!(OpGraph::from_json(graph.to_json().as_bytes()).unwrap(), graph, "{}", path.display());
    }
}
