//! The reasons why a problem has no solution.

use std::fmt;

use super::algorithm::Algorithm;
use super::coral::Abort;
use super::guide::NoNetwork;
use crate::base::hint::{Hint, Hinted};
use crate::problem::Defect;
use crate::problem::judge::Violation;

/// The reason why there is no solution.
#[derive(Clone, Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SolveError {
    /// The problem has defects that rule out every solution.
    #[error("{}", list(.0))]
    Problem(Vec<Defect>),
    /// The solver knows no schedule that obeys the rules.
    #[error("{algorithm} finds no schedule that obeys the rules: {cause}")]
    NotFound {
        /// The solver that was run.
        algorithm: Algorithm,
        /// The reason why the solver found no schedule.
        cause: NotFound,
    },
    /// The solver does not know the rules, and its schedule breaks them.
    #[error("the schedule of {algorithm} can't run: {}", list(.violations))]
    Invalid {
        /// The solver that was run.
        algorithm: Algorithm,
        /// Every rule that the schedule breaks, and where.
        violations: Vec<Violation>,
    },
    /// The solver's claim about its schedule contradicts the judge's figures, so that nothing it says can be relied on.
    #[error(
        "{algorithm} claims {claim} {claimed} {unit} for a schedule that the judge puts at {judged}: its prices or its \
         bounds are wrong, which is a fault of this program and not of the model: report it with the model"
    )]
    Disputed {
        /// The solver that was run.
        algorithm: Algorithm,
        /// The kind of figure that the solver claims: a value or a lower bound.
        claim: &'static str,
        /// The figure that the solver claims.
        claimed: u64,
        /// The schedule's value, as the judge finds it.
        judged: u64,
        /// The unit of both figures, which the objective decides.
        unit: &'static str,
    },
}

impl Hinted for SolveError {
    fn hint(&self) -> Option<Hint> {
        match self {
            SolveError::Problem(defects) if defects.contains(&Defect::NoOutputs) => {
                Some(Hint::PrecedenceRules)
            }
            SolveError::Problem(_) => None,
            SolveError::NotFound { cause, .. } => cause.hint(),
            SolveError::Invalid { .. } | SolveError::Disputed { .. } => Some(Hint::OtherScheduler),
        }
    }
}

/// The reason why a solver has no schedule.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum NotFound {
    /// No schedule exists, which is proved.
    #[error("it is proved that none exists")]
    Infeasible,
    /// No schedule exists that also keeps apart the operations that must not share a stage, which is proved.
    #[error("no schedule keeps apart the operations that must not share a stage")]
    Inseparable,
    /// The budget ended before a schedule was found.
    #[error(
        "the search ended before it found one ({spent}), and none of the orders that it tried has cuts that obey them"
    )]
    BudgetSpent {
        /// The part of the budget that was spent, for people.
        spent: String,
    },
    /// The graph, cut in libcoral's order, has no room for so many stages.
    #[error("libcoral's order has no room for so many stages")]
    CoralOrder,
    /// Google's partitioner aborts on the model.
    #[error("Google's partitioner, which it follows, aborts: {0}")]
    Aborts(#[from] Abort),
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
    /// The time was up before a schedule was found.
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
            NotFound::CoralOrder | NotFound::Aborts(_) => Some(Hint::FewerStagesOrOtherScheduler),
            NotFound::NoGuide => Some(Hint::OtherScheduler),
            NotFound::NoNetwork(_) => Some(Hint::OtherWeights),
            #[cfg(feature = "milp")]
            NotFound::Highs(_) => Some(Hint::OtherScheduler),
            #[cfg(feature = "milp")]
            NotFound::TimeUp => Some(Hint::MoreTime),
        }
    }
}

/// Returns the items joined into one sentence.
pub(super) fn list(items: &[impl fmt::Display]) -> String {
    items.iter().map(ToString::to_string).collect::<Vec<_>>().join("; ")
}
