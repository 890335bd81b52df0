//! What devices do, and when.

use serde::Serialize;

use crate::base::units::Time;

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
