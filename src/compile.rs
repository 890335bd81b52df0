//! Rounds of cutting and compiling: what the compiler says of the stages corrects the problem, and the model is cut again.

mod narrow;
mod recut;
mod refine;

use std::path::Path;

use anyhow::Context;
use tempfile::TempDir;

use crate::base::cancel::Cancel;
use crate::device::EdgeTpu;
use crate::edgetpu::hand_off::{Compiled, HandOff};
use crate::problem::Problem;
use crate::solve::Solution;
use crate::stages::manifest::FileEntry;
use crate::stages::rounds::Round;
use crate::tflite::Model;
use crate::tflite::extract::Part;
use crate::tflite::graph::ModelGraph;

/// What is cut, and how far the compiler's word is followed.
pub struct Plan<'a> {
    /// The model.
    pub model: &'a Model<'a>,
    /// Its graph.
    pub graph: &'a ModelGraph,
    /// Its name.
    pub name: &'a str,
    /// The problem; rounds differ from it in the graph's constraints and the device's cache.
    pub problem: &'a Problem<'a>,
    /// How problems are solved.
    pub solve: &'a (dyn Fn(&Problem) -> anyhow::Result<Solution> + Sync),
    /// The compiler, if the stages are compiled.
    pub compiler: Option<HandOff<'a>>,
    /// How often the model is cut again where the compiler refuses a stage.
    pub recuts: u32,
    /// How often the capacity of the cache is corrected by what the compiler reports.
    pub refinements: u32,
    /// The request to stop.
    pub cancel: &'a Cancel,
    /// Told of the number of stages before they are compiled, and of none for each that is.
    pub progress: &'a (dyn Fn(Option<usize>) + Sync),
}

/// Stages in a folder of their own, compiled if there is a compiler.
pub struct Attempt {
    folder: TempDir,
    /// The graph, with what the compiler refused as constraints.
    pub graph: ModelGraph,
    /// The device, with the cache that the schedule counts on.
    pub device: EdgeTpu,
    /// The schedule.
    pub solution: Solution,
    /// The stages.
    pub files: Vec<(Part, FileEntry)>,
    /// What the compiler made of each.
    pub compiled: Vec<Compiled>,
}

impl Attempt {
    /// The problem that the schedule solves; `plan`'s but for what was learned.
    pub fn problem<'p>(&'p self, plan: &Plan<'p>) -> Problem<'p> {
        Problem { graph: &self.graph.graph, device: self.device.clone(), ..plan.problem.clone() }
    }
}

/// The stages that are kept, and how they came to be.
pub struct Outcome {
    /// The stages.
    pub kept: Attempt,
    /// Every round, if there was more than one or refinement was asked for.
    pub rounds: Vec<Round>,
    /// What was done, as sentences.
    pub notes: Vec<String>,
}

impl Plan<'_> {
    /// Cuts and compiles, as often as the plan says, and puts the best stages into `folder`.
    ///
    /// # Errors
    /// There is no schedule, a file can't be written, or a stage can't be compiled whatever the cut.
    pub fn run(&self, folder: &Path) -> anyhow::Result<Outcome> {
        let mut history = History::default();
        let (graph, device) = (self.graph.clone(), self.problem.device.clone());
        let first = recut::attempt(self, graph, device, folder, &mut history)?;
        let kept = match self.compiler.is_some() && self.refinements > 0 {
            true => refine::refine(self, first, folder, &mut history)?,
            false => first,
        };
        let moved = || -> std::io::Result<()> {
            for entry in std::fs::read_dir(kept.folder.path())? {
                let entry = entry?;
                std::fs::rename(entry.path(), folder.join(entry.file_name()))?;
            }
            std::fs::remove_dir(kept.folder.path())
        };
        moved().context("moving the stages")?;
        let History { mut rounds, notes } = history;
        if rounds.len() < 2 && self.refinements == 0 {
            rounds.clear();
        }
        Ok(Outcome { kept, rounds, notes })
    }
}

/// What happened so far.
#[derive(Default)]
struct History {
    rounds: Vec<Round>,
    notes: Vec<String>,
}
