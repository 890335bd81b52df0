//! What can be done about an error, in the words of the command line.

use respect::base::hint::{Hint, Hinted};
use respect::solve::SolveError;

/// Returns the advice that stands for a hint.
fn advice(hint: Hint) -> &'static str {
    match hint {
        Hint::FewerStages => "use fewer --stages",
        Hint::FewerStagesOrOtherScheduler => "use fewer --stages or another --scheduler",
        Hint::MoreStages => "use more --stages",
        Hint::LargerBudget => "raise --max-ideals or --orders",
        Hint::MoreTime => "raise --time-limit-ms",
        Hint::OtherScheduler => "use another --scheduler",
        Hint::OtherWeights => "give other --weights, or train some with 'respect train'",
        _ => "see 'respect help'",
    }
}

/// Returns an error's message with what can be done about it.
pub fn with_advice(error: &impl Hinted) -> String {
    match error.hint() {
        Some(hint) => format!("{error}; {}", advice(hint)),
        None => error.to_string(),
    }
}

/// Returns what can be done about an error of any kind, if one of its causes knows.
pub fn of(error: &anyhow::Error) -> Option<&'static str> {
    let known =
        |cause: &(dyn std::error::Error + 'static)| cause.downcast_ref::<SolveError>().and_then(Hinted::hint);
    error.chain().find_map(known).map(advice)
}
