//! The amounts that a stage's time is made of, each to be multiplied by a coefficient of a device.
//!
//! They are the model of [`crate::device::prices`] turned round: there the coefficients are known, and times are
//! asked for. A test holds the two together.

use std::collections::BTreeMap;
use std::ops::Range;

use super::measurements::Reported;
use crate::base::units::Bytes;
use crate::device::{EdgeTpu, MIB};
use crate::graph::array::Use;
use crate::graph::{OpGraph, OpId, instructions};

/// The link of a user's own rows, which all come from one host.
pub(super) const OWN_LINK: &str = "";

/// The key of a coefficient: what it belongs to, and its name.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Key {
    /// A coefficient of the array, whatever the link.
    Array(&'static str),
    /// A coefficient of a link: that of the preset with the link's name.
    Link(&'static str, &'static str),
    /// A coefficient of some rows alone: of a runner, an interface, or a family of models with unknown layers.
    Own(String, &'static str),
}

/// The names of coefficients: those of the device file, and those that only rows have.
pub mod name {
    /// Compute of the array, in microseconds per 10^9 multiply-accumulates.
    pub const MACS: &str = "us_per_gmac";
    /// Compute of the array in networks that are spread by places, in microseconds per 10^9 multiply-accumulates.
    pub const MACS_BY_PLACES: &str = "us_per_gmac_by_places";
    /// Weights brought into the array, in microseconds per MiB.
    pub const WEIGHTS: &str = "us_per_weight_mib";
    /// Operations that multiply nothing, in microseconds per MiB of their results.
    pub const VALUES: &str = "us_per_value_mib";
    /// Operations in which each channel has inputs of its own, in microseconds per MiB of their results.
    pub const DEPTHWISE: &str = "us_per_depthwise_mib";
    /// Each operation that multiplies nothing, in microseconds.
    pub const OPERATION: &str = "us_per_operation";
    /// The fixed time of an invocation, in microseconds.
    pub const INVOKE: &str = "invoke_us";
    /// Streaming of parameters that are sent once, in microseconds per MiB.
    pub const STREAM: &str = "stream_us_per_mib";
    /// Streaming of parameters that are sent again for each tile: `stream_us_per_mib` times `resend`.
    pub const RESEND: &str = "stream_us_per_mib * resend";
    /// Activations sent to the device, in microseconds per MiB.
    pub const INPUT: &str = "input_us_per_mib";
    /// Activations sent to the host, in microseconds per MiB.
    pub const OUTPUT: &str = "output_us_per_mib";
    /// Multiplication on the host's CPU, in microseconds per 10^9 multiply-accumulates.
    pub const CPU_MACS: &str = "cpu_us_per_gmac";
    /// Operations on the host's CPU, in microseconds per MiB that they read and make.
    pub const CPU_VALUES: &str = "cpu_us_per_value_mib";
    /// A float input that the host quantizes, in microseconds.
    pub const FLOAT_INPUT: &str = "float input, us";
    /// The layers of a model with unknown layers, in microseconds.
    pub const FIXED: &str = "unknown layers, us";
    /// The layers of a model with unknown layers, in microseconds per MiB that the device caches.
    pub const ON_CHIP: &str = "unknown layers, us per MiB on chip";
    /// The time that each stage of a pipeline adds, in microseconds.
    pub const STAGE: &str = "each stage, us";
    /// The time that each result of a pipeline adds, in microseconds.
    pub const RESULT: &str = "each result, us";
    /// The time that streaming takes longer beside other stages, as a share.
    pub const CONTENTION: &str = "streaming beside other stages, share more";
}

/// Returns the amounts that the time of an inference on a single `device` is made of, by the coefficient that each is
/// multiplied by, in MiB and the like. The rows of one host have a link without a name.
pub fn amounts(graph: &OpGraph, device: &EdgeTpu) -> BTreeMap<Key, f64> {
    let parts = Parts::new(graph, 0..graph.ops().len(), device, None);
    let mut terms = parts.terms(OWN_LINK, device.slowdown());
    terms.insert(Key::Array(name::INPUT), parts.input_mib);
    terms
}

/// Returns the coefficients of the host of `device`, each with its figure.
pub fn coefficients(device: &EdgeTpu) -> [(Key, f64); 13] {
    [
        (Key::Array(name::MACS), device.us_per_gmac),
        (Key::Array(name::MACS_BY_PLACES), device.us_per_gmac_by_places),
        (Key::Array(name::WEIGHTS), device.us_per_weight_mib),
        (Key::Array(name::VALUES), device.us_per_value_mib),
        (Key::Array(name::DEPTHWISE), device.us_per_depthwise_mib),
        (Key::Array(name::OPERATION), device.us_per_operation),
        (Key::Array(name::INPUT), device.input_us_per_mib),
        (Key::Link(OWN_LINK, name::INVOKE), device.invoke_us),
        (Key::Link(OWN_LINK, name::STREAM), device.stream_us_per_mib),
        (Key::Link(OWN_LINK, name::RESEND), device.stream_us_per_mib * device.resend),
        (Key::Link(OWN_LINK, name::OUTPUT), device.output_us_per_mib),
        (Key::Link(OWN_LINK, name::CPU_MACS), device.cpu_us_per_gmac),
        (Key::Link(OWN_LINK, name::CPU_VALUES), device.cpu_us_per_value_mib),
    ]
}

/// The amounts of one stage.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Parts {
    gmacs: f64,
    gmacs_by_places: f64,
    weight_mib: f64,
    value_mib: f64,
    depthwise_mib: f64,
    operations: f64,
    instructions: Bytes,
    cpu_gmacs: f64,
    cpu_value_mib: f64,
    pub held: Bytes,
    resent: Bytes,
    pub input_mib: f64,
    output_mib: f64,
    off_chip: Bytes,
}

