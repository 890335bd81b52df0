//! The simulation of a pipeline: inferences that follow each other through the stages.
//!
//! The slowest stage alone bounds the throughput. The time until the first result, the time of a batch, which device
//! waits for which, and the cost of a shared link are known only after every inference is followed through every
//! stage. Times are whole picoseconds and ties are broken by number, so the same pipeline gives the same figures on
//! every machine.

mod activity;
mod engine;
mod occupancy;
mod pipeline;
mod run;
mod stage_times;

pub use activity::{Activity, Span};
pub use occupancy::Occupancy;
pub use pipeline::{Link, Pipeline, SimulateError};
pub use run::SimulatedRun;
pub use stage_times::StageTimes;

impl Pipeline {
    /// Sends `inferences` through the pipeline, all at hand from the start; calls `watch` with every span of every
    /// device, as it ends.
    ///
    /// Complexity: linear in inferences times stages, with the logarithm of the number of devices.
    ///
    /// # Errors
    /// Returns an error if the pipeline does not pass [`Pipeline::check`].
    pub fn run(&self, inferences: u64, watch: &mut dyn FnMut(Span)) -> Result<SimulatedRun, SimulateError> {
        self.check(inferences)?;
        Ok(engine::run(self, inferences, watch))
    }

    /// Returns the time from one result to the next, once the pipeline is full, in picoseconds.
    ///
    /// The mean is taken over whole turns of the copies, far from both ends of a long run.
    ///
    /// # Errors
    /// Returns an error if the pipeline does not pass [`Pipeline::check`].
    pub fn period(&self) -> Result<f64, SimulateError> {
        let (warm_up, window) = (self.warm_up(), self.window());
        let run = self.run(warm_up + window + warm_up, &mut |_| {})?;
        let result = |number: u64| run.results[number as usize - 1];
        Ok((result(warm_up + window) - result(warm_up)).0 as f64 / window as f64)
    }
}
