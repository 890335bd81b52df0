//! A pipeline over time: what comes of its stages' times when inferences follow each other through it.
//!
//! The slowest stage alone bounds the throughput; how long the first result takes, how long a batch takes, which device
//! waits for which, and what a shared link costs, only following every inference through every stage tells. Times are
//! whole picoseconds and ties are broken by number, so the same pipeline gives the same figures on every machine.

mod engine;
mod occupancy;

use serde::Serialize;

pub use occupancy::Occupancy;

use crate::base::limits;
use crate::base::listed::listed;
use crate::base::units::Time;
use crate::problem::judge::StageCost;
use crate::stages::manifest::Cost;

/// What one inference asks of a stage, in this order; parts of no length are passed over.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct StageTimes {
    /// Activations to the device.
    pub input: Time,
    /// Parameters that the device does not hold.
    pub streaming: Time,
    /// The invocation and its compute.
    pub compute: Time,
    /// Activations back to the host.
    pub output: Time,
}

impl StageTimes {
    /// A stage of which nothing but the whole is known.
    pub fn of(whole: Time) -> StageTimes {
        StageTimes { compute: whole, ..StageTimes::default() }
    }

    /// All of it.
    pub fn total(&self) -> Time {
        Activity::WORK.into_iter().map(|activity| self.part(activity)).sum()
    }

    /// How long the link to the host is in use.
    pub fn on_link(&self) -> Time {
        self.total() - self.compute
    }

    /// The length of one kind of work.
    pub fn part(&self, activity: Activity) -> Time {
        match activity {
            Activity::Input => self.input,
            Activity::Streaming => self.streaming,
            Activity::Compute => self.compute,
            Activity::Output => self.output,
            Activity::Waiting | Activity::Blocked => Time(0),
        }
    }
}

impl From<&StageCost> for StageTimes {
    fn from(stage: &StageCost) -> StageTimes {
        StageTimes {
            input: stage.input(),
            streaming: stage.streaming,
            compute: stage.invoke + stage.compute,
            output: stage.output,
        }
    }
}

impl From<&Cost> for StageTimes {
    fn from(cost: &Cost) -> StageTimes {
        let [transfer, output] = [cost.transfer_us, cost.output_us].map(Time::from_us);
        StageTimes {
            input: transfer - output,
            streaming: Time::from_us(cost.streaming_us),
            compute: Time::from_us(cost.invoke_us) + Time::from_us(cost.compute_us),
            output,
        }
    }
}

/// What a device does with an inference.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Activity {
    /// Takes its activations in.
    Input,
    /// Takes the parameters in that it does not hold.
    Streaming,
    /// Computes.
    Compute,
    /// Hands its activations out.
    Output,
    /// Waits for a shared link.
    Waiting,
    /// Is done, and can't hand the inference on because the next stage's queue is full.
    Blocked,
}

impl Activity {
    /// The work of a stage, in its order.
    pub const WORK: [Activity; 4] =
        [Activity::Input, Activity::Streaming, Activity::Compute, Activity::Output];

    /// Whether it takes the link to the host.
    pub fn is_on_link(self) -> bool {
        matches!(self, Activity::Input | Activity::Streaming | Activity::Output)
    }
}

listed! {
    /// How the devices reach the host.
    pub enum Link: "link" {
        Own = "own", "Each device has a link of its own";
        Shared = "shared", "All share one link, which serves one transfer at a time, first come, first served";
    }
}

impl Default for Link {
    fn default() -> Link {
        Link::Own
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

/// A part of the simulated time in which one device does one thing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Span {
    /// The stage.
    pub stage: usize,
    /// Which of its devices.
    pub copy: usize,
    /// The inference, from 0.
    pub inference: u64,
    /// What the device does with it.
    pub activity: Activity,
    /// From when.
    pub start: Time,
    /// Until when.
    pub end: Time,
}

/// How a batch of inferences went through a pipeline.
#[derive(Clone, Debug, PartialEq)]
pub struct Run {
    /// When each result came out, in their order.
    pub results: Vec<Time>,
    /// What each device did, by stage and copy.
    pub occupancy: Vec<Vec<Occupancy>>,
}

impl Run {
    /// When the last result came out.
    pub fn makespan(&self) -> Time {
        self.results.last().copied().unwrap_or_default()
    }

    /// When the first did.
    pub fn first_result(&self) -> Time {
        self.results.first().copied().unwrap_or_default()
    }
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

    /// Sends `inferences` through, all at hand from the start; `watch` is told what every device does, as it ends.
    ///
    /// Complexity: linear in inferences times stages, with the logarithm of the number of devices.
    ///
    /// # Errors
    /// See [`Pipeline::check`].
    pub fn run(&self, inferences: u64, watch: &mut dyn FnMut(Span)) -> Result<Run, SimulateError> {
        self.check(inferences)?;
        Ok(engine::run(self, inferences, watch))
    }

    /// The time from one result to the next, once the pipeline is full, in picoseconds.
    ///
    /// It is taken over whole turns of the copies, far from both ends of a long run.
    ///
    /// # Errors
    /// See [`Pipeline::check`].
    pub fn period(&self) -> Result<f64, SimulateError> {
        let (warm_up, window) = (self.warm_up(), self.window());
        let run = self.run(warm_up + window + warm_up, &mut |_| {})?;
        let result = |number: u64| run.results[number as usize - 1];
        Ok((result(warm_up + window) - result(warm_up)).0 as f64 / window as f64)
    }

    /// Inferences until what was empty at the start has been filled.
    fn warm_up(&self) -> u64 {
        let devices: u64 = self.copies.iter().map(|&copies| u64::from(copies)).sum();
        2 * (devices + self.stages.len() as u64)
    }

    /// Results come in turns: of so many as the copies of one stage are.
    fn window(&self) -> u64 {
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
