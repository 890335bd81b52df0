//! The command `respect verify`: judges a folder of stages.

use std::path::PathBuf;

use serde::Serialize;

use super::complaint::complain;
use super::output::{Format, Verdict, print, print_json};
use respect::stages::check::{self, Judgement, Pipeline};

/// Arguments of `respect verify`.
#[derive(clap::Args)]
#[command(after_help = "\
Examples:
  respect verify model_stages        exit status 0 if sound, 1 if not
  respect verify segments            what 'edgetpu_compiler --num_segments' wrote: the names of the files tell the segments")]
pub struct Args {
    /// A folder that 'respect compile' wrote, or one with segments of any make
    folder: PathBuf,
    /// Output format
    #[arg(long, value_enum, default_value_t = Format::Human)]
    format: Format,
}

#[derive(Serialize)]
struct Report<'a> {
    ok: bool,
    problems: &'a [check::Finding],
    /// The remarks that break no rule, but are worth knowing.
    notes: &'a [String],
    pipelines: &'a [Pipeline],
    /// False if there is no schedule.json, so that only what the files show is judged.
    has_manifest: bool,
}

/// Runs `respect verify`.
pub fn run(args: &Args) -> anyhow::Result<Verdict> {
    let judgement = check::judge(&args.folder)?;
    let ok = judgement.findings.is_empty();
    if args.format == Format::Json {
        let Judgement { findings: problems, notes, pipelines, has_manifest } = &judgement;
        print_json(&Report { ok, problems, notes, pipelines, has_manifest: *has_manifest })?;
    } else if ok {
        print(&praise(args, &judgement))?;
    } else {
        let lines: Vec<String> = judgement.findings.iter().map(|problem| format!("{problem}\n")).collect();
        print(&lines.concat())?;
        complain(&format!(
            "{}: {}; {}",
            args.folder.display(),
            match lines.len() {
                1 => "1 problem".into(),
                count => format!("{count} problems"),
            },
            match judgement.has_manifest {
                true => "write the folder again with 'respect compile'",
                false => "'respect compile' cuts a model so that its stages obey the rules",
            }
        ));
    }
    Ok(if ok { Verdict::Sound } else { Verdict::Unsound })
}

/// Returns what a sound folder is told, with the notes.
fn praise(args: &Args, judgement: &Judgement) -> String {
    let folder = args.folder.display();
    let pipelines = judgement.pipelines.iter().map(|Pipeline { model, stages, crossings }| {
        match judgement.has_manifest {
            true => format!(
                "{folder}: sound; {stages} stages, {crossings} tensors cross cuts, all nine of Coral's rules hold\n"
            ),
            false => format!(
                "{folder}: sound; {model} in {stages} segments, {crossings} tensors cross cuts, Coral's rules hold\n"
            ),
        }
    });
    let unseen = "without schedule.json the inputs of the model are taken to be those of its first segment, and nothing tells \
                  whether the segments hold all of it";
    let unseen = (!judgement.has_manifest).then(|| unseen.to_string());
    let notes = judgement.notes.iter().cloned().chain(unseen).map(|note| format!("note: {note}\n"));
    pipelines.chain(notes).collect()
}
