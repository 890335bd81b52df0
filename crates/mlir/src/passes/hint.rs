//! What can be done about an error, in the words of the passes' options.

use respect::base::hint::{Hint, Hinted};

/// Returns an error's message with what can be done about it.
pub fn with_advice(error: &impl Hinted) -> String {
    let advice = match error.hint() {
        Some(Hint::FewerStages) => "use fewer stages",
        Some(Hint::FewerStagesOrOtherScheduler) => "use fewer stages or another scheduler",
        Some(Hint::MoreStages) => "use more stages",
        Some(Hint::MoreTime) => "raise time-limit-ms",
        Some(Hint::LargerBudget | Hint::OtherScheduler) => "use another scheduler",
        _ => return error.to_string(),
    };
    format!("{error}; {advice}")
}
