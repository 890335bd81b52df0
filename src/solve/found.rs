//! What a solver found, before it is judged.

use super::solution::Status;
use crate::problem::Schedule;

/// What a solver found: the objective's value is in picoseconds for `latency`, in bytes for `memory`.
#[derive(Clone, Debug)]
pub(crate) struct Found {
    pub schedule: Schedule,
    /// What the solver takes the schedule's value for, if it minds the objective.
    pub value: Option<u64>,
    pub status: Status,
    pub lower_bound: u64,
    pub detail: String,
}
