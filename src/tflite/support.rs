//! The prediction of the operators of a model that the Edge TPU computes and those that stay on the host's CPU, with
//! the reasons and what to do about them.
//!
//! Each operator is judged by its own kind, types, shapes and options ([`Judge::operator`]). Of the operators that the
//! Edge TPU could take, the operators that are compiled together decide which it does take ([`Judge::place`]). Sources:
//! Coral's "TensorFlow models on the Edge TPU", and the ordinary operators that compiled models hold beside the
//! compiled one. The compiler has the last word: it may leave more operators to the CPU, for reasons of size that it
//! does not report.

mod judge;
mod limits;
mod on_cpu;
mod piece;
mod reason;
mod remedies;
mod whole;

#[cfg(test)]
mod tests;

pub use judge::{COMPILED, Judge};
pub use on_cpu::{OnCpu, listed};
pub use reason::{Cause, Reason};
pub(super) use remedies::FIXED_SIZES;
pub use whole::Whole;
