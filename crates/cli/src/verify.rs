//! The command `respect verify`: judges a folder of stages.

use std::path::PathBuf;

use serde::Serialize;

use super::complaint::complain;
use super::output::{Format, Verdict, print, print_json};
use respect::stages::check;

/// Arguments of `respect verify`.
#[derive(clap::Args)]
#[command(after_help = "\
Example:
  respect verify model_stages        exit status 0 if sound, 1 if not")]
pub struct Args {
    /// A folder that 'respect compile' wrote
    folder: PathBuf,
    /// Output format
    #[arg(long, value_enum, default_value_t = Format::Human)]
    format: Format,
}

#[derive(Serialize)]
struct Report {
    ok: bool,
    problems: Vec<check::Finding>,
    /// The remarks that break no rule, but are worth knowing.
    notes: Vec<String>,
}

/// Runs `respect verify`.
pub fn run(args: &Args) -> anyhow::Result<Verdict> {
    let problems = check::verify(&args.folder)?;
    let ok = problems.is_empty();
    let manifest = check::manifest(&args.folder)?;
    let notes: Vec<String> = manifest.leaks().collect();
    if args.format == Format::Json {
        print_json(&Report { ok, problems, notes })?;
    } else if ok {
        let (count, crossing) = (manifest.stage_count, manifest.tensors.len());
        print(&format!(
            "{}: sound; {count} stages, {crossing} tensors cross cuts, all nine of Coral's rules hold\n{}",
            args.folder.display(),
            notes.iter().map(|note| format!("note: {note}\n")).collect::<String>()
        ))?;
    } else {
        let lines: Vec<String> = problems.iter().map(|problem| format!("{problem}\n")).collect();
        print(&lines.concat())?;
        complain(&format!(
            "{}: {}; write the folder again with 'respect compile'",
            args.folder.display(),
            match lines.len() {
                1 => "1 problem".into(),
                count => format!("{count} problems"),
            }
        ));
    }
    Ok(if ok { Verdict::Sound } else { Verdict::Unsound })
}
