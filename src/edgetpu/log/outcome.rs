//! How a run of the compiler ended.

use serde::Serialize;

/// How a run ended.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Outcome {
    /// All was compiled, and no operator is known to be left on the CPU.
    Success,
    /// All was compiled, but some operators run on the CPU.
    Partial,
    /// The compiler refused a model or gave up.
    Failed,
    /// The compiler died.
    Crashed,
    /// The compiler's own time limit ran out.
    TimedOut,
    /// The log ends before a result, or it is none of the compiler's.
    #[default]
    Unknown,
}
