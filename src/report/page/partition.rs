//! Partitions as a page shows them, with the simulation of their pipelines.

use crate::base::units::Time;
use crate::pipeline::simulate::{Pipeline, SimulateError, SimulatedRun, Span, StageTimes};
use crate::problem::judge::Evaluation;

/// A partition, with the simulation of its pipeline.
pub(super) struct Partition<'a> {
    /// The name of the partition.
    pub(super) name: &'static str,
    /// The id of the partition, unique on the page.
    pub(super) id: &'static str,
    pub(super) evaluation: &'a Evaluation,
    pub(super) pipeline: Pipeline,
    /// The time from one result to the next, in picoseconds.
    pub(super) period: f64,
    pub(super) run: SimulatedRun,
    pub(super) spans: Vec<Span>,
}

/// The number of inferences that are followed beyond those that fill the pipeline.
const FOLLOWED: usize = 5;

/// The most inferences that are followed.
const MOST_FOLLOWED: usize = 24;

impl<'a> Partition<'a> {
    pub(super) fn new(
        (name, id): (&'static str, &'static str),
        evaluation: &'a Evaluation,
        join: &dyn Fn(Vec<StageTimes>) -> Pipeline,
    ) -> Result<Partition<'a>, SimulateError> {
        let pipeline = join(evaluation.stages.iter().map(StageTimes::from).collect());
        let followed = (evaluation.stages.len() + FOLLOWED).min(MOST_FOLLOWED) as u64;
        let mut spans = Vec::new();
        let run = pipeline.run(followed, &mut |span| spans.push(span))?;
        Ok(Partition { name, id, evaluation, period: pipeline.period()?, pipeline, run, spans })
    }

    pub(super) fn period(&self) -> Time {
        Time(self.period.round() as u64)
    }
}
