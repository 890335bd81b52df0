//! The sections of the page of a schedule.

mod compiled;
mod cpu;
mod crossings;
mod filling;
mod graph;
mod memory;
mod method;
mod time;
mod verdict;

pub use cpu::on_cpu;
pub use crossings::crossings;
pub use filling::filling;
pub use graph::graph;
pub use memory::memory;
pub use method::method;
pub use time::time;
pub use verdict::{lead, verdict};

use crate::base::units::Bytes;
use crate::problem::judge::Evaluation;

/// Returns the bytes of parameters that a partition streams at each inference.
fn off_chip(evaluation: &Evaluation) -> Bytes {
    evaluation.stages.iter().map(|stage| stage.off_chip_bytes).sum()
}
