//! The interface of a guide: a source of orders for the solvers, such as the learned policy.
//!
//! The solvers know no policy of their own: the caller gives one with the [`Budget`](super::Budget). Without one,
//! `respect` makes do with fixed and random orders.

use rand::Rng;

use super::instance::Instance;
use crate::problem::Objective;

/// The error of a guide that was not made for an objective.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the weights hold no network for objective {0}")]
pub struct NoNetwork(pub Objective);

/// A source of linear extensions, good ones as far as it knows.
pub trait Guide: Sync {
    /// Checks that the guide has been made for `objective`.
    ///
    /// # Errors
    /// Returns an error if the guide has not been made for `objective`.
    fn check(&self, objective: Objective) -> Result<(), NoNetwork>;

    /// Reads an instance, of which no bottleneck is below `bound`.
    ///
    /// # Errors
    /// Returns an error if the guide has not been made for the instance's objective, as [`Guide::check`] does.
    fn read<'a>(
        &'a self,
        objective: Objective,
        instance: &'a Instance,
        bound: u64,
    ) -> Result<Box<dyn Guidance + 'a>, NoNetwork>;
}

/// An instance that a guide has read and can be asked about.
pub trait Guidance {
    /// Returns the order of the units that the guide finds best.
    fn greedy(&self) -> Vec<u32>;

    /// Returns an order drawn at random from those that the guide finds good.
    fn drawn(&self, random: &mut dyn Rng) -> Vec<u32>;
}
