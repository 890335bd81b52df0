//! Runs of LLVM's programs on modules, with a limit of time, told apart by how they end.

use std::io::Write;
use std::process::{Command, Stdio};

use crate::common::llvm::{llvm, llvm_folder, mlir_opt};

/// The seconds that one run may take: nothing here takes a tenth of it.
const SECONDS: &str = "60";

/// How a run ends that does not succeed.
#[derive(Clone, Debug)]
pub enum Failure {
    /// The program says why, and ends with status 1.
    Refused(String),
    /// It is killed, by a signal or for its time.
    Crashed(String),
}

impl Failure {
    /// All that the program said.
    pub fn text(&self) -> &str {
        match self {
            Failure::Refused(text) | Failure::Crashed(text) => text,
        }
    }
}

macro_rules! to_linalg {
    () => {
        "func.func(tosa-to-linalg-named,tosa-to-linalg,tosa-to-arith,tosa-to-tensor,convert-elementwise-to-linalg)"
    };
}

/// Passes from TOSA to linalg.
pub const TO_LINALG: &str = to_linalg!();
/// Passes from TOSA to memory. Every write is to a copy: without that MLIR 22 writes to a constant that a loop hands on. State that
/// holds tensors stays: see `state`.
pub const TO_MEMORY: &str = concat!(
    to_linalg!(),
    ",one-shot-bufferize{bufferize-function-boundaries allow-return-allocs-from-loops copy-before-write \
     function-boundary-type-conversion=identity-layout-map \
     dialect-filter=arith,bufferization,cf,func,linalg,memref,scf,tensor}"
);

/// Passes from all of it to LLVM's dialect.
const LOWERING: &[&str] = &[
    TO_MEMORY,
    "func.func(convert-linalg-to-loops)",
    "expand-strided-metadata,lower-affine,convert-scf-to-cf,convert-math-to-libm,convert-arith-to-llvm",
    "convert-index-to-llvm,finalize-memref-to-llvm,convert-func-to-llvm,convert-cf-to-llvm,convert-ub-to-llvm",
    "reconcile-unrealized-casts",
];

/// Gives a program a text to read, and returns what it prints.
fn feed(command: &Command, text: &str) -> Result<String, Failure> {
    let mut limited = Command::new("timeout");
    limited.arg(SECONDS).arg(command.get_program()).args(command.get_args());
    limited.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = limited.spawn().expect("timeout starts");
    // A program that ends early closes its end: what it says tells why.
    let _ = child.stdin.take().expect("piped").write_all(text.as_bytes());
    let output = child.wait_with_output().expect("an end");
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    match output.status.code() {
        Some(0) => Ok(String::from_utf8(output.stdout).expect("MLIR prints UTF-8")),
        Some(1) => Err(Failure::Refused(said)),
        _ => Err(Failure::Crashed(format!("{}: {said}", output.status))),
    }
}

/// Runs passes in `mlir-opt` with the plugin. Between two processes a module is text: generic, with its locations.
pub fn opt(text: &str, passes: &[String], is_generic: bool) -> Result<String, Failure> {
    let mut command = mlir_opt(&passes.join(","));
    command
        .args(is_generic.then_some(["--mlir-print-op-generic", "--mlir-print-debuginfo"]).iter().flatten());
    feed(&command, text)
}

/// Lowers a module to LLVM's dialect, and executes its function `entry`; returns what that prints.
pub fn execute(text: &str) -> Result<String, Failure> {
    let lowered = feed(&mlir_opt(&LOWERING.join(",")), text)?;
    let mut command = Command::new(llvm("mlir-runner"));
    let libraries = ["libmlir_c_runner_utils.so", "libmlir_runner_utils.so"]
        .map(|library| llvm_folder("lib").join(library).display().to_string());
    command.args(["-e", "entry", "--entry-point-result=void"]);
    command.arg(format!("--shared-libs={}", libraries.join(",")));
    feed(&command, &lowered)
}
