//! The command `respect schedule`: prints a schedule of a model or graph.

use std::path::PathBuf;

use anyhow::Context;
use serde::Serialize;

use super::asked::{Asked, Asking};
use super::cutting::{self, Beside, Cutter, Cutting};
use super::decided;
use super::fleet::FleetOptions;
use super::input::Input;
use super::options::Options;
use super::output::{self, Format, print, print_json, warn};
use crate::table::table;
use respect::base::cancel::Cancel;
use respect::base::units::{Bytes, Time};
use respect::draws::{Certainty, NO_INTERVALS};
use respect::graph::{OpGraph, OpId};
use respect::problem::StageId;
use respect::problem::{Objective, Problem};
use respect::solve::deploy::Deployed;
use respect::solve::{Solution, Status};
use respect::stages::manifest::{CostEntry, finite, in_units};
use respect::verdict::Verdict;

/// Arguments of `respect schedule`.
#[derive(clap::Args)]
#[command(after_help = "\
Examples:
  respect schedule model.tflite --stages 4
  respect schedule graph.json --stages 6 --objective memory --rules precedence --scheduler exact --format json
  respect graph model.tflite -o - | respect schedule - --stages 4
  respect schedule model.tflite --cut-after block2/add,block4/add       your own cuts, judged and held against the best

--cut-after takes the tensors' names as 'respect graph' and Netron show them.")]
pub struct Args {
    /// A model (.tflite), a module (.mlir) or a graph (.json); - reads stdin
    input: PathBuf,
    /// Number of stages, one for each device
    #[arg(long, short = 'n', value_name = "N")]
    #[arg(required_unless_present_any = ["cut_after", "devices"], conflicts_with = "devices")]
    stages: Option<u32>,
    #[command(flatten)]
    fleet: FleetOptions,
    #[command(flatten)]
    cutting: Cutting,
    #[command(flatten)]
    options: Options,
    /// Output format
    #[arg(long, value_enum, default_value_t = Format::Human)]
    format: Format,
}

#[derive(Serialize)]
struct Report<'a> {
    name: &'a str,
    status: Status,
    scheduler: String,
    detail: &'a str,
    objective: Objective,
    peak_parameter_bytes: u64,
    bottleneck_us: f64,
    /// How sure the predicted times are.
    #[serde(skip_serializing_if = "Option::is_none")]
    certainty: Option<Certainty>,
    lower_bound: f64,
    gap: Option<f64>,
    solve_us: f64,
    /// The reasons that keep the model from Edge TPUs, one sentence each.
    warnings: Vec<String>,
    stage_of: &'a [StageId],
    /// The figures that a search reaches, where the cuts are the user's.
    #[serde(skip_serializing_if = "Option::is_none")]
    beside: Option<Beside>,
    /// What to do with as many devices.
    #[serde(skip_serializing_if = "Option::is_none")]
    verdict: Option<Verdict>,
    stages: Vec<Stage<'a>>,
}

#[derive(Serialize)]
struct Stage<'a> {
    /// The names of the devices that run a copy of the stage, if devices were asked for.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    devices: Vec<String>,
    ops: &'a [OpId],
    #[serde(flatten)]
    cost: CostEntry,
}

/// Runs `respect schedule`.
pub fn run(args: &Args) -> anyhow::Result<output::Verdict> {
    let input = Input::open(&args.input)?;
    let guide = args.options.guide()?;
    let cancel = Cancel::default();
    let graph = input.graph()?;
    let warnings = warn(args.format, input.warnings());
    let asking =
        Asking { stages: args.stages, cutting: &args.cutting, options: &args.options, fleet: &args.fleet };
    let Asked { problem, cuts, first, verdict, deployed, devices } = asking
        .of(&graph, "the number of stages is missing; give --devices N or --stages N", &*guide, &cancel)
        .with_context(|| input.label().into_owned())?;
    let cutter = Cutter::new(&args.cutting, &args.options, &*guide, &cancel, cuts);
    let solution = match first {
        Some(solution) => solution,
        None => cutter.solve(&problem).with_context(|| input.label().into_owned())?,
    };
    let beside = cutter.beside();
    if args.format == Format::Human {
        let verdict = verdict.map_or_else(String::new, |(verdict, taken)| decided::human(&verdict, taken));
        let text = verdict + &human(&problem, &solution, deployed.as_ref());
        print(&(text + &cutting::human(&problem, &solution, beside.as_ref())))?;
        return Ok(output::Verdict::Sound);
    }
    print_json(&Report {
        name: graph.name(),
        status: solution.status,
        scheduler: solution.origin.to_string(),
        detail: &solution.detail,
        objective: problem.objective,
        peak_parameter_bytes: solution.evaluation.peak_parameter_bytes.0,
        bottleneck_us: solution.evaluation.bottleneck.as_us(),
        certainty: Certainty::of(&problem, &solution.schedule, None),
        lower_bound: in_units(problem.objective, solution.lower_bound),
        gap: finite(solution.gap()),
        solve_us: solution.solve_time.as_secs_f64() * 1e6,
        warnings,
        stage_of: &solution.schedule.stage_of,
        beside: beside.as_ref().map(Beside::from),
        verdict: verdict.map(|(verdict, _)| verdict),
        stages: (solution.evaluation.stages.iter().enumerate())
            .map(|(place, stage)| Stage {
                devices: devices.get(place).cloned().unwrap_or_default(),
                ops: &stage.ops,
                cost: CostEntry::from(stage),
            })
            .collect(),
    })
}

