//! `respect compile`: from a model to a folder of stages, compiled where the compiler is at hand.

use std::cell::OnceCell;
use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};

use anyhow::Context;
use indicatif::ProgressBar;
use serde::Serialize;

use super::asked::{Asked, Asking};
use super::compiler::CompilerOptions;
use super::cutting::{self, Beside, Cutter, Cutting};
use super::decided;
use super::fleet::FleetOptions;
use super::input::Input;
use super::options::Options;
use super::output::{Format, Verdict, print, print_json};
use super::pipeline::Joints;
use super::report::{Known, render};
use super::schedule;
use crate::hint::with_advice;
use crate::interrupt;
use respect::base::units;
use respect::base::units::ratio;
use respect::compile::{Draft, ExtraFile, Progress, RECUTS, Request, Source, compile};
use respect::draws::{Certainty, Odds};
use respect::edgetpu::all_stages::RunOptions;
use respect::edgetpu::flags::{Flag, FlagError};
use respect::edgetpu::names::{HOW_TO_GET, PROGRAM};
use respect::problem::{Objective, Problem};
use respect::solve::{Algorithm, Solution, SolveError, solve_for_runner};
use respect::stages::manifest::Manifest;
use respect::stages::names;

/// Arguments of `respect compile`.
#[derive(clap::Args)]
#[command(after_help = "\
Examples:
  respect compile model.tflite --devices 4                     the best of all: copies, stages, or copies of stages
  respect compile model.tflite --devices usb3,usb3,pcie --max-latency-ms 20
  respect compile model.tflite --stages 4                      four stages, whether that is the best or not
  respect compile model.tflite --stages 4 -o stages --objective memory --device pcie --force
  respect compile model.tflite --stages 2 --edgetpu-compiler ~/bin/edgetpu_compiler
  respect compile model.tflite --stages 4 --jobs 2 --search-delegate --compiler-flag min_runtime_version=13
  respect compile model.tflite --stages 4 --refine
  respect compile model.tflite --stages 4 --report
  respect compile model.tflite --cut-after block2/add,left/conv+right/conv       your own cuts, the second of two tensors
  respect compile model.tflite --cut-after @cuts.txt                             the same from a file, a line a cut
  respect compile float_model.tflite --stages 2 --allow-cpu

The folder holds NAME_segment_I_of_N.tflite, schedule.json (what each stage holds and costs) and run_pipeline.py
(runs the compiled stages over as many Edge TPUs, or the stages on this CPU). Without edgetpu_compiler the stages are written all the same.")]
pub struct Args {
    /// The quantized model (.tflite)
    model: PathBuf,
    /// Number of stages, one for each device
    #[arg(long, short = 'n', value_name = "N")]
    #[arg(required_unless_present_any = ["cut_after", "devices"], conflicts_with = "devices")]
    stages: Option<u32>,
    #[command(flatten)]
    fleet: FleetOptions,
    /// The folder to write [default: NAME_stages in the current folder]
    #[arg(long, short, value_name = "DIR")]
    output: Option<PathBuf>,
    #[command(flatten)]
    cutting: Cutting,
    #[command(flatten)]
    options: Options,
    /// Replace the stages of an earlier run in the folder
    #[arg(long)]
    force: bool,
    #[command(flatten)]
    compiler: CompilerOptions,
    /// Do not run edgetpu_compiler even if it is there
    #[arg(long, conflicts_with = "edgetpu_compiler")]
    no_compile: bool,
    /// Cut a model that edgetpu_compiler would refuse, or that it would find nothing in for the Edge TPU, all the same
    #[arg(long)]
    allow_cpu: bool,
    /// Number of stages that are compiled at a time [default: one for each core]
    #[arg(long, short, value_name = "COUNT")]
    jobs: Option<NonZeroUsize>,
    /// Try a stage that edgetpu_compiler refuses again with its --search_delegate, which leaves operators to the CPU
    #[arg(long)]
    search_delegate: bool,
    /// Number of times that the model is cut again where edgetpu_compiler refuses a stage, with what it refuses kept apart
    #[arg(long, value_name = "COUNT", default_value_t = RECUTS)]
    recut: u32,
    /// Correct bytes and on-chip capacity by what edgetpu_compiler wrote and reported, and cut again if that is better; at
    /// most COUNT times [default COUNT: 3]
    #[arg(long, value_name = "COUNT", num_args = 0..=1, require_equals = true, default_missing_value = "3")]
    #[arg(conflicts_with = "no_compile")]
    refine: Option<u32>,
    /// Also write report.html into the folder: graph, cuts, memory, time, the pipeline filling up
    #[arg(long)]
    report: bool,
    /// A flag passed on to edgetpu_compiler, such as min_runtime_version=13; may be given several times
    #[arg(long, value_name = "NAME[=VALUE]", allow_hyphen_values = true, value_parser = flag)]
    compiler_flag: Vec<Flag>,
    /// Output format
    #[arg(long, value_enum, default_value_t = Format::Human)]
    format: Format,
}

