//! The command `respect import`: writes a model as a module of MLIR.

use std::path::PathBuf;

use anyhow::Context;

use super::input::Input;
use super::mlir::mlir;
use super::output::{Verdict, write_output};
use respect_mlir::Weights;

/// Arguments of `respect import`.
#[derive(clap::Args)]
#[command(after_help = "\
Examples:
  respect import model.tflite -o model.mlir
  respect import model.tflite --elide-weights | less
  respect import model.tflite | mlir-opt-22 --allow-unregistered-dialect --mlir-print-op-generic")]
pub struct Args {
    /// A model (.tflite); - reads stdin
    input: PathBuf,
    /// File to write; - is stdout
    #[arg(long, short, default_value = "-")]
    output: PathBuf,
    /// Leave out weights: the module can be read and scheduled, but not exported
    #[arg(long)]
    elide_weights: bool,
}

/// Runs `respect import`.
pub fn run(args: &Args) -> anyhow::Result<Verdict> {
    let input = Input::open(&args.input)?;
    let model = input.model()?;
    let weights = if args.elide_weights { Weights::Elided } else { Weights::Kept };
    let text = (mlir()?.import)(&model, weights).with_context(|| input.label().into_owned())?;
    write_output(&args.output, |file| Ok(file.write_all(text.as_bytes())?))
}
