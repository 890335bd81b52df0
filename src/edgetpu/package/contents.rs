//! The contents of a package, as far as they tell what an inference moves and computes.

use serde::{Deserialize, Serialize};

/// An operator that runs on the Edge TPU, in place of those that were compiled into it.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct CompiledOperator<'a> {
    /// The operator's number in the compiled file.
    pub operator: u32,
    /// The package that the operator's options hold.
    pub package: Package<'a>,
}

/// A DarwiNN package: the executables of a model, or of one of its parts.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Package<'a> {
    /// The oldest runtime that runs the package.
    pub min_runtime_version: i32,
    /// The version of the compiler, as `cl/262451479`; later compilers write only `cl/`.
    pub compiler_version: Option<&'a str>,
    /// A name that whoever compiled the model gave it.
    pub model_identifier: Option<&'a str>,
    /// The chip that the package is for, in a set of several chips; 0 for a package for one chip, and -1 for one that
    /// holds a package for each chip of a set.
    pub virtual_chip_id: i32,
    /// The length of the signature in bytes; 0 for an unsigned package.
    pub signature_bytes: u64,
    /// The executables; none if there is a package for each chip.
    pub executables: Vec<Executable<'a>>,
    /// The packages for each chip of a set.
    pub chips: Vec<Package<'a>>,
}

/// The purpose of an executable.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ExecutableKind {
    /// The executable does everything that an inference needs.
    StandAlone,
    /// The executable only fills the parameter cache, once.
    ParameterCaching,
    /// The executable computes, with the parameters in the cache.
    ExecutionOnly,
}

/// A program for the Edge TPU with its parameters.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Executable<'a> {
    /// The purpose of the executable.
    #[serde(rename = "type")]
    pub kind: ExecutableKind,
    /// The name, which the compiler sets to `model` or `Unknown`.
    pub name: Option<&'a str>,
    /// The chip, as `beagle`.
    pub chip: Option<&'a str>,
    /// The number of inferences that one run makes.
    pub batch_size: u32,
    /// The bytes of the host's memory that an inference needs for what does not fit on the chip.
    pub scratch_bytes: u64,
    /// The bytes of each chunk of instructions.
    pub instruction_chunks: Vec<u64>,
    /// The bytes of the parameters.
    pub parameter_bytes: u64,
    /// The bytes of the narrow memory that each tile uses.
    pub narrow_memory_bytes_per_tile: u64,
    /// The tensors that go to the device.
    pub inputs: Vec<Layer<'a>>,
    /// The tensors that come from the device.
    pub outputs: Vec<Layer<'a>>,
    /// The transfers of a run, in order.
    pub dma_hints: Vec<DmaHint<'a>>,
    /// True if there are no other transfers than those of `dma_hints`.
    pub fully_deterministic: bool,
    /// The token that executables share whose parameters are in the cache together; models that were compiled together
    /// have the same.
    pub parameter_caching_token: u64,
    /// True if the parameters are kept in the memory beside the chip, which some chips have.
    pub uses_dram_for_parameters: bool,
    /// The compiler's own estimate of a run in cycles; 0 if it made none.
    pub estimated_cycles: u64,
}

/// A tensor that goes to the device or comes from it.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Layer<'a> {
    /// The name of the tensor in the model.
    pub name: &'a str,
    /// The bytes of one execution, padding included.
    pub padded_bytes: u64,
    /// The extents in y, x and z, without padding; 1 for what the tensor does not have.
    pub extents: [u64; 3],
    /// The tensor's dimensions in the model, where the compiler tells them.
    pub shape: Option<Vec<u64>>,
    /// The type of an element.
    pub data_type: DataType,
    /// The zero point, counted from the smallest number of the type: that of an `INT8` tensor is 128 larger than in the
    /// model.
    pub zero_point: i32,
    /// The factor that makes real numbers of differences from the zero point.
    pub dequantization_factor: f32,
    /// The number of times that the tensor is moved for one inference.
    pub executions_per_inference: u32,
    /// True if the tensor is kept in the memory beside the chip, which some chips have.
    pub is_cached_on_dram: bool,
}

/// The type of a layer's elements.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DataType {
    /// Unsigned numbers of 8 bits with a scale and a zero point.
    FixedPoint8,
    /// Unsigned numbers of 16 bits with a scale and a zero point.
    FixedPoint16,
    /// Signed numbers of 32 bits with a scale.
    SignedFixedPoint32,
    /// Floats of 16 bits with the exponent of 32-bit ones.
    Bfloat,
    /// Floats of 16 bits.
    Half,
    /// Floats of 32 bits.
    Single,
    /// Signed numbers of 8 bits with a scale.
    SignedFixedPoint8,
    /// Signed numbers of 16 bits with a scale.
    SignedFixedPoint16,
}

/// What a transfer moves.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Target {
    /// An output of the model.
    Output,
    /// An input of the model.
    Input,
    /// Parameters.
    Parameters,
    /// What does not fit on the chip meanwhile.
    Scratch,
}

/// A step in the order of transfers.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case", tag = "hint")]
pub enum DmaHint<'a> {
    /// A transfer of data.
    Transfer {
        /// True if the data go to the device.
        to_device: bool,
        /// What is moved.
        target: Target,
        /// The name of the input or output; empty for parameters and scratch.
        name: &'a str,
        /// The first byte that is moved, counted from the beginning of what it belongs to.
        offset: u64,
        /// The bytes that are moved.
        bytes: u64,
    },
    /// The transfer of a chunk of instructions to the device.
    Instructions {
        /// The number of the chunk in [`Executable::instruction_chunks`].
        chunk: u32,
    },
    /// An interrupt that the device raises.
    Interrupt {
        /// The number of the interrupt.
        number: u32,
    },
    /// The wait for all transfers before.
    Fence,
}

