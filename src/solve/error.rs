//! Why there is no solution.

use std::fmt;

use super::algorithm::Algorithm;
use super::guide::NoNetwork;
use crate::base::hint::{Hint, Hinted};
use crate::problem::Defect;
use crate::problem::judge::Violation;

/// Why there is no solution.
#[derive(Clone, Debug, thiserror::Error)]
pub enum SolveError {
    /// The problem can't have one.
    #[error("{}", list(.0))]
    Problem(Vec<Defect>),
    /// The solver knows no schedule that obeys the rules.
    #[error("{algorithm} finds no schedule that obeys the rules: {cause}")]
    NotFound {
        /// The solver.
        algorithm: Algorithm,
        /// The reason.
        cause: NotFound,
    },
    /// The solver does not know the rules and its schedule breaks them.
    #[error("the schedule of {algorithm} can't run: {}", list(.violations))]
    Invalid {
        /// The solver.
        algorithm: Algorithm,
        /// Each breach.
        violations: Vec<Violation>,
    },
    /// The solver claims of its schedule what the judge's figures contradict, so that nothing it says can be relied on.
    #[error(
        "{algorithm} claims {claim} {claimed} {unit} for a schedule that the judge puts at {judged}: its prices or its \
         bounds are wrong, which is a fault of this program and not of the model: report it with the model"
    )]
    Disputed {
        /// The solver.
        algorithm: Algorithm,
        /// Which figure it claims: a value or a lower bound.
        claim: &'static str,
        /// That figure.
        claimed: u64,
        /// The schedule's value as the judge finds it.
        judged: u64,
        /// The unit of both, which the objective decides.
        unit: &'static str,
    },
}

impl Hinted for SolveError {
    fn hint(&self) -> Option<Hint> {
        match self {
            SolveError::Problem(_) => None,
            SolveError::NotFound { cause, .. } => cause.hint(),
            SolveError::Invalid { .. } | SolveError::Disputed { .. } => Some(Hint::OtherScheduler),
        }
    }
}

/// Why a solver has no schedule.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum NotFound {
    /// It is proved that there is none.
    #[error("there is none")]
    Infeasible,
    /// It is proved that there is none that also keeps apart what must not share a stage.
    #[error("no schedule keeps apart the operations that must not share a stage")]
    Inseparable,
    /// The budget ended before a schedule was found.
    #[error(
        "the search ended before it found one ({spent}), and none of the orders that were tried has such cuts"
    )]
    BudgetSpent {
        /// What was spent.
        spent: String,
    },
    /// Cut in file order, the graph has no room for so many stages.
    #[error("file order has no room for so many stages")]
    FileOrder,
    /// The solver asks a guide for orders, and none was given.
    #[error("it needs a policy, and none was given")]
    NoGuide,
    /// The guide was not made for the objective.
    #[error(transparent)]
    NoNetwork(#[from] NoNetwork),
    /// The integer programming solver gave up.
    #[cfg(feature = "milp")]
    #[error("HiGHS ends with {0:?}")]
    Highs(highs::HighsStatus),
    /// Time was up before a schedule was found.
    #[cfg(feature = "milp")]
    #[error("time was up before one was found")]
    TimeUp,
}

impl Hinted for NotFound {
    fn hint(&self) -> Option<Hint> {
        match self {
            NotFound::Infeasible => Some(Hint::FewerStages),
            NotFound::Inseparable => Some(Hint::MoreStages),
            NotFound::BudgetSpent { .. } => Some(Hint::LargerBudget),
            NotFound::FileOrder => Some(Hint::FewerStagesOrOtherScheduler),
            NotFound::NoGuide => Some(Hint::OtherScheduler),
            NotFound::NoNetwork(_) => Some(Hint::OtherWeights),
            #[cfg(feature = "milp")]
            NotFound::Highs(_) => Some(Hint::OtherScheduler),
            #[cfg(feature = "milp")]
            NotFound::TimeUp => Some(Hint::MoreTime),
        }
    }
}

/// Returns the items as one sentence.
pub(super) fn list(items: &[impl fmt::Display]) -> String {
    items.iter().map(ToString::to_string).collect::<Vec<_>>().join("; ")
}
