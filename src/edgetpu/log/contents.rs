//! What a log tells: how the runs ended, and the models that they compiled.

use serde::Serialize;

use super::failures::Failure;
use super::outcome::Outcome;
use crate::base::units::Bytes;

/// What a log tells. What it does not tell is `None`.
///
/// A text can hold several runs of the compiler, each starting with its version. Runs that succeeded are joined;
/// one that did not, and was followed by another, counts in [`Log::failed_attempts`] alone.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Log {
    /// The compiler's version; of several runs, the last one's.
    pub version: Option<String>,
    /// How the last run ended.
    pub outcome: Outcome,
    /// Why it did not succeed.
    pub failure: Option<Failure>,
    /// How long the compiler says it took; the sum, if it compiled several segments one after the other.
    pub elapsed_ms: Option<u64>,
    /// Compilations that failed: those that the delegate search or another run made good, too.
    pub failed_attempts: u64,
    /// The compiled models, in order. There are several after a co-compilation and a segment run.
    pub models: Vec<CompiledModel>,
    /// The lines that are not in a format of the compiler's, as they were but for colours, and white space and quotes
    /// around them.
    pub unknown: Vec<String>,
}

/// A compiled model.
///
/// The compiler prints sizes with two decimals of their unit. In bytes they are within 0.005 of it of the true
/// figure: 5 bytes of 1.00KiB, 5 KiB of 1.00MiB.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct CompiledModel {
    /// The model that was read: a path, as the compiler was given it.
    pub input: Option<String>,
    /// Its size.
    pub input_bytes: Option<Bytes>,
    /// The model that was written: a path.
    pub output: Option<String>,
    /// Its size.
    pub output_bytes: Option<Bytes>,
    /// Parameters that are cached on the chip.
    pub on_chip_used_bytes: Option<Bytes>,
    /// What the cache has room for beside them. Versions before 2.1 print the whole cache; then it is the difference,
    /// and doubly as imprecise.
    pub on_chip_remaining_bytes: Option<Bytes>,
    /// Parameters that are sent anew at each inference.
    pub off_chip_bytes: Option<Bytes>,
    /// Parts of the model that run on the Edge TPU in one piece.
    pub subgraphs: Option<u64>,
    /// The model's operators; if only an operation log tells, the sum of its rows.
    pub ops_total: Option<u64>,
    /// Those that run on the Edge TPU.
    pub ops_on_tpu: Option<u64>,
    /// Those that run on the CPU.
    pub ops_on_cpu: Option<u64>,
    /// The rows of the operator table, as many as there are; an operator can stand on several.
    pub operators: Vec<OperatorRow>,
    /// The compiler said that not all operators are mapped.
    #[serde(skip)]
    pub(super) not_all_mapped: bool,
}

/// A row of the operator table: operators of one kind with one status.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct OperatorRow {
    /// The kind, as `CONV_2D`.
    pub name: String,
    /// How many.
    pub count: u64,
    /// The compiler's words on where they run, or why they are not mapped.
    pub status: String,
    /// Whether they run on the Edge TPU.
    pub on_tpu: bool,
}

impl CompiledModel {
    /// Returns whether some operators are known to run on the CPU, even if not how many.
    pub fn is_partial(&self) -> bool {
        self.not_all_mapped
            || self.ops_on_cpu.is_some_and(|ops| ops > 0)
            || self.operators.iter().any(|row| !row.on_tpu)
    }

    /// Returns whether its part of the log is one that follows a compiled model.
    pub(super) fn is_written(&self) -> bool {
        self.output_bytes.is_some() || !self.operators.is_empty()
    }
}
