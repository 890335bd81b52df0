//! The reader of what `edgetpu_compiler` prints and of the operation logs that it writes, for versions 1.0 to 16.

mod attempts;
mod block;
mod colours;
mod contents;
mod failures;
mod lines;
mod on_cpu;
mod outcome;
mod reader;

pub use contents::{CompiledModel, Log, OperatorRow};
pub use failures::{Failure, FailureKind};
pub use on_cpu::{Runtime, nothing_mapped, on_cpu};
pub use outcome::LogOutcome;
pub use reader::read;

#[cfg(test)]
mod tests;
