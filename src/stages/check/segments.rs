//! The check of segments without a manifest, as `edgetpu_compiler --num_segments` and others leave them: what the files alone
//! can show.
//!
//! The inputs of the model are taken to be those of the first segment, and its outputs those of the last. Whether the
//! segments hold all of the model's operators is not to be seen in compiled files.

use std::path::Path;

use super::chain::Chain;
use super::files::{model, unreadable};
use super::finding::Findings;
use crate::base::in_order::map_in_order;
use crate::base::limits;
use crate::base::units::Bytes;
use crate::edgetpu::accept::misplaced;
use crate::edgetpu::package::packages;
use crate::edgetpu::segments::SegmentSet;
use crate::tflite::model::Model;

/// What is found about a set of segments, apart from its faults.
pub(super) struct Joined {
    /// The number of tensors that cross cuts.
    pub crossings: usize,
    /// Remarks that break no rule.
    pub notes: Vec<String>,
}

/// Judges a set of segments in `folder`.
pub(super) fn check(folder: &Path, set: &SegmentSet, findings: &mut Findings) -> Joined {
    for file in set.missing() {
        findings.add(None, &file, format!("is missing, and the set is one of {} segments", set.count));
    }
    let judge = |file: String| {
        let mut findings = Findings::default();
        let model = outline(folder, &file, set, &mut findings);
        (file, model, findings)
    };
    let (mut files, mut models) = (Vec::new(), Vec::new());
    for (file, model, found) in map_in_order(set.files(), judge) {
        findings.0.extend(found.0);
        models.extend(model);
        files.push(file);
    }
    if models.len() < files.len() {
        return Joined { crossings: 0, notes: Vec::new() };
    }
    let chain = Chain { files: files.iter().map(String::as_str).collect(), models: &models };
    chain.check(findings);
    let crossings = chain.crossings();
    let leaked = crossings.iter().filter(|tensor| tensor.from.is_none()).map(|tensor| {
        format!(
            "model input '{}' is read after the first segment too: Coral's runner then leaks its {} at every inference",
            tensor.name,
            Bytes(tensor.bytes)
        )
    });
    Joined { crossings: crossings.len(), notes: leaked.collect() }
}

/// Returns the outline of a segment's model: everything but the weights. `None` if there is none, with a finding unless the
/// file is missing.
fn outline(folder: &Path, file: &str, set: &SegmentSet, findings: &mut Findings) -> Option<Model<'static>> {
    let contents = match limits::map(&folder.join(file), limits::MODEL_BYTES) {
        Ok(contents) => contents,
        // A link that leads nowhere is in the folder, and can't be read.
        Err(error) if error.kind() == std::io::ErrorKind::NotFound && !set.is_listed(file) => return None,
        Err(error) => {
            unreadable(file, &error, findings);
            return None;
        }
    };
    let model = model(file, &contents, set.count > 1, findings)?;
    if set.is_compiled {
        match packages(&model) {
            Ok(compiled) => {
                if let Some((operator, what)) = misplaced(&model, &compiled) {
                    findings.add(
                        None,
                        file,
                        format!("the package in operator {operator} is of something else: {what}"),
                    );
                }
            }
            Err(error) => findings.add(None, file, format!("no device runs it: {error}")),
        }
    }
    Some(model.outline())
}