impl Parts {
    /// Returns the amounts of the operations `ops` of `graph` as a stage of `device`, which streams what the compiler
    /// reports or, without a report, what its cache can't hold.
    pub fn new(graph: &OpGraph, ops: Range<usize>, device: &EdgeTpu, reported: Option<Reported>) -> Parts {
        let mut parts = Parts { instructions: instructions::STAGE, ..Parts::default() };
        let (made, values) = (graph.made_bytes(), graph.value_bytes());
        let amounts = graph.instruction_amounts();
        let by_places = graph.is_spread_by_places();
        let is_on_cpu = |op: &OpId| graph.on_cpu().binary_search(op).is_ok();
        for index in ops.clone() {
            let op = &graph.ops()[index];
            if is_on_cpu(&OpId(index as u32)) {
                parts.cpu_gmacs += op.macs.0 as f64 / 1e9;
                parts.cpu_value_mib += values[index].0 as f64 / MIB;
                continue;
            }
            let result_mib = made[index].0 as f64 / MIB;
            match op.array_use() {
                Use::Dense if by_places => parts.gmacs_by_places += op.array_macs(true).0 as f64 / 1e9,
                Use::Dense => parts.gmacs += op.array_macs(false).0 as f64 / 1e9,
                Use::PerChannel => parts.depthwise_mib += result_mib,
                Use::Elementwise => {
                    parts.operations += if op.array.is_none() { 1.0 } else { 0.0 };
                    parts.value_mib += result_mib;
                }
                Use::Nothing => {}
            }
            if matches!(op.array_use(), Use::Dense | Use::PerChannel) {
                parts.weight_mib += op.device_bytes().0 as f64 / MIB;
            }
            parts.instructions += amounts[index].bytes();
            parts.held += op.device_bytes();
            if op.macs.0 > 0 && graph.places(OpId(index as u32), made[index]) > device.tile_places {
                parts.resent += op.device_bytes();
            }
        }
        let inside = |op: &OpId| ops.contains(&op.index());
        let shared = graph.shared().iter().filter(|constant| constant.consumers.iter().any(inside));
        shared.for_each(|constant| parts.held += constant.bytes);
        for (index, tensor) in graph.tensors().iter().enumerate() {
            let mib = tensor.bytes.0 as f64 / MIB;
            let is_output = graph.outputs().iter().any(|output| output.index() == index);
            let for_cpu_alone = !tensor.consumers.is_empty() && tensor.consumers.iter().all(is_on_cpu);
            let leaves = |op: &OpId| !inside(op) || is_on_cpu(op);
            match tensor.producer {
                Some(op) if inside(&op) => {
                    let is_given = is_output || tensor.consumers.iter().any(leaves);
                    parts.output_mib += if is_given && !is_on_cpu(&op) { mib } else { 0.0 };
                }
                _ if tensor.consumers.iter().any(inside) && !for_cpu_alone => parts.input_mib += mib,
                _ => {}
            }
        }
        // The compiler counts a little more than the filled-up weights, so what it reports off chip may exceed all of
        // them.
        let cached = parts.held - Bytes(device.cache_bytes);
        parts.off_chip = reported.map_or(cached, |reported| reported.off_chip.min(parts.held));
        parts
    }

