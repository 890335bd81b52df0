//! The commands. Each file is one of them; they print to stdout, complain to stderr, and exit with 0 (done), 1 (the
//! input is at fault) or 2 (the command line is).

mod calibrate;
mod compare;
mod compile;
mod compiler;
mod cutting;
#[cfg(feature = "mlir")]
mod door;
mod evaluate;
#[cfg(feature = "mlir")]
mod export;
mod graph;
mod hint;
#[cfg(feature = "mlir")]
mod import;
mod input;
mod inspect;
mod interrupt;
mod label;
mod listed;
mod log;
mod options;
mod pipeline;
mod plan;
mod report;
mod schedule;
mod simulate;
mod synth;
pub mod table;
#[cfg(feature = "train")]
mod train;
mod verify;

use std::fs::File;
use std::io::{BufWriter, ErrorKind, Write};
use std::path::Path;
use std::process::ExitCode;

use anyhow::Context;
use clap::{CommandFactory, Parser, Subcommand, ValueEnum};
use nix::errno::Errno;

#[derive(Parser)]
#[command(name = "respect", version, about, max_term_width = 110, after_help = EXAMPLES)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

const EXAMPLES: &str = "\
Examples:
  respect compile model.tflite --stages 4           four stages for four Edge TPUs, in ./model_stages
  respect compare model.tflite --stages 2,4,6       what every scheduler would make of it
  respect inspect model.tflite                      what is in it, and what would not run on an Edge TPU
  respect verify model_stages                       whether a folder of stages is sound";

#[derive(Subcommand)]
enum Command {
    /// Cut a model into stages, and compile each with edgetpu_compiler if there is one
    Compile(compile::Args),
    /// Print the best schedule of a model or graph; writes nothing
    Schedule(schedule::Args),
    /// Compare every scheduler on models or graphs
    Compare(compare::Args),
    /// Hold the policy against simple orders, random ones and the best known
    Evaluate(evaluate::Args),
    /// Send a batch of inferences through a pipeline: latency, throughput, what each device does
    Simulate(simulate::Args),
    /// Find out how many devices pay: throughput, latency and bytes for each number
    Plan(plan::Args),
    /// Write a schedule as a page of HTML: graph, cuts, memory, time, the pipeline filling up
    Report(report::Args),
    /// Judge a folder of stages: manifest, hashes, Coral's rules, chain
    Verify(verify::Args),
    /// Show a model's operators, bytes and MACs, and what would not run on an Edge TPU
    Inspect(inspect::Args),
    /// Write a model's computation graph as JSON
    Graph(graph::Args),
    /// Write a model as a module of MLIR's tfl dialect
    #[cfg(feature = "mlir")]
    Import(import::Args),
    /// Write a module of MLIR's tfl dialect as a model
    #[cfg(feature = "mlir")]
    Export(export::Args),
    /// Fit the device model to measured times
    Calibrate(calibrate::Args),
    /// Show what a log of edgetpu_compiler tells: figures, operators on the CPU, why it failed and what to do
    Log(log::Args),
    /// Make up graphs, one a line
    Synth(synth::Args),
    /// Label graphs with what the exact solver says: schedules, values, bounds
    Label(label::Args),
    /// Train the policy
    #[cfg(feature = "train")]
    Train(train::Args),
    /// Print a completion script for a shell
    #[command(
        after_help = "Example:\n  respect completions bash > ~/.local/share/bash-completion/completions/respect"
    )]
    Completions {
        /// The shell
        shell: clap_complete::Shell,
    },
}

/// How results are printed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
enum Format {
    /// For people
    #[default]
    Human,
    /// For programs: one JSON object
    Json,
}

/// Whether a command that ran found what it judged sound.
enum Verdict {
    Sound,
    Unsound,
}

/// Runs the command line of this process with MLIR linked into it.
#[cfg(feature = "mlir")]
pub fn run_with_mlir() -> ExitCode {
    door::open();
    #[cfg(feature = "jit")]
    respect::policy::jit::install();
    run()
}

