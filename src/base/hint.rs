//! Hints: what the user can do about an error, apart from what the error says.
//!
//! A message tells what happened, where and why. What to do about it depends on where the user stands: the command line has
//! flags, a pass has options, a program has fields. So errors carry hints, and each front end puts them into its own words.

/// A way to proceed after an error.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Hint {
    /// Ask for fewer stages.
    FewerStages,
    /// Ask for fewer stages, or choose another scheduler.
    FewerStagesOrOtherScheduler,
    /// Ask for more stages.
    MoreStages,
    /// Allow the search to visit more order ideals or more orders.
    LargerBudget,
    /// Allow the search to take more time.
    MoreTime,
    /// Choose another scheduler.
    OtherScheduler,
    /// Give a weights file that holds a network for the objective, or train such a network.
    OtherWeights,
    /// Ask for the rules of Coral's runner, or look at the schedule alone.
    CoralRules,
    /// Ask for precedence alone instead of the rules of Coral's runner.
    PrecedenceRules,
    /// Allow a model that is not for an Edge TPU.
    AllowCpu,
    /// Name another folder.
    OtherFolder,
    /// Name another folder, or have what an earlier run wrote into this one replaced.
    OtherFolderOrReplace,
    /// Name the folder of stages in the way that is meant for it.
    NameFolder,
    /// Name the number of stages in the way that is meant for it.
    NameStages,
    /// Allow the compiler more time.
    MoreCompilerTime,
    /// Run the compiler by hand to see what it does, or have the stages written alone.
    RunByHandOrDoNotCompile,
    /// Cut elsewhere, by another number of stages or another scheduler, or have the stages written alone.
    CutElsewhereOrDoNotCompile,
    /// Allow more cuts after what the compiler refuses.
    MoreRecuts,
    /// Write to another file, or ask that the present one be replaced.
    OtherFileOrReplace,
}

/// An error that may carry a hint.
pub trait Hinted: std::error::Error {
    /// Returns the hint; none if nothing is known that would help.
    fn hint(&self) -> Option<Hint>;
}
