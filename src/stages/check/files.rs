//! The check of the files of stages, each for itself.

use super::finding::Findings;
use crate::tflite;
use crate::tflite::cuts::unbindable;
use crate::tflite::model::Model;

/// Returns the model in a file whose contents are at hand; `None`, with a finding, if it is not a model. If it is one of several
/// stages, the runner must be able to bind a buffer to each input and output of it, which are rules 6, 8 and 9.
pub(super) fn model<'c>(
    file: &str,
    contents: &'c [u8],
    is_one_of_several: bool,
    findings: &mut Findings,
) -> Option<Model<'c>> {
    let model = match tflite::read(contents) {
        Ok(model) => model,
        Err(error) => {
            findings.add(Some(7), file, format!("not one sound subgraph: {error}"));
            return None;
        }
    };
    if is_one_of_several {
        for (tensor, why, detail) in unbindable(&model) {
            let name = model.tensors[tensor as usize].label();
            let side = if model.inputs.contains(&tensor) { "input" } else { "output" };
            findings.add(Some(why.rule()), file, format!("{side} '{name}' {}: {detail}", why.reason()));
        }
    }
    Some(model)
}

/// Adds a finding about a file that can't be read.
pub(super) fn unreadable(file: &str, cause: &std::io::Error, findings: &mut Findings) {
    findings.add(None, file, format!("can't be read: {cause}"));
}
