//! The ways to find stages: by a scheduler, or by cuts that the user gives.

use std::path::Path;
use std::sync::Mutex;

use anyhow::{Context, bail};
use serde::Serialize;

use super::options::Options;
use crate::listed::listed;
use respect::base::cancel::Cancel;
use respect::base::limits;
use respect::base::units::ratio;
use respect::base::units::{Bytes, Time};
use respect::graph::OpGraph;
use respect::problem::{Objective, Problem};
use respect::solve::by_hand;
use respect::solve::by_hand::Cuts;
use respect::solve::guide::Guide;
use respect::solve::{Algorithm, Solution, Status, solve_for_runner};

/// The scheduler that is run beside cuts by hand, to say how good the cuts are.
const BESIDE: Algorithm = Algorithm::Respect;

/// The options that choose a scheduler, or give cuts.
#[derive(clap::Args, Clone, Debug)]
pub struct Cutting {
    /// Scheduler that finds the stages
    #[arg(long, value_parser = listed::<Algorithm>(), default_value_t = Algorithm::Respect)]
    pub scheduler: Algorithm,
    /// Cut at these tensors instead: each TENSOR, by name and in order from inputs to outputs, is the last that its
    /// stage makes; A+B ends one stage with both; @FILE holds one cut a line
    #[arg(long, value_name = "TENSOR[+TENSOR...][,...]|@FILE", conflicts_with = "scheduler")]
    pub cut_after: Vec<String>,
}

impl Cutting {
    /// Returns the cuts that the user gives, if any, and the number of stages. `stages` is the number that the user
    /// asks for; `missing` is the error where neither cuts nor `stages` tell the number.
    ///
    /// # Errors
    /// Returns an error if a file can't be read, if the graph has no tensor of a name, or if the number of stages is
    /// missing or contradicts the cuts.
    pub fn of(
        &self,
        graph: &OpGraph,
        stages: Option<u32>,
        missing: &str,
    ) -> anyhow::Result<(Option<Cuts>, u32)> {
        let cuts = cuts(graph, &self.cut_after)?;
        match (&cuts, stages) {
            (None, stages) => Ok((None, stages.with_context(|| missing.to_string())?)),
            (Some(given), Some(stages)) if given.stages() != stages => bail!(
                "--cut-after names {} cuts, which make {} stages, but --stages asks for {stages}: leave --stages out, or \
                 name {} cuts",
                given.len(),
                given.stages(),
                stages.saturating_sub(1)
            ),
            (Some(given), _) => {
                let stages = given.stages();
                Ok((cuts, stages))
            }
        }
    }
}

/// Returns the cuts that the user gives, one after the other, if any; an argument that starts with '@' names a file
/// of cuts.
///
/// # Errors
/// Returns an error if a file can't be read, or if the graph has no tensor of a name.
pub fn cuts(graph: &OpGraph, arguments: &[String]) -> anyhow::Result<Option<Cuts>> {
    let one = |text: &String| match text.strip_prefix('@') {
        Some(file) => of_file(graph, file).with_context(|| file.to_string()),
        None => Cuts::parse(graph, text).context("--cut-after"),
    };
    joined(arguments.iter().map(one))
}

/// Joins cuts, one after the other.
fn joined(parts: impl Iterator<Item = anyhow::Result<Cuts>>) -> anyhow::Result<Option<Cuts>> {
    let mut all: Option<Cuts> = None;
    for part in parts {
        all = Some(match all {
            Some(all) => all.then(part?),
            None => part?,
        });
    }
    Ok(all)
}

/// Reads the cuts that a file names, one a line; blank lines and lines that start with '#' are left out.
fn of_file(graph: &OpGraph, file: &str) -> anyhow::Result<Cuts> {
    let bytes = limits::read_file(Path::new(file), limits::CUTS_BYTES)?;
    let text = String::from_utf8(bytes).context("is not UTF-8 text")?;
    // Some editors begin a file with a mark of its encoding.
    let text = text.trim_start_matches('\u{feff}');
    let lines =
        (1..).zip(text.lines().map(str::trim)).filter(|(_, line)| !line.is_empty() && !line.starts_with('#'));
    let cuts = joined(
        lines.map(|(number, line)| Cuts::parse(graph, line).with_context(|| format!("line {number}"))),
    )?;
    cuts.context("names no tensor; give one cut a line, with '+' between the tensors of a cut")
}

