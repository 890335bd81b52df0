//! A partition that is shown, and what comes of it over time.

use crate::base::units::Time;
use crate::pipeline::simulate::{Pipeline, SimulateError, SimulatedRun, Span, StageTimes};
use crate::problem::judge::Evaluation;

/// One partition and what comes of it over time.
pub(super) struct Partition<'a> {
    /// Its name.
    pub(super) name: &'static str,
    /// An id of its own.
    pub(super) id: &'static str,
    pub(super) evaluation: &'a Evaluation,
    pub(super) pipeline: Pipeline,
    /// From one result to the next, picoseconds.
    pub(super) period: f64,
    pub(super) run: SimulatedRun,
    pub(super) spans: Vec<Span>,
}

/// Inferences that are followed beyond those that fill the pipeline.
const FOLLOWED: usize = 5;

/// Most inferences that are followed.
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
