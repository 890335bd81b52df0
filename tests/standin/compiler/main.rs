//! A stand-in for Google's edgetpu_compiler, which may not be redistributed: its flags, logs, files and faults.
//!
//! It compiles nothing, but `NAME_edgetpu.tflite` looks as if: a custom operator with a package stands for what the Edge
//! TPU would compute. Beside it the file holds the model that it was made of, which the stand-in for PyCoral runs on
//! the CPU. The figures of package and log are computed from the model: constants are cached, in the order of the
//! operations, while they fit, and the others are streamed. Operations that the Edge TPU does not take, and all after
//! the first such one, go to the CPU. A model without an 8 bit tensor is "not quantized".
//!
//! Environment, beside the faults of `faults.rs`:
//! - `STANDIN_CALLS`: a file to which every call to compile appends its arguments, a JSON list
//!   a line
//! - `STANDIN_DELAY`: seconds to sleep before each result
//! - `STANDIN_VERSION`: the version to be; older ones lack flags and lines
//! - `STANDIN_CACHE`: the bytes of parameters that fit on the chip, 7 MiB by default
//! - `STANDIN_PARAMETERS`, `STANDIN_INSTRUCTIONS`: how many percent of the bytes that our device model gives an
//!   operation's parameters and instructions they take, 100 by default
//! - `STANDIN_COPIES`: if set, `NAME_edgetpu.tflite` is a mere copy of `NAME.tflite`, without a package
//! - `STANDIN_REFUSE`: names of tensors, a line each: models in which one operation makes one and another reads it are
//!   refused
//! - `STANDIN_REFUSE_ALONE`: the name of a tensor: models in which an operation makes it are refused

mod compiled;
mod faults;
mod flags;
mod log;
mod model;
mod package;
mod segments;

use std::fs::File;
use std::io::Write;
use std::path::Path;
use std::process::ExitCode;
use std::time::Duration;

use compiled::{Making, compiled};
use faults::{Fault, fault};
use flags::Flags;
use log::{CHILD_ENDED, Written};
use model::Figures;

/// A model to compile, and the name it goes by in the log.
pub struct Input {
    path: String,
    bytes: Vec<u8>,
}

impl Input {
    /// Its path without folder and ending.
    fn stem(&self) -> String {
        Path::new(&self.path).file_stem().unwrap_or_default().to_string_lossy().into_owned()
    }
}

/// What the environment says, if anything.
fn setting(name: &str) -> Option<String> {
    std::env::var(name).ok().filter(|value| !value.is_empty())
}

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match run(&arguments) {
        Ok(()) => ExitCode::SUCCESS,
        Err(lines) => {
            eprint!("{lines}");
            ExitCode::FAILURE
        }
    }
}

fn run(arguments: &[String]) -> Result<(), String> {
    let flags = Flags::parse(arguments)?;
    println!("Edge TPU Compiler version {}", flags.version);
    if flags.only_version {
        return Ok(());
    }
    if let Some(calls) = setting("STANDIN_CALLS") {
        let mut file = File::options().append(true).create(true).open(calls).expect("a file for calls");
        let call = serde_json::to_string(arguments).expect("texts serialize") + "\n";
        file.write_all(call.as_bytes()).expect("a file for calls");
    }
    let fault = fault(&flags.models);
    if fault == Some(Fault::VersionOnly) {
        return Ok(());
    }
    if !Path::new(&flags.out_dir).is_dir() {
        return Err(format!("ERROR: no such directory: {}\n", flags.out_dir));
    }
    let mut inputs = Vec::new();
    for path in &flags.models {
        let bytes =
            std::fs::read(path).map_err(|_| fail(&flags, &[&format!("ERROR: Could not open '{path}'.")]))?;
        inputs.push(Input { path: path.clone(), bytes });
    }
    if flags.num_segments == 1 {
        return compile(&inputs, &flags, fault);
    }
    for input in &inputs {
        let Some(segments) = segments::cut(input, flags.num_segments) else {
            return Err("stand-in: it has too few operations for so many segments\n".into());
        };
        for segment in segments {
            compile(&[segment], &flags, fault)?;
        }
    }
    Ok(())
}

