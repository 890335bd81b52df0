//! The reader, which takes a log line by line.

use super::attempts::Attempts;
use super::block::Block;
use super::colours;
use super::contents::{CompiledModel, Log};
use super::failures::{self, Failure, FailureKind};
use super::lines::{self, Line, Mark};
use super::outcome::LogOutcome;

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

/// Returns a line without what stands around it: white space, a byte order mark, and the signs by which mails and
/// issues quote.
fn unquoted(line: &str) -> &str {
    let is_around = |c: char| c.is_whitespace() || c == '\u{feff}';
    let mut text = line.trim_matches(is_around);
    // No line of the compiler's starts so.
    while let Some(quoted) = text.strip_prefix('>') {
        text = quoted.trim_start_matches(is_around);
    }
    text
}

/// The log read so far, and the reader's place in it.
#[derive(Default)]
struct Reader {
    log: Log,
    /// True if the current run's version line was read.
    versioned: bool,
    attempts: Attempts,
    /// The number of models that the log held when the run began.
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

    /// Takes a line outside the formats: a failure, or unknown.
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

    /// Takes a version line: a run begins, unless everything before it was what this run wrote to stderr, which
    /// overtakes stdout.
    fn begin_run(&mut self) {
        self.end_block();
        let begun = self.versioned || self.log.models.len() > self.models_before || self.attempts.succeeded();
        if begun {
            let (outcome, _) = self.end_run();
            if !matches!(outcome, LogOutcome::Success | LogOutcome::Partial) {
                self.log.models.truncate(self.models_before);
                self.log.elapsed_ms = self.elapsed_before;
            }
            self.models_before = self.log.models.len();
            self.elapsed_before = self.log.elapsed_ms;
        }
        self.versioned = true;
    }

    /// Ends the run and returns its outcome; its attempts are spent.
    fn end_run(&mut self) -> (LogOutcome, Option<Failure>) {
        self.end_block();
        let end = std::mem::take(&mut self.attempts).end();
        self.log.failed_attempts += end.failed;
        let wrote = self.log.models[self.models_before..].iter().any(CompiledModel::is_written);
        if let Some(not_good) = end.not_good {
            not_good
        } else if end.good || wrote {
            let partial = self.log.models.iter().any(CompiledModel::is_partial);
            (if partial { LogOutcome::Partial } else { LogOutcome::Success }, None)
        } else {
            (LogOutcome::Unknown, self.versioned.then(|| Failure::no_result(end.searched)))
        }
    }

    fn finish(mut self) -> Log {
        (self.log.outcome, self.log.failure) = self.end_run();
        self.log
    }
}
