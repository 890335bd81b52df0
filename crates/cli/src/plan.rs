//! The command `respect plan`: shows what each number of devices gives.

use std::path::PathBuf;

use anyhow::Context;
use indicatif::ProgressBar;
use serde::Serialize;

use super::decided;
use super::fleet::most_of;
use super::input::Input;
use super::options::Options;
use super::output::{self, Format, print, print_json, warn};
use super::pipeline::{Joints, per_second};
use crate::interrupt;
use crate::listed::listed;
use crate::table::table;
use respect::base::units::Time;
use respect::base::units::ratio;
use respect::draws::{AGREED, Drawn, Interval, NO_INTERVALS, Odds};
use respect::pipeline::plan::{Sizing, first_on_chip, knee};
use respect::pipeline::simulate::{Link, SimulateError, StageTimes};
use respect::problem::judge::StageCost;
use respect::problem::{Defect, Objective, Problem, Schedule};
use respect::solve::deploy::{Deployed, deploy_beside};
use respect::solve::{Algorithm, SolveError, Status, solve_for_runner};
use respect::verdict::{Choice, Verdict, decide, shape};

/// Arguments of `respect plan`.
#[derive(clap::Args)]
#[command(after_help = "\
Examples:
  respect plan model.tflite -n 8
  respect plan model.tflite -n 4 --quiet                what to do with four devices, and no more
  respect plan graph.json -n 6 --link shared --gain 0.2
  respect plan model.tflite -n 8 --device pcie --format json")]
pub struct Args {
    /// A model (.tflite), a module (.mlir) or a graph (.json); - reads stdin
    input: PathBuf,
    /// Most devices there may be
    #[arg(long, short = 'n', visible_alias = "max-stages", value_name = "N", default_value_t = 8)]
    #[arg(value_parser = clap::value_parser!(u32).range(1..=64))]
    max_devices: u32,
    /// Share by which a device has to raise the throughput to pay: the knee is the last number of stages that does
    #[arg(long, value_name = "SHARE", default_value_t = 0.1, value_parser = share)]
    gain: f64,
    /// Scheduler that finds the stages
    #[arg(long, value_parser = listed::<Algorithm>(), default_value_t = Algorithm::Respect)]
    scheduler: Algorithm,
    /// Print what to do with that many devices, and nothing of fewer
    #[arg(long, short)]
    quiet: bool,
    #[command(flatten)]
    options: Options,
    #[command(flatten)]
    joints: Joints,
    /// Output format
    #[arg(long, value_enum, default_value_t = Format::Human)]
    format: Format,
}

fn share(text: &str) -> Result<f64, String> {
    let share = text.parse().ok().filter(|share| (0.0..=100.0).contains(share));
    share.ok_or_else(|| "give a share such as 0.1 for 10 %, at most 100".into())
}

#[derive(Serialize)]
struct Report<'a> {
    name: &'a str,
    objective: Objective,
    max_devices: u32,
    gain: f64,
    /// The last number of stages that pays.
    knee: Option<u32>,
    /// The fewest stages whose parameters all fit on the devices.
    first_on_chip: Option<u32>,
    /// The fewest stages that no more of them are told to be faster than.
    #[serde(skip_serializing_if = "Option::is_none")]
    as_good: Option<u32>,
    /// The reason why there are no rows for more stages, if `max_devices` was not reached.
    why_no_more: Option<String>,
    /// The reasons that keep the model from Edge TPUs, one sentence each.
    warnings: Vec<String>,
    /// What to do with the most devices; absent if time does not count.
    #[serde(skip_serializing_if = "Option::is_none")]
    verdict: Option<Verdict>,
    /// The best of all deployments for each number of devices.
    best: Vec<Best>,
    /// The pipelines with a device for each stage.
    rows: Vec<PlanRow>,
}

#[derive(Serialize)]
struct PlanRow {
    stages: u32,
    status: Status,
    latency_us: f64,
    period_us: f64,
    inferences_per_second: f64,
    /// The throughput over that of one device.
    speed_up: f64,
    /// How sure the predicted figures are.
    #[serde(skip_serializing_if = "Option::is_none")]
    certainty: Option<PlanCertainty>,
    on_chip_bytes: u64,
    off_chip_bytes: u64,
    slowest_stage: usize,
}

/// The best deployment of a number of devices.
#[derive(Serialize)]
struct Best {
    devices: u32,
    /// The number of devices that run a copy of each stage.
    copies: Vec<u32>,
    status: Status,
    latency_us: f64,
    inferences_per_second: f64,
    /// The throughput over that of one device.
    speed_up: f64,
}

