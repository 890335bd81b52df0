//! What needs MLIR, at arm's length: loading it costs more time and memory than cutting a model does.
//!
//! So it is linked into a program of its own, `respect-mlir`, which is this command line with the door open. `respect`
//! becomes that program when it meets a module.

use std::os::unix::process::CommandExt;
use std::process::Command;
use std::sync::OnceLock;

use anyhow::{Context, anyhow};

use respect::graph::OpGraph;
use respect::tflite;
use respect::tflite::Model;
use respect_mlir::Weights;

/// What the command line asks of MLIR. Only `open` names the functions, so that a program which does not call it links
/// none of them.
pub struct Door {
    /// A model as the text of a module.
    pub import: fn(&Model, Weights) -> anyhow::Result<String>,
    /// A module, its label in messages, as a flatbuffer.
    pub flatbuffer: fn(&[u8], &str) -> anyhow::Result<Vec<u8>>,
    /// A module, its label and its graph's name, as a graph.
    pub graph: fn(&[u8], &str, &str) -> anyhow::Result<OpGraph>,
}

static DOOR: OnceLock<Door> = OnceLock::new();

/// Opens the door in this process.
pub fn open() {
    let _ = DOOR.set(Door { import, flatbuffer, graph });
}

/// The door, in this process or in the one that this process becomes. Nothing may have been read from stdin or printed.
///
/// # Errors
/// `respect-mlir` is not beside this program.
pub fn door() -> anyhow::Result<&'static Door> {
    if let Some(door) = DOOR.get() {
        return Ok(door);
    }
    let program = std::env::current_exe().context("finding respect-mlir")?.with_file_name("respect-mlir");
    let error = Command::new(&program).args(std::env::args_os().skip(1)).exec();
    let place = program.display();
    Err(error)
        .with_context(|| format!("{place}: modules of MLIR need this program beside respect; install it too"))
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
    let read = respect_mlir::entry(&module)
        .and_then(|entry| respect_mlir::read_function(entry, respect_mlir::Foreign::AsCustom));
    let read = read.map_err(|complaint| anyhow!("{complaint}"))?;
    Ok(tflite::graph::graph(&read.model, name).with_context(|| label.to_string())?.graph)
}
