//! Advice on errors, in the words of the passes' options.

use respect::base::hint::{Hint, Hinted};

/// Returns an error's message and those of its causes, with what can be done about it.
pub fn with_advice(error: &impl Hinted) -> String {
    let mut text = error.to_string();
    for cause in std::iter::successors(error.source(), |cause| cause.source()) {
        text.push_str(&format!(": {cause}"));
    }
    match error.hint().and_then(advice) {
        Some(advice) => format!("{text}; {advice}"),
        None => text,
    }
}

/// The advice that stands for a hint, if the passes have an option for it.
fn advice(hint: Hint) -> Option<&'static str> {
    Some(match hint {
        Hint::FewerStages => "use fewer stages",
        Hint::FewerStagesOrOtherScheduler => "use fewer stages or another scheduler",
        Hint::MoreStages => "use more stages",
        Hint::MoreTime => "raise time-limit-ms",
        Hint::LargerBudget | Hint::OtherScheduler => "use another scheduler",
        Hint::CoralRules => "schedule it with rules=coral",
        Hint::PrecedenceRules => "or schedule it with rules=precedence",
        Hint::OtherFolder => "give another out-dir",
        Hint::OtherFolderOrReplace => "give another out-dir, or force=true to replace the stages in it",
        Hint::NameFolder => "name it with out-dir",
        Hint::NameStages => "give their number to respect-schedule",
        Hint::MoreCompilerTime => "allow more with compiler-timeout-s",
        Hint::RunByHandOrDoNotCompile => {
            "run it by hand to see what it does, or leave edgetpu-compiler out to write the stages alone"
        }
        Hint::CutElsewhereOrDoNotCompile => {
            "or use other stages or another scheduler to cut elsewhere, or leave edgetpu-compiler out to write the stages alone"
        }
        Hint::MoreRecuts => "allow more with recut",
        _ => return None,
    })
}
