//! The attempts at cutting and compiling that came before a folder of stages, as `schedule.json` lists them.

use serde::{Deserialize, Serialize};

use crate::edgetpu::log::Log;
use crate::graph::OpId;

/// One attempt: a schedule, and what the compiler said to its stages.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct AttemptEntry {
    /// The bytes of the on-chip cache that the schedule counted on.
    pub cache_bytes: u64,
    /// The slowest stage's predicted time, in microseconds.
    pub bottleneck_us: f64,
    /// The same with the off-chip bytes that the compiler reported; null if it compiled nothing.
    pub reported_bottleneck_us: Option<f64>,
    /// What it refused, if it did.
    pub refused: Option<RefusalEntry>,
    /// What it reported of each stage, if it took all.
    pub stages: Vec<ReportedBytes>,
    /// Whether these stages are those of the folder.
    pub kept: bool,
}

/// A stage that the compiler refused.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RefusalEntry {
    /// Its file.
    pub file: String,
    /// The cause, in the compiler's words.
    pub cause: String,
    /// The operations that it refuses together, by number.
    pub operators: Vec<OpId>,
}

/// The bytes of a stage's parameters, as the compiler reported them.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReportedBytes {
    /// Bytes cached on the chip.
    pub on_chip_used_bytes: Option<u64>,
    /// Bytes that the cache has room for beside them.
    pub on_chip_remaining_bytes: Option<u64>,
    /// Bytes sent anew at each inference.
    pub off_chip_bytes: Option<u64>,
}

impl ReportedBytes {
    /// Returns what the log of a compiled stage tells.
    pub fn of(log: &Log) -> ReportedBytes {
        log.models.first().map_or_else(ReportedBytes::default, |model| ReportedBytes {
            on_chip_used_bytes: model.on_chip_used_bytes.map(|bytes| bytes.0),
            on_chip_remaining_bytes: model.on_chip_remaining_bytes.map(|bytes| bytes.0),
            off_chip_bytes: model.off_chip_bytes.map(|bytes| bytes.0),
        })
    }
}
