//! The compiled file: one custom operator, with a package, in place of each run of operators on the Edge TPU.
//!
//! No interpreter runs such a file without an Edge TPU, so it also holds the model that it was made of, as metadata: that
//! is what the stand-in for PyCoral runs.

use std::borrow::Cow;
use std::collections::BTreeSet;

use respect::base::hash::sha256;
use respect::tflite::extract::{Part, extract};
use respect::tflite::model::{Figures, Metadata, Operator, OperatorCode, Tensor};
use respect::tflite::support::COMPILED;
use respect::tflite::{Model, ops, read, write};

use super::faults::Fault;
use super::flags::Flags;
use super::model::{self, Bytes};
use super::package::{Executable, Hint, Layer, Package, options};

/// The name of the metadata that holds the model inside.
const INSIDE: &str = "standin_model";

/// The runtime that is compiled for unless another is asked for.
const NEWEST_RUNTIME: u32 = 14;

/// The most bytes of a chunk of instructions.
const CHUNK: u64 = 256 << 10;

/// How a model is compiled.
pub struct Making<'m> {
    pub flags: &'m Flags,
    pub fault: Option<Fault>,
}

/// The compiled form of a model, of whose operators those on the Edge TPU are marked, each with its bytes.
pub fn compiled(bytes: &[u8], on_tpu: &[bool], figures: &model::Figures, making: &Making) -> Vec<u8> {
    let source = read(bytes).expect("it was read before");
    let mut model = source.clone();
    let custom = ops::by_name("CUSTOM").expect("an operator of the schema");
    model.codes.push(OperatorCode {
        deprecated_builtin_code: custom.code as i8,
        builtin_code: custom.code,
        custom_code: Some(COMPILED.into()),
        version: 1,
        is_foreign: false,
    });
    model.operators.clear();
    let token = u64::from_str_radix(&sha256(bytes)[..16], 16).expect("hexadecimal digits");
    for run in runs(on_tpu) {
        if !on_tpu[run.start] {
            model.operators.extend_from_slice(&source.operators[run]);
            continue;
        }
        let (inputs, outputs) = boundary(&source, &run);
        let bytes = figures.operators[run].iter().map(|operator| &operator.bytes).sum();
        let mut package = package(&source, &inputs, &outputs, &bytes, token, making).to_bytes();
        making.fault.iter().for_each(|fault| fault.cut(&mut package));
        model.operators.push(Operator {
            code: model.codes.len() as u32 - 1,
            inputs: inputs.iter().map(|&tensor| tensor as i32).collect(),
            outputs,
            options: None,
            custom_options: Some(Cow::Owned(options(&package))),
            custom_options_format: 0,
            mutating_variable_inputs: None,
            intermediates: None,
            debug_metadata_index: -1,
            figures: Figures::default(),
        });
    }
    let whole = Part {
        operators: (0..model.operators.len() as u32).collect(),
        inputs: source.inputs.clone(),
        outputs: source.outputs.clone(),
    };
    let mut small = extract(&model, &whole);
    small.buffers.push(Some(Cow::Borrowed(bytes)));
    small.metadata.push(Metadata { name: Some(INSIDE.into()), buffer: small.buffers.len() as u32 - 1 });
    let mut file = Vec::new();
    write(&small, &mut file).expect("memory takes all");
    file
}

/// The runs of operators that are all on the Edge TPU, or all not.
fn runs(on_tpu: &[bool]) -> Vec<std::ops::Range<usize>> {
    let mut end = 0;
    let run = |run: &[bool]| {
        let start = end;
        end += run.len();
        start..end
    };
    on_tpu.chunk_by(|a, b| a == b).map(run).collect()
}

/// The tensors that a run of operators takes, and those that it gives.
fn boundary(model: &Model, run: &std::ops::Range<usize>) -> (Vec<u32>, Vec<u32>) {
    let here = &model.operators[run.clone()];
    let read = |operators: &[Operator]| -> BTreeSet<u32> {
        let inputs = operators.iter().flat_map(|operator| &operator.inputs);
        inputs.filter_map(|&input| u32::try_from(input).ok()).collect()
    };
    let made: BTreeSet<u32> = here.iter().flat_map(|operator| operator.outputs.iter().copied()).collect();
    let inputs = read(here).into_iter().filter(|input| !made.contains(input) && !model.is_constant(*input));
    let elsewhere = read(&model.operators[run.end..]);
    let leaves = |output: &&u32| elsewhere.contains(output) || model.outputs.contains(output);
    let mut outputs: Vec<u32> = made.iter().filter(leaves).copied().collect();
    if outputs.is_empty() {
        outputs = made.difference(&read(here)).copied().collect();
    }
    (inputs.collect(), outputs)
}

