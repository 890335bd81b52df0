//! The contents of a log: how the runs ended, and the models that they compiled.

use serde::Serialize;

use super::failures::Failure;
use super::outcome::LogOutcome;
use crate::base::units::Bytes;

/// The contents of a log. Figures that the log does not tell are `None`.
///
/// A text can hold several runs of the compiler, each starting with its version. Runs that succeeded are joined; a run
/// that did not succeed, and was followed by another, counts in [`Log::failed_attempts`] alone.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Log {
    /// The version of the compiler; of several runs, that of the last.
    pub version: Option<String>,
    /// The outcome of the last run.
    pub outcome: LogOutcome,
    /// The reason why the last run did not succeed.
    pub failure: Option<Failure>,
    /// The time in milliseconds that the compiler says it took; the sum, if it compiled several segments one after the
    /// other.
    pub elapsed_ms: Option<u64>,
    /// The number of compilations that failed, including those that the delegate search or another run made good.
    pub failed_attempts: u64,
    /// The compiled models, in order. There are several after a co-compilation and a segment run.
    pub models: Vec<CompiledModel>,
    /// The lines in no format of the compiler's, as they were, without colours and without the white space and quotes
    /// around them.
    pub unknown: Vec<String>,
}

/// A model that the compiler wrote, with the figures that it printed.
///
/// The compiler prints sizes with two decimals of their unit, so a size in bytes is within 0.005 units of the true
/// figure: 5 bytes for 1.00KiB, 5 KiB for 1.00MiB.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct CompiledModel {
    /// The path of the model that was read, as the compiler was given it.
    pub input: Option<String>,
    /// The size of the model that was read.
    pub input_bytes: Option<Bytes>,
    /// The path of the model that was written.
    pub output: Option<String>,
    /// The size of the model that was written.
    pub output_bytes: Option<Bytes>,
    /// The bytes of the parameters that are cached on the chip.
    pub on_chip_used_bytes: Option<Bytes>,
    /// The bytes that the cache has room for beside those used. Versions before 2.1 print the whole cache; the figure
    /// is then the difference, and doubly as imprecise.
    pub on_chip_remaining_bytes: Option<Bytes>,
    /// The bytes of the parameters that are sent anew at each inference.
    pub off_chip_bytes: Option<Bytes>,
    /// The number of parts of the model that each run on the Edge TPU in one piece.
    pub subgraphs: Option<u64>,
    /// The number of the model's operators; if only an operation log tells, the sum of its rows.
    pub ops_total: Option<u64>,
    /// The number of operators that run on the Edge TPU.
    pub ops_on_tpu: Option<u64>,
    /// The number of operators that run on the CPU.
    pub ops_on_cpu: Option<u64>,
    /// The rows of the operator table, as many as there are; an operator can stand on several.
    pub operators: Vec<OperatorRow>,
    /// True if the compiler said that not all operators are mapped.
    #[serde(skip)]
    pub(super) not_all_mapped: bool,
}

/// A row of the operator table: operators of one kind with one status.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct OperatorRow {
    /// The kind of the operators, as `CONV_2D`.
    pub name: String,
    /// The number of the operators.
    pub count: u64,
    /// The compiler's words on where the operators run, or why they are not mapped.
    pub status: String,
    /// True if the operators run on the Edge TPU.
    pub on_tpu: bool,
}

impl CompiledModel {
    /// Returns whether some operators are known to run on the CPU, even if their number is not known.
    pub fn is_partial(&self) -> bool {
        self.not_all_mapped
            || self.ops_on_cpu.is_some_and(|ops| ops > 0)
            || self.operators.iter().any(|row| !row.on_tpu)
    }

    /// Returns whether the model's part of the log is one that follows a compiled model.
    pub(super) fn is_written(&self) -> bool {
        self.output_bytes.is_some() || !self.operators.is_empty()
    }
}