    /// Returns the factor of each coefficient, in MiB and the like, except for input.
    pub fn terms(&self, link: &'static str, slowdown: f64) -> BTreeMap<Key, f64> {
        // The cache holds what would be sent most often.
        let again = self.resent - (self.held - self.off_chip);
        let once = self.off_chip - again;
        let amounts = [
            (Key::Array(name::MACS), self.gmacs * slowdown),
            (Key::Array(name::MACS_BY_PLACES), self.gmacs_by_places * slowdown),
            (Key::Array(name::WEIGHTS), self.weight_mib * slowdown),
            (Key::Array(name::VALUES), self.value_mib * slowdown),
            (Key::Array(name::DEPTHWISE), self.depthwise_mib * slowdown),
            (Key::Array(name::OPERATION), self.operations * slowdown),
            (Key::Link(link, name::INVOKE), 1.0),
            (Key::Link(link, name::STREAM), (once + self.instructions).0 as f64 / MIB),
            (Key::Link(link, name::RESEND), again.0 as f64 / MIB),
            (Key::Link(link, name::OUTPUT), self.output_mib),
            (Key::Link(link, name::CPU_MACS), self.cpu_gmacs),
            (Key::Link(link, name::CPU_VALUES), self.cpu_value_mib),
        ];
        amounts.into_iter().filter(|(_, amount)| *amount != 0.0).collect()
    }
}

/// Returns the operations of each stage, derived from the bytes that the compiler reports: stages are runs of
/// operations, and each ends where the bytes so far are nearest to the reported share.
pub(super) fn split(graph: &OpGraph, reported: &[Reported]) -> Vec<Range<usize>> {
    let mut ends = vec![0.0];
    for op in graph.ops() {
        ends.push(ends[ends.len() - 1] + op.device_bytes().0 as f64);
    }
    let bytes = |stage: &Reported| (stage.on_chip + stage.off_chip).0 as f64;
    let (all, total) = (ends[ends.len() - 1], reported.iter().map(bytes).sum::<f64>().max(1.0));
    let (mut start, mut so_far) = (0, 0.0);
    let stage = |stage: &Reported| {
        so_far += bytes(stage) / total * all;
        let distance = |end: &usize| (ends[*end] - so_far).abs();
        let end = (start..ends.len()).min_by(|a, b| distance(a).total_cmp(&distance(b))).unwrap_or(start);
        std::mem::replace(&mut start, end)..end
    };
    reported.iter().map(stage).collect()
}

#[cfg(test)]
mod tests {
    use super::super::described::described;
    use super::*;
    use crate::problem::judge::verify;
    use crate::problem::{Objective, Problem, Rules};
    use crate::problem::{Schedule, StageId};

    #[test]
    fn parts_times_coefficients_are_the_judges_time() {
        for device in
            [EdgeTpu::usb3(), EdgeTpu { clock_mhz: 250.0, cache_bytes: 3_000_000, ..EdgeTpu::pcie() }]
        {
            for (name, input) in
                [("conv5x3x3_F702", "64x64x3"), ("dense4x2620+10_tanh", "64"), ("conv3x3x3_F60", "8x8x3")]
            {
                let graph = described(name, input).unwrap();
                let parts = Parts::new(&graph, 0..graph.ops().len(), &device, None);
                let coefficient = |key: &Key| match key {
                    Key::Array(name::MACS) => device.us_per_gmac,
                    Key::Array(name::WEIGHTS) => device.us_per_weight_mib,
                    Key::Link(_, name::INVOKE) => device.invoke_us,
                    Key::Link(_, name::STREAM) => device.stream_us_per_mib,
                    Key::Link(_, name::RESEND) => device.stream_us_per_mib * device.resend,
                    Key::Link(_, name::OUTPUT) => device.output_us_per_mib,
                    Key::Array(name::OPERATION) => device.us_per_operation,
                    key => panic!("{key:?}"),
                };
                let terms = parts.terms("usb3", device.slowdown());
                let sum: f64 = terms.iter().map(|(key, amount)| amount * coefficient(key)).sum();
                let sum = sum + parts.input_mib * device.input_us_per_mib;
                let problem = Problem {
                    graph: &graph,
                    stages: 1,
                    device: device.clone(),
                    objective: Objective::Latency,
                    rules: Rules::Coral,
                };
                let schedule = Schedule { stage_of: vec![StageId(0); graph.ops().len()] };
                // The judge counts whole picoseconds for each byte that is streamed.
                let judged = verify(&problem, &schedule).unwrap().bottleneck.as_us();
                assert!((sum / judged - 1.0).abs() < 1e-3, "{name}: {sum} {judged}");
            }
        }
    }

    #[test]
    fn stages_end_where_the_reported_bytes_say() {
        let graph = described("conv5x3x3_F32", "64x64x3").unwrap();
        let reported = |bytes: &[u64]| -> Vec<Reported> {
            bytes.iter().map(|&bytes| Reported { on_chip: Bytes(bytes), off_chip: Bytes(0) }).collect()
        };
        assert_eq!(split(&graph, &reported(&[21760, 18944, 37888])), [0..2, 2..3, 3..5]);
        assert!(split(&graph, &reported(&[0])).iter().all(std::ops::Range::is_empty));
    }
}
