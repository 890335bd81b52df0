//! The tool on a disk that `tests/standin/disk.c` makes full, read-only or fatal.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;

use nix::sys::signal::Signal;

use super::{repository, respect};

/// The tool with changes below `folder` in the hands of `tests/standin/disk.c`, whose further variables are the caller's.
pub fn tool_on(folder: &Path) -> Command {
    let mut command = Command::new(respect().get_program());
    command.env("LD_PRELOAD", library()).env("DISK_FOLDER", fs::canonicalize(folder).expect("a folder"));
    command
}

/// The same, with a signal to the tool before the change that comes after so many.
pub fn signalled_tool_on(folder: &Path, signal: Signal, changes: u32) -> Command {
    let mut command = tool_on(folder);
    command.env("DISK_SIGNAL", (signal as i32).to_string()).env("DISK_AFTER", changes.to_string());
    command
}

/// The library, compiled once.
fn library() -> &'static Path {
    static BUILT: OnceLock<PathBuf> = OnceLock::new();
    BUILT.get_or_init(|| shared_library("disk.c", "disk.so"))
}

/// Compiles a file of `tests/standin` into a shared library, by the C compiler that Rust links with.
pub fn shared_library(source: &str, name: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR"));
    let building = tempfile::tempdir_in(folder).expect("a scratch folder");
    let (built, library) = (building.path().join(name), folder.join(name));
    let mut command = Command::new("cc");
    command.args(["-shared", "-fPIC", "-O1", "-Wall", "-Wextra", "-Werror", "-o"]).arg(&built);
    let output = command.arg(repository("tests/standin").join(source)).output();
    let output = output.unwrap_or_else(|why| panic!("cc: {why}: run tools/setup build"));
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    // Another run of the tests may have it loaded.
    fs::rename(&built, &library).expect("the same file system");
    library
}