/// How sure the figures of a number of stages are: the ranges that nine of ten draws are in.
#[derive(Serialize)]
struct PlanCertainty {
    inferences_per_second: Interval,
    /// The odds against one device.
    over_one_device: Odds,
}

/// Runs `respect plan`.
pub fn run(args: &Args) -> anyhow::Result<output::Verdict> {
    let cancel = interrupt::catch();
    let input = Input::open(&args.input)?;
    let graph = input.graph()?;
    let warnings = warn(args.format, input.warnings());
    let guide = args.options.guide()?;
    let progress = ProgressBar::new(args.max_devices.into());
    let (mut rows, mut statuses, mut why_no_more) = (Vec::new(), Vec::new(), None);
    let (mut drawn, mut schedules): (Vec<Vec<f64>>, Vec<Schedule>) = (Vec::new(), Vec::new());
    let budget = || args.options.budget(args.scheduler, &*guide, &cancel);
    for stages in 1..=args.max_devices {
        let problem = args.options.problem(&graph, stages)?;
        match solve_for_runner(&problem, args.scheduler, &budget()) {
            Ok(solution) => {
                rows.push(Sizing::new(&solution.evaluation, |stages| args.joints.join_single(stages))?);
                drawn.extend(periods(&problem, &solution.schedule, &args.joints)?);
                statuses.push(solution.status);
                schedules.push(solution.schedule);
            }
            // What one stage can't do, no number can; where the graph has no more room, fewer stages still count.
            Err(error) if rows.is_empty() || !is_room(&error) => {
                return Err(anyhow::Error::new(error).context(input.label().into_owned()));
            }
            Err(error) => {
                why_no_more = Some(error.to_string());
                break;
            }
        }
        cancel.check()?;
        progress.inc(1);
    }
    let context = || input.label().into_owned();
    let (mut best, mut verdict): (Vec<Best>, Option<Verdict>) = (Vec::new(), None);
    for devices in 1..=args.max_devices {
        let Some(problem) = most_of(&graph, &args.options, devices)? else { break };
        let deployed = if devices < args.max_devices {
            let pipeline = schedules.get(devices as usize - 1);
            deploy_beside(&problem, pipeline, &budget()).with_context(context)?
        } else {
            let decided = decide(&problem, &budget()).with_context(context)?;
            verdict = Some(decided.verdict);
            decided.best
        };
        let one_device = best.first().map(|one| one.inferences_per_second);
        best.push(Best::new(devices, &deployed, one_device));
        cancel.check()?;
    }
    progress.finish_and_clear();
    let mut entries: Vec<PlanRow> =
        rows.iter().zip(statuses).map(|(row, status)| entry(row, status, rows[0].period)).collect();
    for (entry, periods) in entries.iter_mut().zip(&drawn) {
        entry.certainty = Some(PlanCertainty {
            inferences_per_second: Interval::of(periods.iter().map(|period| per_second(*period))),
            over_one_device: Odds::of(periods, &drawn[0]),
        });
    }
    let report = Report {
        name: graph.name(),
        objective: args.options.objective,
        max_devices: args.max_devices,
        gain: args.gain,
        knee: knee(&rows, args.gain),
        first_on_chip: first_on_chip(&rows),
        as_good: as_good(&drawn),
        why_no_more,
        warnings,
        verdict,
        best,
        rows: entries,
    };
    match args.format {
        Format::Json => print_json(&report),
        Format::Human => {
            let text = match args.quiet {
                true => advice(&report),
                false => advice(&report) + "\n" + &human(&report, &rows, &args.joints),
            };
            print(&text)?;
            Ok(output::Verdict::Sound)
        }
    }
}

/// Returns the time from one result to the next in each draw, in microseconds; `None` if the device states no
/// uncertainty.
fn periods(problem: &Problem, schedule: &Schedule, joints: &Joints) -> anyhow::Result<Option<Vec<f64>>> {
    let Some(drawn) = Drawn::new(problem) else { return Ok(None) };
    // With links of their own the slowest stage alone decides.
    if joints.link == Link::Own {
        return Ok(Some(drawn.bottlenecks(schedule)));
    }
    let period = |stages: &Vec<StageCost>| {
        Ok(joints.join_single(stages.iter().map(StageTimes::from).collect()).period()? / 1e6)
    };
    drawn
        .stages(schedule)
        .iter()
        .map(period)
        .collect::<Result<_, SimulateError>>()
        .map(Some)
        .map_err(Into::into)
}

