//! The outcome of a run of the compiler.

use serde::Serialize;

/// The way in which a run of the compiler ended.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum LogOutcome {
    /// Every model was compiled, and no operator is known to be left on the CPU.
    Success,
    /// Every model was compiled, but some operators run on the CPU.
    Partial,
    /// The compiler refused a model or gave up.
    Failed,
    /// The compiler died of an error of its own or of a signal.
    Crashed,
    /// The compiler's own time limit ran out.
    TimedOut,
    /// The log ends before a result, or it is not a log of the compiler's.
    #[default]
    Unknown,
}
