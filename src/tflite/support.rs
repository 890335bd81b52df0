//! Which operators of a model the Edge TPU computes and which stay on the host's CPU, why, and what to do about it.
//!
//! Each operator is judged by its own kind, types, shapes and options ([`Judge::operator`]); which of those that the Edge
//! TPU could take it does take depends on what is compiled together ([`Judge::place`]). Source: Coral's "TensorFlow models on the Edge TPU",
//! and what compiled models hold as ordinary operators beside the compiled one. The compiler has the last word: it may
//! leave more to the CPU for reasons of size that it does not tell.

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
