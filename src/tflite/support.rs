//! The prediction of the operators of a model that the Edge TPU computes and those that stay on the host's CPU, with
//! the reasons and what to do about them.
//!
//! Each operator is judged by its own kind, types, shapes and options ([`Placement::operator`]). Of the operators that the
//! Edge TPU could take, the operators that are compiled together decide which it does take ([`Placement::place`]). Sources:
//! Coral's "TensorFlow models on the Edge TPU", and the ordinary operators that compiled models hold beside the
//! compiled one. The compiler has the last word: it may leave more operators to the CPU, for reasons of size that it
//! does not report.

mod limits;
mod on_cpu;
mod piece;
mod placement;
mod reason;
mod remedies;
mod whole;

#[cfg(test)]
mod tests;

pub use on_cpu::{OnCpu, listed};
pub use placement::{COMPILED, Placement};
pub use reason::{Cause, Reason};
pub(super) use remedies::FIXED_SIZES;
pub use whole::Whole;