#[derive(Serialize)]
struct Report<'a> {
    folder: &'a Path,
    compiled: bool,
    /// The notes on what had to be done for stages to be compiled, beyond one plain run.
    notes: &'a [String],
    default: Default,
    /// The result of a search, for comparison, if the cuts are the user's.
    #[serde(skip_serializing_if = "Option::is_none")]
    beside: Option<Beside>,
    #[serde(flatten)]
    manifest: &'a Manifest,
}

/// The figures of the compiler's own partitioning, for comparison.
#[derive(Serialize)]
struct Default {
    peak_parameter_bytes: Option<u64>,
    bottleneck_us: Option<f64>,
    /// How the schedule stands against it.
    #[serde(skip_serializing_if = "Option::is_none")]
    odds: Option<Odds>,
    why_not: Option<String>,
}

/// Runs `respect compile`.
pub fn run(args: &Args) -> anyhow::Result<Verdict> {
    let cancel = interrupt::catch();
    let input = Input::open(&args.model)?.into_flatbuffer()?;
    let (model, unnamed) = input.named_model()?;
    let guide = args.options.guide()?;
    let compiler = match args.no_compile {
        true => None,
        false => args.compiler.find(&cancel)?,
    };
    let target = args.output.clone().unwrap_or_else(|| PathBuf::from(format!("{}_stages", input.name())));
    let graph = input.model_graph(&model)?;
    let asking =
        Asking { stages: args.stages, cutting: &args.cutting, options: &args.options, fleet: &args.fleet };
    let Asked { problem: asked, cuts, first, verdict, deployed, devices } = asking
        .of(&graph.graph, "give --devices N or --stages N", &*guide, &cancel)
        .with_context(|| input.label().into_owned())?;
    let cutter = Cutter::new(&args.cutting, &args.options, &*guide, &cancel, cuts);

    let progress = ProgressBar::new(0);
    let default = OnceCell::new();
    let extra_files = |draft: &Draft| {
        // The default knows nothing of what the compiler refuses.
        let unparted = Problem { graph: &graph.graph, ..draft.problem.clone() };
        let budget = args.options.budget(Algorithm::ParameterCount, &*guide, &cancel);
        let default = default.get_or_init(|| solve_for_runner(&unparted, Algorithm::ParameterCount, &budget));
        // The model is not read again, and what comes next reads the stages.
        input.release();
        if !args.report {
            return Ok(Vec::new());
        }
        let default = default.as_ref().map(|default| &default.evaluation).map_err(ToString::to_string);
        let (evaluation, known) = (&draft.solution.evaluation, Known::from(draft.manifest));
        let page = render(draft.problem, evaluation, default, known, &Joints::default())?;
        Ok(vec![ExtraFile { name: names::REPORT.into(), contents: page.into_bytes() }])
    };
    let solve = |problem: &Problem| {
        // A scheduler's error is handed on as it is, so that what can be done about it is known.
        cutter.solve(problem).map_err(|error| match error.downcast::<SolveError>() {
            Ok(error) => error.into(),
            Err(error) => error.into(),
        })
    };
    let source = Source { file: input.file_name(), bytes: Some(&input.bytes) };
    let request = Request {
        unnamed: &unnamed,
        seed: args.options.seed,
        cut_after: cutter.names(&graph.graph),
        first: first.as_ref(),
        devices,
        verdict: verdict.as_ref().map(|(verdict, _)| verdict),
        allow_cpu: args.allow_cpu,
        compiler: compiler.as_ref(),
        run: run_options(args),
        recuts: args.recut,
        refinements: args.refine.unwrap_or(0),
        replace: args.force,
        extra_files: &extra_files,
        cancel: cancel.clone(),
        progress: &|step| match step {
            Progress::Compiling(stages) => progress.inc_length(stages as u64),
            Progress::Compiled => progress.inc(1),
            _ => {}
        },
        ..Request::new(&model, source, &graph, &asked, &solve, &target)
    };
    let outcome = compile(&request);
    progress.finish_and_clear();
    let outcome = outcome.map_err(|error| match error.is_about_model() {
        true => anyhow::Error::from(error).context(input.label().into_owned()),
        false => error.into(),
    })?;
    let (problem, solution, manifest) = (outcome.problem(&asked), &outcome.solution, &outcome.manifest);
    let mut notes = outcome.notes.clone();
    if compiler.is_none() && args.refine.is_some() {
        notes.push(format!("nothing was refined, as {PROGRAM} was not found"));
    }
    let beside = cutter.beside();
    let default = default.into_inner().expect("every folder is asked for extra files");
    let odds = default.as_ref().ok().and_then(|default| {
        Certainty::of(&problem, &solution.schedule, Some(&default.schedule))?.over_default
    });

    if args.format == Format::Json {
        let figures = default.as_ref().ok().map(|default| &default.evaluation);
        return print_json(&Report {
            folder: &target,
            compiled: compiler.is_some(),
            notes: &notes,
            default: Default {
                peak_parameter_bytes: figures.map(|figures| figures.peak_parameter_bytes.0),
                bottleneck_us: figures.map(|figures| figures.bottleneck.as_us()),
                odds,
                why_not: default.as_ref().err().map(ToString::to_string),
            },
            beside: beside.as_ref().map(Beside::from),
            manifest,
        });
    }
    let mut text =
        verdict.as_ref().map_or_else(String::new, |(verdict, taken)| decided::human(verdict, *taken));
    text.push_str(&schedule::human(&problem, solution, deployed.as_ref()));
    text.push_str(&cutting::human(&problem, solution, beside.as_ref()));
    // The verdict has the default of as many devices.
    if deployed.is_none() {
        text.push_str(&improvement(&problem, solution, default.as_ref().map_err(ToString::to_string), odds));
    }
    text.push_str(&format!("\nwrote {}\n", target.display()));
    for stage in &manifest.stages {
        let compiled = stage.compiled_file.as_ref().map(|name| format!(" and {name}")).unwrap_or_default();
        text.push_str(&format!("  {}{compiled}\n", stage.file.file));
    }
    if args.report {
        text.push_str(&format!("  {}\n", names::REPORT));
    }
    text.push_str(&left_to_cpu(manifest));
    for note in &notes {
        text.push_str(&format!("note: {note}\n"));
    }
    for name in &manifest.metadata_left_out {
        text.push_str(&format!(
            "note: metadata '{name}' describes the whole model, so no stage carries it\n"
        ));
    }
    text.push_str(&next_steps(&target, manifest, compiler.is_some(), args.no_compile));
    print(&text)?;
    Ok(Verdict::Sound)
}

