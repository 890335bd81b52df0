//! What can be done about an error, apart from what the error says.
//!
//! A message tells what happened, where and why. What to do about it depends on where the user stands: the command line has
//! flags, a pass has options, a program has fields. So errors carry hints, and each front end puts them into its own words.

/// A way to get further after an error.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Hint {
    /// Ask for fewer stages.
    FewerStages,
    /// Ask for fewer stages, or choose another scheduler.
    FewerStagesOrOtherScheduler,
    /// Ask for more stages.
    MoreStages,
    /// Allow the search more order ideals or more orders.
    LargerBudget,
    /// Allow the search more time.
    MoreTime,
    /// Choose another scheduler.
    OtherScheduler,
    /// Give weights that hold a network for the objective, or train one.
    OtherWeights,
}

/// An error that may know what can be done about it.
pub trait Hinted: std::error::Error {
    /// Returns what can be done, if anything is known.
    fn hint(&self) -> Option<Hint>;
}
