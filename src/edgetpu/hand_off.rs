//! All stages through the compiler, several at a time, with a second try where one can help.

use std::num::NonZeroUsize;
use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use super::compiler::Compiler;
use super::driver::{self, CompileError, Failed, Job};
use super::flags::Flag;
use super::log::{FailureKind, Log};
use crate::base::cancel::Cancel;
use crate::base::in_order::for_each_in_order;

/// How the stages are compiled.
pub struct HandOff<'a> {
    /// The compiler.
    pub compiler: &'a Compiler,
    /// Flags that are passed on.
    pub flags: &'a [Flag],
    /// How long one run may take.
    pub limit: Duration,
    /// The request to stop before that.
    pub cancel: &'a Cancel,
    /// How many run at a time.
    pub jobs: NonZeroUsize,
    /// Whether a stage that is refused is tried with the compiler's own search for a part that it takes.
    pub search_delegate: bool,
}

/// A compiled stage.
pub struct Compiled {
    /// What the compiler printed.
    pub log: Log,
    /// What had to be done beyond one plain run, as a sentence about the stage.
    pub note: Option<String>,
}

impl HandOff<'_> {
    /// Compiles `files` of `folder`; the results in their order. `done` is called after each.
    ///
    /// Of several stages that fail the first is told, whatever the number of jobs: a failure ends the compilers of
    /// later stages only.
    ///
    /// # Errors
    /// The first stage's that could not be compiled.
    pub fn compile(
        &self,
        folder: &Path,
        files: &[&str],
        done: impl Fn() + Sync,
    ) -> Result<Vec<Compiled>, CompileError> {
        let first_failed = AtomicUsize::new(usize::MAX);
        let work = |(stage, file)| {
            let stop = || first_failed.load(Ordering::Relaxed) < stage;
            if stop() {
                return None;
            }
            let result = self.compile_one(folder, file, stop);
            if result.is_err() {
                first_failed.fetch_min(stage, Ordering::Relaxed);
            }
            done();
            Some(result)
        };
        let mut compiled = Vec::new();
        let jobs = self.jobs.get().min(files.len());
        // A stage that is not begun comes after one that failed, which ends this.
        for_each_in_order(files.iter().copied().enumerate(), jobs, work, |result| {
            compiled.extend(result.transpose()?);
            Ok(())
        })
        .map(|()| compiled)
    }

    fn compile_one(
        &self,
        folder: &Path,
        file: &str,
        stop: impl Fn() -> bool,
    ) -> Result<Compiled, CompileError> {
        let run = |flags: &[Flag]| {
            let job =
                Job { compiler: self.compiler, folder, file, flags, limit: self.limit, cancel: self.cancel };
            driver::run(&job, &stop)
        };
        let mut last = run(self.flags);
        let Some(first) = failure(&last) else { return last.map(|log| Compiled { log, note: None }) };
        if first.kind == Some(FailureKind::InternalError) {
            last = run(self.flags);
            if let Ok(log) = last {
                let note = format!("{file}: compiled at the second try, after an internal compiler error");
                return Ok(Compiled { log, note: Some(note) });
            }
        }
        let may_help = failure(&last).is_some_and(Failed::depends_on_operators);
        if self.search_delegate && may_help {
            let flags: Vec<Flag> = self.flags.iter().cloned().chain([Flag::search_delegate()]).collect();
            last = run(&flags);
            if let Ok(log) = last {
                let note =
                    format!("{file}: compiled with --search_delegate, as the compiler refused it without");
                return Ok(Compiled { log, note: Some(note) });
            }
        }
        last.map(|log| Compiled { log, note: None })
    }
}

/// What is told of a run of the compiler, if it ended without a compiled file.
fn failure(result: &Result<Log, CompileError>) -> Option<&Failed> {
    match result {
        Err(CompileError::Failed(failed)) => Some(failed),
        _ => None,
    }
}
