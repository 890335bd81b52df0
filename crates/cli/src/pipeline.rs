//! Options and inputs of the commands that follow a pipeline over time.

use std::path::Path;

use anyhow::{Context, bail};

use super::cutting::{Cutter, Cutting};
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

/// How the stages are joined.
#[derive(clap::Args, Clone, Debug)]
pub struct Joints {
    /// Places of the queue between two stages: a number from 1 on, or 'unbounded'
    #[arg(long, value_name = "N|unbounded", default_value = "1", value_parser = places)]
    pub queue: Places,
    /// Whether each device has a link to the host of its own, or all share one that serves a transfer at a time
    #[arg(long, value_parser = listed::<Link>(), default_value_t = Link::Own)]
    pub link: Link,
}

/// Places of a queue; none if it has no end.
#[derive(Clone, Copy, Debug)]
pub struct Places(pub Option<u32>);

fn places(text: &str) -> Result<Places, String> {
    match (text, text.parse()) {
        ("unbounded", _) => Ok(Places(None)),
        (_, Ok(places)) if places > 0 => Ok(Places(Some(places))),
        _ => Err("give a number from 1 on, or 'unbounded'".into()),
    }
}

/// As Coral's runner joins them.
impl Default for Joints {
    fn default() -> Joints {
        Joints { queue: Places(Some(1)), link: Link::Own }
    }
}

impl Joints {
    /// The pipeline of `stages`, a device each.
    pub fn join(&self, stages: Vec<StageTimes>) -> Pipeline {
        Pipeline { places: self.queue.0, link: self.link, ..Pipeline::new(stages) }
    }

    /// As the end of a sentence.
    pub fn describe(&self) -> String {
        let queue = match self.queue.0 {
            None => "queues without end".into(),
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

/// Whether `path` is a folder, as 'respect compile' writes it.
pub fn is_folder(path: &Path) -> bool {
    path.is_dir() && foreign::folder(path).is_none()
}

/// What is cut, and into how many stages.
#[derive(clap::Args, Clone, Debug)]
pub struct Cut {
    /// How many stages, one a device; a folder has its own
    #[arg(long, short = 'n', value_name = "N")]
    pub stages: Option<u32>,
    #[command(flatten)]
    pub cutting: Cutting,
    #[command(flatten)]
    pub options: Options,
}

impl Cut {
    /// Refuses a number of stages or cuts beside a folder, which has been cut already.
    ///
    /// # Errors
    /// There is one.
    pub fn must_be_absent(&self, folder: &Path) -> anyhow::Result<()> {
        if self.stages.is_some() || !self.cutting.cut_after.is_empty() {
            bail!(
                "{}: is a folder of stages, cut already; leave --stages and --cut-after out, or give the model",
                folder.display()
            );
        }
        Ok(())
    }

    /// The problem of cutting `graph`, and its schedule.
    ///
    /// # Errors
    /// The user does not say into how many stages, or there is no schedule.
    pub fn solve<'g>(&self, graph: &'g OpGraph, label: &str) -> anyhow::Result<(Problem<'g>, Solution)> {
        let context = || label.to_string();
        let missing = "into how many stages? Give --stages N";
        let (cuts, stages) = self.cutting.of(graph, self.stages, missing).with_context(context)?;
        let problem = self.options.problem(graph, stages)?;
        let (guide, cancel) = (self.options.guide()?, Cancel::default());
        let cutter = Cutter::new(&self.cutting, &self.options, &*guide, &cancel, cuts);
        let solution = cutter.solve(&problem).with_context(context)?;
        Ok((problem, solution))
    }
}

/// Name, stages' times and warnings of a model or graph that is cut here, or of a folder that holds stages.
///
/// # Errors
/// It can't be read or cut.
pub fn stages_of(
    path: &Path,
    cut: &Cut,
    format: Format,
) -> anyhow::Result<(String, Vec<StageTimes>, Vec<String>)> {
    if is_folder(path) {
        cut.must_be_absent(path)?;
        let manifest = check::manifest(path)?;
        let times = manifest.stages.iter().map(|stage| StageTimes::from(&stage.cost)).collect();
        let warning = |warning| format!("{}: {warning}", path.display());
        let warnings = warn(format, manifest.warning.map(warning).into_iter().collect());
        return Ok((manifest.name, times, warnings));
    }
    let input = Input::open(path)?;
    let graph = input.graph()?;
    let warnings = warn(format, input.warnings());
    let (_, solution) = cut.solve(&graph, &input.label())?;
    let times = solution.evaluation.stages.iter().map(StageTimes::from).collect();
    Ok((graph.name().into(), times, warnings))
}

/// Results a second, if there is one every `period_us`; no rate follows from stages that take no time.
pub fn per_second(period_us: f64) -> f64 {
    if period_us > 0.0 { 1e6 / period_us } else { 0.0 }
}
