//! A pipeline that can be simulated.

use super::stage_times::StageTimes;
use crate::base::limits;
use crate::base::listed::listed;
use crate::base::units::Time;

listed! {
    /// How the devices reach the host.
    pub enum Link: "link" {
        Own = "own", "Each device has a link of its own";
        Shared = "shared", "All share one link, which serves one transfer at a time, first come, first served";
    }
}

/// A pipeline to be simulated.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pipeline {
    /// The stages.
    pub stages: Vec<StageTimes>,
    /// On how many devices each stage runs; an inference goes to a free one.
    pub copies: Vec<u32>,
    /// Places of the queue between two stages; none if it has no end.
    pub places: Option<u32>,
    /// How the devices reach the host.
    pub link: Link,
}

/// Why a pipeline can't be simulated.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SimulateError {
    /// Nothing to simulate.
    #[error("no stages: give at least one")]
    NoStages,
    /// A stage that runs nowhere, or a list of another length.
    #[error("copies for {found} stages, but there are {stages}: give one number from 1 to {most} a stage", most = limits::STAGES)]
    Copies {
        /// How many were given.
        found: usize,
        /// How many stages.
        stages: usize,
    },
    /// Simulated time is a `u64` of picoseconds.
    #[error("{inferences} inferences of {one} each do not fit the simulated time: simulate fewer")]
    TooLong {
        /// How many.
        inferences: u64,
        /// How long each takes alone.
        one: Time,
    },
}

/// How many inferences the steady throughput is taken over, for each one that the copies take at a time.
const WINDOW: u64 = 256;

/// Most inferences that are simulated to find the steady throughput.
const LONGEST: u64 = 1 << 16;

impl Pipeline {
    /// A pipeline as Coral's runner makes it: a device a stage, a queue of one place between two, links of their own.
    pub fn new(stages: Vec<StageTimes>) -> Pipeline {
        Pipeline { copies: vec![1; stages.len()], stages, places: Some(1), link: Link::Own }
    }

    /// How long one inference takes that has the pipeline for itself.
    pub fn latency(&self) -> Time {
        self.stages.iter().map(StageTimes::total).sum()
    }

    /// Says what makes it impossible to simulate, if anything.
    ///
    /// # Errors
    /// No stages, a wrong number of copies, or times that do not add up.
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

    /// Inferences until what was empty at the start has been filled.
    pub(super) fn warm_up(&self) -> u64 {
        let devices: u64 = self.copies.iter().map(|&copies| u64::from(copies)).sum();
        2 * (devices + self.stages.len() as u64)
    }

    /// Results come in turns: of so many as the copies of one stage are.
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
