//! The attempts at cutting and compiling that came before a folder of stages, as `schedule.json` lists them.

use serde::{Deserialize, Serialize};

use crate::base::units::Bytes;
use crate::edgetpu::log::CompiledModel;
use crate::edgetpu::one_stage::Compiled;
use crate::edgetpu::package::PackageBytes;
use crate::graph::OpId;

/// One attempt: a schedule, and what the compiler said to its stages.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct AttemptEntry {
    /// The bytes of the on-chip cache that the schedule counted on.
    pub cache_bytes: u64,
    /// The predicted time of the slowest stage, in microseconds.
    pub bottleneck_us: f64,
    /// The time of the slowest stage with the bytes that the compiler reported, in microseconds; null if it compiled
    /// nothing.
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

/// The bytes of a compiled stage: to the byte if the compiled file says them, and else as the log rounds them.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReportedBytes {
    /// The bytes that are cached on the chip.
    pub on_chip_used_bytes: Option<u64>,
    /// The bytes that the cache has room for beside those used; only the log tells, with two decimals of a unit.
    pub on_chip_remaining_bytes: Option<u64>,
    /// The bytes that are sent anew at each inference.
    pub off_chip_bytes: Option<u64>,
    /// The bytes of the packages in the compiled file; null if it holds none, so that the other figures are the log's.
    #[serde(default)]
    pub package: Option<PackageBytes>,
}

impl ReportedBytes {
    /// Returns the bytes that a compiled stage's file and log state.
    pub fn of(stage: &Compiled) -> ReportedBytes {
        let told = stage.log.models.first();
        let told = |figure: fn(&CompiledModel) -> Option<Bytes>| Some(figure(told?)?.0);
        let exact = |figure: fn(PackageBytes) -> u64| stage.bytes.map(figure);
        ReportedBytes {
            on_chip_used_bytes: exact(|bytes| bytes.cached_bytes).or(told(|model| model.on_chip_used_bytes)),
            on_chip_remaining_bytes: told(|model| model.on_chip_remaining_bytes),
            off_chip_bytes: exact(|bytes| bytes.streamed_bytes).or(told(|model| model.off_chip_bytes)),
            package: stage.bytes,
        }
    }
}
