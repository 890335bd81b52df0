//! The occupancy of devices.

use super::activity::{Activity, Span};
use crate::base::units::Time;

/// The time that a device spent on each kind of activity, from the start until the last result; for the rest it had
/// no inference.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Occupancy {
    /// The time in transfers, streaming and compute.
    pub busy: Time,
    /// The time in the line for a shared link.
    pub waiting: Time,
    /// The time after its work was done, while the next queue was full.
    pub blocked: Time,
}

impl Occupancy {
    /// Adds a span of the device.
    pub(super) fn add(&mut self, span: &Span) {
        let share = match span.activity {
            Activity::Waiting => &mut self.waiting,
            Activity::Blocked => &mut self.blocked,
            Activity::Input | Activity::Streaming | Activity::Compute | Activity::Output => &mut self.busy,
        };
        *share += span.end - span.start;
    }

    /// Returns the time without an inference.
    pub fn starved(&self, makespan: Time) -> Time {
        makespan - self.busy - self.waiting - self.blocked
    }
}
