//! Reads what `edgetpu_compiler` prints and the operation logs that it writes, of versions 1.0 to 16.

mod attempts;
mod block;
mod colours;
mod failures;
mod lines;
mod on_cpu;

use serde::Serialize;

use crate::base::units::Bytes;
use attempts::Attempts;
use block::Block;
use lines::{Line, Mark};

pub use failures::{Failure, FailureKind};
pub use on_cpu::{Runtime, nothing_mapped, on_cpu};

/// What a log tells. What it does not tell is `None`.
///
/// A text can hold several runs of the compiler, each starting with its version. Runs that succeeded are joined;
/// one that did not, and was followed by another, counts in [`Log::failed_attempts`] alone.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Log {
    /// The compiler's version; of several runs, the last one's.
    pub version: Option<String>,
    /// How the last run ended.
    pub outcome: Outcome,
    /// Why it did not succeed.
    pub failure: Option<Failure>,
    /// How long the compiler says it took; the sum, if it compiled several segments one after the other.
    pub elapsed_ms: Option<u64>,
    /// Compilations that failed: those that the delegate search or another run made good, too.
    pub failed_attempts: u64,
    /// The compiled models, in order. There are several after a co-compilation and a segment run.
    pub models: Vec<Model>,
    /// The lines that are not in a format of the compiler's, as they were but for colours, and white space and quotes
    /// around them.
    pub unknown: Vec<String>,
}

/// How a run ended.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Outcome {
    /// All was compiled, and no operator is known to be left on the CPU.
    Success,
    /// All was compiled, but some operators run on the CPU.
    Partial,
    /// The compiler refused a model or gave up.
    Failed,
    /// The compiler died.
    Crashed,
    /// The compiler's own time limit ran out.
    TimedOut,
    /// The log ends before a result, or it is none of the compiler's.
    #[default]
    Unknown,
}

/// A compiled model.
///
/// The compiler prints sizes with two decimals of their unit. In bytes they are within 0.005 of it of the true
/// figure: 5 bytes of 1.00KiB, 5 KiB of 1.00MiB.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Model {
    /// The model that was read: a path, as the compiler was given it.
    pub input: Option<String>,
    /// Its size.
    pub input_bytes: Option<Bytes>,
    /// The model that was written: a path.
    pub output: Option<String>,
    /// Its size.
    pub output_bytes: Option<Bytes>,
    /// Parameters that are cached on the chip.
    pub on_chip_used_bytes: Option<Bytes>,
    /// What the cache has room for beside them. Versions before 2.1 print the whole cache; then it is the difference,
    /// and doubly as imprecise.
    pub on_chip_remaining_bytes: Option<Bytes>,
    /// Parameters that are sent anew at each inference.
    pub off_chip_bytes: Option<Bytes>,
    /// Parts of the model that run on the Edge TPU in one piece.
    pub subgraphs: Option<u64>,
    /// The model's operators; if only an operation log tells, the sum of its rows.
    pub ops_total: Option<u64>,
    /// Those that run on the Edge TPU.
    pub ops_on_tpu: Option<u64>,
    /// Those that run on the CPU.
    pub ops_on_cpu: Option<u64>,
    /// The rows of the operator table, as many as there are; an operator can stand on several.
    pub operators: Vec<Operator>,
    /// The compiler said that not all operators are mapped.
    #[serde(skip)]
    not_all_mapped: bool,
}

/// A row of the operator table: operators of one kind with one status.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Operator {
    /// The kind, as `CONV_2D`.
    pub name: String,
    /// How many.
    pub count: u64,
    /// The compiler's words on where they run, or why they are not mapped.
    pub status: String,
    /// Whether they run on the Edge TPU.
    pub on_tpu: bool,
}

/// Reads a log. Any text can be read, in time proportional to its length.
///
/// The last line, if no line end follows, may have been cut: a figure or path that could go on there is not taken.
pub fn read(text: &str) -> Log {
    let mut reader = Reader::default();
    for line in text.split_inclusive('\n') {
        let whole = line.ends_with('\n');
        let line = colours::without(line);
        reader.take(unquoted(&line), whole);
    }
    reader.finish()
}

/// A line without what stands around it: white space, a mark of byte order, and the signs by which mails and issues quote.
fn unquoted(line: &str) -> &str {
    let is_around = |c: char| c.is_whitespace() || c == '\u{feff}';
    let mut text = line.trim_matches(is_around);
    // No line of the compiler's starts so.
    while let Some(quoted) = text.strip_prefix('>') {
        text = quoted.trim_start_matches(is_around);
    }
    text
}

