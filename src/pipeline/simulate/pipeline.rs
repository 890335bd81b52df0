//! Pipelines that can be simulated.

use super::stage_times::StageTimes;
use crate::base::limits;
use crate::base::listed::listed;
use crate::base::units::Time;

listed! {
    /// The devices' link to the host.
    pub enum Link: "link" {
        Own = "own", "Each device has a link of its own";
        Shared = "shared", "All share one link, which serves one transfer at a time, first come, first served";
    }
}

/// A pipeline that can be simulated.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pipeline {
    /// The times of the stages.
    pub stages: Vec<StageTimes>,
    /// The number of devices that each stage runs on; an inference goes to a free one.
    pub copies: Vec<u32>,
    /// The places of the queue between two stages; none if the queue is unbounded.
    pub places: Option<u32>,
    /// The devices' link to the host.
    pub link: Link,
}

/// The reason why a pipeline can't be simulated.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum SimulateError {
    /// The pipeline has no stages.
    #[error("no stages: give at least one")]
    NoStages,
    /// A stage has no device, or the numbers of devices are not one for each stage.
    #[error("copies for {found} stages, but there are {stages}: give one number from 1 to {most} for each stage", most = limits::STAGES)]
    Copies {
        /// The number of stages that devices were given for.
        found: usize,
        /// The number of stages.
        stages: usize,
    },
    /// The simulated time would exceed a `u64` of picoseconds.
    #[error("{inferences} inferences of {one} each do not fit the simulated time: simulate fewer")]
    TooLong {
        /// The number of inferences.
        inferences: u64,
        /// The time that each inference takes alone.
        one: Time,
    },
}

/// The number of turns of the copies that the steady throughput is taken over.
const WINDOW: u64 = 256;

/// The most inferences that the steady throughput is taken over.
const LONGEST: u64 = 1 << 16;

impl Pipeline {
    /// Returns a pipeline as Coral's runner makes it: one device for each stage, queues of one place, and a link for
    /// each device.
    pub fn new(stages: Vec<StageTimes>) -> Pipeline {
        Pipeline { copies: vec![1; stages.len()], stages, places: Some(1), link: Link::Own }
    }

    /// Returns a pipeline whose stages run on as many devices as `copies` says, with queues that are long enough for the
    /// copies of a stage, which may end together, not to wait for one another.
    pub fn deployed(stages: Vec<StageTimes>, copies: Vec<u32>) -> Pipeline {
        let places = copies.iter().copied().max();
        Pipeline { copies, places, ..Pipeline::new(stages) }
    }

    /// Returns the time of one inference that has the pipeline for itself.
    pub fn latency(&self) -> Time {
        self.stages.iter().map(StageTimes::total).sum()
    }

    /// Checks that the pipeline can be simulated with `inferences`.
    ///
    /// # Errors
    /// Returns an error if there are no stages, if a number of copies is wrong, or if the times do not add up.
    pub fn check(&self, inferences: u64) -> Result<(), SimulateError> {
        let (stages, found) = (self.stages.len(), self.copies.len());
        if stages == 0 {
            return Err(SimulateError::NoStages);
        }
        if found != stages || self.copies.iter().any(|copies| !(1..=limits::STAGES).contains(copies)) {
            return Err(SimulateError::Copies { found, stages });
        }
        let one = self.latency();
        match one.0.checked_mul(inferences.max(2 * self.warm_up() + self.window())) {
            Some(all) if all < u64::MAX / 2 => Ok(()),
            _ => Err(SimulateError::TooLong { inferences, one }),
        }
    }

    /// Returns the number of inferences after which the pipeline is full.
    pub(super) fn warm_up(&self) -> u64 {
        let devices: u64 = self.copies.iter().map(|&copies| u64::from(copies)).sum();
        2 * (devices + self.stages.len() as u64)
    }

    /// Returns the number of results that the steady throughput is taken over: whole turns, as results come in turns
    /// of the copies.
    pub(super) fn window(&self) -> u64 {
        let turn = self.copies.iter().fold(1, |turn, &copies| least_common_multiple(turn, u64::from(copies)));
        turn.saturating_mul(WINDOW).min(LONGEST)
    }
}

fn least_common_multiple(a: u64, b: u64) -> u64 {
    let divisor = |mut a: u64, mut b: u64| {
        while b > 0 {
            (a, b) = (b, a % b);
        }
        a
    };
    (a / divisor(a, b).max(1)).saturating_mul(b)
}
