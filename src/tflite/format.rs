//! The schema's fixed tables (version 3), declared once: slot, name and type of every field.
//!
//! The declarations give each table its verifier and typed accessors over the `flatbuffers` crate, the list of what
//! it may hold, and the slots that are refused with a reason. Operators' options are declared in [`super::ops`].

use flatbuffers::{Follow, ForwardsUOffset, InvalidFlatbuffer, Table, Vector, Verifiable, Verifier};

/// The slots that a table may hold, for the check that nothing in a file goes unnoticed.
pub(super) struct Known {
    pub table: &'static str,
    pub slots: &'static [u16],
    pub refused: &'static [(u16, &'static str, &'static str)],
}

/// A table of the schema.
pub(super) trait TableFormat {
    const KNOWN: Known;
    fn table(&self) -> Table<'_>;
}

/// A table whose fields are declared elsewhere; only the table's frame is verified.
pub(super) struct Frame<'a>(pub Table<'a>);

impl<'a> Follow<'a> for Frame<'a> {
    type Inner = Frame<'a>;
    unsafe fn follow(buf: &'a [u8], loc: usize) -> Frame<'a> {
        // SAFETY: the caller vouches for a table at `loc`.
        Frame(unsafe { Table::new(buf, loc) })
    }
}

impl Verifiable for Frame<'_> {
    fn run_verifier(v: &mut Verifier, pos: usize) -> Result<(), InvalidFlatbuffer> {
        v.visit_table(pos)?.finish();
        Ok(())
    }
}

/// Expands to the type that the `flatbuffers` crate follows for a kind of field.
macro_rules! stored {
    (scalar $type:ty) => { $type };
    (string) => { ForwardsUOffset<&str> };
    (vector $type:ty) => { ForwardsUOffset<Vector<'_, $type>> };
    (table $type:ident) => { ForwardsUOffset<$type<'_>> };
    (tables $type:ident) => { ForwardsUOffset<Vector<'_, ForwardsUOffset<$type<'_>>>> };
}

macro_rules! accessor {
    ($name:ident, $slot:literal, scalar $type:ident = $default:expr) => {
        pub fn $name(&self) -> $type {
            // SAFETY: the verifier has seen a field of this type, or none, in this slot.
            unsafe { self.0.get::<$type>(4 + 2 * $slot, Some($default)) }.unwrap_or($default)
        }
    };
    ($name:ident, $slot:literal, string) => {
        pub fn $name(&self) -> Option<&'a str> {
            // SAFETY: as above.
            unsafe { self.0.get::<ForwardsUOffset<&'a str>>(4 + 2 * $slot, None) }
        }
    };
    ($name:ident, $slot:literal, vector $type:ident) => {
        pub fn $name(&self) -> Option<Vector<'a, $type>> {
            // SAFETY: as above.
            unsafe { self.0.get::<ForwardsUOffset<Vector<'a, $type>>>(4 + 2 * $slot, None) }
        }
    };
    ($name:ident, $slot:literal, table $type:ident) => {
        pub fn $name(&self) -> Option<$type<'a>> {
            // SAFETY: as above.
            unsafe { self.0.get::<ForwardsUOffset<$type<'a>>>(4 + 2 * $slot, None) }
        }
    };
    ($name:ident, $slot:literal, tables $type:ident) => {
        pub fn $name(&self) -> impl Iterator<Item = $type<'a>> + use<'a> {
            // SAFETY: as above.
            let tables = unsafe {
                self.0.get::<ForwardsUOffset<Vector<'a, ForwardsUOffset<$type<'a>>>>>(4 + 2 * $slot, None)
            };
            tables.into_iter().flatten()
        }
    };
}

macro_rules! tables {
    ($($table:ident {
        $($slot:literal $name:ident: $kind:ident $($type:ident)? $(= $default:literal)?;)*
        $(refused $bad:literal $bad_name:ident: $why:literal;)*
    })*) => {$(
        pub(super) struct $table<'a>(Table<'a>);

        impl<'a> Follow<'a> for $table<'a> {
            type Inner = $table<'a>;
            unsafe fn follow(buf: &'a [u8], loc: usize) -> $table<'a> {
                // SAFETY: the caller vouches for a table at `loc`.
                $table(unsafe { Table::new(buf, loc) })
            }
        }

        impl Verifiable for $table<'_> {
            fn run_verifier(v: &mut Verifier, pos: usize) -> Result<(), InvalidFlatbuffer> {
                let table = v.visit_table(pos)?;
                $(let table = table.visit_field::<stored!($kind $($type)?)>(stringify!($name), 4 + 2 * $slot, false)?;)*
                table.finish();
                Ok(())
            }
        }

        impl TableFormat for $table<'_> {
            const KNOWN: Known = Known {
                table: stringify!($table),
                slots: &[$($slot),*],
                refused: &[$(($bad, stringify!($bad_name), $why)),*],
            };
            fn table(&self) -> Table<'_> {
                self.0
            }
        }

        #[allow(dead_code, reason = "the declarations are complete; some fields are read through `Frame`")]
        impl<'a> $table<'a> {
            $(accessor!($name, $slot, $kind $($type)? $(= $default)?);)*
        }
    )*};
}

