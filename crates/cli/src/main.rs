//! The program `respect`: the command line, without MLIR. See the crate `respect` for what it does.

use std::process::ExitCode;

fn main() -> ExitCode {
    respect_cli::run()
}
