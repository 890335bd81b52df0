//! Reading what the user names: a model, a module, a graph file, or `-` for any on stdin.

use std::borrow::Cow;
use std::io;
use std::path::{Path, PathBuf};

use anyhow::{Context, bail};
use memmap2::Mmap;

#[cfg(feature = "mlir")]
use super::door::door;
use respect::base::limits;
use respect::graph::OpGraph;
use respect::problem::judge::Evaluation;
use respect::tflite;
use respect::tflite::foreign;
use respect::tflite::foreign::ForeignFile;
use respect::tflite::graph::ModelGraph;
use respect::tflite::support::{Judge, OnCpu, Whole};
use respect::tflite::{Model, names, shapes};

/// A file's bytes: mapped, or read from stdin.
pub enum FileBytes {
    /// A mapped file.
    Mapped(Mmap),
    /// What stdin held, or an empty file, which can't be mapped.
    Read(Vec<u8>),
}

impl std::ops::Deref for FileBytes {
    type Target = [u8];
    fn deref(&self) -> &[u8] {
        match self {
            FileBytes::Mapped(map) => map,
            FileBytes::Read(bytes) => bytes,
        }
    }
}

/// Reads a file of at most `most` bytes, or for `-` stdin.
pub fn read(path: &Path, most: u64) -> io::Result<Vec<u8>> {
    if path == Path::new("-") {
        limits::read(io::stdin().lock(), most)
    } else {
        limits::read_file(path, most)
    }
}

/// A named input whose bytes are at hand.
pub struct Input {
    path: PathBuf,
    /// The bytes.
    pub bytes: FileBytes,
}

impl Input {
    /// Opens `path`; `-` is stdin.
    pub fn open(path: &Path) -> anyhow::Result<Input> {
        let bytes = if path == Path::new("-") {
            // What comes may be a module, and can be read only once.
            #[cfg(feature = "mlir")]
            door()?;
            FileBytes::Read(read(path, limits::MODEL_BYTES).context("stdin")?)
        } else {
            let context = || path.display().to_string();
            let kind = path.metadata().with_context(context)?;
            if let Some(ForeignFile { what, remedy }) = foreign::folder(path) {
                bail!("{}: is {what}; {remedy}", path.display());
            }
            if kind.is_dir() {
                bail!("{}: is a folder; give a .tflite, .mlir or graph .json file", path.display());
            }
            if kind.is_file() && kind.len() > 0 {
                FileBytes::Mapped(limits::map(path, limits::MODEL_BYTES).with_context(context)?)
            } else {
                FileBytes::Read(limits::read_file(path, limits::MODEL_BYTES).with_context(context)?)
            }
        };
        Ok(Input { path: path.into(), bytes })
    }

    /// Gives back the memory that a mapped file's bytes take; they are fetched again when they are read again.
    pub fn release(&self) {
        if let FileBytes::Mapped(map) = &self.bytes {
            // SAFETY: the map is of a file and read-only, so what is dropped is read from the file again. A refusal
            // costs memory alone.
            let _ = unsafe { map.unchecked_advise(memmap2::UncheckedAdvice::DontNeed) };
        }
    }

