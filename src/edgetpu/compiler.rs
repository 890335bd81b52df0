//! Finds `edgetpu_compiler` and its version.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::time::Duration;

use nix::unistd::{AccessFlags, access};

use super::driver::{CompileError, PROGRAM, io};
use super::flags::Flag;
use super::log;
use super::process::Run;
use crate::base::cancel::Cancel;

/// How long the program may take to say its version.
const PATIENCE: Duration = Duration::from_secs(20);

/// The program, and what it says it is.
#[derive(Clone, Debug)]
pub struct Compiler {
    /// Its path.
    pub path: PathBuf,
    /// Its version, if it says one.
    pub version: Option<String>,
}

impl Compiler {
    /// The program given, or what `PATH` finds.
    ///
    /// # Errors
    /// The path given is not a file, or the program can't be started.
    pub fn find(given: Option<&Path>, path: Option<&OsStr>) -> Result<Option<Compiler>, CompileError> {
        let program = match given {
            Some(program) if program.is_file() => {
                Some(program.canonicalize().map_err(io(program.display().to_string()))?)
            }
            Some(program) => return Err(CompileError::NoProgram(program.into())),
            None => {
                let folders = path.map(std::env::split_paths).into_iter().flatten();
                // As a shell looks for it.
                let is_program = |path: &PathBuf| path.is_file() && access(path, AccessFlags::X_OK).is_ok();
                folders.map(|folder| folder.join(PROGRAM)).find(is_program)
            }
        };
        program.map(Compiler::ask).transpose()
    }

    /// A program that does not say its version is taken as it is.
    fn ask(path: PathBuf) -> Result<Compiler, CompileError> {
        let scratch = tempfile::tempdir().map_err(io("a scratch folder"))?;
        let output = scratch.path().join("version.txt");
        let arguments = vec!["--version".into()];
        let run = Run {
            program: &path,
            arguments,
            subject: "--version",
            limit: PATIENCE,
            cancel: &Cancel::default(),
        };
        let version = match run.to_end(&output, || false) {
            Err(error @ (CompileError::Io { .. } | CompileError::Interrupted(_))) => return Err(error),
            _ => std::fs::read(&output)
                .ok()
                .and_then(|text| log::read(&String::from_utf8_lossy(&text)).version),
        };
        Ok(Compiler { path, version })
    }

    /// Whether it has what came with version `since`; one of an unknown version is taken to have all.
    pub fn has(&self, since: u32) -> bool {
        let major = self.version.as_ref().and_then(|version| version.split('.').next()?.parse::<u32>().ok());
        major.is_none_or(|major| major >= since)
    }

    /// Checks that it knows the flags.
    ///
    /// # Errors
    /// The first that it does not know.
    pub fn knows(&self, flags: &[Flag]) -> Result<(), CompileError> {
        match flags.iter().find(|flag| !self.has(flag.since())) {
            None => Ok(()),
            Some(flag) => Err(CompileError::TooOld {
                version: self.version.clone().unwrap_or_default(),
                flag: flag.arguments()[0].clone(),
                since: flag.since(),
            }),
        }
    }
}
