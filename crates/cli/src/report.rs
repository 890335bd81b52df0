//! The command `respect report`: writes a schedule as a page, and as an overlay for Model Explorer.

use std::path::{Path, PathBuf};

use anyhow::bail;

use super::decided;
use super::input::Input;
use super::output::{Format, Verdict, warn, write_output};
use super::pipeline::{Cut, CutStages, Joints, is_folder};
use respect::draws::Certainty;
use respect::edgetpu::package::PackageBytes;
use respect::problem::Problem;
use respect::problem::judge::{Evaluation, verify};
use respect::report::model_explorer::overlays;
use respect::report::page::{Subject, page};
use respect::solve::{Algorithm, Budget, Status, solve_for_runner};
use respect::stages::manifest::{Manifest, finite};
use respect::stages::{check, rejoin};
use respect::tflite::support::OnCpu;

/// Arguments of `respect report`.
#[derive(clap::Args)]
#[command(after_help = "\
Examples:
  respect report model_stages -o report.html            a folder that 'respect compile' wrote
  respect report model.tflite --devices 4 -o report.html
  respect report model.tflite --stages 4 -o report.html
  respect report graph.json --stages 6 --link shared -o - > report.html
  respect report model.tflite --stages 4 --model-explorer stages.json

The page is one file that needs nothing from outside. Model Explorer loads overlays beside the model
(model-explorer model.tflite --node_data_paths=stages.json,stages_microseconds.json) and colours its operations: by stage,
and by what stages_microseconds.json, stages_streamed_bytes.json and stages_parameters.json beside it hold: the time that
each takes, the bytes of parameters that it streams, and whether the chip holds them.")]
pub struct Args {
    /// A folder of stages, a model (.tflite), a module (.mlir) or a graph (.json; - reads stdin)
    input: PathBuf,
    #[command(flatten)]
    cut: Cut,
    #[command(flatten)]
    joints: Joints,
    /// Page to write; - is stdout
    #[arg(long, short, value_name = "FILE", required_unless_present = "model_explorer")]
    output: Option<PathBuf>,
    /// Overlay for Model Explorer to write, the stage of every operation; overlays with its figures are written beside it, unless it is - for stdout
    #[arg(long, value_name = "FILE")]
    model_explorer: Option<PathBuf>,
}

/// The facts about a schedule that the judge's figures do not hold.
pub struct Known {
    /// The name of the scheduler.
    pub scheduler: String,
    /// The proof that the schedule has.
    pub status: Status,
    /// The relative distance from the lower bound.
    pub gap: Option<f64>,
    /// The reason that keeps the model as a whole from Edge TPUs.
    pub warning: Option<String>,
    /// The operators that stay on the CPU, by stage.
    pub on_cpu: Vec<Vec<OnCpu>>,
    /// What the compiled stages move, by stage.
    pub compiled: Vec<Option<PackageBytes>>,
    /// The number of devices that run a copy of each stage.
    pub copies: Vec<u32>,
    /// What to do with as many devices, if it is known.
    pub verdict: Option<decided::Verdict>,
}

impl From<&Manifest> for Known {
    fn from(manifest: &Manifest) -> Known {
        Known {
            scheduler: manifest.scheduler.clone(),
            status: manifest.status,
            gap: manifest.gap,
            warning: manifest.warning.clone(),
            on_cpu: manifest.stages.iter().map(|stage| stage.on_cpu.clone()).collect(),
            compiled: manifest.stages.iter().map(|stage| stage.compiled_bytes).collect(),
            copies: manifest.stages.iter().map(|stage| stage.copies).collect(),
            verdict: manifest.verdict.clone(),
        }
    }
}

/// Runs `respect report`.
pub fn run(args: &Args) -> anyhow::Result<Verdict> {
    if is_folder(&args.input) {
        return of_folder(args);
    }
    let input = Input::open(&args.input)?;
    let graph = input.graph()?;
    warn(Format::Human, input.warnings());
    let CutStages { problem, solution, copies, verdict } = args.cut.solve(&graph, &input.label())?;
    let (warning, on_cpu) = input.on_cpu(&solution.evaluation);
    let known = Known {
        scheduler: solution.origin.to_string(),
        status: solution.status,
        gap: finite(solution.gap()),
        warning,
        on_cpu,
        compiled: Vec::new(),
        copies,
        verdict,
    };
    write(args, &problem, &solution.evaluation, known)
}

