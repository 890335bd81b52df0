//! The check of a folder of stages from its files alone: the manifest, the hashes, Coral's rules, and whether the chain
//! joins; or, where there is no manifest, of the segments that Google's compiler or others left in it.

mod chain;
mod files;
mod finding;
mod listed;
mod segments;

use std::path::Path;

use serde::Serialize;

use finding::Findings;

use crate::base::limits;
use crate::edgetpu::segments::sets;
use crate::stages::manifest::{FORMAT, Manifest};
use crate::stages::names;

pub use finding::{Finding, FolderError};

/// Reads the manifest of `folder`.
///
/// # Errors
/// Returns an error if the manifest is absent, is not one of a known format, or asks for devices that there can't be.
pub fn manifest(folder: &Path) -> Result<Manifest, FolderError> {
    let path = folder.join(names::MANIFEST);
    let bytes = limits::read_plain_file(&path, limits::TEXT_BYTES)
        .map_err(|cause| FolderError::Unreadable { path: path.clone(), cause })?;
    let manifest: Manifest = serde_json::from_slice(&bytes)
        .map_err(|e| FolderError::Invalid { path: path.clone(), message: format!("not a manifest: {e}") })?;
    if manifest.format != FORMAT {
        let message = format!("format {} is unknown, only {FORMAT} is", manifest.format);
        return Err(FolderError::Invalid { path, message });
    }
    match manifest.impossible_devices() {
        Some(message) => Err(FolderError::Invalid { path, message }),
        None => Ok(manifest),
    }
}

/// Judges `folder` by its manifest and returns every fault found; none if the folder is sound.
///
/// Complexity: linear in the bytes of the folder's files.
///
/// # Errors
/// Returns an error if the folder's manifest can't be read.
pub fn verify(folder: &Path) -> Result<Vec<Finding>, FolderError> {
    Ok(listed::check(folder, &manifest(folder)?))
}

/// The verdict on a folder.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Judgement {
    /// Every fault found.
    pub findings: Vec<Finding>,
    /// The remarks that break no rule, but are worth knowing.
    pub notes: Vec<String>,
    /// The pipelines of which the folder has stages.
    pub pipelines: Vec<Pipeline>,
    /// True if a manifest says what the stages should be; without one only what the files show is judged.
    pub has_manifest: bool,
}

/// A pipeline, of which a folder has stages.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Pipeline {
    /// The name of the model.
    pub model: String,
    /// The number of stages.
    pub stages: u32,
    /// The number of tensors that cross cuts; 0 if stages are missing.
    pub crossings: usize,
}

/// Judges `folder` by its manifest or, where it has none, every set of segments in it.
///
/// Complexity: linear in the bytes of the folder's files.
///
/// # Errors
/// Returns an error if the folder or its manifest can't be read, or if there is nothing to judge.
pub fn judge(folder: &Path) -> Result<Judgement, FolderError> {
    let path = folder.join(names::MANIFEST);
    if path.symlink_metadata().is_ok() || !folder.is_dir() {
        let manifest = manifest(folder)?;
        let findings = listed::check(folder, &manifest);
        let (stages, crossings) = (manifest.stage_count, manifest.tensors.len());
        let notes = manifest.leaks().collect();
        let pipelines = vec![Pipeline { model: manifest.name, stages, crossings }];
        return Ok(Judgement { findings, notes, pipelines, has_manifest: true });
    }
    let sets = sets(folder).map_err(|cause| FolderError::Unreadable { path: folder.into(), cause })?;
    if sets.is_empty() {
        return Err(FolderError::NoSegments { path: folder.into() });
    }
    let mut findings = Findings::default();
    let mut judgement =
        Judgement { findings: Vec::new(), notes: Vec::new(), pipelines: Vec::new(), has_manifest: false };
    for set in sets {
        let joined = segments::check(folder, &set, &mut findings);
        judgement.notes.extend(joined.notes);
        let (model, stages, crossings) = (set.model, set.count, joined.crossings);
        judgement.pipelines.push(Pipeline { model, stages, crossings });
    }
    judgement.findings = findings.0;
    Ok(judgement)
}