    /// The file as the user named it.
    pub fn label(&self) -> Cow<'_, str> {
        if self.path == Path::new("-") { Cow::Borrowed("stdin") } else { self.path.to_string_lossy() }
    }

    /// Where the model lies, if it is a .tflite file.
    pub fn model_path(&self) -> Option<&Path> {
        let is_file = self.path != Path::new("-") && self.bytes.get(4..8) == Some(b"TFL3");
        is_file.then_some(&self.path)
    }

    /// The file name without folders; for a module, that of the model that it stands for.
    pub fn file_name(&self) -> String {
        let path = match self.path.extension() {
            Some(ending) if ending == "mlir" || ending == "mlirbc" => self.path.with_extension("tflite"),
            _ => self.path.clone(),
        };
        path.file_name().map_or_else(|| "model.tflite".into(), |name| name.to_string_lossy().into_owned())
    }

    /// The file name without its ending: the model's name.
    pub fn name(&self) -> String {
        let name = self.file_name();
        let stem = name.rsplit_once('.').map_or(name.as_str(), |(stem, _)| stem);
        if stem.is_empty() || stem == "-" { "model".into() } else { stem.into() }
    }

    /// The model that it is, with a name for each tensor that stages could be joined at, and the numbers of the tensors
    /// that had none.
    pub fn named_model(&self) -> anyhow::Result<(Model<'_>, Vec<u32>)> {
        let mut model = self.model()?;
        let unnamed = names::complete(&mut model);
        Ok((model, unnamed))
    }

    /// The model that it is.
    pub fn model(&self) -> anyhow::Result<Model<'_>> {
        tflite::read(&self.bytes).with_context(|| self.label().into_owned())
    }

    /// What keeps the model that it is from Edge TPUs, as sentences for people; nothing of modules and graph files.
    pub fn warnings(&self) -> Vec<String> {
        let Ok((model, _)) = self.named_model() else { return Vec::new() };
        let warnings = Judge::new(&model, &shapes::analyze(&model)).warnings();
        warnings.into_iter().map(|warning| format!("{}: {warning}", self.label())).collect()
    }

    /// What keeps the model that it is as a whole from Edge TPUs, and, for each stage, its operators that stay on the CPU;
    /// nothing of modules and graph files.
    pub fn on_cpu(&self, evaluation: &Evaluation) -> (Option<String>, Vec<Vec<OnCpu>>) {
        let Ok((model, _)) = self.named_model() else { return (None, Vec::new()) };
        let shapes = shapes::analyze(&model);
        let judge = Judge::new(&model, &shapes);
        let of_stages = evaluation.stages.iter().map(|stage| judge.on_cpu(&stage.ops)).collect();
        (judge.whole().as_ref().map(Whole::to_string), of_stages)
    }

    /// The graph of the model that it is.
    pub fn model_graph(&self, model: &Model) -> anyhow::Result<ModelGraph> {
        tflite::graph::graph(model, &self.name()).with_context(|| self.label().into_owned())
    }

    /// Whether it is a module of MLIR, as text or bytecode.
    fn is_module(&self) -> bool {
        let start = self.bytes.trim_ascii_start();
        let begins = |text: &str| start.starts_with(text.as_bytes());
        let is_named = self.path.extension().is_some_and(|ending| ending == "mlir" || ending == "mlirbc");
        is_named
            || start.starts_with(b"ML\xefR")
            || ["module", "\"builtin.module", "func.func", "#loc", "//"].into_iter().any(begins)
    }

    /// The same as a flatbuffer, if it is a module; else itself.
    #[cfg(feature = "mlir")]
    pub fn into_flatbuffer(self) -> anyhow::Result<Input> {
        if !self.is_module() {
            return Ok(self);
        }
        let bytes = (door()?.flatbuffer)(&self.bytes, &self.label())?;
        Ok(Input { bytes: FileBytes::Read(bytes), path: self.path })
    }

    /// The graph of the entry function of the module that it is; operations of any dialect.
    #[cfg(feature = "mlir")]
    fn module_graph(&self) -> anyhow::Result<OpGraph> {
        (door()?.graph)(&self.bytes, &self.label(), &self.name())
    }

    /// The same as a flatbuffer: a module needs feature `mlir`.
    #[cfg(not(feature = "mlir"))]
    pub fn into_flatbuffer(self) -> anyhow::Result<Input> {
        if self.is_module() { self.no_modules() } else { Ok(self) }
    }

    #[cfg(not(feature = "mlir"))]
    fn module_graph(&self) -> anyhow::Result<OpGraph> {
        self.no_modules()
    }

    #[cfg(not(feature = "mlir"))]
    fn no_modules<T>(&self) -> anyhow::Result<T> {
        bail!(
            "{}: is a module of MLIR, which this build cannot read; build it with feature mlir",
            self.label()
        )
    }

    /// The graph, of a model, of a module or of a graph file.
    pub fn graph(&self) -> anyhow::Result<OpGraph> {
        let first = self.bytes.iter().find(|byte| !byte.is_ascii_whitespace());
        if first == Some(&b'{') && self.bytes.get(4..8) != Some(b"TFL3") {
            limits::check(self.bytes.len() as u64, limits::TEXT_BYTES)
                .with_context(|| self.label().into_owned())?;
            return OpGraph::from_json(&self.bytes).with_context(|| self.label().into_owned());
        }
        if self.is_module() {
            return self.module_graph();
        }
        Ok(self.model_graph(&self.named_model()?.0)?.graph)
    }
}