fn of_folder(args: &Args) -> anyhow::Result<Verdict> {
    args.cut.must_be_absent(&args.input)?;
    let manifest = check::manifest(&args.input)?;
    let (graph, schedule) = rejoin::graph(&args.input, &manifest)?;
    let known = Known::from(&manifest);
    let problem = Problem {
        graph: &graph,
        stages: manifest.stage_count,
        device: manifest.device,
        objective: manifest.objective,
        rules: manifest.rules,
    };
    let evaluation = match verify(&problem, &schedule) {
        Ok(evaluation) => evaluation,
        Err(violations) => {
            let first = violations.first().map(ToString::to_string).unwrap_or_default();
            bail!("{}: {first}; 'respect verify' says more", args.input.display())
        }
    };
    write(args, &problem, &evaluation, known)
}

fn write(args: &Args, problem: &Problem, evaluation: &Evaluation, known: Known) -> anyhow::Result<Verdict> {
    let mut files: Vec<(PathBuf, String)> = Vec::new();
    if let Some(path) = &args.output {
        let default =
            solve_for_runner(problem, Algorithm::ParameterCount, &Budget::of(Algorithm::ParameterCount));
        let default = default.as_ref().map(|default| &default.evaluation).map_err(ToString::to_string);
        files.push((path.clone(), render(problem, evaluation, default, known, &args.joints)?));
    }
    if let Some(path) = &args.model_explorer {
        let mut overlays = overlays(problem.graph, &problem.device, evaluation).into_iter();
        files.extend(overlays.next().map(|stage| (path.clone(), stage.json)));
        let beside = overlays.filter_map(|overlay| Some((path_beside(path, overlay.figure)?, overlay.json)));
        files.extend(beside);
    }
    if files.iter().skip(1).any(|(path, _)| Some(path) == args.output.as_ref()) {
        bail!("{}: page and overlay would be written to one file; give each its own", args.input.display());
    }
    for (path, text) in files {
        write_output(&path, |file| Ok(file.write_all(text.as_bytes())?))?;
    }
    Ok(Verdict::Sound)
}

/// Returns the path of a figure's overlay beside that of the stages, as "stages_microseconds.json" is beside "stages.json"; none
/// where that is a stream.
fn path_beside(path: &Path, figure: &str) -> Option<PathBuf> {
    let is_stream =
        path == Path::new("-") || path.metadata().is_ok_and(|kind| !kind.is_file() && !kind.is_dir());
    if is_stream {
        return None;
    }
    let mut name = path.file_stem()?.to_os_string();
    name.push(format!("_{figure}"));
    if let Some(ending) = path.extension() {
        name.push(".");
        name.push(ending);
    }
    Some(path.with_file_name(name))
}

/// The reason why stages with copies are not set beside the default partition, stage by stage.
const COPIES: &str = "stages have copies, which the verdict sets beside the default of as many devices";

/// Returns the page of a schedule, beside the compiler's default partition, or beside the reason why there is none.
pub fn render(
    problem: &Problem,
    evaluation: &Evaluation,
    default: Result<&Evaluation, String>,
    known: Known,
    joints: &Joints,
) -> anyhow::Result<String> {
    let has_copies = known.copies.iter().any(|&copies| copies > 1);
    let schedule = |evaluation: &Evaluation| evaluation.schedule(problem.graph.ops().len());
    let certainty =
        Certainty::of(problem, &schedule(evaluation), default.as_ref().ok().map(|it| schedule(it)).as_ref());
    Ok(page(&Subject {
        graph: problem.graph,
        device: &problem.device,
        objective: problem.objective,
        scheduler: known.scheduler,
        status: known.status,
        gap: known.gap,
        warning: known.warning,
        on_cpu: known.on_cpu,
        compiled: known.compiled,
        evaluation,
        certainty,
        verdict: known.verdict.map(|verdict| decided::on_page(&verdict, &known.copies)),
        default: if has_copies { Err(COPIES.into()) } else { default },
        join: &|stages| match has_copies {
            true => joints.join(stages, known.copies.clone()),
            false => joints.join_single(stages),
        },
        joints: joints.describe(known.copies.iter().copied().max().unwrap_or(1)),
    })?)
}
