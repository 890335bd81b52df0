//! What Google's compiler made of a model: the packages of a compiled file, for people and for programs.

use serde::Serialize;

use crate::table::table;
use respect::base::units::Bytes;
use respect::edgetpu::package::{
    CompiledOperator, DmaHint, Executable, Layer, Package, PackageBytes, Target,
};

/// A compiled operator, with the sums of what its package moves.
#[derive(Serialize)]
pub struct Compiled<'a> {
    #[serde(flatten)]
    operator: CompiledOperator<'a>,
    bytes: PackageBytes,
}

impl<'a> Compiled<'a> {
    /// Returns an operator with the sums of its package.
    pub fn new(operator: CompiledOperator<'a>) -> Compiled<'a> {
        Compiled { bytes: operator.package.bytes(), operator }
    }

    /// Returns the package as lines for people.
    pub fn human(&self) -> String {
        let head = format!("compiled: operator {}: ", self.operator.operator);
        head + &package(&self.operator.package)
    }
}

fn package(package: &Package) -> String {
    let version = package.compiler_version.filter(|version| !version.is_empty()).unwrap_or("of no version");
    let chip = package.inference().and_then(|inference| inference.chip).unwrap_or("several chips");
    let mut text = format!(
        "a package for {chip} by compiler {version}, for runtime {} or later\n",
        package.min_runtime_version
    );
    if let Some(name) = package.model_identifier {
        text.push_str(&format!("  model identifier: {name}\n"));
    }
    if let Some(inference) = package.inference() {
        text.push_str(&sums(&package.bytes()));
        text.push_str(&executables(&package.executables));
        text.push_str(&layers(inference));
        text.push_str(&transfers(inference));
    }
    for chip in &package.chips {
        text.push_str(&format!("chip {}: {}", chip.virtual_chip_id, self::package(chip)));
    }
    text
}

fn sums(bytes: &PackageBytes) -> String {
    format!(
        "  once: {} of parameters into the cache, {} of instructions\n  at each inference: {} of parameters, {} of \
         instructions, {} of inputs, {} of outputs\n",
        Bytes(bytes.cached_bytes),
        Bytes(bytes.caching_instruction_bytes),
        Bytes(bytes.streamed_bytes),
        Bytes(bytes.instruction_bytes),
        Bytes(bytes.input_bytes),
        Bytes(bytes.output_bytes)
    )
}

fn executables(executables: &[Executable]) -> String {
    let row = |executable: &Executable| {
        [
            executable.kind.to_string(),
            format!("{:016x}", executable.parameter_caching_token),
            Bytes(executable.parameter_bytes).to_string(),
            Bytes(executable.instruction_bytes()).to_string(),
            executable.instruction_chunks.len().to_string(),
            Bytes(executable.scratch_bytes).to_string(),
            Bytes(executable.narrow_memory_bytes_per_tile).to_string(),
            executable.estimated_cycles.to_string(),
        ]
    };
    let header = [
        "executable",
        "cache token",
        "parameters",
        "instructions",
        "chunks",
        "scratch",
        "narrow memory/tile",
        "cycles",
    ];
    table(&header, 2, executables.iter().map(row))
}

fn layers(executable: &Executable) -> String {
    let row = |side: &str, layer: &Layer| {
        let list = |numbers: &[u64]| numbers.iter().map(u64::to_string).collect::<Vec<_>>().join("x");
        [
            format!("{side} {}", layer.name),
            layer.data_type.to_string(),
            list(&layer.extents),
            layer.shape.as_deref().map(list).unwrap_or_default(),
            Bytes(layer.padded_bytes).to_string(),
            layer.dequantization_factor.to_string(),
            layer.zero_point.to_string(),
            layer.executions_per_inference.to_string(),
        ]
    };
    let inputs = executable.inputs.iter().map(|layer| row("in ", layer));
    let outputs = executable.outputs.iter().map(|layer| row("out", layer));
    let header = ["layer", "type", "y, x, z", "shape", "padded", "scale", "zero point", "times"];
    table(&header, 4, inputs.chain(outputs))
}

fn transfers(executable: &Executable) -> String {
    let step = |(number, hint): (usize, &DmaHint)| {
        let what = match *hint {
            DmaHint::Transfer { to_device, target, name, offset, bytes } => {
                let way = if to_device { "to the device" } else { "to the host" };
                let name = if name.is_empty() { String::new() } else { format!(" {name}") };
                let from = if offset > 0 { format!(" from byte {offset}") } else { String::new() };
                let what = match target {
                    Target::Input => "input",
                    Target::Output => "output",
                    Target::Parameters => "parameters",
                    Target::Scratch => "scratch",
                };
                format!("{way}: {what}{name}, {}{from}", Bytes(bytes))
            }
            DmaHint::Instructions { chunk } => {
                let bytes = executable.instruction_chunks[chunk as usize];
                format!("to the device: instructions {chunk}, {}", Bytes(bytes))
            }
            DmaHint::Interrupt { number } => format!("interrupt {number}"),
            DmaHint::Fence => "wait for all before".into(),
        };
        format!("    {}. {what}\n", number + 1)
    };
    let known = if executable.fully_deterministic { "" } else { ", as far as they are known beforehand" };
    let steps: String = executable.dma_hints.iter().enumerate().map(step).collect();
    format!("  transfers of an inference{known}:\n{steps}")
}
