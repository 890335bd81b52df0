//! `respect graph`: a model's computation graph as a file.

use std::io::Write;
use std::path::{Path, PathBuf};

use anyhow::Context;

use super::input::Input;
use super::{Verdict, print};

/// Arguments of `respect graph`.
#[derive(clap::Args)]
#[command(after_help = "\
Example:
  respect graph model.tflite -o model.json
  respect graph model.tflite -o - | respect schedule - --stages 4")]
pub struct Args {
    /// A model (.tflite), or a graph (.json) to write in normal form; - reads stdin
    input: PathBuf,
    /// The file to write; - is stdout
    #[arg(long, short)]
    output: PathBuf,
}

/// Runs it.
pub fn run(args: &Args) -> anyhow::Result<Verdict> {
    let input = Input::open(&args.input)?;
    let text = input.graph()?.to_json();
    if args.output == Path::new("-") {
        print(&text)?;
        return Ok(Verdict::Sound);
    }
    let parent =
        args.output.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let write = || -> std::io::Result<()> {
        let mut file = tempfile::Builder::new()
            .permissions(std::os::unix::fs::PermissionsExt::from_mode(0o644))
            .tempfile_in(parent)?;
        file.write_all(text.as_bytes())?;
        file.persist(&args.output)?;
        Ok(())
    };
    write().with_context(|| args.output.display().to_string())?;
    Ok(Verdict::Sound)
}
