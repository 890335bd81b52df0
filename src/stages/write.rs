//! What a folder of stages gets: the stages, compiled where asked, the manifest, and the program that runs them.

use std::fs::File;
use std::path::Path;

use anyhow::Context;

use crate::base::hash::Hashing;
use crate::base::in_order::map_in_order;
use crate::edgetpu::driver;
use crate::edgetpu::segments::file_name;
use crate::stages::manifest;
use crate::stages::manifest::{FileEntry, Manifest};
use crate::stages::{RUN_PIPELINE, RUN_PIPELINE_NAME};
use crate::tflite;
use crate::tflite::Model;
use crate::tflite::extract::{Part, extract};

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
    let write = |stage, part| write_part(model, part, folder, file_name(name, stage, count));
    let files = map_in_order(parts.iter().enumerate(), |(stage, part)| write(stage, part));
    parts.into_iter().zip(files).map(|(part, file)| Ok((part, file?))).collect()
}

/// Writes one part of `model`.
///
/// # Errors
/// The file cannot be written.
pub fn write_part(model: &Model, part: &Part, folder: &Path, file: String) -> anyhow::Result<FileEntry> {
    let context = || format!("writing {file}");
    let mut sink = Hashing::new(File::create(folder.join(&file)).with_context(context)?);
    tflite::write(&extract(model, part), &mut sink).with_context(context)?;
    let (_, bytes, sha256) = sink.finish();
    Ok(FileEntry { file, bytes, sha256 })
}

/// Enters the compiled stages that `folder` holds into the manifest.
///
/// # Errors
/// One cannot be read.
pub fn enter_compiled(folder: &Path, manifest: &mut Manifest) -> anyhow::Result<()> {
    for stage in &mut manifest.stages {
        let name = driver::compiled_name(&stage.file.file);
        let mut hashing = Hashing::new(std::io::sink());
        let copied =
            File::open(folder.join(&name)).and_then(|mut file| std::io::copy(&mut file, &mut hashing));
        copied.with_context(|| name.clone())?;
        stage.compiled_sha256 = Some(hashing.finish().2);
        stage.compiled_file = Some(name);
    }
    Ok(())
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
