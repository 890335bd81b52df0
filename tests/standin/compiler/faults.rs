//! What goes wrong.
//!
//! - `STANDIN_FAULT`: the fault, none by default
//! - `STANDIN_FAULT_MATCH`: only models whose path contains this text suffer it
//! - `STANDIN_STATE`: a file for the faults that remember something

use std::fs::File;
use std::io::Write;
use std::process::{Child, Command, exit};

use clap::ValueEnum;
use nix::sys::resource::{Resource, setrlimit};
use nix::sys::signal::{SigSet, Signal, raise};
use nix::sys::stat::Mode;
use nix::unistd::mkfifo;
use respect::tflite::model::Tensor;
use respect::tflite::{read, write};

use super::flags::Flags;
use super::log::CHILD_ENDED;
use super::package::Executable;
use super::{Input, fail, setting};

/// The faults.
#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Fault {
    /// "Internal compiler error. Aborting!"
    InternalError,
    /// The same, but only the first time for each model; remembers it in the state.
    InternalErrorOnce,
    /// "large activation tensors"; -d gets around it by leaving operations to the CPU.
    LargeActivation,
    /// "Model not quantized".
    NotQuantized,
    /// "Compilation failed!" and no reason.
    Bare,
    /// Sleeps for an hour, deaf to all signals that can be ignored, with a child that sleeps too and holds the output
    /// open; both process ids go to the state.
    Hang,
    /// Succeeds, and leaves such a child running.
    LeavesChild,
    /// Dies of SIGSEGV.
    Segfault,
    /// The same as seen through the shell script that starts the real one: status 139.
    SegfaultWrapper,
    /// Ends by an exception that nobody handles.
    Abort,
    /// Prints without end.
    Endless,
    /// Prints to stderr without end, and not one line end.
    Flood,
    /// Prints bytes that are no text, and writes such a file.
    Garbage,
    /// Prints its version and nothing else, status 0.
    VersionOnly,
    /// Stops after the line about the timer, status 0.
    TimerOnly,
    /// Stops in the middle of the figures of a success, and writes nothing.
    HalfLog,
    /// Says that it succeeded, and writes nothing.
    NoOutput,
    /// Says that it succeeded, and writes half of the file.
    TruncatedOutput,
    /// Says that it succeeded, and writes a model with another output.
    OtherOutput,
    /// Says that it succeeded, and writes a model with another scale of an output.
    OtherScale,
    /// Says that it succeeded, and writes a package that takes another input.
    OtherLayer,
    /// Says that it succeeded, and writes a package whose first output is too small.
    SmallLayer,
    /// Says that it succeeded, and writes a package with another zero point of the first output.
    OtherZeroPoint,
    /// Says that it succeeded, and writes half of a package.
    HalfPackage,
    /// Says that it succeeded, and leaves a link to a file elsewhere.
    LinkedOutput,
    /// Says that it succeeded, and leaves a pipe that nobody writes to.
    PipeOutput,
    /// Says that it succeeded, and writes a file of a tebibyte, which takes no room on the disk.
    HugeOutput,
    /// Writes half of the file, and finds no room for the rest.
    DiskFull,
    /// Writes half of the file, and is killed.
    Killed,
}

/// The fault that these models suffer.
pub fn fault(models: &[String]) -> Option<Fault> {
    let name = setting("STANDIN_FAULT")?;
    let only = setting("STANDIN_FAULT_MATCH").unwrap_or_default();
    let fault = Fault::from_str(&name, false).unwrap_or_else(|_| panic!("there is no fault '{name}'"));
    models.iter().any(|path| path.contains(&only)).then_some(fault)
}

impl Fault {
    /// What happens before there is a result.
    pub fn before(self, inputs: &[Input], flags: &Flags) -> Result<(), String> {
        let internal_error = || Err(fail(flags, &["", "Internal compiler error. Aborting! "]));
        match self {
            Fault::InternalError => internal_error(),
            Fault::InternalErrorOnce if is_first_time(inputs) => internal_error(),
            Fault::Bare => Err(fail(flags, &[])),
            Fault::Hang => hang(),
            Fault::LeavesChild => child().map(|_| ()),
            Fault::Segfault => die(Signal::SIGSEGV),
            Fault::SegfaultWrapper => {
                eprintln!(
                    "/usr/bin/edgetpu_compiler: line 3: {} Segmentation fault (core dumped) \
                     ${{d}}/edgetpu_compiler_bin/ld-linux-x86-64.so.2 --library-path ${{d}}/edgetpu_compiler_bin \
                     ${{d}}/edgetpu_compiler_bin/edgetpu_compiler \"$@\"",
                    std::process::id()
                );
                exit(139)
            }
            Fault::Abort => {
                eprintln!("libc++abi: terminating with uncaught exception of type std::length_error: vector");
                die(Signal::SIGABRT)
            }
            Fault::Endless => {
                let lines = format!("{CHILD_ENDED}\n").repeat(1000);
                loop {
                    print!("{lines}");
                }
            }
            Fault::Flood => loop {
                std::io::stderr().write_all(&[b'x'; 1 << 16]).map_err(|error| error.to_string())?;
            },
            Fault::Garbage => {
                let noise: Vec<u8> =
                    (0..60_000_u32).map(|n| (n.wrapping_mul(2_654_435_761) >> 13) as u8).collect();
                std::io::stdout().write_all(&noise).map_err(|error| error.to_string())
            }
            Fault::TimerOnly => exit(0),
            _ => Ok(()),
        }
    }

