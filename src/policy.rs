//! The learned scheduler: a pointer network that chooses a linear extension, whose cuts are then placed optimally.
//!
//! It has seen small synthetic graphs only, and is asked about large real ones, so nothing that it reads grows with the
//! graph. [`network`] says what it is; `inputs` and `frontier` what it reads; `decode` how it is asked. `kernels` fixes
//! the arithmetic to the last bit, `reference` is the network in plain Rust, `jit` the network compiled for the processor,
//! and `engine` chooses between the two. [`published`] is the paper's own configuration, kept for comparison.

pub(crate) mod decode;
pub mod engine;
pub(crate) mod frontier;
pub(crate) mod inputs;
#[cfg(feature = "jit")]
pub mod jit;
pub(crate) mod kernels;
pub(crate) mod layers;
pub mod network;
pub mod published;
pub(crate) mod reference;
pub(crate) mod tensors;
pub mod weights;

use std::sync::OnceLock;

pub(crate) use decode::Choice;
pub use engine::{Policies, Policy, View};
use weights::Weights;

/// The policies in this program.
pub fn embedded() -> &'static Policies {
    static POLICIES: OnceLock<Policies> = OnceLock::new();
    POLICIES.get_or_init(|| {
        let bytes = include_bytes!("policy/weights.safetensors");
        Policies::new(Weights::from_bytes(bytes).expect("a test reads these very bytes"))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::listed::Listed;
    use crate::problem::Objective;

    #[test]
    fn the_programs_own_weights_are_sound_and_hold_both_objectives() {
        for &objective in Objective::ALL {
            assert!(embedded().policy(objective).is_ok());
        }
    }
}
