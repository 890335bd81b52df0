//! All stages through the compiler, several at a time, with a second try where one can help.

use std::num::NonZeroUsize;
use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use super::compiler::Compiler;
use super::error::{FailedRun, RunError};
use super::flags::Flag;
use super::log::FailureKind;
use super::one_stage::{self, Compiled, Job};
use crate::base::cancel::Cancel;
use crate::base::in_order::for_each_in_order;

/// The time that one run of the compiler may take, unless the user says otherwise.
pub const TIME_LIMIT: Duration = Duration::from_secs(600);

/// The settings of the compiler's runs on stages.
#[derive(Clone, Copy, Debug)]
pub struct RunOptions<'a> {
    /// The flags that are passed on to the compiler.
    pub flags: &'a [Flag],
    /// The time that one run may take.
    pub limit: Duration,
    /// The number of runs at a time.
    pub jobs: NonZeroUsize,
    /// True to try a refused stage again with the compiler's own search for a part that it takes.
    pub search_delegate: bool,
}

impl Default for RunOptions<'_> {
    /// Returns settings with no flags, no search, [`TIME_LIMIT`] for a run, and as many runs at a time as there are
    /// cores.
    fn default() -> Self {
        let jobs = std::thread::available_parallelism().unwrap_or(NonZeroUsize::MIN);
        RunOptions { flags: &[], limit: TIME_LIMIT, jobs, search_delegate: false }
    }
}

impl RunOptions<'_> {
    /// Checks that the compiler has the flags that it would be run with.
    ///
    /// # Errors
    /// Returns an error for the first flag that came after the compiler's version.
    pub fn check(&self, compiler: &Compiler) -> Result<(), RunError> {
        compiler.knows(self.flags)?;
        if self.search_delegate { compiler.knows(&[Flag::search_delegate()]) } else { Ok(()) }
    }

    /// Compiles `files` of `folder`, and returns the results in their order. `done` is called after each file.
    ///
    /// If several stages fail, the error is that of the first one, whatever the number of jobs: a failure ends only the
    /// compilers of later stages.
    ///
    /// # Errors
    /// Returns the error of the first stage that could not be compiled. Compiled forms of other stages may then lie in
    /// the folder.
    pub fn compile(
        &self,
        compiler: &Compiler,
        folder: &Path,
        files: &[&str],
        cancel: &Cancel,
        done: impl Fn() + Sync,
    ) -> Result<Vec<Compiled>, RunError> {
        let first_failed = AtomicUsize::new(usize::MAX);
        let work = |(stage, file)| {
            let stop = || first_failed.load(Ordering::Relaxed) < stage;
            if stop() {
                return None;
            }
            let result = self.compile_one(compiler, folder, file, cancel, stop);
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

    /// Compiles one file, and tries again if that can help.
    fn compile_one(
        &self,
        compiler: &Compiler,
        folder: &Path,
        file: &str,
        cancel: &Cancel,
        stop: impl Fn() -> bool,
    ) -> Result<Compiled, RunError> {
        let run = |flags: &[Flag]| {
            let job = Job { compiler, folder, file, flags, limit: self.limit, cancel };
            one_stage::run(&job, &stop)
        };
        let mut last = run(self.flags);
        let Some(first) = failure(&last) else { return last };
        if first.kind == Some(FailureKind::InternalError) {
            last = run(self.flags);
            if let Ok(compiled) = last {
                let note = format!("{file}: compiled at the second try, after an internal compiler error");
                return Ok(Compiled { note: Some(note), ..compiled });
            }
        }
        let may_help = failure(&last).is_some_and(FailedRun::depends_on_operators);
        if self.search_delegate && may_help {
            let flags: Vec<Flag> = self.flags.iter().cloned().chain([Flag::search_delegate()]).collect();
            last = run(&flags);
            if let Ok(compiled) = last {
                let note = format!(
                    "{file}: compiled with the compiler's search_delegate, as it was refused without"
                );
                return Ok(Compiled { note: Some(note), ..compiled });
            }
        }
        last
    }
}

/// Returns the run that ended without a compiled file, if `result` is the error of one.
fn failure(result: &Result<Compiled, RunError>) -> Option<&FailedRun> {
    result.as_ref().err().and_then(RunError::failed)
}
