//! A solver's find, before it is judged.

use super::solution::Status;
use crate::problem::Schedule;

/// A schedule as a solver found it, with the solver's claims: values of the objective are in picoseconds for `latency`,
/// in bytes for `memory`.
#[derive(Clone, Debug)]
pub(crate) struct Found {
    pub schedule: Schedule,
    /// The schedule's value by the solver's own prices; `None` if the solver does not mind the objective.
    pub value: Option<u64>,
    pub status: Status,
    pub lower_bound: u64,
    pub detail: String,
}
