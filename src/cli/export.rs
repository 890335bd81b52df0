//! `respect export`: a module of MLIR as a model.

use std::path::PathBuf;

use anyhow::anyhow;

use super::input::Input;
use super::{Verdict, write_output};
use crate::{mlir, tflite};

/// Arguments of `respect export`.
#[derive(clap::Args)]
#[command(after_help = "\
Examples:
  respect export model.mlir -o model.tflite
  respect import model.tflite | respect export - -o copy.tflite")]
pub struct Args {
    /// A module of the tfl dialect (.mlir, or bytecode); - reads stdin
    input: PathBuf,
    /// The file to write; - is stdout
    #[arg(long, short, default_value = "-")]
    output: PathBuf,
}

/// Runs it.
pub fn run(args: &Args) -> anyhow::Result<Verdict> {
    let input = Input::open(&args.input)?;
    let context = mlir::context();
    let module = mlir::parse(&context, &input.bytes, &input.label())?;
    let model = mlir::export(&module).map_err(|complaint| anyhow!("{complaint}"))?;
    write_output(&args.output, |mut file| Ok(tflite::write(&model, &mut file)?))
}
