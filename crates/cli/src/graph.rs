//! The command `respect graph`: writes a model's computation graph as a file.

use std::path::PathBuf;

use super::input::Input;
use super::output::{Verdict, write_output};

/// Arguments of `respect graph`.
#[derive(clap::Args)]
#[command(after_help = "\
Example:
  respect graph model.tflite -o model.json
  respect graph model.tflite -o - | respect schedule - --stages 4")]
pub struct Args {
    /// A model (.tflite), a module (.mlir), or a graph (.json) to write in normal form; - reads stdin
    input: PathBuf,
    /// File to write; - is stdout
    #[arg(long, short)]
    output: PathBuf,
}

/// Runs `respect graph`.
pub fn run(args: &Args) -> anyhow::Result<Verdict> {
    let input = Input::open(&args.input)?;
    let text = input.graph()?.to_json();
    write_output(&args.output, |file| Ok(file.write_all(text.as_bytes())?))
}
