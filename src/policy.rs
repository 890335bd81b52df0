//! The learned scheduler: a pointer network that chooses a linear extension, whose cuts are then placed optimally.
//!
//! The network has seen small synthetic graphs only, and is asked about large real ones, so none of its inputs grows
//! with the graph. [`network`] describes the network; `inputs` and `frontier` compute what it reads; `decode` asks it.
//! `kernels` fixes the arithmetic to the last bit, `reference` is the network in plain Rust, `jit` the network compiled
//! for the processor, and `engine` chooses between the two. [`published`] is the paper's own configuration, kept for
//! comparison.

pub mod decode;
pub mod engine;
pub mod frontier;
pub mod inputs;
#[cfg(feature = "jit")]
pub mod jit;
pub mod kernels;
pub mod layers;
pub mod named;
pub mod network;
pub mod published;
pub mod reference;
pub mod tensors;
pub mod weights;

use std::sync::OnceLock;

pub use decode::Choice;
pub use engine::{Policies, Policy};
use weights::Weights;

use crate::problem::Objective;
use crate::solve::guide::{Guidance, Guide, NoNetwork};
use crate::solve::instance::Instance;
use crate::solve::{Algorithm, Budget};

/// Returns the policies that are embedded in this program.
pub fn embedded() -> &'static Policies {
    static POLICIES: OnceLock<Policies> = OnceLock::new();
    POLICIES.get_or_init(|| {
        let bytes = include_bytes!("policy/weights.safetensors");
        Policies::new(Weights::from_bytes(bytes).expect("a test reads these very bytes"))
    })
}

/// The guide that asks the policies embedded in this program; they are read when they are first needed.
pub struct Embedded;

impl Guide for Embedded {
    fn check(&self, _: Objective) -> Result<(), NoNetwork> {
        Ok(())
    }

    fn read<'a>(
        &'a self,
        objective: Objective,
        instance: &'a Instance,
        bound: u64,
    ) -> Result<Box<dyn Guidance + 'a>, NoNetwork> {
        embedded().read(objective, instance, bound)
    }
}

/// Returns the budget of `algorithm` with the embedded policies as its guide.
pub fn guided(algorithm: Algorithm) -> Budget<'static> {
    Budget { guide: Some(&Embedded), ..Budget::of(algorithm) }
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
