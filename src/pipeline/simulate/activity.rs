//! The activities of devices, and the spans of time that they take.

use serde::Serialize;

use crate::base::units::Time;

/// The activity of a device that has an inference.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Activity {
    /// The device takes in the stage's input activations.
    Input,
    /// The device takes in parameters that it does not hold.
    Streaming,
    /// The device computes the stage's operations.
    Compute,
    /// The device hands out the stage's output activations.
    Output,
    /// The device waits for a shared link.
    Waiting,
    /// The device is done, and can't hand the inference on because the next stage's queue is full.
    Blocked,
}

impl Activity {
    /// The parts of a stage's work, in their order.
    pub const WORK: [Activity; 4] =
        [Activity::Input, Activity::Streaming, Activity::Compute, Activity::Output];

    /// Returns whether the activity takes the link to the host.
    pub fn is_on_link(self) -> bool {
        matches!(self, Activity::Input | Activity::Streaming | Activity::Output)
    }
}

/// A span of simulated time in which one device does one thing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Span {
    /// The number of the stage.
    pub stage: usize,
    /// The number of the device among the stage's.
    pub copy: usize,
    /// The number of the inference, from 0.
    pub inference: u64,
    /// The activity of the device.
    pub activity: Activity,
    /// The start of the span.
    pub start: Time,
    /// The end of the span.
    pub end: Time,
}
