//! Options and inputs of the commands that follow a pipeline over time.

use std::path::Path;

use anyhow::{Context, bail};

use super::asked::{Asked, Asking};
use super::cutting::{Cutter, Cutting};
use super::fleet::FleetOptions;
use super::input::Input;
use super::options::Options;
use super::output::{Format, warn};
use crate::listed::listed;
use respect::base::cancel::Cancel;
use respect::graph::OpGraph;
use respect::pipeline::simulate::{Link, Pipeline, StageTimes};
use respect::problem::Problem;
use respect::solve::Solution;
use respect::stages::check;
use respect::tflite::foreign;
use respect::verdict::Verdict;

/// The options that join stages into a pipeline.
#[derive(clap::Args, Clone, Debug)]
pub struct Joints {
    /// Places of the queue between two stages: a number from 1 on, or 'unbounded' [default: the most copies of a stage]
    #[arg(long, value_name = "N|unbounded", value_parser = places)]
    pub queue: Option<Places>,
    /// Link to the host: one for each device, or one that all share and that serves one transfer at a time
    #[arg(long, value_parser = listed::<Link>(), default_value_t = Link::Own)]
    pub link: Link,
}

/// The places of a queue; none if the queue is unbounded.
#[derive(Clone, Copy, Debug)]
pub struct Places(pub Option<u32>);

fn places(text: &str) -> Result<Places, String> {
    match (text, text.parse()) {
        ("unbounded", _) => Ok(Places(None)),
        (_, Ok(places)) if places > 0 => Ok(Places(Some(places))),
        _ => Err("give a number from 1 on, or 'unbounded'".into()),
    }
}

/// Stages joined as their folder's runner joins them.
impl Default for Joints {
    fn default() -> Joints {
        Joints { queue: None, link: Link::Own }
    }
}

impl Joints {
    /// Returns the pipeline of `stages`, each on as many devices as `copies` says.
    pub fn join(&self, stages: Vec<StageTimes>, copies: Vec<u32>) -> Pipeline {
        let deployed = Pipeline::deployed(stages, copies);
        let places = self.queue.map_or(deployed.places, |queue| queue.0);
        Pipeline { places, link: self.link, ..deployed }
    }

    /// Returns the pipeline of `stages`, each on a device of its own.
    pub fn join_single(&self, stages: Vec<StageTimes>) -> Pipeline {
        let copies = vec![1; stages.len()];
        self.join(stages, copies)
    }

    /// Returns the joints in words, for the end of a sentence; a stage has at most `copies`.
    pub fn describe(&self, copies: u32) -> String {
        let queue = match self.queue.map_or(Some(copies), |queue| queue.0) {
            None => "unbounded queues".into(),
            Some(1) => "queues of one place".into(),
            Some(places) => format!("queues of {places} places"),
        };
        let link = match self.link {
            Link::Own => "links of their own",
            Link::Shared => "one shared link",
        };
        format!("{queue}, {link}")
    }
}

/// Returns whether `path` is a folder of stages, as 'respect compile' writes it.
pub fn is_folder(path: &Path) -> bool {
    path.is_dir() && foreign::folder(path).is_none()
}

/// The options that cut a model or graph into stages.
#[derive(clap::Args, Clone, Debug)]
pub struct Cut {
    /// Number of stages, one for each device; a folder has its own
    #[arg(long, short = 'n', value_name = "N")]
    pub stages: Option<u32>,
    #[command(flatten)]
    pub fleet: FleetOptions,
    #[command(flatten)]
    pub cutting: Cutting,
    #[command(flatten)]
    pub options: Options,
}

/// A model or graph that was cut.
pub struct CutStages<'g> {
    /// The problem that was solved.
    pub problem: Problem<'g>,
    /// The schedule.
    pub solution: Solution,
    /// The number of devices that each stage runs on.
    pub copies: Vec<u32>,
    /// What to do with as many devices, if time counts.
    pub verdict: Option<Verdict>,
}

impl Cut {
    /// Refuses a number of stages, or cuts, beside a folder, which has been cut already.
    ///
    /// # Errors
    /// Returns an error if the user gave a number of stages or cuts.
    pub fn must_be_absent(&self, folder: &Path) -> anyhow::Result<()> {
        if self.stages.is_some() || self.fleet.devices.is_some() || !self.cutting.cut_after.is_empty() {
            bail!(
                "{}: is a folder of stages, which is cut already; leave --stages, --devices and --cut-after out, or give the model",
                folder.display()
            );
        }
        Ok(())
    }

    /// Returns the problem of cutting `graph`, and a schedule of it.
    ///
    /// # Errors
    /// Returns an error if the user does not give the number of stages, or if no schedule is found.
    pub fn solve<'g>(&self, graph: &'g OpGraph, label: &str) -> anyhow::Result<CutStages<'g>> {
        let context = || label.to_string();
        let (guide, cancel) = (self.options.guide()?, Cancel::default());
        let asking = Asking {
            stages: self.stages,
            cutting: &self.cutting,
            options: &self.options,
            fleet: &self.fleet,
        };
        let missing = "the number of stages is missing; give --devices N or --stages N";
        let Asked { problem, cuts, first, verdict, devices, .. } =
            asking.of(graph, missing, &*guide, &cancel).with_context(context)?;
        let cutter = Cutter::new(&self.cutting, &self.options, &*guide, &cancel, cuts);
        let solution = match first {
            Some(solution) => solution,
            None => cutter.solve(&problem).with_context(context)?,
        };
        let copies = match devices.is_empty() {
            true => vec![1; problem.stages as usize],
            false => devices.iter().map(|names| names.len() as u32).collect(),
        };
        Ok(CutStages { problem, solution, copies, verdict: verdict.map(|(verdict, _)| verdict) })
    }
}

/// Stages that can be joined into a pipeline.
pub struct Stages {
    /// The name of the model.
    pub name: String,
    /// The times of the stages.
    pub times: Vec<StageTimes>,
    /// The number of devices that each stage runs on.
    pub copies: Vec<u32>,
    /// The reasons that keep the model from Edge TPUs, one sentence each.
    pub warnings: Vec<String>,
}

/// Returns the stages of a model or graph, which is cut here, or of a folder of stages.
///
/// # Errors
/// Returns an error if the input can't be read or cut.
pub fn stages_of(path: &Path, cut: &Cut, format: Format) -> anyhow::Result<Stages> {
    if is_folder(path) {
        cut.must_be_absent(path)?;
        let manifest = check::manifest(path)?;
        let warning = |warning| format!("{}: {warning}", path.display());
        return Ok(Stages {
            times: manifest.stages.iter().map(|stage| StageTimes::from(&stage.cost)).collect(),
            copies: manifest.stages.iter().map(|stage| stage.copies).collect(),
            warnings: warn(format, manifest.warning.map(warning).into_iter().collect()),
            name: manifest.name,
        });
    }
    let input = Input::open(path)?;
    let graph = input.graph()?;
    let warnings = warn(format, input.warnings());
    let CutStages { solution, copies, .. } = cut.solve(&graph, &input.label())?;
    let times: Vec<StageTimes> = solution.evaluation.stages.iter().map(StageTimes::from).collect();
    Ok(Stages { name: graph.name().into(), copies, times, warnings })
}

/// Returns the results a second that one result every `period_us` microseconds makes; zero for stages that take no
/// time.
pub fn per_second(period_us: f64) -> f64 {
    if period_us > 0.0 { 1e6 / period_us } else { 0.0 }
}
