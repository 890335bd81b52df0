//! `respect compile`: from a model to a folder of stages, compiled where the compiler is at hand.

use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};

use anyhow::{Context, bail};
use indicatif::ProgressBar;
use serde::Serialize;

use super::compiler::CompilerOptions;
use super::cutting::{self, Beside, Cutter, Cutting};
use super::input::Input;
use super::options::Options;
use super::output::{Format, Verdict, print, print_json};
use super::pipeline::Joints;
use super::report::{Known, render};
use super::schedule;
use crate::hint::with_advice;
use crate::interrupt;
use respect::base::cancel::Cancel;
use respect::base::hash;
use respect::base::units;
use respect::base::units::ratio;
use respect::compile::{Outcome, Plan};
use respect::edgetpu::compiler::Compiler;
use respect::edgetpu::driver;
use respect::edgetpu::flags::Flag;
use respect::edgetpu::hand_off::HandOff;
use respect::edgetpu::log::{Runtime, nothing_mapped, on_cpu};
use respect::problem::judge;
use respect::problem::{Objective, Problem, Rules};
use respect::solve::{Algorithm, Solution, solve_for_runner};
use respect::stages::manifest::{FileEntry, Manifest};
use respect::stages::new_folder::NewFolder;
use respect::stages::{REPORT_NAME, RUN_PIPELINE_NAME};
use respect::stages::{check, write};
use respect::tflite::Model;
use respect::tflite::shapes;
use respect::tflite::support::Judge;

/// Arguments of `respect compile`.
#[derive(clap::Args)]
#[command(after_help = "\
Examples:
  respect compile model.tflite --stages 4
  respect compile model.tflite --stages 4 -o stages --objective memory --device pcie --force
  respect compile model.tflite --stages 2 --edgetpu-compiler ~/bin/edgetpu_compiler
  respect compile model.tflite --stages 4 --jobs 2 --search-delegate --compiler-flag min_runtime_version=13
  respect compile model.tflite --stages 4 --refine
  respect compile model.tflite --stages 4 --report
  respect compile model.tflite --cut-after block2/add,left/conv+right/conv       your own cuts, the second of two tensors
  respect compile model.tflite --cut-after @cuts.txt                             the same from a file, a line a cut
  respect compile float_model.tflite --stages 2 --allow-cpu

The folder holds NAME_segment_I_of_N.tflite, schedule.json (what each stage holds and costs) and run_pipeline.py
(runs the compiled stages over as many Edge TPUs). Without edgetpu_compiler the stages are written all the same.")]
pub struct Args {
    /// The quantized model (.tflite)
    model: PathBuf,
    /// How many stages, one a device
    #[arg(long, short = 'n', value_name = "N")]
    #[arg(required_unless_present = "cut_after")]
    stages: Option<u32>,
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
    /// How many stages are compiled at a time [default: one a core]
    #[arg(long, short, value_name = "COUNT")]
    jobs: Option<NonZeroUsize>,
    /// Try a stage that edgetpu_compiler refuses again with its --search_delegate, which leaves operators to the CPU
    #[arg(long)]
    search_delegate: bool,
    /// How often the model is cut again where edgetpu_compiler refuses a stage, with what it refuses kept apart
    #[arg(long, value_name = "COUNT", default_value_t = 4)]
    recut: u32,
    /// Correct the on-chip capacity by what edgetpu_compiler reports, and cut again if that is better; at most COUNT
    /// times [default COUNT: 3]
    #[arg(long, value_name = "COUNT", num_args = 0..=1, require_equals = true, default_missing_value = "3")]
    #[arg(conflicts_with = "no_compile")]
    refine: Option<u32>,
    /// Also write report.html into the folder: graph, cuts, memory, time, the pipeline filling up
    #[arg(long)]
    report: bool,
    /// A flag passed on to edgetpu_compiler, such as min_runtime_version=13; may be given several times
    #[arg(long, value_name = "NAME[=VALUE]", allow_hyphen_values = true)]
    compiler_flag: Vec<Flag>,
    /// How to print what was done
    #[arg(long, value_enum, default_value_t = Format::Human)]
    format: Format,
}

#[derive(Serialize)]
struct Report<'a> {
    folder: &'a Path,
    compiled: bool,
    /// What had to be done for stages to be compiled, beyond one plain run.
    notes: &'a [String],
    default: Default,
    /// What a search comes to, where the cuts are the user's.
    #[serde(skip_serializing_if = "Option::is_none")]
    beside: Option<Beside>,
    #[serde(flatten)]
    manifest: &'a Manifest,
}

/// What the compiler's own partitioning would give, for comparison.
#[derive(Serialize)]
struct Default {
    peak_parameter_bytes: Option<u64>,
    bottleneck_us: Option<f64>,
    why_not: Option<String>,
}

