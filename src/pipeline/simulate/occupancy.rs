//! What a device did with its time.

use super::activity::{Activity, Span};
use crate::base::units::Time;

/// How long a device did what, from the start until the last result; what is left it was without work.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Occupancy {
    /// In transfers, streaming and compute.
    pub busy: Time,
    /// Waiting for a shared link.
    pub waiting: Time,
    /// Done, but the next queue was full.
    pub blocked: Time,
}

impl Occupancy {
    /// Adds what a device did.
    pub(super) fn add(&mut self, span: &Span) {
        let share = match span.activity {
            Activity::Waiting => &mut self.waiting,
            Activity::Blocked => &mut self.blocked,
            Activity::Input | Activity::Streaming | Activity::Compute | Activity::Output => &mut self.busy,
        };
        *share += span.end - span.start;
    }

    /// Time without an inference.
    pub fn starved(&self, makespan: Time) -> Time {
        makespan - self.busy - self.waiting - self.blocked
    }
}
