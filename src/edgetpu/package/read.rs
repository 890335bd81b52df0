//! Reading packages from the options of a model's compiled operators: every flatbuffer is verified, every number in bounds.

use super::contents::*;
use super::error::{Fault, PackageError};
use super::flexmap;
use super::format::{self, Numbered, hint};
use super::overlap::overlap;
use crate::base::flatbuffer::{Verified, allowance, fault};
use crate::tflite::Model;
use crate::tflite::support::COMPILED;

/// The entry of an operator's options that holds the package.
const PACKAGE_ENTRY: &str = "4";

/// The most executables, chunks, layers, dimensions and transfers of a model's packages. The largest known model has
/// fewer than a hundred.
const PARTS: usize = 1 << 16;

/// Reads the package of every compiled operator of `model`, in the order of the operators; a model that is not compiled has
/// none. Texts are borrowed from the model, and parameters and instructions are only counted.
///
/// Complexity: linear in the bytes of the operators' options; the memory taken is bounded.
///
/// ```no_run
/// use respect::edgetpu::package::packages;
///
/// let file = std::fs::read("model_edgetpu.tflite")?;
/// let model = respect::tflite::read(&file)?;
/// for compiled in packages(&model)? {
///     let bytes = compiled.package.bytes();
///     println!("{} cached, {} streamed", bytes.cached_bytes, bytes.streamed_bytes);
/// }
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Errors
/// Returns an error for the first operator whose options hold no package, or one that is damaged, contradicts itself or
/// holds what is unknown.
pub fn packages<'m>(model: &'m Model) -> Result<Vec<CompiledOperator<'m>>, PackageError> {
    let compiled =
        model.operators.iter().enumerate().filter(|(_, operator)| model.label(operator) == COMPILED);
    let (numbers, options): (Vec<u32>, Vec<&[u8]>) = compiled
        .map(|(operator, entry)| (operator as u32, entry.custom_options.as_deref().unwrap_or_default()))
        .unzip();
    if let Some(place) = overlap(&options) {
        let fault = Fault::Shared { part: "its options".into() };
        return Err(PackageError { operator: numbers[place], fault });
    }
    let mut reader = Reader { left: PARTS };
    let read = |(&operator, options)| match reader.options(options) {
        Ok(package) => Ok(CompiledOperator { operator, package }),
        Err(fault) => Err(PackageError { operator, fault }),
    };
    numbers.iter().zip(options).map(read).collect()
}

/// A reader, with the number of parts that it may still read.
struct Reader {
    left: usize,
}

/// The part that is read, for messages.
#[derive(Clone, Copy)]
struct Part<'p>(&'p str);

impl Part<'_> {
    fn wrong<T>(self, what: String) -> Result<T, Fault> {
        Err(Fault::Inconsistent { part: self.0.into(), what })
    }

    /// Converts a number that must not be negative.
    fn count<T: TryFrom<i64>>(self, number: impl Into<i64>, what: &str) -> Result<T, Fault> {
        let number = number.into();
        T::try_from(number).or_else(|_| self.wrong(format!("{what} is {number}")))
    }

    /// Returns what a number stands for.
    fn named<T: Numbered>(self, number: i16) -> Result<T, Fault> {
        match T::ROWS.iter().find(|(known, _)| *known == number) {
            Some((_, value)) => Ok(*value),
            None => self.wrong(format!("{number} is not a value of {}", T::NAME)),
        }
    }

    fn damaged(self, error: &flatbuffers::InvalidFlatbuffer) -> Fault {
        Fault::Damaged { part: self.0.into(), why: fault(error) }
    }
}