/// Runs the command line of this process.
pub fn run() -> ExitCode {
    let result = match Cli::parse().command {
        Command::Compile(args) => compile::run(&args),
        Command::Schedule(args) => schedule::run(&args),
        Command::Compare(args) => compare::run(&args),
        Command::Simulate(args) => simulate::run(&args),
        Command::Plan(args) => plan::run(&args),
        Command::Report(args) => report::run(&args),
        Command::Evaluate(args) => evaluate::run(&args),
        Command::Verify(args) => verify::run(&args),
        Command::Inspect(args) => inspect::run(&args),
        Command::Graph(args) => graph::run(&args),
        #[cfg(feature = "mlir")]
        Command::Import(args) => import::run(&args),
        #[cfg(feature = "mlir")]
        Command::Export(args) => export::run(&args),
        Command::Calibrate(args) => calibrate::run(&args),
        Command::Log(args) => log::run(&args),
        Command::Synth(args) => synth::run(&args),
        Command::Label(args) => label::run(&args),
        #[cfg(feature = "train")]
        Command::Train(args) => train::run(&args),
        Command::Completions { shell } => {
            let mut script = Vec::new();
            clap_complete::generate(shell, &mut Cli::command(), "respect", &mut script);
            print(&String::from_utf8_lossy(&script)).map(|()| Verdict::Sound)
        }
    };
    match result {
        Ok(Verdict::Sound) => ExitCode::SUCCESS,
        Ok(Verdict::Unsound) => ExitCode::FAILURE,
        Err(error) => {
            let message = with_remedy(format!("{error:#}"));
            complain(&match hint::of(&error) {
                Some(advice) => format!("{message}; {advice}"),
                None => message,
            });
            ExitCode::FAILURE
        }
    }
}

/// What to do about what a file system refuses, by the system's number for it.
const REMEDIES: [(Errno, &str); 3] = [
    (Errno::ENOSPC, "free space on that disk, or write to another one"),
    (Errno::EDQUOT, "free some of your share of that disk, or write to another one"),
    (Errno::EROFS, "write to a folder on another file system"),
];

/// An error and its remedy. Errors of many kinds hold the system's words, which tell the cause alone; those of several
/// lines quote what others printed.
fn with_remedy(error: String) -> String {
    let is_it = |(errno, _): &&(Errno, &str)| {
        !error.contains('\n') && error.contains(&format!("(os error {})", *errno as i32))
    };
    match REMEDIES.iter().find(is_it) {
        Some((_, remedy)) => format!("{error}: {remedy}"),
        None => error,
    }
}

/// Prints an error to stderr. If nobody can be told, the exit status still tells.
fn complain(error: &str) {
    let _ = writeln!(std::io::stderr(), "error: {error}");
}

/// Tells people on stderr what keeps a model from Edge TPUs; programs find it in the JSON.
fn warn(format: Format, warnings: Vec<String>) -> Vec<String> {
    if format == Format::Human {
        for warning in &warnings {
            // If nobody can be told, the figures still count.
            let _ = writeln!(std::io::stderr(), "warning: {warning}");
        }
    }
    warnings
}

/// Prints to stdout. A reader that went away, as `head` does, is no error.
fn print(text: &str) -> anyhow::Result<()> {
    match std::io::stdout().write_all(text.as_bytes()).and_then(|()| std::io::stdout().flush()) {
        Err(error) if error.kind() != ErrorKind::BrokenPipe => Err(error).context("stdout"),
        _ => Ok(()),
    }
}

/// Writes a file that appears whole or not at all; `-` is stdout. The reader of a stream may go away.
fn write_output(
    path: &Path,
    write: impl FnOnce(&mut dyn Write) -> anyhow::Result<()>,
) -> anyhow::Result<Verdict> {
    // A device or a pipe is written to, and not replaced.
    let is_stream = path.metadata().is_ok_and(|kind| !kind.is_file() && !kind.is_dir());
    let context = || path.display().to_string();
    if is_stream || path == Path::new("-") {
        let sink: Box<dyn Write> = match is_stream {
            true => Box::new(File::options().write(true).open(path).with_context(context)?),
            false => Box::new(std::io::stdout().lock()),
        };
        let mut sink = BufWriter::new(sink);
        let written = write(&mut sink).and_then(|()| Ok(sink.flush()?));
        let is_gone = |error: &anyhow::Error| {
            let causes = error.chain().filter_map(|cause| cause.downcast_ref::<std::io::Error>());
            causes.into_iter().any(|cause| cause.kind() == ErrorKind::BrokenPipe)
        };
        return match written {
            Err(error) if !is_gone(&error) => {
                // What was read to be written, and can't be, is named already.
                let is_sink = error.is::<std::io::Error>() && error.chain().count() == 1;
                let name = || if is_stream { context() } else { "stdout".into() };
                Err(if is_sink { error.context(name()) } else { error })
            }
            _ => Ok(Verdict::Sound),
        };
    }
    let parent = path.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let whole = || -> anyhow::Result<()> {
        let file = tempfile::Builder::new()
            .permissions(std::os::unix::fs::PermissionsExt::from_mode(0o644))
            .tempfile_in(parent)?;
        let mut buffered = BufWriter::new(file);
        write(&mut buffered)?;
        buffered.into_inner()?.persist(path)?;
        Ok(())
    };
    whole().with_context(context)?;
    Ok(Verdict::Sound)
}

/// Prints one JSON object.
fn print_json(value: &impl serde::Serialize) -> anyhow::Result<Verdict> {
    print(&(serde_json::to_string_pretty(value)? + "\n"))?;
    Ok(Verdict::Sound)
}
