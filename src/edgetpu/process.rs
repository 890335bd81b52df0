//! One run of the compiler as a process that is sure to end.

use std::ffi::OsString;
use std::fs::{self, File};
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Command, ExitStatus, Stdio};
use std::time::{Duration, Instant};

use nix::sys::signal::{Signal, killpg};
use nix::unistd::Pid;

use super::error::{LOG_LIMIT, RunError};
use crate::base::cancel::Cancel;

/// A command line, and the time that it may take.
pub(super) struct Run<'a> {
    /// The path of the program.
    pub program: &'a Path,
    /// The arguments of the program.
    pub arguments: Vec<OsString>,
    /// The name, for errors, of the file that the program works on.
    pub subject: &'a str,
    /// The time that the program may take.
    pub limit: Duration,
    /// The request to stop before the time is up.
    pub cancel: &'a Cancel,
}

impl Run<'_> {
    /// Runs the command in a process group of its own, with all that it prints in the file `output`.
    ///
    /// # Errors
    /// Returns an error if the program can't be started, takes too long, or prints without end, or if `stop` or the
    /// user ends it. In each case the whole group has been ended.
    pub fn to_end(&self, output: &Path, stop: impl Fn() -> bool) -> Result<ExitStatus, RunError> {
        let log = File::create(output).map_err(RunError::io("the compiler's output"))?;
        let errors = log.try_clone().map_err(RunError::io("the compiler's output"))?;
        let mut child = Command::new(self.program)
            .args(&self.arguments)
            .stdin(Stdio::null())
            .stdout(log)
            .stderr(errors)
            .process_group(0)
            .spawn()
            .map_err(RunError::io(format!("starting {}", self.program.display())))?;
        let group = Pid::from_raw(child.id() as i32);
        let start = Instant::now();
        let file = || self.subject.to_string();
        let is_endless = || fs::metadata(output).is_ok_and(|log| log.len() > LOG_LIMIT);
        let ended = loop {
            match child.try_wait() {
                Ok(Some(status)) => break Ok(status),
                Ok(None) => {}
                Err(cause) => break Err(RunError::io("waiting for edgetpu_compiler")(cause)),
            }
            if let Err(interrupted) = self.cancel.check() {
                break Err(interrupted.into());
            }
            if stop() {
                break Err(RunError::Abandoned { file: file() });
            }
            if start.elapsed() >= self.limit {
                break Err(RunError::TimedOut { file: file(), limit: self.limit });
            }
            if is_endless() {
                break Err(RunError::Endless { file: file() });
            }
            std::thread::sleep(Duration::from_millis(5));
        };
        // Whatever the program left running, a worker it forked included, ends with it.
        let _ = killpg(group, Signal::SIGKILL);
        let _ = child.wait();
        if ended.is_ok() && is_endless() {
            return Err(RunError::Endless { file: file() });
        }
        ended
    }
}
