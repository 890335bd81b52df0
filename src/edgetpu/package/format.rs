//! The tables of a DarwiNN package, and the numbers that stand for names in it.

use flatbuffers::{Follow, SimpleToVerifyInSlice};

use super::contents::{DataType, ExecutableKind, Target};
use crate::base::flatbuffer::{Frame, tables};

/// The first and the last index of a dimension.
pub(super) struct Range {
    pub first: i32,
    pub last: i32,
}

impl<'a> Follow<'a> for Range {
    type Inner = Range;
    unsafe fn follow(buf: &'a [u8], loc: usize) -> Range {
        // SAFETY: the caller vouches for two numbers at `loc`.
        unsafe { Range { first: i32::follow(buf, loc), last: i32::follow(buf, loc + size_of::<i32>()) } }
    }
}

impl SimpleToVerifyInSlice for Range {}

tables! {
    Package {
        0 min_runtime_version: scalar i32 = 0;
        1 serialized_multi_executable: vector u8;
        2 signature: vector u8;
        3 keypair_version: scalar i32 = 0;
        4 compiler_version: string;
        5 virtual_chip_id: scalar i32 = 0;
        6 multi_chip_package: tables SerializedPackage;
        7 model_identifier: string;
    }
    SerializedPackage {
        0 serialized_package: vector u8;
    }
    MultiExecutable {
        0 serialized_executables: blobs;
    }
    Executable {
        0 version: scalar i32 = 0;
        1 name: string;
        2 serialized_model: vector u8;
        3 batch_size: scalar i32 = 0;
        4 scratch_size_bytes: scalar i32 = 0;
        5 instruction_bitstreams: tables InstructionBitstream;
        6 parameters: vector u8;
        7 dma_hints: table DmaHints;
        8 input_layers: tables Layer;
        9 output_layers: tables Layer;
        10 chip: string;
        11 estimated_cycles: scalar i32 = 0;
        12 used_narrow_memory_bytes_per_tile: scalar i32 = 0;
        13 kind: scalar i16 = 0;
        14 parameter_caching_token: scalar u64 = 0;
        15 use_tpu_dram_for_parameters: scalar bool = false;
        16 estimated_cycles_64bit: scalar i64 = 0;
    }
    InstructionBitstream {
        0 bitstream: vector u8;
        1 field_offsets: tables FieldOffset;
    }
    FieldOffset {
        0 meta: table Meta;
        1 offset_bit: scalar i32 = 0;
    }
    Meta {
        0 description: scalar i16 = 0;
        1 batch: scalar i32 = 0;
        2 name: string;
        3 position: scalar i16 = 0;
    }
    DmaHints {
        0 hints: tables DmaHint;
        1 fully_deterministic: scalar bool = false;
    }
    DmaHint {
        0 any_hint_type: scalar u8 = 0;
        1 any_hint: table Frame;
        2 direction: scalar i16 = 0;
    }
    DmaDescriptorHint {
        0 meta: table Meta;
        1 offset_in_bytes: scalar i32 = 0;
        2 size_in_bytes: scalar i32 = 0;
    }
    InstructionHint {
        0 instruction_chunk_index: scalar i32 = 0;
    }
    InterruptHint {
        0 kind: scalar i16 = 0;
    }
    Layer {
        0 name: string;
        1 size_bytes: scalar i32 = 0;
        2 y_dim: scalar i32 = 0;
        3 x_dim: scalar i32 = 0;
        4 z_dim: scalar i32 = 0;
        5 numerics: table NumericsConstants;
        6 data_type: scalar i16 = 0;
        7 any_layer_type: scalar u8 = 0;
        8 any_layer: table Frame;
        9 execution_count_per_inference: scalar i32 = 1;
        10 cache_on_dram: scalar bool = false;
        11 shape: table TensorShape;
    }
    NumericsConstants {
        0 zero_point: scalar i32 = 0;
        1 dequantization_factor: scalar f32 = 0.0;
    }
    TensorShape {
        0 dimension: vector Range;
    }
}

/// The types of hints in the union of a `DmaHint`.
pub(super) mod hint {
    pub const DMA_DESCRIPTOR: u8 = 1;
    pub const INSTRUCTION: u8 = 2;
    pub const INTERRUPT: u8 = 3;
    pub const FENCE: u8 = 4;
}

/// The types of executables by their numbers.
const KINDS: &[(i16, ExecutableKind)] = &[
    (0, ExecutableKind::StandAlone),
    (1, ExecutableKind::ParameterCaching),
    (2, ExecutableKind::ExecutionOnly),
];

/// What a transfer moves, by the number of its description.
const TARGETS: &[(i16, Target)] =
    &[(0, Target::Output), (1, Target::Input), (2, Target::Parameters), (3, Target::Scratch)];

/// The types of data by their numbers. Two numbers in between are of no type.
const DATA_TYPES: &[(i16, DataType)] = &[
    (0, DataType::FixedPoint8),
    (1, DataType::FixedPoint16),
    (2, DataType::SignedFixedPoint32),
    (3, DataType::Bfloat),
    (4, DataType::Half),
    (5, DataType::Single),
    (8, DataType::SignedFixedPoint8),
    (9, DataType::SignedFixedPoint16),
];

/// A closed list of names that are stored as numbers.
pub(super) trait Numbered: Copy + 'static {
    /// The names with their numbers.
    const ROWS: &'static [(i16, Self)];
    /// The list's name in the schema.
    const NAME: &'static str;
}

impl Numbered for ExecutableKind {
    const ROWS: &'static [(i16, ExecutableKind)] = KINDS;
    const NAME: &'static str = "ExecutableType";
}

impl Numbered for Target {
    const ROWS: &'static [(i16, Target)] = TARGETS;
    const NAME: &'static str = "Description";
}

impl Numbered for DataType {
    const ROWS: &'static [(i16, DataType)] = DATA_TYPES;
    const NAME: &'static str = "DataType";
}
