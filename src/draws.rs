//! How sure predictions are: what schedules cost on devices that the real one may be.
//!
//! A device file says how far its figures may be off, and how far the model is off that they are for. A few hundred
//! devices are drawn accordingly, always the same, and each schedule is priced on all of them. What is said of a schedule
//! then comes with the range that nine in ten draws are in. Two schedules are compared draw by draw: most of what is not
//! known is wrong for both, so their ratio is told far more sharply than their times.

mod certainty;
mod drawn;
mod interval;
mod odds;

pub use certainty::Certainty;
pub use drawn::{DRAWS, Drawn};
pub use interval::{Interval, SHARE};
pub use odds::{AGREED, Odds};

/// The words for a device that states no uncertainty, for the end of a line.
pub const NO_INTERVALS: &str = "no intervals: the device file states no uncertainty";
