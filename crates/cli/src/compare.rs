//! The command `respect compare`: every scheduler on every input, for several numbers of stages.

mod partition;
mod robust;
mod standing;
mod summary;

use std::path::PathBuf;

use anyhow::{Context, bail};
use indicatif::ProgressBar;
use serde::Serialize;

use partition::{Partition, SolutionOrReason, own_partition};
use robust::{Priced, ROBUST};
use standing::Standing;
use summary::{Summary, summaries};

use super::compiler::CompilerOptions;
use super::cutting::cuts;
use super::input::Input;
use super::options::Options;
use super::output::{Format, Verdict, print, print_json, warn};
use crate::hint::with_advice;
use crate::interrupt;
use crate::table::table;
use respect::base::units::ratio;
use respect::base::units::{Bytes, Time};
use respect::draws::NO_INTERVALS;
use respect::edgetpu::names::PROGRAM;
use respect::problem::{Objective, Problem};
use respect::solve::by_hand;
use respect::solve::{Algorithm, Budget, Origin, SolveError, check, solve_for_runner};
use respect::stages::manifest::{finite, in_units};

/// Arguments of `respect compare`.
#[derive(clap::Args)]
#[command(after_help = "\
Examples:
  respect compare model.tflite --stages 2,4,6
  respect compare *.json --stages 4 --objective memory --format json
  respect compare model.tflite --stages 4 --with-compiler
  respect compare model.tflite --stages 3 --partition segments       what someone's segments make of it
  respect compare model.tflite --stages 3 --cut-after block2/add,block4/add       your own cuts beside them")]
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
    /// Also judge the cuts of the segments in a folder, compiled or not, where they are as many stages: what
    /// 'edgetpu_compiler --num_segments' or others made of the model
    #[arg(long, value_name = "DIR")]
    partition: Option<PathBuf>,
    /// Also judge cuts of your own, where they make as many stages; see 'respect compile --help'
    #[arg(long, value_name = "TENSOR[+TENSOR...][,...]|@FILE")]
    cut_after: Vec<String>,
    /// Output format
    #[arg(long, value_enum, default_value_t = Format::Human)]
    format: Format,
}

#[derive(Serialize)]
struct Report {
    objective: Objective,
    /// The reasons that keep models from Edge TPUs, one sentence each.
    warnings: Vec<String>,
    rows: Vec<Standing>,
    summary: Vec<Summary>,
}