impl Reader {
    fn options<'a>(&mut self, options: &'a [u8]) -> Result<Package<'a>, Fault> {
        let bytes = flexmap::entry(options, PACKAGE_ENTRY)?.ok_or(Fault::NoPackage)?;
        self.package(bytes, "its package", true)
    }

    /// Takes one part from those that may be read.
    fn take(&mut self) -> Result<(), Fault> {
        self.left = self.left.checked_sub(1).ok_or(Fault::TooMany(PARTS))?;
        Ok(())
    }

    /// Reads a package; `may_nest` says whether it may hold a package for each chip of a set.
    fn package<'a>(&mut self, bytes: &'a [u8], name: &str, may_nest: bool) -> Result<Package<'a>, Fault> {
        let part = Part(name);
        if bytes.get(4..8) != Some(b"DWN1") {
            return Err(Fault::NotDarwinn { part: name.into() });
        }
        let options = allowance(bytes.len());
        let root = Verified::new(&options, bytes).root::<format::Package>();
        let root = root.map_err(|error| part.damaged(&error))?;
        let mut chips = Vec::new();
        let of_chips: Vec<&[u8]> = (root.multi_chip_package())
            .map(|chip| chip.serialized_package().map_or(&[][..], |bytes| bytes.bytes()))
            .collect();
        if !(may_nest || of_chips.is_empty()) {
            return part.wrong("a package for one chip holds packages for several".into());
        }
        self.disjoint(&of_chips, "package for chip", name)?;
        for (chip, bytes) in of_chips.into_iter().enumerate() {
            self.take()?;
            chips.push(self.package(bytes, &format!("{name} for chip {chip}"), false)?);
        }
        let executables = match root.serialized_multi_executable().map(|bytes| bytes.bytes()) {
            Some(bytes) if !bytes.is_empty() => self.executables(bytes, name)?,
            _ if chips.is_empty() => return part.wrong("it holds no executables".into()),
            _ => Vec::new(),
        };
        Ok(Package {
            min_runtime_version: root.min_runtime_version(),
            compiler_version: root.compiler_version(),
            model_identifier: root.model_identifier().filter(|name| !name.is_empty()),
            virtual_chip_id: root.virtual_chip_id(),
            signature_bytes: root.signature().map_or(0, |bytes| bytes.len() as u64),
            executables,
            chips,
        })
    }

    /// Checks that no two parts share bytes; parts are called `what` and their number, and are of `of`.
    fn disjoint(&self, parts: &[&[u8]], what: &str, of: &str) -> Result<(), Fault> {
        match overlap(parts) {
            Some(number) => Err(Fault::Shared { part: format!("{what} {number} of {of}") }),
            None => Ok(()),
        }
    }

    /// Reads the executables of the package that is called `of`.
    fn executables<'a>(&mut self, bytes: &'a [u8], of: &str) -> Result<Vec<Executable<'a>>, Fault> {
        let name = format!("the list of executables of {of}");
        let options = allowance(bytes.len());
        let list = Verified::new(&options, bytes).root::<format::MultiExecutable>();
        let list = list.map_err(|error| Part(&name).damaged(&error))?;
        let parts: Vec<&[u8]> = list.serialized_executables().collect();
        self.disjoint(&parts, "executable", of)?;
        let mut executables = Vec::new();
        for (number, bytes) in parts.into_iter().enumerate() {
            self.take()?;
            executables.push(self.executable(bytes, &format!("executable {number} of {of}"))?);
        }
        let has = |kind| executables.iter().any(|executable| executable.kind == kind);
        let is_complete = match executables.len() {
            1 => true,
            2 => has(ExecutableKind::ParameterCaching) && has(ExecutableKind::ExecutionOnly),
            3 => {
                has(ExecutableKind::StandAlone)
                    && has(ExecutableKind::ParameterCaching)
                    && has(ExecutableKind::ExecutionOnly)
            }
            _ => false,
        };
        if !is_complete {
            let kinds: Vec<_> = executables.iter().map(|executable| executable.kind).collect();
            return Part(of).wrong(format!("executables of the types {kinds:?} are no set that runs"));
        }
        Ok(executables)
    }

    fn executable<'a>(&mut self, bytes: &'a [u8], name: &str) -> Result<Executable<'a>, Fault> {
        let part = Part(name);
        let options = allowance(bytes.len());
        let mut verified = Verified::new(&options, bytes);
        let root = verified.root::<format::Executable>().map_err(|error| part.damaged(&error))?;
        let mut instruction_chunks = Vec::new();
        for chunk in root.instruction_bitstreams() {
            self.take()?;
            instruction_chunks.push(chunk.bitstream().map_or(0, |bytes| bytes.len() as u64));
        }
        let mut dma_hints = Vec::new();
        for hint in root.dma_hints().into_iter().flat_map(|hints| hints.hints()) {
            self.take()?;
            dma_hints.push(dma_hint(&hint, &mut verified, instruction_chunks.len(), part)?);
        }
        let cycles = match root.estimated_cycles_64bit() {
            0 => root.estimated_cycles().into(),
            cycles => cycles,
        };
        Ok(Executable {
            kind: part.named(root.kind())?,
            name: root.name(),
            chip: root.chip(),
            batch_size: part.count(root.batch_size(), "the batch size")?,
            scratch_bytes: part.count(root.scratch_size_bytes(), "the size of scratch")?,
            instruction_chunks,
            parameter_bytes: root.parameters().map_or(0, |bytes| bytes.len() as u64),
            narrow_memory_bytes_per_tile: part
                .count(root.used_narrow_memory_bytes_per_tile(), "the narrow memory of a tile")?,
            inputs: root.input_layers().map(|layer| self.layer(&layer, part)).collect::<Result<_, _>>()?,
            outputs: root.output_layers().map(|layer| self.layer(&layer, part)).collect::<Result<_, _>>()?,
            dma_hints,
            fully_deterministic: root.dma_hints().is_some_and(|hints| hints.fully_deterministic()),
            parameter_caching_token: root.parameter_caching_token(),
            uses_dram_for_parameters: root.use_tpu_dram_for_parameters(),
            estimated_cycles: part.count(cycles, "the estimate of cycles")?,
        })
    }

    fn layer<'a>(&mut self, layer: &format::Layer<'a>, part: Part) -> Result<Layer<'a>, Fault> {
        self.take()?;
        let Some(name) = layer.name() else { return part.wrong("a layer has no name".into()) };
        let of_layer = |number: i32, what: &str| part.count(number, &format!("{what} of layer '{name}'"));
        let mut shape = None;
        for range in layer.shape().and_then(|shape| shape.dimension()).into_iter().flatten() {
            self.take()?;
            let length = i64::from(range.last) - i64::from(range.first) + 1;
            let length: u64 = part.count(length, &format!("a dimension of layer '{name}'"))?;
            shape.get_or_insert_with(Vec::new).push(length);
        }
        let numerics = layer.numerics();
        Ok(Layer {
            name,
            padded_bytes: of_layer(layer.size_bytes(), "the size")?,
            extents: [
                of_layer(layer.y_dim(), "the extent in y")?,
                of_layer(layer.x_dim(), "the extent in x")?,
                of_layer(layer.z_dim(), "the extent in z")?,
            ],
            shape,
            data_type: part.named(layer.data_type())?,
            zero_point: numerics.as_ref().map_or(0, |numerics| numerics.zero_point()),
            dequantization_factor: numerics.map_or(0.0, |numerics| numerics.dequantization_factor()),
            executions_per_inference: part
                .count(layer.execution_count_per_inference(), &format!("the executions of layer '{name}'"))?,
            is_cached_on_dram: layer.cache_on_dram(),
        })
    }
}

