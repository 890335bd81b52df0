//! The gain of one, two, … devices: as more stages, and as copies of the slowest stages.

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
    /// The number of the stage that takes longest.
    pub slowest: usize,
    /// The gain of the devices that are left, as copies of the slowest stages.
    pub spread: Spread,
}

/// A pipeline whose stages run on several devices each.
#[derive(Clone, Debug, PartialEq)]
pub struct Spread {
    /// The number of devices that each stage runs on.
    pub copies: Vec<u32>,
    /// The time from one result to the next, in picoseconds.
    pub period: f64,
}

impl Sizing {
    /// Returns the figures of a schedule on `devices`; `join` makes a pipeline of the stages' times.
    ///
    /// Each device that is left goes to the stage that then takes longest for its share of the inferences.
    ///
    /// # Errors
    /// Returns an error if the pipeline does not pass [`Pipeline::check`].
    pub fn new(
        evaluation: &Evaluation,
        devices: u32,
        join: impl Fn(Vec<StageTimes>) -> Pipeline,
    ) -> Result<Sizing, SimulateError> {
        let mut pipeline = join(evaluation.stages.iter().map(StageTimes::from).collect());
        let period = pipeline.period()?;
        let slowest = slowest(&pipeline);
        let stages = pipeline.stages.len() as u32;
        for _ in stages..devices {
            let stage = self::slowest(&pipeline);
            pipeline.copies[stage] += 1;
        }
        let spread = Spread { period: pipeline.period()?, copies: pipeline.copies.clone() };
        let off_chip: Bytes = evaluation.stages.iter().map(|stage| stage.off_chip_bytes).sum();
        let all: Bytes = evaluation.stages.iter().map(|stage| stage.device_bytes).sum();
        Ok(Sizing {
            stages,
            latency: pipeline.latency(),
            period,
            on_chip: all - off_chip,
            off_chip,
            slowest,
            spread,
        })
    }
}

/// Returns the stage that takes longest for one of its devices' share; the first of several.
fn slowest(pipeline: &Pipeline) -> usize {
    let load = |stage: usize| (pipeline.stages[stage].total().0, u64::from(pipeline.copies[stage]));
    // a / b > c / d without rounding
    let is_slower = |(a, b): (u64, u64), (c, d): (u64, u64)| {
        u128::from(a) * u128::from(d) > u128::from(c) * u128::from(b)
    };
    (1..pipeline.stages.len()).fold(0, |slowest, stage| match is_slower(load(stage), load(slowest)) {
        true => stage,
        false => slowest,
    })
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
        let spread = Spread { copies: Vec::new(), period };
        let (latency, on_chip, off_chip) = (Time(0), Bytes(0), Bytes(u64::from(stages < 3)));
        Sizing { stages, latency, period, on_chip, off_chip, slowest: 0, spread }
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

    #[test]
    fn copies_go_to_the_slowest() {
        let mut pipeline = Pipeline::new([6, 9, 2].map(|time| StageTimes::of(Time(time))).to_vec());
        let mut order = Vec::new();
        for _ in 0..4 {
            order.push(slowest(&pipeline));
            pipeline.copies[order[order.len() - 1]] += 1;
        }
        assert_eq!(order, [1, 0, 1, 0]);
    }
}
