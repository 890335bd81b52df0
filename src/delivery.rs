//! What a folder of stages gets: the stages, compiled where asked, the manifest, and the program that runs them.

use std::fs::File;
use std::path::Path;

use anyhow::Context;
use rayon::prelude::*;

use crate::edgetpu::driver;
use crate::edgetpu::hand_off::HandOff;
use crate::hash::{self, Hashing};
use crate::report::manifest::{self, FileEntry, Manifest};
use crate::report::{RUN_PIPELINE, RUN_PIPELINE_NAME};
use crate::stages::file_name;
use crate::tflite::extract::{Part, extract};
use crate::tflite::{self, Model};

/// Writes every stage, on all cores; the files in the order of the stages.
///
/// # Errors
/// A file cannot be written.
pub fn write_stages(
    model: &Model,
    name: &str,
    parts: Vec<Part>,
    folder: &Path,
) -> anyhow::Result<Vec<(Part, FileEntry)>> {
    let count = parts.len();
    let write = |stage: usize, part: &Part| -> anyhow::Result<FileEntry> {
        let file = file_name(name, stage, count);
        let context = || format!("writing {file}");
        let mut sink = Hashing::new(File::create(folder.join(&file)).with_context(context)?);
        tflite::write(&extract(model, part), &mut sink).with_context(context)?;
        let (_, bytes, sha256) = sink.finish();
        Ok(FileEntry { file, bytes, sha256 })
    };
    let files: Vec<FileEntry> = parts
        .par_iter()
        .enumerate()
        .map(|(stage, part)| write(stage, part))
        .collect::<anyhow::Result<_>>()?;
    Ok(parts.into_iter().zip(files).collect())
}

/// Compiles every stage and enters the results into the manifest; returns what had to be done beyond a plain run.
/// `done` is called after each stage.
///
/// # Errors
/// The first stage's that could not be compiled.
pub fn compile_stages(
    hand_off: &HandOff,
    folder: &Path,
    manifest: &mut Manifest,
    done: impl Fn() + Sync,
) -> anyhow::Result<Vec<String>> {
    let files: Vec<&str> = manifest.stages.iter().map(|stage| stage.file.file.as_str()).collect();
    let compiled = hand_off.compile(folder, &files, done)?;
    for stage in &mut manifest.stages {
        let name = driver::compiled_name(&stage.file.file);
        let bytes = std::fs::read(folder.join(&name)).with_context(|| name.clone())?;
        stage.compiled_sha256 = Some(hash::sha256(&bytes));
        stage.compiled_file = Some(name);
    }
    Ok(compiled.into_iter().filter_map(|stage| stage.note).collect())
}

/// Writes `schedule.json` and `run_pipeline.py`.
///
/// # Errors
/// A file cannot be written.
pub fn write_manifest(folder: &Path, manifest: &Manifest) -> anyhow::Result<()> {
    for (name, text) in
        [(manifest::FILE_NAME, manifest.to_json().as_str()), (RUN_PIPELINE_NAME, RUN_PIPELINE)]
    {
        std::fs::write(folder.join(name), text).with_context(|| name.to_string())?;
    }
    Ok(())
}
