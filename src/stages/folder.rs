//! The folder of stages as a kind of folder, which a later run may replace.

use std::path::Path;

use super::check;
use super::manifest::StageEntry;
use super::names;
use crate::base::new_folder::{Kind, Written};
use crate::edgetpu::names::{compiled_name, log_name};

/// The kind of folder that holds stages.
pub(crate) const STAGES: Kind = Kind { what: "a folder of stages", written };

/// Returns the files that a run which wrote the manifest in `folder`, or the compiler after it, wrote.
fn written(folder: &Path) -> Option<Written> {
    let manifest = check::manifest(folder).ok()?;
    Some(Box::new(move |name| {
        let is_stage = |stage: &StageEntry| {
            let file = &stage.file.file;
            name == file || name == compiled_name(file) || name == log_name(file)
        };
        [names::MANIFEST, names::RUN_PIPELINE, names::ENGINE, names::REPORT].contains(&name)
            || manifest.stages.iter().any(is_stage)
    }))
}
