//! Partitions of other make, which stand beside the schedulers' own: by Google's compiler, or read from a folder of segments.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::{Context, bail};

use crate::hint::with_advice;
use crate::input::Input;
use respect::base::cancel::Cancel;
use respect::edgetpu::compiler::Compiler;
use respect::edgetpu::cuts;
use respect::edgetpu::names::{HOW_TO_GET, PROGRAM};
use respect::edgetpu::partition::partition;
use respect::edgetpu::segments::{SegmentSet, sets};
use respect::problem::judge::Violation;
use respect::problem::{Problem, Schedule};
use respect::solve::{Claim, Origin, Solution, Status};

/// The solution of a scheduler, or the reason why it has none.
pub type SolutionOrReason = Result<Solution, String>;

/// The name of the row of a folder's partition.
const PARTITION: &str = "partition";

/// Returns the partition that the compiler itself makes, judged as every other.
pub fn own_partition(
    compiler: Option<&Compiler>,
    limit: Duration,
    input: &Input,
    problem: &Problem,
    cancel: &Cancel,
) -> SolutionOrReason {
    let compiler = compiler.ok_or_else(|| format!("{PROGRAM} was not found; {HOW_TO_GET}"))?;
    let path = input.model_path().ok_or("it compiles .tflite files alone: name one")?;
    let (schedule, took) = partition(compiler, path, problem.graph, problem.stages, limit, cancel)
        .map_err(|error| with_advice(&error))?;
    judged(problem, schedule, PROGRAM, "cut by the compiler", took)
}

/// A folder with sets of segments.
pub struct Partition {
    folder: PathBuf,
    sets: Vec<SegmentSet>,
}

impl Partition {
    /// Finds the sets of segments in `folder` that are as many stages as one of `stages`.
    ///
    /// # Errors
    /// Returns an error if the folder can't be read, or has no such set.
    pub fn open(folder: &Path, stages: &[u32]) -> anyhow::Result<Partition> {
        let name = || folder.display().to_string();
        let mut sets = sets(folder).with_context(name)?;
        let counts: BTreeSet<u32> = sets.iter().map(|set| set.count).collect();
        if counts.is_empty() {
            bail!(
                "{}: no file is named NAME_segment_I_of_N.tflite or NAME_segment_I_of_N_edgetpu.tflite; give the folder \
                 that '{PROGRAM} --num_segments' or 'respect compile' wrote",
                name()
            );
        }
        sets.retain(|set| stages.contains(&set.count));
        if sets.is_empty() {
            let counts: Vec<String> = counts.iter().map(u32::to_string).collect();
            let counts = counts.join(" and ");
            bail!("{}: holds sets of {counts} segments: name such a number with --stages", name());
        }
        Ok(Partition { folder: folder.into(), sets })
    }

    /// Returns the row of the set that is of the input's model and has the problem's number of stages; nothing if no set
    /// has that number.
    ///
    /// # Errors
    /// Returns an error if a segment can't be read, or if the segments are of other models.
    pub fn of(&self, input: &Input, problem: &Problem) -> anyhow::Result<Option<(String, SolutionOrReason)>> {
        let mut sets: Vec<&SegmentSet> = self.sets.iter().filter(|set| set.count == problem.stages).collect();
        // The names of files say little: whole sets of the model's own name come first, but any may be of this model.
        let name = input.name();
        sets.sort_by_key(|set| (set.model != name, set.missing().count()));
        let mut first_fault = None;
        for set in sets {
            match cuts::of_segments(&self.folder, set, problem.graph) {
                Ok(schedule) => {
                    let detail = "cut as the segments are";
                    let found = judged(problem, schedule, PARTITION, detail, Duration::ZERO);
                    return Ok(Some((PARTITION.into(), found)));
                }
                Err(fault) => first_fault = first_fault.or(Some(fault)),
            }
        }
        let context = || format!("{}: not a partition of {}", self.folder.display(), input.label());
        first_fault.map_or(Ok(None), |fault| Err(fault).with_context(context))
    }
}

/// Returns a schedule of other make as a solution, or the rules that it breaks.
fn judged(
    problem: &Problem,
    schedule: Schedule,
    by: &'static str,
    detail: &str,
    took: Duration,
) -> SolutionOrReason {
    let list = |violations: Vec<Violation>| {
        let list: Vec<String> = violations.iter().map(ToString::to_string).collect();
        format!("its partition can't run: {}", list.join("; "))
    };
    let claim = Claim { status: Status::Feasible, lower_bound: 0, detail: detail.into(), solve_time: took };
    Solution::judged(problem, schedule, Origin::Program(by.into()), claim).map_err(list)
}
