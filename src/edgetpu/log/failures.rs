//! The reasons why a compilation fails: the lines that tell of each, and what to do about it.

use nix::sys::signal::Signal;
use serde::Serialize;

use super::outcome::LogOutcome;
use crate::base::units::Bytes;

/// The failure of a compilation.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Failure {
    /// The kind of failure.
    pub kind: FailureKind,
    /// The line of the log that tells most.
    pub text: String,
    /// The advice on what can be done about it.
    pub advice: &'static str,
}

/// The kinds of failures.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum FailureKind {
    /// The compiler accessed memory that is not its own.
    Segfault,
    /// The compiler was ended from outside, or found no memory.
    Killed,
    /// There was no room for what the compiler writes.
    DiskFull,
    /// The compiler ended itself by an error that it does not handle.
    Abort,
    /// The compiler's own time limit ran out.
    Timeout,
    /// The compiler ran into an error of its own.
    InternalError,
    /// The model holds an operator that is not one of TensorFlow Lite's.
    CustomOp,
    /// The model holds an operator of TensorFlow proper.
    FlexOp,
    /// The model holds an operator in a version that came after the compiler.
    OpVersion,
    /// The model holds tensors without a fixed shape.
    DynamicShape,
    /// Tensors between operators are too large for the chip.
    LargeActivation,
    /// The model is not quantized.
    NotQuantized,
    /// The file does not exist or is not a model.
    InvalidModel,
    /// TensorFlow Lite's interpreter cannot run the model.
    Interpreter,
    /// The part for the Edge TPU could not be put into the model.
    Delegate,
    /// A flag was given in a way that the compiler does not take.
    WrongFlag,
    /// The log ends before a result.
    NoResult,
    /// The compiler gives no reason, or one that is not known here.
    Unknown,
}

impl FailureKind {
    /// Returns whether the compiler may take a part of the model that it refuses, or other stages of the model.
    pub fn depends_on_operators(self) -> bool {
        use FailureKind::*;
        matches!(self, LargeActivation | Delegate | InternalError | Segfault | Abort | NoResult | Unknown)
    }

    /// Returns the outcome of a run with this failure.
    pub fn outcome(self) -> LogOutcome {
        match self {
            FailureKind::Segfault | FailureKind::Killed | FailureKind::Abort => LogOutcome::Crashed,
            FailureKind::Timeout => LogOutcome::TimedOut,
            FailureKind::NoResult => LogOutcome::Unknown,
            _ => LogOutcome::Failed,
        }
    }
}

impl Failure {
    /// Returns the failure of a log that ends before a result; `searched` if the delegate search was on.
    pub fn no_result(searched: bool) -> Failure {
        let advice = match searched {
            true => SEARCH_ENDED,
            false => {
                "if the compiler has ended and the log is whole, it gave up without a word: compile again with \
                 the compiler's search_delegate, or cut the model elsewhere"
            }
        };
        Failure { kind: FailureKind::NoResult, text: String::new(), advice }
    }

    /// Returns the failure of a compiler that died of `signal`; `None` if the signal tells nothing.
    pub fn of_signal(signal: Signal) -> Option<Failure> {
        let (kind, advice) = match signal {
            Signal::SIGSEGV => (FailureKind::Segfault, CRASHED),
            Signal::SIGKILL => (FailureKind::Killed, MEMORY),
            Signal::SIGABRT | Signal::SIGILL | Signal::SIGBUS | Signal::SIGFPE => {
                (FailureKind::Abort, CRASHED)
            }
            _ => return None,
        };
        Some(Failure { kind, text: format!("it died of {signal}"), advice })
    }

    /// Returns the failure of a compiler that found only `free` bytes where it writes.
    pub fn disk_full(free: u64) -> Failure {
        let text = format!("the disk is full: {} of it are free", Bytes(free));
        Failure { kind: FailureKind::DiskFull, text, advice: ROOM }
    }
}

/// A kind of line that tells of a failure.
struct Row {
    /// The pieces of text that the line holds, in this order.
    parts: &'static [&'static str],
    /// True if the line holds nothing else.
    alone: bool,
    kind: FailureKind,
    /// True if the line tells that the compilation failed, not only what went wrong on the way.
    verdict: bool,
    advice: &'static str,
    /// The other advice for runs with the delegate search on, if there is one.
    searched: Option<&'static str>,
}

impl Row {
    /// Returns the row with other advice for runs with the delegate search on.
    const fn searched(self, advice: &'static str) -> Row {
        Row { searched: Some(advice), ..self }
    }
}

const fn verdict(parts: &'static [&'static str], kind: FailureKind, advice: &'static str) -> Row {
    Row { parts, alone: false, kind, verdict: true, advice, searched: None }
}

const fn reason(parts: &'static [&'static str], kind: FailureKind, advice: &'static str) -> Row {
    Row { parts, alone: false, kind, verdict: false, advice, searched: None }
}

/// Returns the row of a line that a shell prints about a program that a signal ended.
const fn signal(parts: &'static [&'static str; 1], kind: FailureKind, advice: &'static str) -> Row {
    Row { parts, alone: true, kind, verdict: true, advice, searched: None }
}

