//! Whether the tensors that we take for dynamic are those that the interpreter leaves without memory.

use std::fs;
use std::path::{Path, PathBuf};

use respect::tflite::extract::{Part, extract};
use respect::tflite::model::Operator;
use respect::tflite::shapes::analyze;
use respect::tflite::{Model, read, write};
use serde_json::Value;

use super::python;

/// A model whose results of some operators are in question.
struct Question {
    what: String,
    path: PathBuf,
    /// The tensors in question.
    asked: Vec<u64>,
    /// Those of them that we take for dynamic.
    dynamic: Vec<u64>,
}

/// Compares every model, and returns those that the interpreter does not take, with what it says of them.
///
/// The interpreter prepares operators in their order, and stops at the first whose result's shape only a run tells: what
/// comes later has no memory even where its shape is known. So each operator from there on is asked about in a model of its
/// own, with nothing but what it depends on.
pub fn assert_dynamic_as_in_the_interpreter(models: &[impl AsRef<Path>]) -> Vec<String> {
    let scratch = tempfile::tempdir().expect("a scratch folder");
    let mut questions = Vec::new();
    for (number, path) in models.iter().map(AsRef::as_ref).enumerate() {
        let bytes = fs::read(path).expect("a readable model");
        let model = read(&bytes).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        let shapes = analyze(&model);
        let is_dynamic =
            |operator: &Operator| operator.outputs.iter().any(|&tensor| shapes.is_dynamic(tensor));
        let Some(first) = model.operators.iter().position(is_dynamic) else {
            let asked = model.operators.iter().flat_map(outputs).collect();
            let what = path.display().to_string();
            questions.push(Question { what, path: path.to_path_buf(), asked, dynamic: Vec::new() });
            continue;
        };
        for place in first..model.operators.len() {
            let stage = extract(&model, &ancestry(&model, place));
            let mut bytes = Vec::new();
            write(&stage, &mut bytes).expect("memory takes all");
            let file = scratch.path().join(format!("{number}-{place}.tflite"));
            fs::write(&file, bytes).expect("a file in the scratch folder");
            let asked = outputs(stage.operators.last().expect("the operator itself"));
            let whole = &model.operators[place].outputs;
            let dynamic = asked.iter().zip(whole).filter(|(_, whole)| shapes.is_dynamic(**whole));
            let dynamic = dynamic.map(|(stage, _)| *stage).collect();
            let what = format!("{}, operator {place}", path.display());
            questions.push(Question { what, path: file, asked, dynamic });
        }
    }
    let paths: String = questions.iter().map(|question| format!("{}\n", question.path.display())).collect();
    let output = python("unallocated.py").write_stdin(paths).output().expect("Python starts");
    let said = String::from_utf8_lossy(&output.stdout);
    let answers: Vec<Value> = said.lines().map(|line| serde_json::from_str(line).expect("JSON")).collect();
    assert_eq!(answers.len(), questions.len(), "{}", String::from_utf8_lossy(&output.stderr));
    let mut not_taken = Vec::new();
    for (question, answer) in questions.iter().zip(&answers) {
        let Some(unallocated) = answer.as_array() else {
            not_taken.push(format!("{}: {answer}", question.what));
            continue;
        };
        let mut unallocated: Vec<u64> = unallocated.iter().filter_map(Value::as_u64).collect();
        unallocated.retain(|tensor| question.asked.contains(tensor));
        assert_eq!(unallocated, question.dynamic, "{}", question.what);
    }
    not_taken
}

fn outputs(operator: &Operator) -> Vec<u64> {
    let mut outputs: Vec<u64> = operator.outputs.iter().map(|&tensor| tensor.into()).collect();
    outputs.sort_unstable();
    outputs
}

/// The part of an operator and all that it depends on.
fn ancestry(model: &Model, place: usize) -> Part {
    let mut wanted = vec![false; model.tensors.len()];
    let mut operators = Vec::new();
    for (number, operator) in model.operators[..=place].iter().enumerate().rev() {
        if number == place || operator.outputs.iter().any(|&tensor| wanted[tensor as usize]) {
            let inputs = operator.inputs.iter().filter_map(|&tensor| usize::try_from(tensor).ok());
            inputs.for_each(|tensor| wanted[tensor] = true);
            operators.push(number as u32);
        }
    }
    operators.reverse();
    let inputs = model.inputs.iter().copied().filter(|&input| wanted[input as usize]).collect();
    Part { operators, inputs, outputs: model.operators[place].outputs.clone() }
}
