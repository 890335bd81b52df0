//! The inputs that the user names: a model, a module, a graph file, or `-` for any of them on stdin.

use std::borrow::Cow;
use std::io;
use std::path::{Path, PathBuf};

use anyhow::{Context, bail};
use memmap2::Mmap;

#[cfg(feature = "mlir")]
use super::mlir::mlir;
use respect::base::limits;
use respect::graph::OpGraph;
use respect::problem::judge::Evaluation;
use respect::tflite;
use respect::tflite::foreign;
use respect::tflite::foreign::ForeignFile;
use respect::tflite::graph::ModelGraph;
use respect::tflite::support::{OnCpu, Placement, Whole};
use respect::tflite::{Model, names, shapes};

/// The bytes of an input.
pub enum FileBytes {
    /// A mapped file.
    Mapped(Mmap),
    /// Bytes that were read: those of stdin, or of an empty file, which can't be mapped.
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

/// Reads a file of at most `most` bytes; for `-`, stdin.
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
    /// The bytes of the file, or of stdin.
    pub bytes: FileBytes,
}

impl Input {
    /// Opens the file `path`; for `-`, reads stdin.
    pub fn open(path: &Path) -> anyhow::Result<Input> {
        let bytes = if path == Path::new("-") {
            // What comes may be a module, and can be read only once.
            #[cfg(feature = "mlir")]
            mlir()?;
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

    /// Gives back the memory that a mapped file's bytes take; the system fetches them again when they are read again.
    pub fn release(&self) {
        if let FileBytes::Mapped(map) = &self.bytes {
            // SAFETY: the map is of a file and read-only, so what is dropped is read from the file again. A refusal
            // costs memory alone.
            let _ = unsafe { map.unchecked_advise(memmap2::UncheckedAdvice::DontNeed) };
        }
    }

    /// Returns the file as the user named it, for messages.
    pub fn label(&self) -> Cow<'_, str> {
        if self.path == Path::new("-") { Cow::Borrowed("stdin") } else { self.path.to_string_lossy() }
    }

    /// Returns the path of the input, if it is a .tflite file.
    pub fn model_path(&self) -> Option<&Path> {
        let is_file = self.path != Path::new("-") && self.bytes.get(4..8) == Some(b"TFL3");
        is_file.then_some(&self.path)
    }

    /// Returns the file name without folders; for a module, the name of the model that it stands for.
    pub fn file_name(&self) -> String {
        let path = match self.path.extension() {
            Some(ending) if ending == "mlir" || ending == "mlirbc" => self.path.with_extension("tflite"),
            _ => self.path.clone(),
        };
        path.file_name().map_or_else(|| "model.tflite".into(), |name| name.to_string_lossy().into_owned())
    }

    /// Returns the model's name: the file name without its ending.
    pub fn name(&self) -> String {
        let name = self.file_name();
        let stem = name.rsplit_once('.').map_or(name.as_str(), |(stem, _)| stem);
        if stem.is_empty() || stem == "-" { "model".into() } else { stem.into() }
    }

    /// Reads the input as a model, and names each tensor at which stages could be joined. Returns the model, and the
    /// numbers of the tensors that had no name.
    pub fn named_model(&self) -> anyhow::Result<(Model<'_>, Vec<u32>)> {
        let mut model = self.model()?;
        let unnamed = names::complete(&mut model);
        Ok((model, unnamed))
    }

    /// Reads the input as a model.
    pub fn model(&self) -> anyhow::Result<Model<'_>> {
        tflite::read(&self.bytes).with_context(|| self.label().into_owned())
    }

    /// Returns, for a model, the reasons that keep it from Edge TPUs, one sentence each; for modules and graph files,
    /// nothing.
    pub fn warnings(&self) -> Vec<String> {
        let Ok((model, _)) = self.named_model() else { return Vec::new() };
        let warnings = Placement::new(&model, &shapes::analyze(&model)).warnings();
        warnings.into_iter().map(|warning| format!("{}: {warning}", self.label())).collect()
    }