/// The package of a run of operators.
fn package(
    model: &Model,
    inputs: &[u32],
    outputs: &[u32],
    bytes: &Bytes,
    token: u64,
    making: &Making,
) -> Package {
    let input = |&tensor: &u32| {
        let tensor = &model.tensors[tensor as usize];
        layer(tensor, tensor.label().into(), tensor.bytes().unwrap_or(0))
    };
    // The device gives channels in fours.
    let output = |&tensor: &u32| {
        let tensor = &model.tensors[tensor as usize];
        let channels = tensor.dims().last().map_or(1, |&channels| channels.max(1) as u64);
        let filled = tensor.bytes().unwrap_or(0) / channels * channels.next_multiple_of(4);
        Layer { shape: tensor.dims().to_vec(), ..layer(tensor, tensor.label().into(), filled) }
    };
    // State comes back each time.
    let states = inputs.iter().map(|&input| &model.tensors[input as usize]).filter(|input| input.is_variable);
    let back = states.map(|tensor| {
        layer(tensor, format!("{}_variable_output", tensor.label()), tensor.bytes().unwrap_or(0))
    });
    let mut computes = Executable {
        kind: if bytes.cached > 0 { 2 } else { 0 },
        name: "model".into(),
        batch_size: 1,
        instruction_chunks: chunks(bytes.instructions),
        parameters: vec![0; bytes.streamed as usize],
        inputs: inputs.iter().map(input).collect(),
        outputs: outputs.iter().map(output).chain(back).collect(),
        fully_deterministic: true,
        narrow_memory_bytes_per_tile: (bytes.cached / 16) as i32,
        token,
        ..Executable::default()
    };
    computes.hints = hints(&computes);
    making.fault.iter().for_each(|fault| fault.change(&mut computes));
    let mut executables = vec![computes.to_bytes()];
    if bytes.cached > 0 {
        let mut caches = Executable {
            kind: 1,
            name: "Unknown".into(),
            batch_size: 1,
            instruction_chunks: chunks(bytes.cached / 500 + 1000),
            parameters: vec![0; bytes.cached as usize],
            fully_deterministic: true,
            token,
            ..Executable::default()
        };
        caches.hints = hints(&caches);
        executables.push(caches.to_bytes());
    }
    Package {
        min_runtime_version: making.flags.min_runtime_version.unwrap_or(NEWEST_RUNTIME) as i32,
        compiler_version: "cl/".into(),
        executables,
        ..Package::default()
    }
}

/// A tensor that takes so many bytes on the way, and is sent in pieces of eight.
fn layer(tensor: &Tensor, name: String, bytes: u64) -> Layer {
    let dims = tensor.dims();
    let extent = |from_end: usize| dims.len().checked_sub(from_end).map_or(1, |place| dims[place]);
    let quantization = tensor.quantization.as_ref();
    let first = |list: Option<&Vec<f32>>| list.and_then(|list| list.first().copied()).unwrap_or(0.0);
    let zero_point = quantization.and_then(|q| q.zero_point.as_ref()?.first().copied()).unwrap_or(0);
    // Zero points are counted from the smallest number.
    let (data_type, smallest) = match tensor.kind.name {
        "UINT8" => (0, 0),
        "INT8" => (8, 128),
        "INT16" => (9, 32_768),
        "INT32" => (2, 0),
        _ => (5, 0),
    };
    Layer {
        name,
        padded_bytes: bytes.next_multiple_of(8) as i32,
        // What comes before the last three dimensions is 1, or belongs to the first of them.
        extents: [dims[..dims.len().saturating_sub(2)].iter().product(), extent(2), extent(1)],
        shape: Vec::new(),
        data_type,
        zero_point: zero_point as i32 + smallest,
        scale: first(quantization.and_then(|q| q.scale.as_ref())),
        executions: 1,
    }
}

fn chunks(bytes: u64) -> Vec<Vec<u8>> {
    let count = bytes.div_ceil(CHUNK);
    (0..count).map(|chunk| vec![0xA5; (bytes - chunk * CHUNK).min(CHUNK) as usize]).collect()
}

/// The transfers: instructions, inputs, parameters and outputs, and an interrupt at the end.
fn hints(executable: &Executable) -> Vec<Hint> {
    let layers = |description: i16, layers: &[Layer]| -> Vec<Hint> {
        layers
            .iter()
            .map(|layer| Hint::Transfer(description, layer.name.clone(), 0, layer.padded_bytes))
            .collect()
    };
    let parameters = executable.parameters.len() as i32;
    let streamed = (parameters > 0).then(|| Hint::Transfer(2, String::new(), 0, parameters));
    let instructions = (0..executable.instruction_chunks.len() as i32).map(Hint::Instructions);
    instructions
        .chain(layers(1, &executable.inputs))
        .chain(streamed)
        .chain(layers(0, &executable.outputs))
        .chain([Hint::Interrupt(0)])
        .collect()
}
