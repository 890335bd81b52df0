//! Finds `edgetpu_compiler` and its version.

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

/// How long the program may take to say its version.
const PATIENCE: Duration = Duration::from_secs(20);

/// The program, and what it says it is.
#[derive(Clone, Debug)]
pub struct Compiler {
    /// The path to start it by.
    pub path: PathBuf,
    /// The version, as `16.0.384591198`, if it says one.
    pub version: Option<String>,
}

impl Compiler {
    /// Returns the program `given`, or else the first of its name in the folders of `path`, the variable `PATH`; `None` if
    /// there is none in them. The program is asked for its version.
    ///
    /// # Errors
    /// The path given is not a file, the program can't be started, or somebody asks to stop meanwhile.
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

    /// Asks the program for its version. One that does not say it is taken as it is.
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

    /// Returns whether it has what came with version `since`; one of an unknown version is taken to have all.
    pub fn has(&self, since: u32) -> bool {
        let major = self.version.as_ref().and_then(|version| version.split('.').next()?.parse::<u32>().ok());
        major.is_none_or(|major| major >= since)
    }

    /// Checks that the program has the flags.
    ///
    /// # Errors
    /// The first flag that came after its version.
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
