//! Options of the commands that run `edgetpu_compiler`.

use std::path::PathBuf;
use std::time::Duration;

use respect::edgetpu::compiler::Compiler;

/// Which compiler, and how long it may take.
#[derive(clap::Args, Clone, Debug)]
pub struct CompilerOptions {
    /// edgetpu_compiler's path [default: looked for on PATH]
    #[arg(long, value_name = "PATH")]
    pub edgetpu_compiler: Option<PathBuf>,
    /// How long edgetpu_compiler may take for one run
    #[arg(long, value_name = "SECONDS", default_value_t = 600, value_parser = clap::value_parser!(u64).range(1..))]
    pub compiler_timeout: u64,
}

impl CompilerOptions {
    /// The compiler, if there is one.
    pub fn find(&self) -> anyhow::Result<Option<Compiler>> {
        Ok(Compiler::find(self.edgetpu_compiler.as_deref(), std::env::var_os("PATH").as_deref())?)
    }

    /// How long one run may take.
    pub fn limit(&self) -> Duration {
        Duration::from_secs(self.compiler_timeout)
    }
}