/// Runs it.
pub fn run(args: &Args) -> anyhow::Result<Verdict> {
    let cancel = interrupt::catch();
    let input = Input::open(&args.model)?.into_flatbuffer()?;
    let (model, unnamed) = input.named_model()?;
    refuse(&model, args.allow_cpu).with_context(|| input.label().into_owned())?;
    let guide = args.options.guide()?;
    let compiler = match args.no_compile {
        true => None,
        false => args.compiler.find()?,
    };
    if let Some(compiler) = &compiler {
        compiler.knows(&args.compiler_flag)?;
        compiler.knows(&args.search_delegate.then(Flag::search_delegate).into_iter().collect::<Vec<_>>())?;
    }
    let target = args.output.clone().unwrap_or_else(|| PathBuf::from(format!("{}_stages", input.name())));
    let graph = input.model_graph(&model)?;
    let (cuts, stages) = (args.cutting.of(&graph.graph, args.stages, "give --stages N"))
        .with_context(|| input.label().into_owned())?;
    let problem = args.options.problem(&graph.graph, stages)?;
    let cutter = Cutter::new(&args.cutting, &args.options, &*guide, &cancel, cuts);
    let new_folder = NewFolder::create(&target, args.force)?;

    let progress = ProgressBar::new(0);
    let plan = Plan {
        model: &model,
        graph: &graph,
        name: &input.name(),
        problem: &problem,
        solve: &|problem| {
            let solution = cutter.solve(problem);
            solution
                .and_then(|solution| runs_on_coral(problem, &solution).map(|()| solution))
                .with_context(|| input.label().into_owned())
        },
        compiler: compiler.as_ref().map(|compiler| hand_off(args, compiler, &cancel)),
        cancel: &cancel,
        recuts: args.recut,
        refinements: args.refine.unwrap_or(0),
        progress: &|stages| match stages {
            Some(stages) => progress.inc_length(stages as u64),
            None => progress.inc(1),
        },
    };
    // The model's hash needs nothing of the schedule: it is made meanwhile.
    let (hash, outcome) = std::thread::scope(|scope| {
        let hash = scope.spawn(|| hash::sha256(&input.bytes));
        let outcome = plan.run(new_folder.path());
        (hash.join(), outcome)
    });
    progress.finish_and_clear();
    let Outcome { kept, rounds, mut notes } = outcome?;
    notes.extend(given_names(&model, &unnamed));
    let (problem, solution) = (kept.problem(&plan), &kept.solution);
    let sha256 = hash.expect("hashing bytes does not panic");
    let file = FileEntry { file: input.file_name(), bytes: input.bytes.len() as u64, sha256 };
    let seed = args.options.seed;
    let command_line = |file: &str| driver::command_line(file, &args.compiler_flag);
    let mut manifest =
        Manifest::new(&problem, solution, seed, (&model, &kept.graph, file), &kept.files, command_line);
    manifest.rounds = rounds;
    manifest.cut_after = cutter.names(problem.graph);
    notes.extend(manifest.leaks());
    let beside = cutter.beside();
    if compiler.is_some() {
        write::enter_compiled(new_folder.path(), &mut manifest)?;
    } else if args.refine.is_some() {
        notes.push(format!("nothing was refined, as {} was not found", driver::PROGRAM));
    }
    for (stage, (_, file)) in kept.compiled.iter().zip(&kept.files) {
        notes.extend(stage.note.clone());
        notes.extend(nothing_mapped(&stage.log, Runtime::of(&args.compiler_flag)));
        notes.extend(on_cpu(&stage.log).iter().map(|row| format!("{}: {row}", file.file)));
    }
    // The default knows nothing of what the compiler refuses.
    let unparted = Problem { graph: &graph.graph, ..problem.clone() };
    let default = solve_for_runner(
        &unparted,
        Algorithm::ParameterCount,
        &args.options.budget(Algorithm::ParameterCount, &*guide, &cancel),
    );
    write::write_manifest(new_folder.path(), &manifest)?;
    if args.report {
        let default = default.as_ref().map(|default| &default.evaluation).map_err(with_advice);
        let joints = Joints::default();
        let page = render(&problem, &solution.evaluation, default, Known::from(&manifest), &joints)?;
        std::fs::write(new_folder.path().join(REPORT_NAME), page).context(REPORT_NAME)?;
    }
    input.release();
    let problems = check::verify(new_folder.path())?;
    if let Some(problem) = problems.first() {
        bail!("{}: the stages do not pass their own check, so none were kept: {problem}", input.label());
    }
    cancel.check()?;
    new_folder.finish()?;

    if args.format == Format::Json {
        let figures = default.as_ref().ok().map(|default| &default.evaluation);
        return print_json(&Report {
            folder: &target,
            compiled: compiler.is_some(),
            notes: &notes,
            default: Default {
                peak_parameter_bytes: figures.map(|figures| figures.peak_parameter_bytes.0),
                bottleneck_us: figures.map(|figures| figures.bottleneck.as_us()),
                why_not: default.as_ref().err().map(with_advice),
            },
            beside: beside.as_ref().map(Beside::from),
            manifest: &manifest,
        });
    }
    let mut text = schedule::human(&problem, solution);
    text.push_str(&cutting::human(&problem, solution, beside.as_ref()));
    text.push_str(&improvement(&problem, solution, default.as_ref().map_err(with_advice)));
    text.push_str(&format!("\nwrote {}\n", target.display()));
    for stage in &manifest.stages {
        let compiled = stage.compiled_file.as_ref().map(|name| format!(" and {name}")).unwrap_or_default();
        text.push_str(&format!("  {}{compiled}\n", stage.file.file));
    }
    if args.report {
        text.push_str(&format!("  {}\n", REPORT_NAME));
    }
    text.push_str(&left_to_cpu(&manifest));
    for note in &notes {
        text.push_str(&format!("note: {note}\n"));
    }
    for name in &manifest.metadata_left_out {
        text.push_str(&format!(
            "note: metadata '{name}' describes the whole model, so no stage carries it\n"
        ));
    }
    text.push_str(&next_steps(&target, &manifest, compiler.is_some(), args.no_compile));
    print(&text)?;
    Ok(Verdict::Sound)
}

