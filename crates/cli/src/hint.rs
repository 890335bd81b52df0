//! Advice on errors, in the words of the command line.

use respect::base::hint::{Hint, Hinted};
use respect::base::new_folder::OutputError;
use respect::compile::CompileError;
use respect::edgetpu::error::RunError;
use respect::learn::labels::journal::JournalError;
use respect::probe::folder::ProbeError;
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
        Hint::PrecedenceRules => "or use --rules precedence",
        Hint::OtherWeights => "give other --weights, or train some with 'respect train'",
        Hint::CoralRules => "--rules coral seeks one that can be run, and 'respect schedule' shows this one",
        Hint::AllowCpu => "--allow-cpu cuts it all the same, where the stages can be run",
        Hint::OtherFolder => "give another folder with -o",
        Hint::OtherFolderOrReplace => {
            "give another folder with -o, or --force to replace what an earlier run wrote there"
        }
        Hint::NameFolder => "name it with --output",
        Hint::NameStages => "give their number with --stages",
        Hint::MoreCompilerTime => "allow more with --compiler-timeout",
        Hint::RunByHandOrDoNotCompile => "run it by hand to see what it does, or use --no-compile",
        Hint::CutElsewhereOrDoNotCompile => {
            "or use other --stages or another --scheduler to cut elsewhere, or --no-compile to write the stages alone"
        }
        Hint::MoreRecuts => "allow more with --recut",
        Hint::OtherFileOrReplace => "give another file with -o, or --force to replace it",
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
    error.chain().find_map(known).map(advice)
}

/// Returns the hint of an error, if the error is of a kind that has hints.
fn known(error: &(dyn std::error::Error + 'static)) -> Option<Hint> {
    let hint = |error: Option<&dyn Hinted>| error.and_then(Hinted::hint);
    hint(error.downcast_ref::<SolveError>().map(|error| error as &dyn Hinted))
        .or_else(|| hint(error.downcast_ref::<CompileError>().map(|error| error as &dyn Hinted)))
        .or_else(|| hint(error.downcast_ref::<RunError>().map(|error| error as &dyn Hinted)))
        .or_else(|| hint(error.downcast_ref::<OutputError>().map(|error| error as &dyn Hinted)))
        .or_else(|| hint(error.downcast_ref::<ProbeError>().map(|error| error as &dyn Hinted)))
        .or_else(|| hint(error.downcast_ref::<JournalError>().map(|error| error as &dyn Hinted)))
}
