//! `respect compare`: every scheduler on every input, for several numbers of stages.

use std::path::PathBuf;

use anyhow::Context;
use indicatif::ProgressBar;
use serde::Serialize;

use super::compiler::CompilerOptions;
use super::input::Input;
use super::options::Options;
use super::{Format, Verdict, print, print_json};
use crate::edgetpu::compiler::Compiler;
use crate::edgetpu::driver::{HOW_TO_GET, PROGRAM};
use crate::edgetpu::segments;
use crate::interrupt;
use crate::problem::{Objective, Problem};
use crate::report::manifest::{finite, in_units};
use crate::report::table::{ratio, table};
use crate::schedule::{Algorithm, Budget, Solution, SolveError, Status, solve};
use crate::units::{Bytes, Time};
use crate::verify::{Violation, verify};

/// Arguments of `respect compare`.
#[derive(clap::Args)]
#[command(after_help = "\
Examples:
  respect compare model.tflite --stages 2,4,6
  respect compare *.json --stages 4 --objective memory --format json
  respect compare model.tflite --stages 4 --with-compiler")]
pub struct Args {
    /// Models (.tflite), modules (.mlir) or graphs (.json)
    #[arg(required = true)]
    inputs: Vec<PathBuf>,
    /// Numbers of stages, separated by commas
    #[arg(long, short = 'n', value_name = "N,...", value_delimiter = ',', required = true)]
    stages: Vec<u32>,
    #[command(flatten)]
    options: Options,
    /// Also run edgetpu_compiler --num_segments on the models, and judge its partition
    #[arg(long)]
    with_compiler: bool,
    #[command(flatten)]
    compiler: CompilerOptions,
    /// How to print it
    #[arg(long, value_enum, default_value_t = Format::Human)]
    format: Format,
}

#[derive(Serialize)]
struct Report {
    objective: Objective,
    rows: Vec<Row>,
}

/// One scheduler on one input and number of stages; figures are absent where it found no valid schedule.
#[derive(Serialize)]
struct Row {
    name: String,
    stages: u32,
    scheduler: String,
    status: Option<Status>,
    peak_parameter_bytes: Option<u64>,
    bottleneck_us: Option<f64>,
    lower_bound: Option<f64>,
    /// The default's value over this one's: above one is better than the default.
    ratio_to_default: Option<f64>,
    /// Relative distance from the best bound that any scheduler proved.
    gap: Option<f64>,
    solve_us: Option<f64>,
    why_not: Option<String>,
    #[serde(skip)]
    value: Option<u64>,
}

/// Runs it.
pub fn run(args: &Args) -> anyhow::Result<Verdict> {
    let count = args.inputs.len() * args.stages.len();
    interrupt::catch();
    let policies = args.options.policies()?;
    let compiler = if args.with_compiler { args.compiler.find()? } else { None };
    let progress = ProgressBar::new(count as u64);
    let mut rows = Vec::new();
    for path in &args.inputs {
        let input = Input::open(path)?;
        let graph = input.graph()?;
        for &stages in &args.stages {
            let problem = args.options.problem(&graph, stages)?;
            // A number of stages that is impossible is the user's mistake, not a scheduler's.
            problem.check().map_err(SolveError::Problem).with_context(|| input.label().into_owned())?;
            let mut results = plain(&problem, |scheduler| args.options.budget(scheduler, policies));
            if args.with_compiler {
                results.push((PROGRAM.into(), own_partition(args, compiler.as_ref(), &input, &problem)));
            }
            interrupt::check()?;
            rows.extend(compare(&problem, results));
            progress.inc(1);
        }
    }
    progress.finish_and_clear();
    if args.format == Format::Json {
        return print_json(&Report { objective: args.options.objective, rows });
    }
    let header =
        ["model", "stages", "scheduler", "status", "peak", "bottleneck", "vs default", "gap", "solve"];
    let show = |row: &Row| {
        let or_dash = |value: Option<String>| value.unwrap_or_else(|| "-".into());
        [
            row.name.clone(),
            row.stages.to_string(),
            row.scheduler.clone(),
            row.status.map_or("invalid".into(), |status| status.to_string()),
            or_dash(row.peak_parameter_bytes.map(|bytes| Bytes(bytes).to_string())),
            or_dash(row.bottleneck_us.map(|us| Time::from_us(us).to_string())),
            or_dash(row.ratio_to_default.map(ratio)),
            or_dash(row.gap.map(|gap| format!("{:.1} %", gap * 100.0))),
            or_dash(row.solve_us.map(|us| format!("{:.2} ms", us / 1e3))),
        ]
    };
    let mut text = table(&header, 4, rows.iter().map(show));
    text.push_str(&format!(
        "objective {}; 'vs default' is the default's value over the scheduler's, gap is to the best proved bound\n",
        args.options.objective
    ));
    for row in rows.iter().filter(|row| row.why_not.is_some()) {
        let why = row.why_not.as_deref().unwrap_or_default();
        text.push_str(&format!("{}, {} stages, {}: {why}\n", row.name, row.stages, row.scheduler));
    }
    print(&text)?;
    Ok(Verdict::Sound)
}

