//! The search for `edgetpu_compiler` and its version.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::time::Duration;

use nix::unistd::{AccessFlags, access};

use super::error::RunError;
use super::flags::Flag;
use super::log;
use super::names::PROGRAM;
use super::process::Run;
use crate::base::cancel::Cancel;

/// The time that the program may take to print its version.
const PATIENCE: Duration = Duration::from_secs(20);

/// The compiler's program, and the version that it prints.
#[derive(Clone, Debug)]
pub struct Compiler {
    /// The path by which the program is started.
    pub path: PathBuf,
    /// The version, as `16.0.384591198`; `None` if the program prints none.
    pub version: Option<String>,
}

impl Compiler {
    /// Returns the program `given`, or else the first of its name in the folders of `path`, the variable `PATH`; `None`
    /// if no folder has it. The program is asked for its version.
    ///
    /// # Errors
    /// Returns an error if the path given is not a file, if the program can't be started, or if somebody asks to stop
    /// meanwhile.
    pub fn find(
        given: Option<&Path>,
        path: Option<&OsStr>,
        cancel: &Cancel,
    ) -> Result<Option<Compiler>, RunError> {
        let program = match given {
            Some(program) if program.is_file() => {
                Some(program.canonicalize().map_err(RunError::io(program.display().to_string()))?)
            }
            Some(program) => return Err(RunError::NoProgram(program.into())),
            None => {
                let folders = path.map(std::env::split_paths).into_iter().flatten();
                // As a shell looks for it.
                let is_program = |path: &PathBuf| path.is_file() && access(path, AccessFlags::X_OK).is_ok();
                folders.map(|folder| folder.join(PROGRAM)).find(is_program)
            }
        };
        program.map(|program| Compiler::ask(program, cancel)).transpose()
    }

    /// Asks the program for its version. A program that prints none is accepted without one.
    fn ask(path: PathBuf, cancel: &Cancel) -> Result<Compiler, RunError> {
        let scratch = tempfile::tempdir().map_err(RunError::io("a scratch folder"))?;
        let output = scratch.path().join("version.txt");
        let arguments = vec!["--version".into()];
        let run = Run { program: &path, arguments, subject: "--version", limit: PATIENCE, cancel };
        let version = match run.to_end(&output, || false) {
            Err(error @ (RunError::Io { .. } | RunError::Interrupted(_))) => return Err(error),
            _ => std::fs::read(&output)
                .ok()
                .and_then(|text| log::read(&String::from_utf8_lossy(&text)).version),
        };
        Ok(Compiler { path, version })
    }

    /// Returns whether the program has what came with version `since`; a program of unknown version is taken to have
    /// everything.
    pub fn has(&self, since: u32) -> bool {
        let major = self.version.as_ref().and_then(|version| version.split('.').next()?.parse::<u32>().ok());
        major.is_none_or(|major| major >= since)
    }

    /// Checks that the program has the flags.
    ///
    /// # Errors
    /// Returns an error for the first flag that came after the program's version.
    pub fn knows(&self, flags: &[Flag]) -> Result<(), RunError> {
        match flags.iter().find(|flag| !self.has(flag.since())) {
            None => Ok(()),
            Some(flag) => Err(RunError::TooOld {
                version: self.version.clone().unwrap_or_default(),
                flag: flag.arguments()[0].clone(),
                since: flag.since(),
            }),
        }
    }
}
