//! The command line with MLIR in the process; `respect` runs it where it needs MLIR. See `cli::door`.

use std::process::ExitCode;

fn main() -> ExitCode {
    respect_cli::run_with_mlir()
}
