//! The writing of a folder of stages: the stages, compiled where asked, the manifest, and the program that runs them.

use std::fs::File;
use std::io;
use std::path::Path;

use crate::base::hash::Hashing;
use crate::base::in_order::map_in_order;
use crate::edgetpu::names::{compiled_name, stage_name};
use crate::stages::error::StageFileError;
use crate::stages::manifest::{FileEntry, Manifest};
use crate::stages::names;
use crate::tflite;
use crate::tflite::Model;
use crate::tflite::WriteError;
use crate::tflite::extract::{Part, extract};

/// The scripts that run the stages: their names and contents.
const SCRIPTS: [(&str, &str); 2] = [
    (names::RUN_PIPELINE, include_str!("run_pipeline.py")),
    (names::ENGINE, include_str!("respect_pipeline.py")),
];

/// Writes every stage of the model called `name` into `folder`, on all cores; returns the parts with their files, in
/// the order of the stages.
///
/// # Errors
/// Returns an error if a file can't be written.
pub(crate) fn write_stages(
    model: &Model,
    name: &str,
    parts: Vec<Part>,
    folder: &Path,
) -> Result<Vec<(Part, FileEntry)>, StageFileError> {
    let count = parts.len();
    let write = |(stage, part)| write_part(model, part, folder, stage_name(name, stage, count));
    let files = map_in_order(parts.iter().enumerate(), write);
    parts.into_iter().zip(files).map(|(part, file)| Ok((part, file?))).collect()
}

/// Writes one part of `model` into `folder` as the file called `file`.
///
/// # Errors
/// Returns an error if the file can't be written.
pub(crate) fn write_part(
    model: &Model,
    part: &Part,
    folder: &Path,
    file: String,
) -> Result<FileEntry, StageFileError> {
    let written = || -> Result<FileEntry, WriteError> {
        let mut sink = Hashing::new(File::create(folder.join(&file))?);
        tflite::write(&extract(model, part), &mut sink)?;
        let (_, bytes, sha256) = sink.finish();
        Ok(FileEntry { file: file.clone(), bytes, sha256 })
    };
    written().map_err(|cause| StageFileError::Stage { file: file.clone(), cause })
}

/// Enters the compiled stages that `folder` holds into the manifest.
///
/// # Errors
/// Returns an error if a compiled stage can't be read.
pub(crate) fn enter_compiled(folder: &Path, manifest: &mut Manifest) -> Result<(), StageFileError> {
    for stage in &mut manifest.stages {
        let name = compiled_name(&stage.file.file);
        let mut hashing = Hashing::new(io::sink());
        let copied = File::open(folder.join(&name)).and_then(|mut file| io::copy(&mut file, &mut hashing));
        copied.map_err(|cause| StageFileError::Other { file: name.clone(), cause })?;
        stage.compiled_sha256 = Some(hashing.finish().2);
        stage.compiled_file = Some(name);
    }
    Ok(())
}

/// Writes `schedule.json` and the scripts that run the stages.
///
/// # Errors
/// Returns an error if a file can't be written.
pub(crate) fn write_manifest(folder: &Path, manifest: &Manifest) -> Result<(), StageFileError> {
    write_file(folder, names::MANIFEST, manifest.to_json().as_bytes())?;
    SCRIPTS.iter().try_for_each(|(file, contents)| write_file(folder, file, contents.as_bytes()))
}

/// Writes a file other than a stage into `folder`.
///
/// # Errors
/// Returns an error if the file can't be written.
pub(crate) fn write_file(folder: &Path, file: &str, contents: &[u8]) -> Result<(), StageFileError> {
    std::fs::write(folder.join(file), contents)
        .map_err(|cause| StageFileError::Other { file: file.into(), cause })
}
