//! The names of the compiler's program and of the files that it reads and writes.

use super::flags::Flag;

/// The name of the compiler's program.
pub const PROGRAM: &str = "edgetpu_compiler";

/// The advice on how to get the program, for people who do not have it.
pub const HOW_TO_GET: &str = "edgetpu_compiler is Google's, for x86-64 Linux: add Coral's package repository as \
https://coral.ai/docs/edgetpu/compiler says, then 'apt-get install edgetpu-compiler'";

/// Returns the command line that compiles `file` in the folder it lies in.
pub fn command_line(file: &str, flags: &[Flag]) -> Vec<String> {
    let flags = flags.iter().flat_map(Flag::arguments).cloned();
    let own = [PROGRAM, "--show_operations", "--out_dir", "."].map(String::from);
    own.into_iter().chain(flags).chain([file.into()]).collect()
}

/// Returns the file name of a stage of `model`, as Coral's tools name segments; stages count from 0.
pub fn stage_name(model: &str, stage: usize, stages: usize) -> String {
    format!("{model}_segment_{stage}_of_{stages}.tflite")
}

/// Returns the name of the file that the compiler makes of the stage `file`.
pub fn compiled_name(file: &str) -> String {
    format!("{}_edgetpu.tflite", file.strip_suffix(".tflite").unwrap_or(file))
}

/// Returns the file name of the log that goes with the compiled form of the stage `file`.
pub fn log_name(file: &str) -> String {
    format!("{}_edgetpu.log", file.strip_suffix(".tflite").unwrap_or(file))
}
