//! The budget of a solver.

use std::time::Instant;

use super::algorithm::Algorithm;
use super::guide::Guide;
use crate::base::cancel::Cancel;

/// The limits on what a solver may spend. Ideals and steps are counted, so that the same budget gives the same schedule
/// on every machine; a time limit gives that up.
#[derive(Clone, Copy)]
pub struct Budget<'a> {
    /// The most order ideals that may be held in memory.
    pub ideals: usize,
    /// The most steps from one ideal to the next.
    pub steps: u64,
    /// The number of random linear extensions that `order-dp` tries beside the fixed ones.
    pub orders: u32,
    /// The number of orders that `respect` draws from the policy beside the greedy one where it can't prove its
    /// schedule.
    pub samples: u32,
    /// The number of moves that the local search of `respect` then tries.
    pub moves: u64,
    /// The seed of random orders, samples and moves.
    pub seed: u64,
    /// The guide that `policy` and `respect` ask for orders; `None` if there is none.
    pub guide: Option<&'a dyn Guide>,
    /// The request to stop before the counts are spent.
    pub cancel: Option<&'a Cancel>,
    /// The time at which to stop, even if the counts are not spent.
    pub deadline: Option<Instant>,
}

impl Budget<'_> {
    /// Returns the budget of `algorithm` unless the user says otherwise.
    pub const fn of(algorithm: Algorithm) -> Budget<'static> {
        let (ideals, steps) = match algorithm {
            Algorithm::Exact => (2_000_000, 5_000_000_000),
            _ => (200_000, 10_000_000),
        };
        Budget {
            ideals,
            steps,
            orders: 16,
            samples: 8,
            moves: 200_000,
            seed: 0,
            guide: None,
            cancel: None,
            deadline: None,
        }
    }

    pub(crate) fn is_over(&self) -> bool {
        self.cancel.is_some_and(Cancel::is_requested)
            || self.deadline.is_some_and(|deadline| Instant::now() >= deadline)
    }
}
