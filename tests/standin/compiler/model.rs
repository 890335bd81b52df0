//! What the log says of a model.

use std::collections::HashSet;

use respect::graph::{OpGraph, instructions};
use respect::tflite::shapes::analyze;
use respect::tflite::support::{Cause, Placement};
use respect::tflite::{ReadError, graph, read};

use super::log::{LEFT_OUT, SECOND_SUBGRAPH};
use super::setting;

/// A model's operators, and whether the Edge TPU can do anything with it.
pub struct Figures {
    pub operators: Vec<Operator>,
    pub quantized: bool,
}

/// An operator: where its parameters go, and what it reads and makes.
pub struct Operator {
    pub kind: String,
    pub outputs: Vec<String>,
    pub inputs: Vec<String>,
    pub bytes: Bytes,
    pub refusal: Option<&'static str>,
}

/// The parameters that go into the cache, those that are streamed, and the instructions.
#[derive(Clone, Copy, Default)]
pub struct Bytes {
    pub cached: u64,
    pub streamed: u64,
    pub instructions: u64,
}

impl<'b> std::iter::Sum<&'b Bytes> for Bytes {
    fn sum<I: Iterator<Item = &'b Bytes>>(all: I) -> Bytes {
        let head = Bytes { instructions: STAGE_INSTRUCTIONS, ..Bytes::default() };
        all.fold(head, |sum, bytes| Bytes {
            cached: sum.cached + bytes.cached,
            streamed: sum.streamed + bytes.streamed,
            instructions: sum.instructions + bytes.instructions,
        })
    }
}

/// The instructions of what is compiled together, beside those of its operators.
const STAGE_INSTRUCTIONS: u64 = instructions::STAGE.0;

/// What a figure of the device model is here, by a setting in percent.
fn scaled(bytes: u64, setting_name: &str) -> u64 {
    let percent = setting(setting_name).map_or(100, |percent| percent.parse().expect("percent"));
    bytes * percent / 100
}

/// Bytes of parameters that fit on the chip, as they are held there.
pub fn cache() -> u64 {
    setting("STANDIN_CACHE").map_or(7 << 20, |bytes| bytes.parse().expect("a number of bytes"))
}

/// The bytes of a constant on the chip: the channels of what an operator alone reads are filled up.
fn filled_up(graph: Option<&OpGraph>, place: usize, name: &str, bytes: u64) -> u64 {
    let Some(graph) = graph else { return scaled(bytes, "STANDIN_PARAMETERS") };
    let op = &graph.ops()[place];
    let is_shared = graph.shared().iter().any(|constant| constant.name == name);
    if is_shared || op.parameter_bytes.0 == 0 {
        return bytes;
    }
    scaled(bytes * op.device_bytes().0 / op.parameter_bytes.0, "STANDIN_PARAMETERS")
}

/// How the compiler puts a reason.
fn status(cause: Cause) -> &'static str {
    match cause {
        Cause::Kind => "Operation not supported",
        Cause::DynamicShape => "Attempting to use a delegate that only supports static-sized tensors",
        Cause::Type => "Operation is working on an unsupported data type",
        Cause::Dimensions => "Tensor has unsupported rank or up to 3 innermost dimensions > 1",
        Cause::Parameters => "Filter, bias, or other param is not constant at compile-time",
        Cause::Limit | Cause::Compiled => LEFT_OUT,
        Cause::Behind => SECOND_SUBGRAPH,
    }
}

impl Figures {
    pub fn of(bytes: &[u8]) -> Result<Figures, ReadError> {
        let model = read(bytes)?;
        let name = |tensor: u32| model.tensors[tensor as usize].label().to_string();
        let graph = graph::graph(&model, "").ok().map(|made| made.graph);
        let shapes = analyze(&model);
        let amounts = graph.as_ref().map_or_else(Vec::new, OpGraph::instruction_amounts);
        let (mut seen, mut used, mut quantized) = (HashSet::new(), 0, false);
        let mut operators = Vec::new();
        let judge = Placement::new(&model, &shapes);
        for (place, operator) in model.operators.iter().enumerate() {
            let inputs: Vec<u32> =
                operator.inputs.iter().filter_map(|&input| u32::try_from(input).ok()).collect();
            let own = amounts.get(place).map_or(0, |amounts| amounts.bytes().0);
            let mut bytes = Bytes { instructions: scaled(own, "STANDIN_INSTRUCTIONS"), ..Bytes::default() };
            for &input in &inputs {
                let Some(data) = model.data(input) else { continue };
                if seen.insert(model.tensors[input as usize].buffer) {
                    let length = filled_up(graph.as_ref(), place, &name(input), data.len() as u64);
                    let into = if used + length <= cache() { &mut bytes.cached } else { &mut bytes.streamed };
                    *into += length;
                    used += if used + length <= cache() { length } else { 0 };
                }
            }
            let mut tensors =
                inputs.iter().chain(&operator.outputs).map(|&tensor| &model.tensors[tensor as usize]);
            quantized |= tensors.any(|tensor| ["INT8", "UINT8"].contains(&tensor.kind.name));
            operators.push(Operator {
                kind: model.label(operator).into(),
                outputs: operator.outputs.iter().map(|&output| name(output)).collect(),
                inputs: inputs.iter().map(|&input| name(input)).collect(),
                bytes,
                refusal: judge.operator(operator).map(|reason| status(reason.cause)),
            });
        }
        Ok(Figures { operators, quantized })
    }

    /// Whether it holds what this compiler was told to refuse.
    pub fn is_refused(&self) -> bool {
        let makes = |name: &String| self.operators.iter().any(|operator| operator.outputs.contains(name));
        let reads = |name: &String| self.operators.iter().any(|operator| operator.inputs.contains(name));
        setting("STANDIN_REFUSE_ALONE").is_some_and(|name| makes(&name))
            || setting("STANDIN_REFUSE")
                .is_some_and(|names| names.lines().map(String::from).any(|name| makes(&name) && reads(&name)))
    }
}