/// Runs `respect compare`.
pub fn run(args: &Args) -> anyhow::Result<Verdict> {
    let count = args.inputs.len() * args.stages.len();
    let cancel = interrupt::catch();
    let guide = args.options.guide()?;
    let compiler = if args.with_compiler { args.compiler.find(&cancel)? } else { None };
    let partition =
        args.partition.as_deref().map(|folder| Partition::open(folder, &args.stages)).transpose()?;
    let progress = ProgressBar::new(count as u64);
    let (mut rows, mut warnings) = (Vec::new(), Vec::new());
    for path in &args.inputs {
        let input = Input::open(path)?;
        let graph = input.graph()?;
        warnings.extend(warn(args.format, input.warnings()));
        let cuts = cuts(&graph, &args.cut_after).with_context(|| input.label().into_owned())?;
        if let Some(cuts) = cuts.as_ref().filter(|cuts| !args.stages.contains(&cuts.stages())) {
            bail!("--cut-after makes {} stages: name that number among --stages", cuts.stages());
        }
        for &stages in &args.stages {
            let problem = args.options.problem(&graph, stages)?;
            // A number of stages that is impossible is the user's mistake, not a scheduler's.
            check(&problem).map_err(SolveError::Problem).with_context(|| input.label().into_owned())?;
            let mut results = plain(&problem, |scheduler| args.options.budget(scheduler, &*guide, &cancel));
            if args.with_compiler {
                let limit = args.compiler.limit();
                let found = own_partition(compiler.as_ref(), limit, &input, &problem, &cancel);
                results.push((PROGRAM.into(), found));
            }
            if let Some(partition) = &partition {
                results.extend(partition.of(&input, &problem)?);
            }
            if let Some(cuts) = cuts.as_ref().filter(|cuts| cuts.stages() == stages) {
                let found = by_hand::solve(&problem, cuts, 0).map_err(|error| error.to_string());
                results.push((Origin::Hand.to_string(), found));
            }
            let mut priced = Priced::new(&problem);
            if let Some(priced) = priced.as_mut().filter(|_| problem.objective == Objective::Latency) {
                let solve = |problem: &Problem| {
                    let budget = args.options.budget(Algorithm::Respect, &*guide, &cancel);
                    solve_for_runner(problem, Algorithm::Respect, &budget).ok()
                };
                let found =
                    results.iter().filter_map(|(_, found)| Some(found.as_ref().ok()?.schedule.clone()));
                let robust = priced.robust(&problem, found.collect::<Vec<_>>().into_iter(), solve);
                results.extend(robust.map(|robust| (ROBUST.into(), Ok(robust))));
            }
            cancel.check()?;
            rows.extend(compare(&problem, results, priced));
            progress.inc(1);
        }
    }
    progress.finish_and_clear();
    let summary = summaries(&rows);
    if args.format == Format::Json {
        return print_json(&Report { objective: args.options.objective, warnings, rows, summary });
    }
    let header = [
        "model",
        "stages",
        "scheduler",
        "status",
        "peak",
        "vs default",
        "off-chip",
        "bottleneck",
        "inf/s",
        "speed-up",
        "nine in ten",
        "faster",
        "gap",
        "solve",
    ];
    let mut text = table(&header, 4, rows.iter().map(cells));
    text.push_str(&format!(
        "objective {}; 'vs default' is the default's largest stage over the scheduler's, speed-up the \
         default's slowest stage over the scheduler's; gap is the distance to the best proved bound\n",
        args.options.objective
    ));
    text.push_str(&draws(&rows));
    if count > 1 {
        text.push_str(&format!("\n{}", summary::human(&summary)));
    }
    for row in rows.iter().filter(|row| row.why_not.is_some()) {
        let why = row.why_not.as_deref().unwrap_or_default();
        text.push_str(&format!("{}, {} stages, {}: {why}\n", row.name, row.stages, row.scheduler));
    }
    print(&text)?;
    Ok(Verdict::Sound)
}

/// Returns the lines on how sure the figures are, and on where the default is as good.
fn draws(rows: &[Standing]) -> String {
    if rows.iter().all(|row| row.certainty.is_none()) {
        return format!("{NO_INTERVALS}\n");
    }
    let mut text = format!(
        "'nine in ten' is the range of the speed-up in nine of ten draws of what the device may be, 'faster' the share of \
         draws in which the schedule is faster than the default; '{ROBUST}' is fastest in the mean of the draws\n"
    );
    let as_good = |rows: &[Standing]| {
        let odds = rows.iter().filter_map(|row| row.certainty?.over_default);
        let (mut odds, first) = (odds, &rows[0]);
        let none = odds.all(|odds| !(odds.is_told() && odds.faster > odds.slower));
        let compared = rows.iter().filter(|row| row.speed_up.is_some()).count();
        (none && compared > 1).then(|| {
            format!(
                "{}, {} stages: the default is as good as any, as far as can be told\n",
                first.name, first.stages
            )
        })
    };
    let problems = rows.chunk_by(|a, b| (&a.name, a.stages) == (&b.name, b.stages));
    text.extend(problems.filter_map(as_good));
    text
}