/// Returns the lines on what keeps the model, or operators of its stages, from Edge TPUs.
fn left_to_cpu(manifest: &Manifest) -> String {
    let mut text: String = manifest.warning.iter().map(|warning| format!("warning: {warning}\n")).collect();
    for stage in manifest.stages.iter().filter(|stage| !stage.on_cpu.is_empty()) {
        text.push_str(&format!("on the CPU in {}:\n", stage.file.file));
        text.extend(stage.on_cpu.iter().map(|group| format!("  {group}\n")));
    }
    text
}

/// Returns the settings of the compiler's runs that the arguments ask for.
fn run_options(args: &Args) -> RunOptions<'_> {
    let default = RunOptions::default();
    RunOptions {
        flags: &args.compiler_flag,
        limit: args.compiler.limit(),
        jobs: args.jobs.unwrap_or(default.jobs),
        search_delegate: args.search_delegate,
    }
}

/// Reads a flag of the compiler's; an error comes with advice.
fn flag(text: &str) -> Result<Flag, String> {
    text.parse().map_err(|error: FlagError| with_advice(&error))
}

/// Returns the default partitioning's figure, and how much better the schedule's is.
fn improvement(
    problem: &Problem,
    solution: &Solution,
    default: Result<&Solution, String>,
    odds: Option<Odds>,
) -> String {
    match default {
        Err(why) => format!("the compiler's default partitioning could not be used here: {why}\n"),
        Ok(default) => {
            let show = |value: u64| match problem.objective {
                Objective::Memory => units::Bytes(value).to_string(),
                Objective::Latency => units::Time(value).to_string(),
            };
            let better = default.value as f64 / solution.value.max(1) as f64;
            let what = match problem.objective {
                Objective::Memory => "largest stage",
                Objective::Latency => "bottleneck",
            };
            // Bytes are not drawn.
            let odds = odds.filter(|_| problem.objective == Objective::Latency);
            let odds = odds.map_or_else(String::new, |odds| format!(", {}", odds.describe("the default")));
            format!(
                "the compiler's default partitioning: {what} {}; this schedule is {} better{odds}\n",
                show(default.value),
                ratio(better)
            )
        }
    }
}

fn next_steps(target: &Path, manifest: &Manifest, compiled: bool, declined: bool) -> String {
    let folder = shell_words::quote(&target.to_string_lossy()).into_owned();
    if compiled {
        return format!(
            "run them on {} Edge TPUs: python3 {folder}/{}\n",
            manifest.stages.iter().map(|stage| stage.copies).sum::<u32>(),
            names::RUN_PIPELINE
        );
    }
    let why = match declined {
        true => "the stages are not compiled, as asked".to_string(),
        false => {
            format!("{PROGRAM} was not found, so the stages are not compiled\n{HOW_TO_GET}")
        }
    };
    let commands: Vec<String> = manifest
        .stages
        .iter()
        .map(|stage| format!("  {}\n", shell_words::join(&stage.compile_command)))
        .collect();
    format!("{why}; then:\n  cd {folder}\n{}  python3 {}\n", commands.concat(), names::RUN_PIPELINE)
}