    /// What becomes of an executable before it is written.
    pub fn change(self, executable: &mut Executable) {
        match self {
            Fault::OtherLayer => executable.inputs[0].name.push('!'),
            Fault::SmallLayer => executable.outputs[0].extents[2] -= 1,
            Fault::OtherZeroPoint => executable.outputs[0].zero_point += 1,
            _ => {}
        }
    }

    /// What is written in place of a package.
    pub fn cut(self, package: &mut Vec<u8>) {
        if self == Fault::HalfPackage {
            package.truncate(package.len() / 2);
        }
    }

    /// What is written in place of `bytes`; none for no file.
    pub fn spoil(self, bytes: &[u8], output: &str) -> Result<Option<Vec<u8>>, String> {
        let half = || bytes[..bytes.len() / 2].to_vec();
        let write_half = || std::fs::write(output, half()).map_err(|error| error.to_string());
        Ok(match self {
            Fault::NoOutput => None,
            Fault::TruncatedOutput => Some(half()),
            Fault::Garbage => Some(bytes.iter().map(|byte| byte ^ 0x5A).collect()),
            Fault::OtherOutput => Some(with_output(bytes, |output| output.name = Some("another".into()))),
            Fault::OtherScale => Some(with_output(bytes, |output| {
                output.quantization.get_or_insert_default().scale = Some(vec![0.123]);
            })),
            Fault::LinkedOutput => {
                let other = format!("{output}.other");
                std::fs::write(&other, bytes).map_err(|error| error.to_string())?;
                std::os::unix::fs::symlink(other, output).map_err(|error| error.to_string())?;
                None
            }
            Fault::PipeOutput => {
                mkfifo(output, Mode::S_IRWXU).map_err(|error| error.to_string())?;
                None
            }
            Fault::HugeOutput => {
                write_half()?;
                let file = File::options().write(true).open(output);
                file.and_then(|file| file.set_len(1 << 40)).map_err(|error| error.to_string())?;
                None
            }
            Fault::DiskFull => {
                write_half()?;
                return Err("ERROR: No space left on device\n".into());
            }
            Fault::Killed => {
                write_half()?;
                die(Signal::SIGKILL)?;
                None
            }
            _ => Some(bytes.to_vec()),
        })
    }
}

/// A model whose first output is changed.
fn with_output(bytes: &[u8], change: impl Fn(&mut Tensor)) -> Vec<u8> {
    let mut model = read(bytes).expect("it was read before");
    let output = model.outputs[0] as usize;
    change(&mut model.tensors[output]);
    let mut other = Vec::new();
    write(&model, &mut other).expect("memory takes all");
    other
}

/// Whether these models are new to the state, where they are then kept.
fn is_first_time(inputs: &[Input]) -> bool {
    let state = setting("STANDIN_STATE").expect("the fault needs STANDIN_STATE");
    let known = std::fs::read_to_string(&state).unwrap_or_default();
    let paths: String = inputs.iter().map(|input| format!("{}\n", input.stem())).collect();
    let mut file =
        std::fs::File::options().append(true).create(true).open(state).expect("a file for the state");
    file.write_all(paths.as_bytes()).expect("a file for the state");
    !inputs.iter().all(|input| known.lines().any(|line| line == input.stem()))
}

/// A child that sleeps; its id and ours go to the state.
fn child() -> Result<Child, String> {
    let child = Command::new("sleep").arg("3600").spawn().map_err(|error| error.to_string())?;
    if let Some(state) = setting("STANDIN_STATE") {
        std::fs::write(state, format!("{} {}\n", std::process::id(), child.id()))
            .expect("a file for the state");
    }
    Ok(child)
}

fn hang() -> Result<(), String> {
    SigSet::all().thread_block().map_err(|error| error.to_string())?;
    let mut child = child()?;
    child.wait().map_err(|error| error.to_string())?;
    Err(String::new())
}

/// Dies of a signal, without a core file.
fn die(signal: Signal) -> Result<(), String> {
    let _ = setrlimit(Resource::RLIMIT_CORE, 0, 0);
    // Rust's own handler takes the first SIGSEGV for a full stack, finds that it is not, and withdraws.
    let _ = raise(signal);
    raise(signal).map_err(|error| error.to_string())
}
