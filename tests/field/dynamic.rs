//! Dynamic tensors of published models, beside what the interpreter leaves without memory.

use std::path::{Path, PathBuf};

use super::shared;
use crate::common::dynamic::assert_dynamic_as_in_the_interpreter;

/// Every model below a folder, in order.
fn models(folder: &Path, found: &mut Vec<PathBuf>) {
    let mut entries: Vec<PathBuf> =
        std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    entries.sort();
    for path in entries {
        if path.is_dir() {
            models(&path, found);
        } else if path.extension().is_some_and(|ending| ending == "tflite") {
            found.push(path);
        }
    }
}

#[test]
fn published_models_have_the_dynamic_tensors_that_the_interpreter_finds() {
    let mut all = Vec::new();
    models(&shared("models"), &mut all);
    models(&shared("cases"), &mut all);
    // Its fault is what it is there for.
    all.retain(|path| path.file_name().is_some_and(|name| name != "model_invoking_error.tflite"));
    assert!(all.len() >= 20, "only {} models are at hand", all.len());
    let not_taken = assert_dynamic_as_in_the_interpreter(&all);
    // Compiled operators, and a shape with a negative size, are nothing that the interpreter takes.
    const EXPLAINED: [&str; 3] = ["edgetpu-custom-op", "unresolved custom op", "is invalidly specified"];
    let is_explained = |line: &&String| EXPLAINED.iter().any(|part| line.contains(part));
    let unexplained: Vec<&String> = not_taken.iter().filter(|line| !is_explained(line)).collect();
    assert!(unexplained.is_empty(), "{unexplained:#?}");
}