/// The log so far, and where in it the reader is.
#[derive(Default)]
struct Reader {
    log: Log,
    /// The current run's version line was read.
    versioned: bool,
    attempts: Attempts,
    /// What the log held when the run began.
    models_before: usize,
    elapsed_before: Option<u64>,
    block: Option<Block>,
    in_table: bool,
}

impl Reader {
    fn take(&mut self, text: &str, whole: bool) {
        let line = lines::parse(text, whole, self.in_table);
        self.in_table = match line {
            Line::Mark(Mark::TableHead) => true,
            Line::Blank | Line::Row(_) | Line::Unknown => self.in_table,
            _ => false,
        };
        match line {
            Line::Blank => {}
            Line::Unknown => self.take_other(text),
            Line::Version(version) => {
                self.begin_run();
                self.log.version = Some(version.into());
            }
            Line::Compiled(ms) => {
                self.end_block();
                self.attempts.compiled();
                if let Some(ms) = ms {
                    self.log.elapsed_ms = Some(self.log.elapsed_ms.unwrap_or(0).saturating_add(ms));
                }
            }
            Line::Input(path) => {
                self.end_block();
                self.block().input(path);
            }
            Line::Output(path) => {
                if !self.block().output(path) {
                    self.log.unknown.push(text.into());
                }
            }
            Line::Figure(figure, value) => {
                if !self.block().figure(figure, value) {
                    self.log.unknown.push(text.into());
                }
            }
            Line::Row(row) => self.block().row(row),
            Line::Mark(mark) => self.mark(mark),
        }
    }

    fn mark(&mut self, mark: Mark) {
        match mark {
            Mark::Search | Mark::Try | Mark::Timer | Mark::ChildEnded | Mark::Succeeded => {
                self.end_block();
                self.attempts.mark(mark);
            }
            Mark::OperationLog | Mark::NotAllMapped | Mark::SeeLog | Mark::TableHead => {
                if let Some(block) = &mut self.block {
                    block.mark(mark);
                }
            }
            Mark::IntermediateTensors => {}
        }
    }

    /// A line outside the formats: a failure, or unknown.
    fn take_other(&mut self, text: &str) {
        let cause = failures::find(text);
        if let Some(cause) = cause {
            self.attempts.failed(cause, text);
        }
        if cause.is_none_or(|cause| cause.kind() == FailureKind::Unknown && !cause.is_whole(text)) {
            self.log.unknown.push(text.into());
        }
    }

    fn block(&mut self) -> &mut Block {
        self.block.get_or_insert_default()
    }

    fn end_block(&mut self) {
        self.log.models.extend(self.block.take().map(Block::finish));
    }

    /// A version line: a run begins, unless all before it was what the run wrote to stderr, which overtakes stdout.
    fn begin_run(&mut self) {
        self.end_block();
        let begun = self.versioned || self.log.models.len() > self.models_before || self.attempts.succeeded();
        if begun {
            let (outcome, _) = self.end_run();
            if !matches!(outcome, Outcome::Success | Outcome::Partial) {
                self.log.models.truncate(self.models_before);
                self.log.elapsed_ms = self.elapsed_before;
            }
            self.models_before = self.log.models.len();
            self.elapsed_before = self.log.elapsed_ms;
        }
        self.versioned = true;
    }

    /// How the run ended. Its attempts are spent.
    fn end_run(&mut self) -> (Outcome, Option<Failure>) {
        self.end_block();
        let end = std::mem::take(&mut self.attempts).end();
        self.log.failed_attempts += end.failed;
        let wrote = self.log.models[self.models_before..].iter().any(Model::is_written);
        if let Some(not_good) = end.not_good {
            not_good
        } else if end.good || wrote {
            let partial = self.log.models.iter().any(Model::is_partial);
            (if partial { Outcome::Partial } else { Outcome::Success }, None)
        } else {
            (Outcome::Unknown, self.versioned.then(|| Failure::no_result(end.searched)))
        }
    }

    fn finish(mut self) -> Log {
        (self.log.outcome, self.log.failure) = self.end_run();
        self.log
    }
}

impl Model {
    /// Whether some operators are known to run on the CPU, even if not how many.
    pub fn is_partial(&self) -> bool {
        self.not_all_mapped
            || self.ops_on_cpu.is_some_and(|ops| ops > 0)
            || self.operators.iter().any(|row| !row.on_tpu)
    }

    /// Whether its part of the log is one that follows a compiled model.
    fn is_written(&self) -> bool {
        self.output_bytes.is_some() || !self.operators.is_empty()
    }
}

#[cfg(test)]
mod tests;
