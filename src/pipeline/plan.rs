//! The gain of one, two, … stages, a device each.

use crate::base::units::{Bytes, Time};
use crate::pipeline::simulate::{Pipeline, SimulateError, StageTimes};
use crate::problem::judge::Evaluation;

/// The figures of a model cut into one number of stages.
#[derive(Clone, Debug, PartialEq)]
pub struct Sizing {
    /// The number of stages.
    pub stages: u32,
    /// The latency of one inference.
    pub latency: Time,
    /// The time from one result to the next, in picoseconds.
    pub period: f64,
    /// The parameter bytes that all devices together hold, with channels filled up.
    pub on_chip: Bytes,
    /// The parameter bytes that are streamed at each inference.
    pub off_chip: Bytes,
    /// The number of the stage that takes longest; the first of several.
    pub slowest: usize,
}

impl Sizing {
    /// Returns the figures of a schedule; `join` makes a pipeline of the stages' times.
    ///
    /// # Errors
    /// Returns an error if the pipeline does not pass [`Pipeline::check`].
    pub fn new(
        evaluation: &Evaluation,
        join: impl Fn(Vec<StageTimes>) -> Pipeline,
    ) -> Result<Sizing, SimulateError> {
        let pipeline = join(evaluation.stages.iter().map(StageTimes::from).collect());
        let times = pipeline.stages.iter().map(StageTimes::total).enumerate();
        let off_chip: Bytes = evaluation.stages.iter().map(|stage| stage.off_chip_bytes).sum();
        let all: Bytes = evaluation.stages.iter().map(|stage| stage.device_bytes).sum();
        Ok(Sizing {
            stages: pipeline.stages.len() as u32,
            latency: pipeline.latency(),
            period: pipeline.period()?,
            on_chip: all - off_chip,
            off_chip,
            slowest: times.rev().max_by_key(|&(_, time)| time).map_or(0, |(stage, _)| stage),
        })
    }
}

/// Returns the fewest stages whose parameters all fit on the devices.
pub fn first_on_chip(rows: &[Sizing]) -> Option<u32> {
    rows.iter().find(|row| row.off_chip == Bytes(0)).map(|row| row.stages)
}

/// Returns the knee: the most stages that raise the throughput by at least the share `gain` over the best of fewer
/// stages.
pub fn knee(rows: &[Sizing], gain: f64) -> Option<u32> {
    let mut best = f64::INFINITY;
    let mut knee = None;
    for row in rows {
        if knee.is_none() || row.period * (1.0 + gain) <= best {
            knee = Some(row.stages);
        }
        best = best.min(row.period);
    }
    knee
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(stages: u32, period: f64) -> Sizing {
        let (latency, on_chip, off_chip) = (Time(0), Bytes(0), Bytes(u64::from(stages < 3)));
        Sizing { stages, latency, period, on_chip, off_chip, slowest: 0 }
    }

    #[test]
    fn the_knee_is_the_last_number_that_pays() {
        let rows: Vec<Sizing> = [100.0, 50.0, 49.0, 60.0, 44.0, 43.0]
            .into_iter()
            .enumerate()
            .map(|(index, period)| row(index as u32 + 1, period))
            .collect();
        assert_eq!(knee(&rows, 0.1), Some(5), "five are 11 % faster than the best of fewer");
        assert_eq!(knee(&rows, 0.2), Some(2));
        assert_eq!(knee(&rows, 3.0), Some(1), "one device is the least there is");
        assert_eq!(knee(&[], 0.1), None);
        assert_eq!(first_on_chip(&rows), Some(3));
        assert_eq!(first_on_chip(&rows[..2]), None);
    }
}