const CRASHED: &str = "compile again, as crashes can go away; if this one stays, cut the model elsewhere or compile \
    its segments one by one instead of with the compiler's num_segments";
const MEMORY: &str =
    "free memory or add swap, run fewer compilers at once, or cut the model into more segments";
const CUSTOM: &str = "build the model without the custom operator, or leave it to code of your own after the last \
    segment: the compiler takes TensorFlow Lite's own operators alone";
const VERSION: &str = "convert the model with an older TensorFlow, 2.8 for compiler 16, as the operator is in a version that \
    came after the compiler";
const TIME: &str = "allow more with the compiler's timeout_sec, or make the activations smaller: a smaller input, or more segments";
const ROOM: &str = "free space on the disk of the output folder, and compile again";
const FILE: &str = "check that the path names a quantized .tflite file that is whole";
const PREPARE: &str = "run the model in TensorFlow Lite's own interpreter first: what fails there fails here, and the \
    log's ERROR lines name the operator";

/// The lines, from the most telling to the least: the failure of a compilation is the first row in this table that any
/// of its lines matches.
const ROWS: &[Row] = &[
    verdict(&["Segmentation fault"], FailureKind::Segfault, CRASHED),
    verdict(&[": line ", " Killed "], FailureKind::Killed, MEMORY),
    signal(&["Killed"], FailureKind::Killed, MEMORY),
    verdict(&["std::bad_alloc"], FailureKind::Killed, MEMORY),
    verdict(&["No space left on device"], FailureKind::DiskFull, ROOM),
    verdict(&[": line ", " Aborted"], FailureKind::Abort, CRASHED),
    verdict(&[": line ", " Illegal instruction"], FailureKind::Abort, CRASHED),
    verdict(&[": line ", " Bus error"], FailureKind::Abort, CRASHED),
    verdict(&[": line ", " Floating point exception"], FailureKind::Abort, CRASHED),
    signal(&["Aborted"], FailureKind::Abort, CRASHED),
    signal(&["Illegal instruction"], FailureKind::Abort, CRASHED),
    signal(&["Bus error"], FailureKind::Abort, CRASHED),
    signal(&["Floating point exception"], FailureKind::Abort, CRASHED),
    verdict(&["(core dumped)"], FailureKind::Abort, CRASHED),
    verdict(&["terminating with uncaught exception"], FailureKind::Abort, CRASHED),
    verdict(&["terminate called"], FailureKind::Abort, CRASHED),
    verdict(&["Check failed: "], FailureKind::Abort, CRASHED),
    verdict(&["Assertion `", "' failed"], FailureKind::Abort, CRASHED),
    verdict(&["Compilation timeout"], FailureKind::Timeout, TIME),
    verdict(&["Compilation", "timed out"], FailureKind::Timeout, TIME),
    verdict(
        &["Internal compiler error"],
        FailureKind::InternalError,
        "compile again, as it can go away; if it stays, cut the model elsewhere or make its input smaller",
    ),
    reason(
        &["unresolved custom op: edgetpu-custom-op"],
        FailureKind::CustomOp,
        "compile the model that this one was compiled from: it is compiled already",
    ),
    reason(&["unresolved custom op"], FailureKind::CustomOp, CUSTOM),
    reason(
        &["Regular TensorFlow ops are not supported"],
        FailureKind::FlexOp,
        "convert the model to TensorFlow Lite's own operators, without SELECT_TF_OPS",
    ),
    reason(&["Didn't find op for builtin opcode"], FailureKind::OpVersion, VERSION),
    reason(&["Op builtin_code out of range"], FailureKind::OpVersion, VERSION),
    reason(&["Registration failed."], FailureKind::OpVersion, VERSION),
    reason(
        &["only supports static-sized tensors"],
        FailureKind::DynamicShape,
        "convert the model with a fixed input shape, batch 1 included",
    ),
    verdict(
        &["Compilation failed due to large activation tensors"],
        FailureKind::LargeActivation,
        "make the input smaller, cut where tensors are smaller, or let the compiler's search_delegate leave operators on the CPU",
    )
    .searched("make the input smaller, or cut where tensors are smaller: the compiler's search_delegate, which was on, did not help"),
    reason(
        &["Model not quantized"],
        FailureKind::NotQuantized,
        "quantize the model to 8 bits throughout, inputs and outputs included, and compile that",
    ),
    reason(&["Could not open '"], FailureKind::InvalidModel, FILE),
    reason(&["should be 'TFL3'"], FailureKind::InvalidModel, FILE),
    reason(&["not a valid Flatbuffer"], FailureKind::InvalidModel, FILE),
    reason(&["Model could not be parsed"], FailureKind::InvalidModel, FILE),
    reason(&["failed to prepare"], FailureKind::Interpreter, PREPARE),
    reason(&["failed to invoke"], FailureKind::Interpreter, PREPARE),
    verdict(&["Model failed in Tflite interpreter"], FailureKind::Interpreter, PREPARE),
    reason(
        &["Restored original execution plan after delegate"],
        FailureKind::Delegate,
        "compile with the compiler's search_delegate, which leaves the operators at the model's end on the CPU, or cut elsewhere",
    )
    .searched(SEARCH_ENDED),
    verdict(&["Invalid model:"], FailureKind::InvalidModel, FILE),
    verdict(
        &["number of lists given to intermediate_tensors", "match the number of input models"],
        FailureKind::WrongFlag,
        "give the compiler's intermediate_tensors one list of names a model; a name that holds ':' counts as two lists, so rename such \
         tensors, name others, or leave the flag out",
    ),
    verdict(&["Compilation failed: "], FailureKind::Unknown, UNKNOWN).searched(SEARCH_ENDED),
    reason(&["ERROR: "], FailureKind::Unknown, UNKNOWN).searched(SEARCH_ENDED),
    verdict(&["Compilation failed!"], FailureKind::Unknown, UNKNOWN).searched(SEARCH_ENDED),
];