tables! {
    Model {
        0 version: scalar u32 = 0;
        1 operator_codes: tables OperatorCode;
        2 subgraphs: tables SubGraph;
        3 description: string;
        4 buffers: tables Buffer;
        5 metadata_buffer: vector i32;
        6 metadata: tables Metadata;
        7 signature_defs: tables SignatureDef;
        refused 8 external_buffer_groups: "weights lie in other files";
        refused 9 external_buffers: "weights lie in other files";
    }
    OperatorCode {
        0 deprecated_builtin_code: scalar i8 = 0;
        1 custom_code: string;
        2 version: scalar i32 = 1;
        3 builtin_code: scalar i32 = 0;
    }
    SubGraph {
        0 tensors: tables Tensor;
        1 inputs: vector i32;
        2 outputs: vector i32;
        3 operators: tables Operator;
        4 name: string;
        5 debug_metadata_index: scalar i32 = -1;
    }
    Tensor {
        0 shape: vector i32;
        1 kind: scalar i8 = 0;
        2 buffer: scalar u32 = 0;
        3 name: string;
        4 quantization: table QuantizationParameters;
        5 is_variable: scalar bool = false;
        7 shape_signature: vector i32;
        8 has_rank: scalar bool = false;
        refused 6 sparsity: "sparse tensors are unknown to the Edge TPU; convert the model without pruning's sparse encoding";
        refused 9 variant_tensors: "variant tensors are unknown to the Edge TPU";
        refused 10 external_buffer: "weights lie in other files";
    }
    QuantizationParameters {
        0 min: vector f32;
        1 max: vector f32;
        2 scale: vector f32;
        3 zero_point: vector i64;
        6 quantized_dimension: scalar i32 = 0;
        refused 4 details_type: "only affine quantization, per tensor or per channel, runs on the Edge TPU";
        refused 5 details: "only affine quantization, per tensor or per channel, runs on the Edge TPU";
    }
    Operator {
        0 opcode_index: scalar u32 = 0;
        1 inputs: vector i32;
        2 outputs: vector i32;
        3 builtin_options_type: scalar u8 = 0;
        4 builtin_options: table Frame;
        5 custom_options: vector u8;
        6 custom_options_format: scalar i8 = 0;
        7 mutating_variable_inputs: vector bool;
        8 intermediates: vector i32;
        11 builtin_options_2_type: scalar u8 = 0;
        12 builtin_options_2: table Frame;
        13 debug_metadata_index: scalar i32 = -1;
        refused 9 large_custom_options_offset: "options lie outside the flatbuffer";
        refused 10 large_custom_options_size: "options lie outside the flatbuffer";
    }
    Buffer {
        0 data: vector u8;
        refused 1 offset: "weights lie outside the flatbuffer";
        refused 2 size: "weights lie outside the flatbuffer";
    }
    Metadata {
        0 name: string;
        1 buffer: scalar u32 = 0;
    }
    SignatureDef {
        0 inputs: tables TensorMap;
        1 outputs: tables TensorMap;
        2 signature_key: string;
        3 deprecated_tag: string;
        4 subgraph_index: scalar u32 = 0;
    }
    TensorMap {
        0 name: string;
        1 tensor_index: scalar u32 = 0;
    }
}
