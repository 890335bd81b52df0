//! The subject of a page.

use super::verdict::Verdict;
use crate::device::EdgeTpu;
use crate::draws::Certainty;
use crate::edgetpu::package::PackageBytes;
use crate::graph::OpGraph;
use crate::pipeline::simulate::{Pipeline, StageTimes};
use crate::problem::Objective;
use crate::problem::judge::Evaluation;
use crate::solve::Status;
use crate::tflite::support::OnCpu;

/// The subject of a page: a schedule, and all that is shown of it.
pub struct Subject<'a> {
    /// The graph that is scheduled.
    pub graph: &'a OpGraph,
    /// The device of every stage.
    pub device: &'a EdgeTpu,
    /// The figure that the schedule minimizes.
    pub objective: Objective,
    /// The name of the solver, or of what else made the schedule.
    pub scheduler: String,
    /// The proof that the schedule has.
    pub status: Status,
    /// The relative distance from the lower bound; none if the bound is zero.
    pub gap: Option<f64>,
    /// The reason that keeps the model as a whole from Edge TPUs.
    pub warning: Option<String>,
    /// The operators that stay on the host's CPU, by stage; empty where they are not known.
    pub on_cpu: Vec<Vec<OnCpu>>,
    /// What the compiled stages move, as their packages say; none for a stage that is not compiled or holds no package.
    pub compiled: Vec<Option<PackageBytes>>,
    /// The judge's figures of the schedule.
    pub evaluation: &'a Evaluation,
    /// How sure the predicted times are; none if the device states no uncertainty.
    pub certainty: Option<Certainty>,
    /// The verdict that the page begins with; none for that on the schedule beside the default partition.
    pub verdict: Option<Verdict>,
    /// The judge's figures of the compiler's default partition, or the reason why there is none.
    pub default: Result<&'a Evaluation, String>,
    /// A function that makes a pipeline of stages' times, joined as the user wants.
    pub join: &'a dyn Fn(Vec<StageTimes>) -> Pipeline,
    /// The joints of the pipeline in words, for the end of a sentence.
    pub joints: String,
}
