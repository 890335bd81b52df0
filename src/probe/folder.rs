//! The folder of models to measure, with what is needed to compile, time and fit them.

use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use super::{Chosen, Probe};
use crate::base::cancel::{Cancel, Interrupted};
use crate::base::hint::{Hint, Hinted};
use crate::base::limits;
use crate::base::new_folder::{Kind, NewFolder, OutputError, Written};
use crate::device::EdgeTpu;
use crate::edgetpu::names::{command_line, compiled_name, log_name};
use crate::tflite::{self, WriteError};

/// The list of the models, by which the folder is known again.
pub const LIST: &str = "models.json";
/// The commands that compile the models.
pub const COMMANDS: &str = "compile.sh";
/// The script that times the models.
pub const TIME_MODELS: &str = "time_models.py";
/// The times that the script writes.
pub const TIMES: &str = "times.csv";
/// The file of the device that the times are to refit, if it is no preset: the folder may go to another host.
pub const BASE: &str = "base.toml";
/// The page that says what to do with the folder.
pub const README: &str = "README.md";

const SCRIPT: &str = include_str!("time_models.py");

/// The kind of folder that holds models to measure.
const MODELS: Kind = Kind { what: "a folder of models to measure", written };

/// The device that the times of the models are to refit.
pub enum Base<'d> {
    /// A preset, by its name.
    Preset(&'d str),
    /// Any other device.
    Other(&'d EdgeTpu),
}

impl Base<'_> {
    /// Returns what the option `--base` names, from where the models are in `folder`, which is quoted for a shell.
    fn named(&self, folder: &str) -> String {
        match self {
            Base::Preset(name) => (*name).into(),
            Base::Other(_) => format!("{folder}/{BASE}"),
        }
    }
}

/// The format of [`LIST`].
const FORMAT: u32 = 1;

/// The list of the models.
#[derive(Serialize, Deserialize)]
struct List {
    format: u32,
    /// The device that the times are to refit: a preset, or a file of the folder.
    base: String,
    models: Vec<Entry>,
}

#[derive(Serialize, Deserialize)]
struct Entry {
    file: String,
    /// The time of an inference on the device that the models were chosen for, in milliseconds.
    predicted_ms: f64,
}

/// The reason why the models can't be written.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ProbeError {
    /// The folder can't be written.
    #[error(transparent)]
    Output(#[from] OutputError),
    /// A model can't be written.
    #[error("{}", .path.display())]
    Model {
        /// The path of the model's file.
        path: PathBuf,
        /// What went wrong.
        #[source]
        cause: WriteError,
    },
    /// Another file can't be written.
    #[error("{}", .path.display())]
    File {
        /// The path of the file.
        path: PathBuf,
        /// What went wrong.
        #[source]
        cause: io::Error,
    },
    /// Somebody asked to stop.
    #[error(transparent)]
    Interrupted(#[from] Interrupted),
}

impl Hinted for ProbeError {
    fn hint(&self) -> Option<Hint> {
        match self {
            ProbeError::Output(error) => error.hint(),
            _ => None,
        }
    }
}

/// Writes the models, and what is needed to time them, into `folder`, which appears whole or not at all. The models
/// refit the device `base`. Models of an earlier run are replaced if `replace` is set, with all that was made of them.
///
/// # Errors
/// Returns an error if the folder is taken, if a file can't be written, or if somebody asks to stop.
pub fn write(
    probe: &Probe,
    base: &Base,
    folder: &Path,
    replace: bool,
    cancel: &Cancel,
) -> Result<(), ProbeError> {
    let new = NewFolder::create(folder, replace.then_some(&MODELS))?;
    for chosen in &probe.models {
        cancel.check()?;
        let file = chosen.file();
        write_model(chosen, &new.path().join(&file))
            .map_err(|cause| ProbeError::Model { path: folder.join(file), cause })?;
    }
    let mut texts = vec![
        (COMMANDS, commands(probe)),
        (TIME_MODELS, SCRIPT.into()),
        (README, readme(base)),
        (LIST, list(probe, base)),
    ];
    if let Base::Other(device) = base {
        texts.push((BASE, device.to_toml(|_| None)));
    }
    for (file, text) in texts {
        std::fs::write(new.path().join(file), text)
            .map_err(|cause| ProbeError::File { path: folder.join(file), cause })?;
    }
    cancel.check()?;
    Ok(new.finish()?)
}

fn write_model(chosen: &Chosen, path: &Path) -> Result<(), WriteError> {
    let mut sink = BufWriter::new(File::create(path)?);
    tflite::write(&chosen.model(), &mut sink)?;
    Ok(sink.flush()?)
}

/// Returns the script that compiles the models. Models of one command share the device's cache, so that each has its own.
fn commands(probe: &Probe) -> String {
    let command = |chosen: &Chosen| format!("{}\n", command_line(&chosen.file(), &[]).join(" "));
    let all: String = probe.models.iter().map(command).collect();
    format!(
        "#!/bin/sh\n# Compiles each model by itself: those that are compiled together share the device's cache.\nset -e\ncd \"$(dirname \"$0\")\"\n{all}"
    )
}

/// Returns the commands that make a device file of the models in `folder`, in their order; `base` is refitted.
pub fn steps(folder: &str, base: &Base) -> [String; 3] {
    let base = base.named(folder);
    [
        format!("sh {folder}/{COMMANDS}"),
        format!("python3 {folder}/{TIME_MODELS}"),
        format!("respect calibrate {folder}/{TIMES} --base {base} -o my_host.toml"),
    ]
}

fn readme(base: &Base) -> String {
    let [compile, time, fit] = steps(".", base);
    format!(
        "# Models that tell what an Edge TPU on your host takes\n\n\
         In this folder, run\n\n\
         ```sh\n\
         {compile}   # where edgetpu_compiler is: x86-64 Linux\n\
         {time}   # on the host with the device, which nothing else should use meanwhile\n\
         {fit}\n\
         ```\n\n\
         and give `--device my_host.toml` to every command of `respect`. `times.csv` has the median of many inferences\n\
         of each model.\n\n\
         Keep the compiler's logs beside the models: `respect calibrate` reads from them what was cached.\n"
    )
}

fn list(probe: &Probe, base: &Base) -> String {
    let entry = |chosen: &Chosen| Entry { file: chosen.file(), predicted_ms: chosen.predicted_us / 1e3 };
    let base = match base {
        Base::Preset(name) => (*name).into(),
        Base::Other(_) => BASE.into(),
    };
    let list = List { format: FORMAT, base, models: probe.models.iter().map(entry).collect() };
    serde_json::to_string_pretty(&list).expect("names and numbers are JSON") + "\n"
}

/// Returns the files of a folder with a list of models: those that were written, and those that are made of them.
fn written(folder: &Path) -> Option<Written> {
    let text = limits::read_plain_file(&folder.join(LIST), limits::TEXT_BYTES).ok()?;
    let list: List = serde_json::from_slice(&text).ok().filter(|list: &List| list.format == FORMAT)?;
    Some(Box::new(move |name| {
        let is_model = |entry: &Entry| {
            let file = &entry.file;
            name == file || name == compiled_name(file) || name == log_name(file)
        };
        [LIST, COMMANDS, TIME_MODELS, TIMES, README, BASE].contains(&name) || list.models.iter().any(is_model)
    }))
}