/// What a scheduler came to, or why it did not.
type Found = Result<Solution, String>;

/// Every scheduler on one problem.
fn plain(problem: &Problem, budget: impl Fn(Algorithm) -> Budget) -> Vec<(String, Found)> {
    let solved = |scheduler: Algorithm| solve(problem, scheduler, &budget(scheduler));
    let named =
        |scheduler: Algorithm| (scheduler.to_string(), solved(scheduler).map_err(|error| error.to_string()));
    Algorithm::PLAIN.into_iter().map(named).collect()
}

/// The partition that the compiler itself makes, judged as every other.
fn own_partition(args: &Args, compiler: Option<&Compiler>, input: &Input, problem: &Problem) -> Found {
    let compiler = compiler.ok_or_else(|| format!("{PROGRAM} was not found; {HOW_TO_GET}"))?;
    let path = input.model_path().ok_or("it compiles .tflite files alone: name one")?;
    let (schedule, solve_time) =
        segments::partition(compiler, path, problem.graph, problem.stages, args.compiler.limit())?;
    let list = |violations: Vec<Violation>| {
        let list: Vec<String> = violations.iter().map(ToString::to_string).collect();
        format!("its partition can't run: {}", list.join("; "))
    };
    let evaluation = verify(problem, &schedule).map_err(list)?;
    Ok(Solution {
        value: evaluation.value(problem.objective),
        schedule,
        evaluation,
        status: Status::Feasible,
        algorithm: Algorithm::ParameterCount,
        detail: "cut by the compiler".into(),
        lower_bound: 0,
        solve_time,
    })
}

fn compare(problem: &Problem, results: Vec<(String, Found)>) -> Vec<Row> {
    let objective = problem.objective;
    let mut bound = 0;
    let mut rows: Vec<Row> = results
        .into_iter()
        .map(|(scheduler, result)| {
            let found = result.as_ref().ok();
            bound = bound.max(found.map_or(0, |solution| solution.lower_bound));
            Row {
                name: problem.graph.name().into(),
                stages: problem.stages,
                scheduler,
                status: found.map(|solution| solution.status),
                peak_parameter_bytes: found.map(|solution| solution.evaluation.peak_parameter_bytes.0),
                bottleneck_us: found.map(|solution| solution.evaluation.bottleneck.as_us()),
                lower_bound: found.map(|solution| in_units(objective, solution.lower_bound)),
                ratio_to_default: None,
                gap: None,
                solve_us: found.map(|solution| solution.solve_time.as_secs_f64() * 1e6),
                value: found.map(|solution| solution.value),
                why_not: result.err(),
            }
        })
        .collect();
    let default = rows[0].value;
    for row in &mut rows {
        let Some(value) = row.value else { continue };
        let over = |of: u64, by: u64| if of == by { 1.0 } else { of as f64 / by as f64 };
        row.ratio_to_default = default.and_then(|default| finite(over(default, value)));
        row.gap = finite(over(value, bound) - 1.0);
    }
    rows
}
