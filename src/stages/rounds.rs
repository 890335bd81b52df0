//! The rounds of cutting and compiling that came before a folder of stages, as `schedule.json` lists them.

use serde::{Deserialize, Serialize};

use crate::edgetpu::hand_off::Compiled;
use crate::graph::OpId;

/// One round: a schedule, and what the compiler said to it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Round {
    /// The cache that the schedule counted on.
    pub cache_bytes: u64,
    /// The slowest stage's predicted time.
    pub bottleneck_us: f64,
    /// The same with the off-chip bytes that the compiler reported; null if it compiled nothing.
    pub reported_bottleneck_us: Option<f64>,
    /// What it refused, if it did.
    pub refused: Option<Refused>,
    /// What it reported of each stage, if it took all.
    pub stages: Vec<Reported>,
    /// Whether these stages are those of the folder.
    pub kept: bool,
}

/// A stage that the compiler refused.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Refused {
    /// Its file.
    pub file: String,
    /// The cause, in the compiler's words.
    pub cause: String,
    /// The operations that it refuses together, by number.
    pub operators: Vec<OpId>,
}

/// The bytes of a stage's parameters, as the compiler reported them.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reported {
    /// Cached on the chip.
    pub on_chip_used_bytes: Option<u64>,
    /// What the cache has room for beside them.
    pub on_chip_remaining_bytes: Option<u64>,
    /// Sent anew at each inference.
    pub off_chip_bytes: Option<u64>,
}

impl Reported {
    /// What the log of a compiled stage tells.
    pub fn of(compiled: &Compiled) -> Reported {
        compiled.log.models.first().map_or_else(Reported::default, |model| Reported {
            on_chip_used_bytes: model.on_chip_used_bytes.map(|bytes| bytes.0),
            on_chip_remaining_bytes: model.on_chip_remaining_bytes.map(|bytes| bytes.0),
            off_chip_bytes: model.off_chip_bytes.map(|bytes| bytes.0),
        })
    }
}
