//! The promise: stages of a damaged model compute what the damaged model computes, or are refused.
//!
//! One byte of a model is flipped at a time. Where the interpreter still runs the whole, the stages that were written
//! must give the same bits. For a search instead of a test, `RESPECT_FLIP_STEP=1` tries every byte that is no weight
//! and not a sample of them, `RESPECT_FLIP_XOR=1,2,4` other changes, and `RESPECT_FLIP_MODELS=dense,chain` other models.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fmt::Debug;
use std::fs;
use std::io::{BufRead, BufReader, Write};
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::sync::Mutex;

use crate::common::{cut, model, on_two_threads, python, room};
use respect::stages::check;
use respect::tflite::model::{Model, Operator};
use respect::tflite::read;
use serde_json::Value;

/// What came of a damaged model.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Outcome {
    /// The tool refused it.
    Refused,
    /// The tool wrote stages, and refused them when it checked what it had written.
    RefusedLate,
    /// The interpreter does not run the whole model either, or runs it to a different end each time.
    NoReference,
    /// The stages give what the whole model gives.
    Good,
    /// They do not.
    Bad,
}

#[test]
fn stages_of_damaged_models_compute_what_the_damaged_model_computes() {
    let setting = |name: &str, default: &str| std::env::var(name).unwrap_or_else(|_| default.into());
    let step: usize = setting("RESPECT_FLIP_STEP", "61").parse().expect("a number");
    let flips = setting("RESPECT_FLIP_XOR", "1,128");
    let flips: Vec<u8> = flips.split(',').map(|flip| flip.parse().expect("a byte")).collect();
    let names = setting("RESPECT_FLIP_MODELS", "mixed,recurrent,postprocess");
    let mut jobs = Vec::new();
    for (place, name) in names.split(',').enumerate() {
        let bytes = fs::read(model(name)).unwrap();
        let weights = weights(&bytes);
        let is_weight = |at: &usize| weights.iter().any(|range| range.contains(at));
        let sample = (8 + place..bytes.len()).filter(|at| !is_weight(at)).step_by(step);
        jobs.extend(sample.flat_map(|at| flips.iter().map(move |&flip| (name, at, flip))));
    }
    let checkers = Mutex::new(Vec::<Checker>::new());
    let outcomes = Mutex::new(BTreeMap::<Outcome, usize>::new());
    let bad = Mutex::new(Vec::new());
    on_two_threads(&jobs, |&(name, at, flip)| {
        let checker = checkers.lock().unwrap().pop();
        let mut checker = checker.unwrap_or_else(Checker::start);
        let (outcome, why) = try_one(&mut checker, name, at, flip);
        checkers.lock().unwrap().push(checker);
        if let Outcome::Bad | Outcome::RefusedLate = outcome {
            println!("{name}, byte {at} ^ {flip:#x}: {why}");
        }
        if outcome == Outcome::Bad {
            bad.lock().unwrap().push(format!("{name}, byte {at} ^ {flip:#x}: {why}"));
        }
        *outcomes.lock().unwrap().entry(outcome).or_default() += 1;
    });
    let outcomes = outcomes.into_inner().unwrap();
    println!("{outcomes:?}");
    let mut bad = bad.into_inner().unwrap();
    bad.sort();
    assert!(bad.is_empty(), "{} of {} bad:\n{}", bad.len(), jobs.len(), bad.join("\n"));
    let good = outcomes.get(&Outcome::Good).copied().unwrap_or(0);
    assert!(good * 10 > jobs.len(), "the damage leaves too little to compare: {outcomes:?}");
}

/// Cuts the model with one byte changed, into three and into as many stages as it has room for, and compares.
fn try_one(checker: &mut Checker, name: &str, at: usize, flip: u8) -> (Outcome, String) {
    let original = fs::read(model(name)).unwrap();
    let mut bytes = original.clone();
    bytes[at] ^= flip;
    let Ok(damaged) = read(&bytes) else { return (Outcome::Refused, String::new()) };
    let scratch = tempfile::tempdir().unwrap();
    let whole = scratch.path().join(format!("{name}.tflite"));
    fs::write(&whole, &bytes).unwrap();

    let mut folders = Vec::new();
    let into = |stages: u32, folder: &Path| cut(&whole, stages, folder, &["--max-ideals", "2000"]);
    for stages in [3, 1000] {
        let folder = scratch.path().join(stages.to_string());
        let made = into(stages, &folder).or_else(|why| match room(&why) {
            Some(room) => into(room, &folder),
            None => Err(why),
        });
        match made {
            Ok(()) => folders.push(folder),
            Err(why) if why.contains("do not pass their own check") => return (Outcome::RefusedLate, why),
            Err(_) => {}
        }
    }
    if folders.is_empty() {
        return (Outcome::Refused, String::new());
    }
    for folder in &folders {
        assert_eq!(check::verify(folder).unwrap(), [], "{name}, byte {at} ^ {flip:#x}");
    }
    let answer = checker.ask(&whole, &folders);
    if !answer["whole"].is_null() {
        return (Outcome::NoReference, answer["whole"].to_string());
    }
    let stages = answer["folders"].as_array().unwrap();
    match stages.iter().find(|stage| stage["ok"] != true) {
        Some(stage) => {
            let hit = difference(&read(&original).unwrap(), &damaged);
            (Outcome::Bad, format!("{hit}: {}", stage["why"]))
        }
        None => (Outcome::Good, String::new()),
    }
}

