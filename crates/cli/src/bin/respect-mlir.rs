//! The command line with MLIR linked into it. `respect` becomes this program where it needs MLIR; see
//! `respect_cli::mlir`.

use std::process::ExitCode;

fn main() -> ExitCode {
    respect_cli::run_with_mlir()
}
