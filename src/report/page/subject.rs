//! What a page tells of.

use crate::device::EdgeTpu;
use crate::graph::OpGraph;
use crate::pipeline::simulate::{Pipeline, StageTimes};
use crate::problem::Objective;
use crate::problem::judge::Evaluation;
use crate::solve::Status;
use crate::tflite::support::OnCpu;

/// What a page tells of.
pub struct Subject<'a> {
    /// The graph.
    pub graph: &'a OpGraph,
    /// The device of every stage.
    pub device: &'a EdgeTpu,
    /// What was made small.
    pub objective: Objective,
    /// Which solver, or what else made the schedule.
    pub scheduler: String,
    /// How good the schedule is known to be.
    pub status: Status,
    /// How far above the bound it may be, relatively; none if the bound is zero.
    pub gap: Option<f64>,
    /// What keeps the model as a whole from Edge TPUs.
    pub warning: Option<String>,
    /// For each stage, what stays on the host's CPU; nothing where that is not known.
    pub on_cpu: Vec<Vec<OnCpu>>,
    /// The judge's figures of the schedule.
    pub evaluation: &'a Evaluation,
    /// The same of the compiler's default partition, or why there is none.
    pub default: Result<&'a Evaluation, String>,
    /// Makes a pipeline of stages' times, as the user wants it joined.
    pub join: &'a dyn Fn(Vec<StageTimes>) -> Pipeline,
    /// How it is joined, as the end of a sentence.
    pub joints: String,
}
