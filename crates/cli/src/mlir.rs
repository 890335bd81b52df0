//! The functions that need MLIR. Loading it costs more time and memory than cutting a model does, so it is linked
//! into a program of its own, `respect-mlir`: this command line with these functions linked. `respect` becomes that
//! program when it meets a module.

use std::os::unix::process::CommandExt;
use std::process::Command;
use std::sync::OnceLock;

use anyhow::{Context, anyhow};

use respect::graph::OpGraph;
use respect::tflite;
use respect::tflite::Model;
use respect_mlir::Weights;

/// The functions of MLIR that the command line calls. [`link`] alone names them, so that a program which does not
/// call it links none of MLIR.
pub struct Mlir {
    /// The import of a model, as the text of a module.
    pub import: fn(&Model, Weights) -> anyhow::Result<String>,
    /// The export of a module, given with its label for messages, as a flatbuffer.
    pub flatbuffer: fn(&[u8], &str) -> anyhow::Result<Vec<u8>>,
    /// The reading of a module, given with its label for messages and the name of its graph, as a graph.
    pub graph: fn(&[u8], &str, &str) -> anyhow::Result<OpGraph>,
}

static MLIR: OnceLock<Mlir> = OnceLock::new();

/// Makes the functions known to this process, which has MLIR linked into it.
pub fn link() {
    let _ = MLIR.set(Mlir { import, flatbuffer, graph });
}

/// Returns the functions: in this process, or in `respect-mlir`, which this process becomes. Nothing may have been
/// read from stdin or printed before.
///
/// # Errors
/// Returns an error if `respect-mlir` is not beside this program.
pub fn mlir() -> anyhow::Result<&'static Mlir> {
    if let Some(mlir) = MLIR.get() {
        return Ok(mlir);
    }
    let program = std::env::current_exe().context("finding respect-mlir")?.with_file_name("respect-mlir");
    let error = Command::new(&program).args(std::env::args_os().skip(1)).exec();
    let place = program.display();
    Err(error).with_context(|| {
        format!("{place}: respect needs this program beside it to read modules of MLIR; install it too")
    })
}

fn import(model: &Model, weights: Weights) -> anyhow::Result<String> {
    Ok(respect_mlir::import(model, weights).and_then(|imported| imported.text())?)
}

fn flatbuffer(module: &[u8], label: &str) -> anyhow::Result<Vec<u8>> {
    let context = respect_mlir::context();
    let module = respect_mlir::parse(&context, module, label)?;
    let model = respect_mlir::export(&module).map_err(|complaint| anyhow!("{complaint}"))?;
    let mut bytes = Vec::new();
    tflite::write(&model, &mut bytes).with_context(|| label.to_string())?;
    Ok(bytes)
}

fn graph(module: &[u8], label: &str, name: &str) -> anyhow::Result<OpGraph> {
    let context = respect_mlir::context();
    let module = respect_mlir::parse(&context, module, label)?;
    let read = respect_mlir::entry(&module).and_then(|entry| respect_mlir::function_graph(entry, name));
    Ok(read.map_err(|complaint| anyhow!("{complaint}"))?.graph)
}
