//! The attempts at cutting and compiling that came before a folder of stages, as `schedule.json` lists them.

use serde::{Deserialize, Serialize};

use crate::edgetpu::log::Log;
use crate::graph::OpId;

/// One attempt: a schedule, and what the compiler said to its stages.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct AttemptEntry {
    /// The bytes of the on-chip cache that the schedule counted on.
    pub cache_bytes: u64,
    /// The predicted time of the slowest stage, in microseconds.
    pub bottleneck_us: f64,
    /// The time of the slowest stage with the off-chip bytes that the compiler reported, in microseconds; null if it
    /// compiled nothing.
    pub reported_bottleneck_us: Option<f64>,
    /// The refusal that ended the attempt; null if the compiler took every stage.
    pub refused: Option<RefusalEntry>,
    /// The bytes that the compiler reported of each stage, if it took all stages.
    pub stages: Vec<ReportedBytes>,
    /// True if these stages are those of the folder.
    pub kept: bool,
}

/// A stage that the compiler refused.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RefusalEntry {
    /// The stage's file name.
    pub file: String,
    /// The cause, in the compiler's words.
    pub cause: String,
    /// The numbers of the operations that the compiler refuses together.
    pub operators: Vec<OpId>,
}

/// The bytes of a stage's parameters, as the compiler reported them.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReportedBytes {
    /// The bytes that are cached on the chip.
    pub on_chip_used_bytes: Option<u64>,
    /// The bytes that the cache has room for beside those used.
    pub on_chip_remaining_bytes: Option<u64>,
    /// The bytes that are sent anew at each inference.
    pub off_chip_bytes: Option<u64>,
}

impl ReportedBytes {
    /// Returns the bytes that the log of a compiled stage states.
    pub fn of(log: &Log) -> ReportedBytes {
        log.models.first().map_or_else(ReportedBytes::default, |model| ReportedBytes {
            on_chip_used_bytes: model.on_chip_used_bytes.map(|bytes| bytes.0),
            on_chip_remaining_bytes: model.on_chip_remaining_bytes.map(|bytes| bytes.0),
            off_chip_bytes: model.off_chip_bytes.map(|bytes| bytes.0),
        })
    }
}
