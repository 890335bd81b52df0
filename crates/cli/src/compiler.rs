//! Options of the commands that run `edgetpu_compiler`.

use std::path::PathBuf;
use std::time::Duration;

use respect::base::cancel::Cancel;
use respect::edgetpu::all_stages::TIME_LIMIT;
use respect::edgetpu::compiler::Compiler;

/// The options that choose a compiler and limit its time.
#[derive(clap::Args, Clone, Debug)]
pub struct CompilerOptions {
    /// Path of edgetpu_compiler [default: looked for on PATH]
    #[arg(long, value_name = "PATH")]
    pub edgetpu_compiler: Option<PathBuf>,
    /// Time limit for one run of edgetpu_compiler
    #[arg(long, value_name = "SECONDS", default_value_t = TIME_LIMIT.as_secs(), value_parser = clap::value_parser!(u64).range(1..))]
    pub compiler_timeout: u64,
}

impl CompilerOptions {
    /// Returns the compiler, if there is one.
    ///
    /// # Errors
    /// Returns an error if the path that the user names is no program, or if the program can't be started.
    pub fn find(&self, cancel: &Cancel) -> anyhow::Result<Option<Compiler>> {
        let path = std::env::var_os("PATH");
        Ok(Compiler::find(self.edgetpu_compiler.as_deref(), path.as_deref(), cancel)?)
    }

    /// Returns the time limit for one run.
    pub fn limit(&self) -> Duration {
        Duration::from_secs(self.compiler_timeout)
    }
}
