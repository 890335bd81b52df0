//! The command line: parses the arguments and runs a command. Each command has a file of its name; commands print to
//! stdout, complain to stderr, and exit with 0 (done), 1 (the input is at fault) or 2 (the command line is).

mod asked;
mod calibrate;
mod compare;
mod compile;
mod compiler;
mod complaint;
mod cutting;
mod decided;
mod evaluate;
#[cfg(feature = "mlir")]
mod export;
mod fleet;
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
#[cfg(feature = "mlir")]
mod mlir;
mod options;
mod output;
mod pipeline;
mod plan;
mod probe;
mod report;
mod schedule;
mod simulate;
mod synth;
pub mod table;
#[cfg(feature = "train")]
mod train;
mod usage;
mod verify;

use std::process::ExitCode;

use clap::{CommandFactory, Parser, Subcommand};

use complaint::complain_of;
use output::{Verdict, print};
use usage::UsageError;

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
    /// Compare the policy with simple orders, random ones and the best known
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
    /// Write small models whose times tell what an Edge TPU on your host takes
    Probe(probe::Args),
    /// Fit the device model to measured times
    Calibrate(calibrate::Args),
    /// Show what a log of edgetpu_compiler tells: figures, operators on the CPU, why it failed and what to do
    Log(log::Args),
    /// Make synthetic graphs, one a line
    Synth(synth::Args),
    /// Label graphs with what the exact solver finds: schedules, values, bounds
    Label(label::Args),
    /// Train the policy on synthetic graphs
    #[cfg(feature = "train")]
    Train(train::Args),
    /// Print a completion script for a shell
    #[command(
        after_help = "Example:\n  respect completions bash > ~/.local/share/bash-completion/completions/respect"
    )]
    Completions {
        /// Shell to complete for
        shell: clap_complete::Shell,
    },
}

/// Runs the command line of this process, which has MLIR linked into it.
#[cfg(feature = "mlir")]
pub fn run_with_mlir() -> ExitCode {
    mlir::link();
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
        Command::Probe(args) => probe::run(&args),
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
            if let Some(UsageError { kind, message }) = error.downcast_ref() {
                Cli::command().error(*kind, message).exit();
            }
            complain_of(&error);
            ExitCode::FAILURE
        }
    }
}