/// Returns a row as people read it.
fn cells(row: &Standing) -> [String; 14] {
    let or_dash = |value: Option<String>| value.unwrap_or_else(|| "-".into());
    let bytes = |bytes: Option<u64>| or_dash(bytes.map(|bytes| Bytes(bytes).to_string()));
    // The default and its likes are neither faster nor slower than it.
    let odds = row.certainty.and_then(|certainty| certainty.over_default).filter(|odds| !odds.is_equal());
    [
        row.name.clone(),
        row.stages.to_string(),
        row.scheduler.clone(),
        row.status.map_or("invalid".into(), |status| status.to_string()),
        bytes(row.peak_parameter_bytes),
        or_dash(row.peak_ratio.map(ratio)),
        bytes(row.off_chip_bytes),
        or_dash(row.bottleneck_us.map(|us| Time::from_us(us).to_string())),
        or_dash(row.inferences_per_second.map(|rate| format!("{rate:.1}"))),
        or_dash(row.speed_up.map(ratio)),
        or_dash(odds.map(|odds| odds.ratio.show(|ratio| format!("{ratio:.2}")))),
        or_dash(odds.map(|odds| format!("{:.0} %", odds.faster * 100.0))),
        or_dash(row.gap.map(|gap| format!("{:.1} %", gap * 100.0))),
        or_dash(row.solve_us.map(|us| format!("{:.2} ms", us / 1e3))),
    ]
}

/// Returns what each plain scheduler finds for one problem.
fn plain<'a>(problem: &Problem, budget: impl Fn(Algorithm) -> Budget<'a>) -> Vec<(String, SolutionOrReason)> {
    let solved = |scheduler: Algorithm| solve_for_runner(problem, scheduler, &budget(scheduler));
    let named = |scheduler: Algorithm| {
        (scheduler.to_string(), solved(scheduler).map_err(|error| with_advice(&error)))
    };
    Algorithm::PLAIN.into_iter().map(named).collect()
}

fn compare(
    problem: &Problem,
    results: Vec<(String, SolutionOrReason)>,
    mut priced: Option<Priced>,
) -> Vec<Standing> {
    let objective = problem.objective;
    let solutions = || results.iter().filter_map(|(_, found)| found.as_ref().ok());
    let bound = solutions().map(|solution| solution.lower_bound).max().unwrap_or(0);
    let default = results[0].1.as_ref().ok().map(|solution| solution.evaluation.clone());
    let cut_by_default = results[0].1.as_ref().ok().map(|solution| solution.schedule.clone());
    // Of two figures that are both nothing neither is better.
    let over = |of: u64, by: u64| if of == by { Some(1.0) } else { finite(of as f64 / by as f64) };
    let row = |(scheduler, result): (String, SolutionOrReason)| {
        let found = result.as_ref().ok();
        let evaluation = found.map(|solution| &solution.evaluation);
        let pair = || default.as_ref().zip(evaluation);
        Standing {
            name: problem.graph.name().into(),
            stages: problem.stages,
            scheduler,
            status: found.map(|solution| solution.status),
            peak_parameter_bytes: evaluation.map(|figures| figures.peak_parameter_bytes.0),
            bottleneck_us: evaluation.map(|figures| figures.bottleneck.as_us()),
            lower_bound: found.map(|solution| in_units(objective, solution.lower_bound)),
            off_chip_bytes: evaluation
                .map(|figures| figures.stages.iter().map(|stage| stage.off_chip_bytes).sum::<Bytes>().0),
            inferences_per_second: evaluation.and_then(|figures| finite(1e6 / figures.bottleneck.as_us())),
            speed_up: pair().and_then(|(default, own)| over(default.bottleneck.0, own.bottleneck.0)),
            peak_ratio: pair()
                .and_then(|(default, own)| over(default.peak_parameter_bytes.0, own.peak_parameter_bytes.0)),
            certainty: found
                .zip(priced.as_mut())
                .map(|(solution, priced)| priced.certainty(&solution.schedule, cut_by_default.as_ref())),
            gap: found.and_then(|solution| over(solution.value, bound)).map(|ratio| ratio - 1.0),
            solve_us: found.map(|solution| solution.solve_time.as_secs_f64() * 1e6),
            why_not: result.err(),
        }
    };
    results.into_iter().map(row).collect()
}
