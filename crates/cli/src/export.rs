//! The command `respect export`: writes a module of MLIR as a model.

use std::path::PathBuf;

use super::input::Input;
use super::mlir::mlir;
use super::output::{Verdict, write_output};

/// Arguments of `respect export`.
#[derive(clap::Args)]
#[command(after_help = "\
Examples:
  respect export model.mlir -o model.tflite
  respect import model.tflite | respect export - -o copy.tflite")]
pub struct Args {
    /// A module of the tfl dialect (.mlir, or bytecode); - reads stdin
    input: PathBuf,
    /// File to write; - is stdout
    #[arg(long, short, default_value = "-")]
    output: PathBuf,
}

/// Runs `respect export`.
pub fn run(args: &Args) -> anyhow::Result<Verdict> {
    let input = Input::open(&args.input)?;
    let bytes = (mlir()?.flatbuffer)(&input.bytes, &input.label())?;
    write_output(&args.output, |file| Ok(file.write_all(&bytes)?))
}