/// A way to find the schedule of a problem: a search, or cuts by hand.
pub struct Cutter<'a> {
    scheduler: Algorithm,
    options: &'a Options,
    guide: &'a dyn Guide,
    cancel: &'a Cancel,
    cuts: Option<Cuts>,
    /// The solution of [`BESIDE`] for the last problem that was cut by hand.
    beside: Mutex<Option<Solution>>,
}

impl<'a> Cutter<'a> {
    /// Returns a cutter that searches as `options` say, or cuts at `cuts`.
    pub fn new(
        cutting: &Cutting,
        options: &'a Options,
        guide: &'a dyn Guide,
        cancel: &'a Cancel,
        cuts: Option<Cuts>,
    ) -> Self {
        Cutter { scheduler: cutting.scheduler, options, guide, cancel, cuts, beside: Mutex::new(None) }
    }

    /// Returns a schedule of `problem`.
    ///
    /// # Errors
    /// Returns an error if the search finds no schedule, or if the cuts make no valid one.
    pub fn solve(&self, problem: &Problem) -> anyhow::Result<Solution> {
        let search = |scheduler| {
            solve_for_runner(problem, scheduler, &self.options.budget(scheduler, self.guide, self.cancel))
        };
        let Some(cuts) = &self.cuts else { return Ok(search(self.scheduler)?) };
        let beside = search(BESIDE).ok();
        let bound = beside.as_ref().map_or(0, |beside| beside.lower_bound);
        *self.beside.lock().unwrap_or_else(|poisoned| poisoned.into_inner()) = beside;
        by_hand::solve(problem, cuts, bound).context("--cut-after")
    }

    /// Returns the names of each cut's tensors, if the user gave the cuts.
    pub fn names(&self, graph: &OpGraph) -> Vec<Vec<String>> {
        self.cuts.as_ref().map(|cuts| cuts.names(graph)).unwrap_or_default()
    }

    /// Returns the solution that a search found beside the last cuts by hand.
    pub fn beside(&self) -> Option<Solution> {
        self.beside.lock().unwrap_or_else(|poisoned| poisoned.into_inner()).clone()
    }
}

/// The figures of a searched schedule, to hold beside cuts by hand.
#[derive(Serialize)]
pub struct Beside {
    scheduler: Algorithm,
    status: Status,
    peak_parameter_bytes: u64,
    bottleneck_us: f64,
}

impl From<&Solution> for Beside {
    fn from(solution: &Solution) -> Beside {
        Beside {
            scheduler: BESIDE,
            status: solution.status,
            peak_parameter_bytes: solution.evaluation.peak_parameter_bytes.0,
            bottleneck_us: solution.evaluation.bottleneck.as_us(),
        }
    }
}

/// Returns a text for people on what cuts by hand hand on and what a search would give instead; empty where a
/// scheduler made the cuts.
pub fn human(problem: &Problem, solution: &Solution, beside: Option<&Solution>) -> String {
    let Some(beside) = beside else { return String::new() };
    let mut text: String =
        by_hand::handed_on(problem.graph, solution).iter().map(|cut| format!("{cut}\n")).collect();
    let (what, value) = match problem.objective {
        Objective::Memory => ("largest stage", Bytes(beside.value).to_string()),
        Objective::Latency => ("bottleneck", Time(beside.value).to_string()),
    };
    text.push_str(&if beside.value < solution.value {
        let better = ratio(solution.value as f64 / beside.value.max(1) as f64);
        format!("{BESIDE} finds {better} better cuts, {what} {value}: leave --cut-after out to have them\n")
    } else {
        format!("{BESIDE} finds no better cuts: {what} {value}\n")
    });
    text
}