/// A Python process that compares wholes with stages.
struct Checker {
    process: Child,
    asks: Option<ChildStdin>,
    answers: BufReader<ChildStdout>,
}

impl Checker {
    fn start() -> Checker {
        let command = python("chain.py");
        let mut process = Command::new(command.get_program())
            .args(command.get_args())
            .args(["--batch", "--samples", "2"])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("Python starts");
        let answers = BufReader::new(process.stdout.take().expect("piped"));
        Checker { asks: process.stdin.take(), answers, process }
    }

    fn ask(&mut self, whole: &Path, folders: &[PathBuf]) -> Value {
        let mut line = whole.display().to_string();
        folders.iter().for_each(|folder| line.push_str(&format!("\t{}", folder.display())));
        writeln!(self.asks.as_mut().expect("open"), "{line}").expect("chain.py reads");
        let mut answer = String::new();
        self.answers.read_line(&mut answer).expect("chain.py answers");
        serde_json::from_str(&answer).unwrap_or_else(|why| panic!("chain.py ended at {line}: {why}"))
    }
}

impl Drop for Checker {
    fn drop(&mut self) {
        drop(self.asks.take());
        let _ = self.process.wait();
    }
}

/// Where weights lie in the file: constants of more than 64 bytes. Any values of them make a sound model.
fn weights(bytes: &[u8]) -> Vec<Range<usize>> {
    let model = read(bytes).unwrap();
    let place = |data: &[u8]| data.as_ptr().addr() - bytes.as_ptr().addr();
    let large = model.buffers.iter().flatten().filter(|data| data.len() > 64);
    large.map(|data| place(data)..place(data) + data.len()).collect()
}

/// What the damage changed, for the message.
fn difference(original: &Model, damaged: &Model) -> String {
    let mut found = Vec::new();
    for (index, (a, b)) in original.tensors.iter().zip(&damaged.tensors).enumerate() {
        let mut field = |name: &str, a: &dyn Debug, b: &dyn Debug| {
            let (a, b) = (format!("{a:?}"), format!("{b:?}"));
            if a != b {
                found.push(format!("{name} of tensor {index}: {a} to {b}"));
            }
        };
        field("name", &a.name, &b.name);
        field("shape", &a.shape, &b.shape);
        field("type", &a.kind.name, &b.kind.name);
        field("buffer", &a.buffer, &b.buffer);
        field("quantization", &a.quantization, &b.quantization);
        field("is_variable", &a.is_variable, &b.is_variable);
        field("shape_signature", &a.shape_signature, &b.shape_signature);
        field("has_rank", &a.has_rank, &b.has_rank);
    }
    for (index, (a, b)) in original.operators.iter().zip(&damaged.operators).enumerate() {
        let values =
            |operator: &Operator| format!("{:?}", operator.options.as_ref().map(|options| &options.values));
        let bare = |operator: &Operator| format!("{:?}", Operator { options: None, ..operator.clone() });
        let kind = original.label(a);
        if a.options != b.options {
            found.push(format!("options of operator {index} ({kind}): {} to {}", values(a), values(b)));
        }
        if bare(a) != bare(b) {
            found.push(format!("operator {index} ({kind}): {} to {}", bare(a), bare(b)));
        }
    }
    for (index, (a, b)) in
        original.buffers.iter().zip(&damaged.buffers).enumerate().filter(|(_, (a, b))| a != b)
    {
        let bytes = |data: &Option<Cow<[u8]>>| data.as_ref().map_or(0, |data| data.len());
        let users = original.tensors.iter().enumerate().filter(|(_, tensor)| tensor.buffer as usize == index);
        let users: Vec<usize> = users.map(|(tensor, _)| tensor).collect();
        found.push(format!("buffer {index} of tensors {users:?}: {} to {} bytes", bytes(a), bytes(b)));
    }
    let ends =
        |model: &Model| format!("{:?} in, {:?} out, codes {:?}", model.inputs, model.outputs, model.codes);
    if ends(original) != ends(damaged) {
        found.push(format!("{} to {}", ends(original), ends(damaged)));
    }
    match found.len() {
        0 if original == damaged => "nothing that is read".into(),
        0 => "a count, metadata or a signature".into(),
        _ => found.join("; "),
    }
}
