//! Options of the commands that run `edgetpu_compiler`.

use std::path::PathBuf;
use std::time::Duration;

use respect::base::cancel::Cancel;
use respect::edgetpu::all_stages::TIME_LIMIT;
use respect::edgetpu::compiler::Compiler;

/// Which compiler, and how long it may take.
#[derive(clap::Args, Clone, Debug)]
pub struct CompilerOptions {
    /// edgetpu_compiler's path [default: looked for on PATH]
    #[arg(long, value_name = "PATH")]
    pub edgetpu_compiler: Option<PathBuf>,
    /// How long edgetpu_compiler may take for one run
    #[arg(long, value_name = "SECONDS", default_value_t = TIME_LIMIT.as_secs(), value_parser = clap::value_parser!(u64).range(1..))]
    pub compiler_timeout: u64,
}

impl CompilerOptions {
    /// Returns the compiler, if there is one.
    ///
    /// # Errors
    /// The path that the user names is no program, or the program can't be started.
    pub fn find(&self, cancel: &Cancel) -> anyhow::Result<Option<Compiler>> {
        let path = std::env::var_os("PATH");
        Ok(Compiler::find(self.edgetpu_compiler.as_deref(), path.as_deref(), cancel)?)
    }

    /// Returns how long one run may take.
    pub fn limit(&self) -> Duration {
        Duration::from_secs(self.compiler_timeout)
    }
}
