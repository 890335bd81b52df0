//! The course of a run: what the compiler tried, and how each attempt ended.
//!
//! A run compiles one unit (a model, or the models of a co-compilation) or several (segments). A unit takes one
//! attempt, or several under the delegate search and where the compiler is started anew; the last one decides.

use super::failures::{Failure, Symptom};
use super::lines::Mark;
use super::outcome::LogOutcome;

/// The attempts of one run.
#[derive(Debug, Default)]
pub struct Attempts {
    attempt: Attempt,
    /// True if the delegate search is on.
    searches: bool,
    /// The end of the current unit's last complete attempt.
    unit: Ended,
    /// The failure of the unit's last attempt that failed.
    cause: Option<Failure>,
    end: End,
}

/// The end of a run.
#[derive(Debug, Default)]
pub struct End {
    /// The first unit that did not succeed.
    pub not_good: Option<(LogOutcome, Option<Failure>)>,
    /// True if a unit succeeded.
    pub good: bool,
    /// The number of attempts that failed.
    pub failed: u64,
    /// True if the delegate search was on.
    pub searched: bool,
}

#[derive(Debug, Default)]
struct Attempt {
    tried: bool,
    timed: bool,
    compiled: bool,
    ended: Ended,
    /// True if the compiler itself said that it failed.
    verdict: bool,
    cause: Option<(Symptom, Failure)>,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Ended {
    /// No attempt was made.
    #[default]
    Not,
    /// The attempt began and has no result.
    Open,
    Good,
    Bad,
}

impl Attempts {
    /// Takes a line that tells how the run goes on.
    pub fn mark(&mut self, mark: Mark) {
        let before = self.attempt.ended;
        self.searches |= matches!(mark, Mark::Search | Mark::Try);
        match mark {
            Mark::Search => self.close_unit(),
            Mark::Try => {
                if before == Ended::Good {
                    self.close_unit();
                } else if before != Ended::Not {
                    self.close_attempt();
                }
                self.attempt.tried = true;
            }
            Mark::Timer => {
                if before == Ended::Good || self.attempt.timed {
                    self.close_unit();
                }
                self.attempt.timed = true;
            }
            Mark::Succeeded => self.attempt.ended = Ended::Good,
            _ => return,
        }
        if self.attempt.ended == Ended::Not && mark != Mark::Search {
            self.attempt.ended = Ended::Open;
        }
    }

    /// Takes a line that tells that a compilation succeeded.
    pub fn compiled(&mut self) {
        if self.attempt.compiled {
            self.close_unit();
        } else if self.attempt.verdict {
            self.close_attempt();
        }
        self.attempt.compiled = true;
        self.attempt.ended = Ended::Good;
    }

    /// Takes a line that tells of a failure.
    pub fn failed(&mut self, cause: Symptom, text: &str) {
        let (attempt, searches) = (&mut self.attempt, self.searches);
        if attempt.ended == Ended::Good && !cause.is_verdict() {
            return;
        }
        attempt.ended = Ended::Bad;
        attempt.verdict |= cause.is_verdict();
        if attempt.cause.as_ref().is_none_or(|(before, _)| cause < *before) {
            attempt.cause = Some((cause, cause.failure(text, searches)));
        }
    }

    /// Returns whether a compilation succeeded.
    pub fn succeeded(&self) -> bool {
        self.end.good || self.attempt.ended == Ended::Good
    }

    /// Returns how the run ended.
    pub fn end(mut self) -> End {
        self.close_unit();
        End { searched: self.searches, ..self.end }
    }

    fn close_attempt(&mut self) {
        let attempt = std::mem::take(&mut self.attempt);
        match attempt.ended {
            Ended::Not => return,
            Ended::Open => {}
            Ended::Good => self.cause = None,
            Ended::Bad => {
                self.end.failed += 1;
                self.cause = attempt.cause.map(|(_, failure)| failure);
            }
        }
        self.unit = attempt.ended;
    }

    fn close_unit(&mut self) {
        self.close_attempt();
        let cause = self.cause.take();
        let not_good = match std::mem::take(&mut self.unit) {
            Ended::Not => return,
            Ended::Good => {
                self.end.good = true;
                return;
            }
            Ended::Open => {
                (LogOutcome::Unknown, Some(cause.unwrap_or_else(|| Failure::no_result(self.searches))))
            }
            Ended::Bad => (cause.as_ref().map_or(LogOutcome::Failed, |cause| cause.kind.outcome()), cause),
        };
        self.end.not_good.get_or_insert(not_good);
    }
}