/// Returns the schedule for people: one line for each stage, and lines for the whole; `deployed` is the deployment that it
/// is of, if devices were asked for.
pub fn human(problem: &Problem, solution: &Solution, deployed: Option<&Deployed>) -> String {
    let header = [
        "stage",
        "operations",
        "count",
        "parameters",
        "off-chip",
        "MACs",
        "in",
        "out",
        "compute",
        "transfer",
        "time",
    ];
    let rows = solution.evaluation.stages.iter().enumerate().map(|(index, stage)| {
        [
            index.to_string(),
            span(problem.graph, &stage.ops),
            stage.ops.len().to_string(),
            stage.parameter_bytes.to_string(),
            stage.off_chip_bytes.to_string(),
            stage.macs.to_string(),
            stage.input_bytes.to_string(),
            stage.output_bytes.to_string(),
            stage.compute.to_string(),
            (stage.transfer + stage.instructions + stage.streaming).to_string(),
            stage.latency().to_string(),
        ]
    });
    let evaluation = &solution.evaluation;
    let sure = match Certainty::of(problem, &solution.schedule, None) {
        Some(certainty) => format!(
            "bottleneck {}, in nine of ten draws {}",
            evaluation.bottleneck,
            certainty.bottleneck_us.show(Time::from_us)
        ),
        None => format!("bottleneck {}, {NO_INTERVALS}", evaluation.bottleneck),
    };
    let (sure, certificate) = match deployed {
        Some(deployed) => {
            (format!("a result every {}", deployed.cost.period), deployment_certificate(deployed))
        }
        None => (sure, certificate(problem, solution)),
    };
    format!(
        "{}: {} for {}, times predicted by device model {}\n{}\
         {sure}\nlargest stage {} of parameters\n{}\n",
        problem.graph.name(),
        match problem.stages {
            1 => "1 stage".into(),
            stages => format!("{stages} stages"),
        },
        problem.objective,
        problem.device.name,
        table(&header, 2, rows),
        evaluation.peak_parameter_bytes,
        certificate
    )
}

/// Returns what is known about the deployment's quality, as a sentence.
fn deployment_certificate(deployed: &Deployed) -> String {
    let how = format!("in {:.2} ms; {}", deployed.solve_time.as_secs_f64() * 1e3, deployed.detail);
    match deployed.status {
        Status::Optimal => format!("optimal: no deployment over these devices is better ({how})"),
        status => format!(
            "{status}: no deployment over these devices does with less than {} ({how})",
            deployed.lower_bound
        ),
    }
}

/// Returns what is known about the schedule's quality, as a sentence.
pub fn certificate(problem: &Problem, solution: &Solution) -> String {
    let show = |value: u64| match problem.objective {
        Objective::Memory => Bytes(value).to_string(),
        Objective::Latency => Time(value).to_string(),
    };
    let how = format!("{} in {:.2} ms", solution.origin, solution.solve_time.as_secs_f64() * 1e3);
    match solution.status {
        Status::Optimal => format!("optimal: no valid schedule is better ({how}; {})", solution.detail),
        status => format!(
            "{status}: at most {:.1} % above the optimum, which is at least {} ({how}; {})",
            solution.gap() * 100.0,
            show(solution.lower_bound),
            solution.detail
        ),
    }
}

/// Returns the first and the last operation of a stage, by number and kind.
fn span(graph: &OpGraph, ops: &[OpId]) -> String {
    let label = |op: &OpId| format!("{} {}", op.0, graph.op(*op).kind);
    match (ops.first(), ops.last()) {
        (Some(first), Some(last)) if first != last => format!("{} .. {}", label(first), label(last)),
        (Some(only), _) => label(only),
        _ => String::new(),
    }
}
