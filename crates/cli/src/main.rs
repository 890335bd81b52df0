//! The command line: parse, call, print. See the crate `respect` for what it does.

use std::process::ExitCode;

fn main() -> ExitCode {
    respect_cli::run()
}