/// The bytes that inferences of one or several packages move.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct PackageBytes {
    /// The parameters that are sent once, and stay in the cache.
    pub cached_bytes: u64,
    /// The parameters that are sent at each inference.
    pub streamed_bytes: u64,
    /// The instructions that are sent at each inference.
    pub instruction_bytes: u64,
    /// The instructions that are sent once, to fill the cache.
    pub caching_instruction_bytes: u64,
    /// The host's memory that an inference needs for what does not fit on the chip.
    pub scratch_bytes: u64,
    /// The inputs of one inference, padding included.
    pub input_bytes: u64,
    /// The outputs of one inference, padding included.
    pub output_bytes: u64,
}

/// Has a closed list's values printed with the names that the schema gives them.
macro_rules! named {
    ($($list:ident { $($value:ident = $name:literal),* $(,)? })*) => {$(
        impl std::fmt::Display for $list {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(match self { $($list::$value => $name),* })
            }
        }

        impl Serialize for $list {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_str(self)
            }
        }
    )*};
}

named! {
    ExecutableKind {
        StandAlone = "STAND_ALONE",
        ParameterCaching = "PARAMETER_CACHING",
        ExecutionOnly = "EXECUTION_ONLY",
    }
    DataType {
        FixedPoint8 = "FIXED_POINT8",
        FixedPoint16 = "FIXED_POINT16",
        SignedFixedPoint32 = "SIGNED_FIXED_POINT32",
        Bfloat = "BFLOAT",
        Half = "HALF",
        Single = "SINGLE",
        SignedFixedPoint8 = "SIGNED_FIXED_POINT8",
        SignedFixedPoint16 = "SIGNED_FIXED_POINT16",
    }
}

impl DataType {
    /// Returns the bytes of an element.
    pub fn bytes(self) -> u64 {
        match self {
            DataType::FixedPoint8 | DataType::SignedFixedPoint8 => 1,
            DataType::FixedPoint16 | DataType::SignedFixedPoint16 | DataType::Bfloat | DataType::Half => 2,
            DataType::SignedFixedPoint32 | DataType::Single => 4,
        }
    }
}

impl Layer<'_> {
    /// Returns the bytes that one inference moves, padding included.
    pub fn bytes_per_inference(&self) -> u64 {
        self.padded_bytes.saturating_mul(self.executions_per_inference.into())
    }
}

impl Executable<'_> {
    /// Returns the bytes of the instructions.
    pub fn instruction_bytes(&self) -> u64 {
        self.instruction_chunks.iter().sum()
    }
}

impl<'a> Package<'a> {
    /// Returns the executable that computes, as the runtime chooses it: the only one, or else the one that stands alone, or
    /// else the one that needs the cache filled; `None` if there is a package for each chip.
    pub fn inference(&self) -> Option<&Executable<'a>> {
        match &self.executables[..] {
            [only] => Some(only),
            _ => self.of(ExecutableKind::StandAlone).or(self.of(ExecutableKind::ExecutionOnly)),
        }
    }

    /// Returns the executable that fills the cache for [`inference`](Package::inference); `None` if nothing is cached.
    pub fn caching(&self) -> Option<&Executable<'a>> {
        let needs_cache = self.executables.len() == 2;
        self.of(ExecutableKind::ParameterCaching).filter(|_| needs_cache)
    }

    fn of(&self, kind: ExecutableKind) -> Option<&Executable<'a>> {
        self.executables.iter().find(|executable| executable.kind == kind)
    }

    /// Returns the bytes that inferences move, of all chips together.
    pub fn bytes(&self) -> PackageBytes {
        let sum = |layers: &[Layer]| {
            layers.iter().fold(0u64, |sum, layer| sum.saturating_add(layer.bytes_per_inference()))
        };
        let own = self.inference().map(|inference| PackageBytes {
            cached_bytes: self.caching().map_or(0, |caching| caching.parameter_bytes),
            streamed_bytes: inference.parameter_bytes,
            instruction_bytes: inference.instruction_bytes(),
            caching_instruction_bytes: self.caching().map_or(0, Executable::instruction_bytes),
            scratch_bytes: inference.scratch_bytes,
            input_bytes: sum(&inference.inputs),
            output_bytes: sum(&inference.outputs),
        });
        own.into_iter().chain(self.chips.iter().map(Package::bytes)).sum()
    }
}

impl std::iter::Sum for PackageBytes {
    fn sum<I: Iterator<Item = PackageBytes>>(packages: I) -> PackageBytes {
        packages.fold(PackageBytes::default(), |sum, package| PackageBytes {
            cached_bytes: sum.cached_bytes.saturating_add(package.cached_bytes),
            streamed_bytes: sum.streamed_bytes.saturating_add(package.streamed_bytes),
            instruction_bytes: sum.instruction_bytes.saturating_add(package.instruction_bytes),
            caching_instruction_bytes: (sum.caching_instruction_bytes)
                .saturating_add(package.caching_instruction_bytes),
            scratch_bytes: sum.scratch_bytes.saturating_add(package.scratch_bytes),
            input_bytes: sum.input_bytes.saturating_add(package.input_bytes),
            output_bytes: sum.output_bytes.saturating_add(package.output_bytes),
        })
    }
}