    /// Returns, for a model, the reason that keeps it as a whole from Edge TPUs, and, for each stage, the operators
    /// that stay on the CPU; for modules and graph files, nothing.
    pub fn on_cpu(&self, evaluation: &Evaluation) -> (Option<String>, Vec<Vec<OnCpu>>) {
        let Ok((model, _)) = self.named_model() else { return (None, Vec::new()) };
        let shapes = shapes::analyze(&model);
        let judge = Placement::new(&model, &shapes);
        let of_stages = evaluation.stages.iter().map(|stage| judge.on_cpu(&stage.ops)).collect();
        (judge.whole().as_ref().map(Whole::to_string), of_stages)
    }

    /// Returns the graph of `model`, which is this input.
    pub fn model_graph(&self, model: &Model) -> anyhow::Result<ModelGraph> {
        tflite::graph::graph(model, &self.name()).with_context(|| self.label().into_owned())
    }

    /// Returns whether the input is a module of MLIR, as text or bytecode.
    fn is_module(&self) -> bool {
        let is_named = self.path.extension().is_some_and(|ending| ending == "mlir" || ending == "mlirbc");
        is_named || self.bytes.starts_with(b"ML\xefR") || begins_as_module(&self.bytes)
    }

    /// Returns the input as a flatbuffer: a module is exported, anything else is left as it is.
    #[cfg(feature = "mlir")]
    pub fn into_flatbuffer(self) -> anyhow::Result<Input> {
        if !self.is_module() {
            return Ok(self);
        }
        let bytes = (mlir()?.flatbuffer)(&self.bytes, &self.label())?;
        Ok(Input { bytes: FileBytes::Read(bytes), path: self.path })
    }

    /// Returns the graph of the entry function of this module; its operations may be of any dialect.
    #[cfg(feature = "mlir")]
    fn module_graph(&self) -> anyhow::Result<OpGraph> {
        (mlir()?.graph)(&self.bytes, &self.label(), &self.name())
    }

    /// Returns the input, unless it is a module: exporting one needs the feature `mlir`.
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
            "{}: is a module of MLIR, which this build of respect cannot read; give a .tflite file, or build \
             respect with feature mlir",
            self.label()
        )
    }

    /// Returns the graph of the input: of a model, of a module or of a graph file.
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

/// Returns whether a text begins as a module of MLIR does: with a comment, a name that stands for an attribute or a type, or
/// an operation, whose name has a dot.
fn begins_as_module(text: &[u8]) -> bool {
    let start = text.trim_ascii_start();
    let word =
        |text: &[u8]| text.iter().take_while(|byte| byte.is_ascii_alphanumeric() || **byte == b'_').count();
    let is_name = |text: &[u8]| {
        let dialect = word(text);
        dialect > 0 && text.get(dialect) == Some(&b'.') && word(&text[dialect + 1..]) > 0
    };
    match start {
        [b'/', b'/', ..] | [b'%', ..] => true,
        [b'#' | b'!', rest @ ..] => word(rest) > 0,
        [b'"', rest @ ..] => is_name(rest),
        _ => is_name(start) || word(start) == 6 && start.starts_with(b"module"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn modules_are_known_by_their_beginning() {
        for text in [
            "module {",
            "\n  module",
            "// any",
            "#map = affine_map<(d0) -> (d0)>",
            "!t = i8",
            "%0 = ub.poison : i8",
            "\"builtin.module\"() ({",
            "func.func @f",
            "memref.global @g",
        ] {
            assert!(begins_as_module(text.as_bytes()), "{text}");
        }
        let others = [
            "",
            "{\"nodes\": []}",
            "modules",
            "version https://git-lfs",
            "#!/bin/sh",
            "<!DOCTYPE html>",
            "\x18\0\0\0TFL3",
            "\"x",
        ];
        for text in others {
            assert!(!begins_as_module(text.as_bytes()), "{text}");
        }
    }
}