/// Returns the fewest stages that no more of them are told to be faster than; `None` if nothing was drawn, or if that is
/// the most stages there are.
fn as_good(drawn: &[Vec<f64>]) -> Option<u32> {
    let is_faster = |own: &[f64], other: &[f64]| {
        let odds = Odds::of(own, other);
        odds.is_told() && odds.faster > odds.slower
    };
    let is_as_good = |place: &usize| drawn[place + 1..].iter().all(|more| !is_faster(more, &drawn[*place]));
    let fewest = (0..drawn.len()).find(is_as_good)?;
    (fewest + 1 < drawn.len()).then_some(fewest as u32 + 1)
}

/// Returns whether the only defect is that there are more stages than the graph has room for.
fn is_room(error: &SolveError) -> bool {
    match error {
        SolveError::Problem(defects) => {
            defects.iter().all(|defect| matches!(defect, Defect::TooManyStages { .. }))
        }
        _ => false,
    }
}

fn entry(row: &Sizing, status: Status, one_device: f64) -> PlanRow {
    PlanRow {
        stages: row.stages,
        status,
        latency_us: row.latency.as_us(),
        period_us: row.period / 1e6,
        inferences_per_second: per_second(row.period / 1e6),
        certainty: None,
        speed_up: if row.period > 0.0 { one_device / row.period } else { 1.0 },
        on_chip_bytes: row.on_chip.0,
        off_chip_bytes: row.off_chip.0,
        slowest_stage: row.slowest,
    }
}

impl Best {
    fn new(devices: u32, deployed: &Deployed, one_device: Option<f64>) -> Best {
        let rate = per_second(deployed.cost.period.as_us());
        Best {
            devices,
            copies: deployed.deployment.copies(),
            status: deployed.status,
            latency_us: deployed.cost.latency.as_us(),
            inferences_per_second: rate,
            speed_up: one_device.filter(|one| *one > 0.0).map_or(1.0, |one| rate / one),
        }
    }
}

/// Returns what to do with the most devices.
fn advice(report: &Report) -> String {
    match &report.verdict {
        Some(verdict) => format!("{} {}", report.name, decided::human(verdict, Choice::Best)),
        None => format!("{}: up to {} devices\n", report.name, report.max_devices),
    }
}

fn human(report: &Report, rows: &[Sizing], joints: &Joints) -> String {
    let mut text = String::new();
    if !report.best.is_empty() {
        let cells = |best: &Best| {
            [
                best.devices.to_string(),
                shape(&best.copies),
                best.status.to_string(),
                format!("{:.1}", best.inferences_per_second),
                ratio(best.speed_up),
                Time::from_us(best.latency_us).to_string(),
            ]
        };
        let header = ["devices", "stages", "status", "a second", "vs one", "latency"];
        text.push_str("the best of each number of devices; 2+1 is two stages, the first on two devices:\n");
        text.push_str(&table(&header, 3, report.best.iter().map(cells)));
        text.push('\n');
    }
    let header =
        ["stages", "status", "latency", "a second", "nine in ten", "vs one", "nine in ten", "off-chip"];
    let cells = |(entry, row): (&PlanRow, &Sizing)| {
        let range = |of: fn(&PlanCertainty) -> String| entry.certainty.as_ref().map_or("-".into(), of);
        [
            entry.stages.to_string(),
            entry.status.to_string(),
            row.latency.to_string(),
            format!("{:.1}", entry.inferences_per_second),
            range(|certainty| certainty.inferences_per_second.show(decided::rate)),
            ratio(entry.speed_up),
            range(|certainty| certainty.over_one_device.ratio.show(|ratio| format!("{ratio:.2}"))),
            row.off_chip.to_string(),
        ]
    };
    text.push_str(&format!(
        "pipelines with one device a stage, objective {}, {}:\n{}",
        report.objective,
        joints.describe(1),
        table(&header, 2, report.rows.iter().zip(rows).map(cells)),
    ));
    text.push_str(&match report.first_on_chip {
        Some(stages) => format!("all parameters fit on chip from {stages} stages on\n"),
        None => "the parameters fit on chip with none of these numbers of stages\n".into(),
    });
    if let Some(knee) = report.knee {
        let percent = report.gain * 100.0;
        text.push_str(&format!(
            "knee: {knee} stages, the last number that raises the throughput by {percent:.0} % over fewer\n"
        ));
    }
    match report.as_good {
        Some(stages) => text.push_str(&format!(
            "{stages} stages are as good as any more: less than {:.0} % of draws say that more of them are faster\n",
            AGREED * 100.0
        )),
        None if report.rows.iter().all(|row| row.certainty.is_none()) => {
            text.push_str(&format!("{NO_INTERVALS}\n"));
        }
        None => {}
    }
    if let Some(why) = &report.why_no_more {
        text.push_str(&format!("no more stages: {why}\n"));
    }
    text
}
