//! The command `respect inspect`: shows what is in a model, what would not run on an Edge TPU, and what Google's compiler
//! made of a compiled one.

mod compiled;
mod memory;

use std::collections::BTreeMap;
use std::path::PathBuf;

use anyhow::Context;
use serde::Serialize;

use self::compiled::Compiled;
use self::memory::Memory;
use super::input::Input;
use super::output::{Format, Verdict, print, print_json};
use crate::table::table;
use respect::base::units::{Bytes, Macs};
use respect::edgetpu::package::packages;
use respect::tflite::shapes;
use respect::tflite::support::{OnCpu, Placement, Whole};

/// Arguments of `respect inspect`.
#[derive(clap::Args)]
#[command(after_help = "\
Examples:
  respect inspect model.tflite
  respect inspect model_edgetpu.tflite")]
pub struct Args {
    /// A model (.tflite, .mlir); - reads stdin
    model: PathBuf,
    /// Output format
    #[arg(long, value_enum, default_value_t = Format::Human)]
    format: Format,
}

#[derive(Serialize)]
struct Report<'a> {
    name: String,
    file_bytes: u64,
    parameter_bytes: Bytes,
    macs: Macs,
    inputs: Vec<Tensor>,
    outputs: Vec<Tensor>,
    operators: Vec<Operator>,
    /// The reason that keeps the model as a whole from Edge TPUs.
    warning: Option<String>,
    unmapped: Vec<Unmapped>,
    doubts: Vec<Doubt>,
    /// What one device is predicted to keep; nothing unless all of the model would run there.
    one_device: Option<Memory>,
    /// What the compiler made of the model; nothing unless it is compiled.
    compiled: Vec<Compiled<'a>>,
}

#[derive(Serialize)]
struct Tensor {
    name: String,
    r#type: &'static str,
    shape: Vec<i32>,
}

/// The operators of one kind, taken together.
#[derive(Serialize)]
struct Operator {
    kind: String,
    count: u64,
    parameter_bytes: Bytes,
    macs: Macs,
    unmapped: u64,
}

/// An operator whose limits only the compiler can judge.
#[derive(Serialize)]
struct Doubt {
    index: u32,
    kind: String,
    why: String,
}

/// An operator that would run on the host's CPU.
#[derive(Serialize)]
struct Unmapped {
    index: u32,
    kind: String,
    name: String,
    why: String,
    /// A change to the model that may bring the operator to the Edge TPU.
    remedy: String,
}

/// Runs `respect inspect`.
pub fn run(args: &Args) -> anyhow::Result<Verdict> {
    let input = Input::open(&args.model)?.into_flatbuffer()?;
    let (model, _) = input.named_model()?;
    let compiled = packages(&model).with_context(|| input.label().into_owned())?;
    let graph = input.model_graph(&model)?.graph;
    let bytes_read = graph.bytes_read();
    let shapes = shapes::analyze(&model);
    let mut kinds: BTreeMap<String, Operator> = BTreeMap::new();
    let judge = Placement::new(&model, &shapes);
    let places = judge.place(&judge.all());
    let (mut unmapped, mut doubts) = (Vec::new(), Vec::new());
    for (index, (operator, op)) in model.operators.iter().zip(graph.ops()).enumerate() {
        let entry = kinds.entry(op.kind.clone()).or_insert_with(|| Operator {
            kind: op.kind.clone(),
            count: 0,
            parameter_bytes: Bytes(0),
            macs: Macs(0),
            unmapped: 0,
        });
        entry.count += 1;
        entry.parameter_bytes += bytes_read[index];
        entry.macs += op.macs;
        let kind = op.kind.clone();
        if let Some(reason) = &places[index] {
            entry.unmapped += 1;
            let (why, remedy) = (reason.why.clone(), reason.remedy.into());
            unmapped.push(Unmapped { index: index as u32, kind, name: op.name.clone(), why, remedy });
        } else if let Some(why) = judge.doubt(operator) {
            doubts.push(Doubt { index: index as u32, kind, why });
        }
    }
    let whole = judge.whole();
    let is_mapped = unmapped.is_empty() && whole.is_none() && compiled.is_empty();
    let tensors = |numbers: &[u32]| {
        let tensor = |&number: &u32| {
            let tensor = &model.tensors[number as usize];
            Tensor { name: tensor.label().into(), r#type: tensor.kind.name, shape: tensor.dims().to_vec() }
        };
        numbers.iter().map(tensor).collect::<Vec<_>>()
    };
    let report = Report {
        name: input.name(),
        file_bytes: input.bytes.len() as u64,
        parameter_bytes: graph.parameter_bytes(),
        macs: graph.ops().iter().map(|op| op.macs).sum(),
        inputs: tensors(&model.inputs),
        outputs: tensors(&model.outputs),
        operators: kinds.into_values().collect(),
        warning: whole.as_ref().map(Whole::to_string),
        unmapped,
        doubts,
        one_device: is_mapped.then(|| Memory::of(&model, &graph)),
        compiled: compiled.into_iter().map(Compiled::new).collect(),
    };
    if args.format == Format::Json {
        return print_json(&report);
    }
    print(&human(&report, &judge.on_cpu(&judge.all()), places.len()))?;
    Ok(Verdict::Sound)
}

fn human(report: &Report, on_cpu: &[OnCpu], count: usize) -> String {
    let mut text = format!(
        "{}: {} in the file, {} of parameters, {}, {count} operators\n",
        report.name,
        Bytes(report.file_bytes),
        report.parameter_bytes,
        report.macs
    );
    for (what, tensors) in [("input", &report.inputs), ("output", &report.outputs)] {
        for tensor in tensors {
            text.push_str(&format!("  {what:<7}{} {} {:?}\n", tensor.name, tensor.r#type, tensor.shape));
        }
    }
    let rows = report.operators.iter().map(|operator| {
        let runs_on = match operator.unmapped {
            0 => "Edge TPU".to_string(),
            all if all == operator.count => "CPU".to_string(),
            some => format!("CPU {some}, Edge TPU {}", operator.count - some),
        };
        let figures =
            [operator.count.to_string(), operator.parameter_bytes.to_string(), operator.macs.to_string()];
        [operator.kind.clone(), runs_on].into_iter().chain(figures)
    });
    let place = if report.compiled.is_empty() { "would run on" } else { "runs on" };
    text.push_str(&table(&["operator", place, "count", "parameters", "MACs"], 2, rows));
    if let Some(warning) = &report.warning {
        text.push_str(&format!("warning: {warning}\n"));
    }
    match (on_cpu.is_empty(), report.compiled.is_empty()) {
        (true, true) => text.push_str("every operator is one that the Edge TPU takes\n"),
        (true, false) => text.push_str("the compiler left nothing to the CPU\n"),
        (false, _) => {}
    }
    for group in on_cpu {
        text.push_str(&format!("CPU: {group}\n"));
    }
    report.one_device.iter().for_each(|memory| text.push_str(&memory.human()));
    for doubt in &report.doubts {
        text.push_str(&format!(
            "note: {} ({}): {}; the compiler may leave it to the CPU\n",
            doubt.kind, doubt.index, doubt.why
        ));
    }
    report.compiled.iter().for_each(|compiled| text.push_str(&compiled.human()));
    text
}