/// Refuses a schedule that obeys precedence alone where stages of it could not be joined by Coral's runner.
fn runs_on_coral(problem: &Problem, solution: &Solution) -> anyhow::Result<()> {
    let by_coral = Problem { rules: Rules::Coral, ..problem.clone() };
    judge::verify(&by_coral, &solution.schedule).map(drop).map_err(|violations| {
        let list: Vec<String> = violations.iter().map(ToString::to_string).collect();
        anyhow::anyhow!(
            "stages of this schedule, which obeys precedence alone, can't be run by Coral's runner, so none are written: {}; \
             --rules coral seeks one that can be run, and 'respect schedule' shows this one",
            list.join("; ")
        )
    })
}

/// Says which tensors got a name for the stages.
fn given_names(model: &Model, unnamed: &[u32]) -> Option<String> {
    let name = |tensor: &u32| model.tensors[*tensor as usize].label().to_string();
    let (first, last) = (unnamed.first().map(name)?, unnamed.last().map(name)?);
    Some(match unnamed.len() {
        1 => format!("a tensor of the model has no name; in the stages it is '{first}'"),
        count => format!(
            "{count} tensors of the model have no names; in the stages they are '{first}' to '{last}'"
        ),
    })
}

/// Refuses a model that is not for an Edge TPU.
fn refuse(model: &Model, allow_cpu: bool) -> anyhow::Result<()> {
    match Judge::new(model, &shapes::analyze(model)).whole() {
        Some(whole) if whole.is_refused && !allow_cpu => {
            bail!("{whole}; --allow-cpu cuts it all the same, where the stages can be run")
        }
        _ => Ok(()),
    }
}

/// What keeps the model, or operators of its stages, from Edge TPUs.
fn left_to_cpu(manifest: &Manifest) -> String {
    let mut text: String = manifest.warning.iter().map(|warning| format!("warning: {warning}\n")).collect();
    for stage in manifest.stages.iter().filter(|stage| !stage.on_cpu.is_empty()) {
        text.push_str(&format!("on the CPU in {}:\n", stage.file.file));
        text.extend(stage.on_cpu.iter().map(|group| format!("  {group}\n")));
    }
    text
}

/// How the stages go through the compiler.
fn hand_off<'a>(args: &'a Args, compiler: &'a Compiler, cancel: &'a Cancel) -> HandOff<'a> {
    HandOff {
        compiler,
        flags: &args.compiler_flag,
        limit: args.compiler.limit(),
        jobs: args.jobs.unwrap_or(std::thread::available_parallelism().unwrap_or(NonZeroUsize::MIN)),
        cancel,
        search_delegate: args.search_delegate,
    }
}

/// The default partitioning's figure and how much better the schedule's is.
fn improvement(problem: &Problem, solution: &Solution, default: Result<&Solution, String>) -> String {
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
            format!(
                "the compiler's default partitioning: {what} {}; this schedule is {} better\n",
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
            "run them on {} Edge TPUs: python3 {folder}/{RUN_PIPELINE_NAME}\n",
            manifest.stage_count
        );
    }
    let why = match declined {
        true => "the stages are not compiled, as asked".to_string(),
        false => {
            let program = driver::PROGRAM;
            format!("{program} was not found, so the stages are not compiled\n{}", driver::HOW_TO_GET)
        }
    };
    let commands: Vec<String> = manifest
        .stages
        .iter()
        .map(|stage| format!("  {}\n", shell_words::join(&stage.compile_command)))
        .collect();
    format!("{why}; then:\n  cd {folder}\n{}  python3 {RUN_PIPELINE_NAME}\n", commands.concat())
}