/// Reads a hint of an executable with `chunks` chunks of instructions.
fn dma_hint<'a>(
    hint: &format::DmaHint<'a>,
    verified: &mut Verified<'a, '_>,
    chunks: usize,
    part: Part,
) -> Result<DmaHint<'a>, Fault> {
    let Some(table) = hint.any_hint() else { return part.wrong("a hint of transfers is empty".into()) };
    let damaged = |error| part.damaged(&error);
    match hint.any_hint_type() {
        hint::DMA_DESCRIPTOR => {
            let transfer = verified.table::<format::DmaDescriptorHint>(&table).map_err(damaged)?;
            let Some(meta) = transfer.meta() else {
                return part.wrong("a transfer does not say what it moves".into());
            };
            let to_device = match hint.direction() {
                0 => true,
                1 => false,
                other => return part.wrong(format!("{other} is not a value of Direction")),
            };
            Ok(DmaHint::Transfer {
                to_device,
                target: part.named(meta.description())?,
                name: meta.name().unwrap_or_default(),
                offset: part.count(transfer.offset_in_bytes(), "the offset of a transfer")?,
                bytes: part.count(transfer.size_in_bytes(), "the size of a transfer")?,
            })
        }
        hint::INSTRUCTION => {
            let instructions = verified.table::<format::InstructionHint>(&table).map_err(damaged)?;
            let chunk: u32 = part.count(instructions.instruction_chunk_index(), "the number of a chunk")?;
            if chunk as usize >= chunks {
                return part
                    .wrong(format!("chunk {chunk} of the instructions is sent, but there are {chunks}"));
            }
            Ok(DmaHint::Instructions { chunk })
        }
        hint::INTERRUPT => {
            let interrupt = verified.table::<format::InterruptHint>(&table).map_err(damaged)?;
            Ok(DmaHint::Interrupt { number: part.count(interrupt.kind(), "the number of an interrupt")? })
        }
        hint::FENCE => Ok(DmaHint::Fence),
        other => part.wrong(format!("{other} is not a type of AnyHint")),
    }
}