/// Compiles the models together, as the real one does with all that it is given at once.
fn compile(inputs: &[Input], flags: &Flags, fault: Option<Fault>) -> Result<(), String> {
    if flags.search_delegate {
        println!("Searching for valid delegate with step {}", flags.delegate_search_step);
    }
    let mut figures = Vec::new();
    for input in inputs {
        let invalid =
            |_| fail(flags, &[&format!("Invalid model: {}", input.path), "Model could not be parsed"]);
        figures.push(Figures::of(&input.bytes).map_err(invalid)?);
    }
    let mut limit = figures.iter().map(|figures| figures.operators.len()).max().unwrap_or(0);
    let mut tries = 0;
    loop {
        if flags.search_delegate {
            println!("Try to compile segment with {limit} ops");
            if tries > 0 {
                println!("Intermediate tensors: {}", figures[0].operators[limit - 1].outputs.join(","));
            }
        }
        if flags.major >= 16 {
            println!("Started a compilation timeout timer of {} seconds.", flags.timeout_sec);
        }
        let delay = setting("STANDIN_DELAY").map_or(0.0, |delay| delay.parse().expect("seconds"));
        std::thread::sleep(Duration::from_secs_f64(delay));
        if let Some(fault) = fault {
            fault.before(inputs, flags)?;
        }
        for (input, figures) in inputs.iter().zip(&figures) {
            if !figures.quantized || fault == Some(Fault::NotQuantized) {
                return Err(fail(flags, &[&format!("Invalid model: {}", input.path), "Model not quantized"]));
            }
            if figures.is_refused() {
                return Err(fail(flags, &["", "Internal compiler error. Aborting! "]));
            }
        }
        if fault != Some(Fault::LargeActivation) || tries >= 2 {
            return succeed(inputs, &figures, flags, limit, fault);
        }
        let failed = fail(
            flags,
            &[
                "ERROR: Restored original execution plan after delegate application failure.",
                "Compilation failed: Compilation failed due to large activation tensors in model.",
            ],
        );
        tries += 1;
        limit = limit.saturating_sub(flags.delegate_search_step);
        if !flags.search_delegate || limit < 1 {
            return Err(failed);
        }
    }
}

/// Writes the files, and says all that there is to say of them.
fn succeed(
    inputs: &[Input],
    figures: &[Figures],
    flags: &Flags,
    limit: usize,
    fault: Option<Fault>,
) -> Result<(), String> {
    let written: Vec<Written> = inputs
        .iter()
        .zip(figures)
        .map(|(input, figures)| Written::new(input, figures, flags, limit))
        .collect();
    let text = log::success(&written, flags);
    if fault == Some(Fault::HalfLog) {
        print!("{}", &text[..text.find("Total number").expect("there is such a line") + 9]);
        return Err(String::new());
    }
    print!("{text}");
    for ((input, figures), written) in inputs.iter().zip(figures).zip(&written) {
        let on_tpu = written.on_tpu();
        let making = Making { flags, fault };
        let made = match setting("STANDIN_COPIES") {
            None if on_tpu.contains(&true) => compiled(&input.bytes, &on_tpu, figures, &making),
            _ => input.bytes.clone(),
        };
        let bytes = match fault {
            Some(fault) => fault.spoil(&made, &written.output)?,
            None => Some(made),
        };
        if let Some(bytes) = bytes {
            std::fs::write(&written.output, bytes)
                .map_err(|error| format!("ERROR: {}: {error}\n", written.output))?;
            std::fs::write(&written.log, written.operation_log(flags)).map_err(|error| error.to_string())?;
        }
    }
    if flags.major >= 16 {
        println!("{CHILD_ENDED}\nCompilation succeeded! ");
    }
    Ok(())
}

/// Says that it failed; returns nothing more to say.
fn fail(flags: &Flags, lines: &[&str]) -> String {
    for line in lines {
        println!("{line}");
    }
    if flags.major >= 16 {
        println!("{CHILD_ENDED}\nCompilation failed! ");
    }
    String::new()
}
