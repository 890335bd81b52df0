//! LLVM's own programs, and the plugin for them.

use std::path::{Path, PathBuf};
use std::process::Command;

/// A folder of LLVM's, such as `bin` or `lib`.
pub fn llvm_folder(folder: &str) -> PathBuf {
    let prefix = std::env::var_os("MLIR_SYS_220_PREFIX").unwrap_or_else(|| "/usr/lib/llvm-22".into());
    Path::new(&prefix).join(folder)
}

/// A program of LLVM's.
pub fn llvm(tool: &str) -> PathBuf {
    let path = llvm_folder("bin").join(tool);
    assert!(path.is_file(), "{} is missing: run tools/setup test", path.display());
    path
}

/// The plugin, which is built beside the tool.
pub fn plugin() -> PathBuf {
    let path = Path::new(env!("CARGO_BIN_EXE_respect")).with_file_name("librespect_passes.so");
    assert!(path.is_file(), "{} is missing: run 'cargo build -p respect-passes'", path.display());
    path
}

/// The stock `mlir-opt` with the plugin and these passes of a module.
pub fn mlir_opt(pipeline: &str) -> Command {
    let mut command = Command::new(llvm("mlir-opt"));
    command
        .arg(format!("--load-pass-plugin={}", plugin().display()))
        .arg("--allow-unregistered-dialect")
        .arg(format!("--pass-pipeline=builtin.module({pipeline})"));
    command
}