/// The advice where the search found nothing. The search itself can die where it passes on a tensor's name that holds
/// ':' (google-coral/edgetpu issue 778).
const SEARCH_ENDED: &str = "cut the model elsewhere, or leave the compiler's search_delegate out: it was on and found no part that the \
    compiler takes; if the tensors that it names hold ':', which the compiler takes for the end of a list, rename them";

const UNKNOWN: &str = "look for operators that the Edge TPU does not take, compile with \
    the compiler's search_delegate, or cut the model elsewhere: the compiler gives no known reason";

/// A row of the table, by its place. The smaller place tells more.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Symptom(usize);

impl Symptom {
    /// Returns the kind of failure.
    pub fn kind(self) -> FailureKind {
        ROWS[self.0].kind
    }

    /// Returns whether the line tells that the compilation failed.
    pub fn is_verdict(self) -> bool {
        ROWS[self.0].verdict
    }

    /// Returns whether `text` holds nothing but the row's text.
    pub fn is_whole(self, text: &str) -> bool {
        ROWS[self.0].parts == [text]
    }

    /// Returns the failure that `text` tells of; `searched` if the delegate search was on.
    pub fn failure(self, text: &str, searched: bool) -> Failure {
        let row = &ROWS[self.0];
        let advice = row.searched.filter(|_| searched).unwrap_or(row.advice);
        Failure { kind: row.kind, text: text.into(), advice }
    }
}

/// Returns the most telling row that the line `text` matches.
pub fn find(text: &str) -> Option<Symptom> {
    let holds = |row: &Row| match row.alone {
        true => row.parts == [text],
        false => row
            .parts
            .iter()
            .try_fold(text, |rest, part| rest.split_once(part).map(|(_, after)| after))
            .is_some(),
    };
    ROWS.iter().position(holds).map(Symptom)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_row_that_fits_tells() {
        let kind = |text| find(text).map(Symptom::kind);
        assert_eq!(
            kind("/opt/edgetpu_compiler: line 3: 77 Segmentation fault (core dumped) x"),
            Some(FailureKind::Segfault)
        );
        assert_eq!(kind("/opt/edgetpu_compiler: line 3: 77 Killed x"), Some(FailureKind::Killed));
        assert_eq!(
            kind("libc++abi: terminating with uncaught exception of type std::bad_alloc"),
            Some(FailureKind::Killed)
        );
        assert_eq!(
            kind("libc++abi: terminating with uncaught exception of type A"),
            Some(FailureKind::Abort)
        );
        assert_eq!(kind("Compilation failed: of some new reason"), Some(FailureKind::Unknown));
        for (text, expected) in [
            ("Killed", FailureKind::Killed),
            ("Aborted", FailureKind::Abort),
            ("Aborted (core dumped)", FailureKind::Abort),
            ("Segmentation fault (core dumped)", FailureKind::Segfault),
            ("edgetpu_compiler: a.cc:7: void f(): Assertion `x > 0' failed.", FailureKind::Abort),
            ("F0101 12:00:00.000000 7 a.cc:7] Check failed: x > 0 ", FailureKind::Abort),
            ("Compilation child process timed out.", FailureKind::Timeout),
        ] {
            assert_eq!(kind(text), Some(expected), "{text}");
        }
        assert_eq!(kind("Killed: line 3 of a poem"), None);
        assert_eq!(kind("anything else"), None);
    }

    #[test]
    fn every_row_is_found_by_its_own_text_and_gives_one_sentence() {
        for (place, row) in ROWS.iter().enumerate() {
            let text = row.parts.concat();
            let found = find(&text).expect("a row finds itself");
            assert_eq!(found.kind(), row.kind, "row {place}, {text}, is hidden by row {}", found.0);
            for advice in [Some(row.advice), row.searched].into_iter().flatten() {
                assert!(!advice.is_empty() && !advice.contains("  ") && !advice.contains('\n'));
                // Every front end prints it: it names neither flags nor programs of one.
                assert!(!advice.contains("--") && !advice.contains("'respect"), "{advice}");
            }
            assert_eq!(row.searched.is_some(), row.advice.contains("search_delegate"), "row {place}");
        }
    }
}
