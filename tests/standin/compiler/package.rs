//! DarwiNN packages as the real compiler writes them, made of the numbers that the caller says.
//!
//! The unit tests of the reader in `src/edgetpu/package` take this file as well: it uses nothing of the project.
#![allow(dead_code)] // They also write what no compiler does.

use flatbuffers::{FlatBufferBuilder, TableFinishedWIPOffset, UnionWIPOffset, VOffsetT, WIPOffset};

type Builder = FlatBufferBuilder<'static>;
type Place = WIPOffset<TableFinishedWIPOffset>;

/// A package for one chip, or one that holds a package for each of several.
#[derive(Clone, Default)]
pub struct Package {
    pub min_runtime_version: i32,
    pub compiler_version: String,
    pub virtual_chip_id: i32,
    pub executables: Vec<Vec<u8>>,
    pub chips: Vec<Vec<u8>>,
}

/// An executable; the types are 0 for stand-alone, 1 for parameter caching and 2 for execution only.
#[derive(Clone, Default)]
pub struct Executable {
    pub kind: i16,
    pub name: String,
    pub batch_size: i32,
    pub scratch_bytes: i32,
    pub instruction_chunks: Vec<Vec<u8>>,
    pub parameters: Vec<u8>,
    pub inputs: Vec<Layer>,
    pub outputs: Vec<Layer>,
    pub hints: Vec<Hint>,
    pub fully_deterministic: bool,
    pub narrow_memory_bytes_per_tile: i32,
    pub token: u64,
    pub estimated_cycles: i64,
}

/// A tensor that goes to the device or comes from it.
#[derive(Clone, Default)]
pub struct Layer {
    pub name: String,
    pub padded_bytes: i32,
    pub extents: [i32; 3],
    /// The dimensions that only layers of outputs tell.
    pub shape: Vec<i32>,
    pub data_type: i16,
    pub zero_point: i32,
    pub scale: f32,
    pub executions: i32,
}

/// A step of the transfers.
#[derive(Clone)]
pub enum Hint {
    /// The description (0 output, 1 input, 2 parameters, 3 scratch), the name, the offset and the bytes.
    Transfer(i16, String, i32, i32),
    Instructions(i32),
    Interrupt(i16),
    Fence,
    /// A type that no runtime knows.
    Unknown,
}

/// The slot of a table's field by its number.
fn slot(field: VOffsetT) -> VOffsetT {
    4 + 2 * field
}

/// The place of a table in a list of tables.
fn any(place: Place) -> WIPOffset<UnionWIPOffset> {
    WIPOffset::new(place.value())
}

/// A table of one field, a vector of bytes.
fn bytes_table(builder: &mut Builder, bytes: &[u8]) -> Place {
    let bytes = builder.create_vector(bytes);
    let start = builder.start_table();
    builder.push_slot_always(slot(0), bytes);
    builder.end_table(start)
}

impl Package {
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut owned = Builder::new();
        let builder = &mut owned;
        let list = multi_executable(&self.executables);
        let list = (!self.executables.is_empty()).then(|| builder.create_vector(&list));
        let signature = builder.create_vector(&[0u8; 0]);
        let compiler = builder.create_string(&self.compiler_version);
        let chips: Vec<_> = self.chips.iter().map(|chip| any(bytes_table(builder, chip))).collect();
        let chips = (!chips.is_empty()).then(|| builder.create_vector(&chips));
        let start = builder.start_table();
        builder.push_slot(slot(0), self.min_runtime_version, 0);
        if let Some(list) = list {
            builder.push_slot_always(slot(1), list);
        }
        builder.push_slot_always(slot(2), signature);
        builder.push_slot_always(slot(4), compiler);
        builder.push_slot(slot(5), self.virtual_chip_id, 0);
        if let Some(chips) = chips {
            builder.push_slot_always(slot(6), chips);
        }
        let root = builder.end_table(start);
        builder.finish(root, Some("DWN1"));
        owned.finished_data().to_vec()
    }
}

/// The list of executables. Its schema calls them texts, but a text in a flatbuffer is a vector of bytes.
fn multi_executable(executables: &[Vec<u8>]) -> Vec<u8> {
    let mut builder = Builder::new();
    let all: Vec<_> = executables.iter().map(|bytes| builder.create_vector(bytes)).collect();
    let all = builder.create_vector(&all);
    let start = builder.start_table();
    builder.push_slot_always(slot(0), all);
    let root = builder.end_table(start);
    builder.finish(root, None);
    builder.finished_data().to_vec()
}

impl Executable {
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut owned = Builder::new();
        let builder = &mut owned;
        let name = builder.create_string(&self.name);
        let chip = builder.create_string("beagle");
        let chunks: Vec<_> =
            self.instruction_chunks.iter().map(|chunk| any(bytes_table(builder, chunk))).collect();
        let chunks = builder.create_vector(&chunks);
        let parameters = builder.create_vector(&self.parameters);
        let hints = self.hints(builder);
        let [inputs, outputs] = [&self.inputs, &self.outputs].map(|layers| {
            let layers: Vec<_> = layers.iter().map(|layer| any(layer.build(builder))).collect();
            builder.create_vector(&layers)
        });
        let start = builder.start_table();
        builder.push_slot_always(slot(1), name);
        builder.push_slot(slot(3), self.batch_size, 0);
        builder.push_slot(slot(4), self.scratch_bytes, 0);
        builder.push_slot_always(slot(5), chunks);
        builder.push_slot_always(slot(6), parameters);
        builder.push_slot_always(slot(7), hints);
        builder.push_slot_always(slot(8), inputs);
        builder.push_slot_always(slot(9), outputs);
        builder.push_slot_always(slot(10), chip);
        builder.push_slot(slot(12), self.narrow_memory_bytes_per_tile, 0);
        builder.push_slot(slot(13), self.kind, 0);
        builder.push_slot(slot(14), self.token, 0);
        builder.push_slot(slot(16), self.estimated_cycles, 0);
        let root = builder.end_table(start);
        builder.finish(root, None);
        owned.finished_data().to_vec()
    }

    fn hints(&self, builder: &mut Builder) -> Place {
        let all: Vec<_> = self.hints.iter().map(|hint| any(hint.build(builder))).collect();
        let all = builder.create_vector(&all);
        let start = builder.start_table();
        builder.push_slot_always(slot(0), all);
        builder.push_slot(slot(1), self.fully_deterministic, false);
        builder.end_table(start)
    }
}

impl Hint {
    fn build(&self, builder: &mut Builder) -> Place {
        let (number, table, to_host) = match self {
            Hint::Transfer(description, name, offset, bytes) => {
                let name = builder.create_string(name);
                let start = builder.start_table();
                builder.push_slot(slot(0), *description, 0);
                builder.push_slot_always(slot(2), name);
                let meta = builder.end_table(start);
                let start = builder.start_table();
                builder.push_slot_always(slot(0), meta);
                builder.push_slot(slot(1), *offset, 0);
                builder.push_slot(slot(2), *bytes, 0);
                (1u8, builder.end_table(start), *description == 0)
            }
            Hint::Instructions(chunk) => (2, number_table(builder, *chunk), false),
            Hint::Interrupt(number) => (3, number_table(builder, *number), true),
            Hint::Fence => (4, number_table(builder, 0i32), false),
            Hint::Unknown => (9, number_table(builder, 0i32), false),
        };
        let start = builder.start_table();
        builder.push_slot_always(slot(0), number);
        builder.push_slot_always(slot(1), table);
        builder.push_slot(slot(2), i16::from(to_host), 0);
        builder.end_table(start)
    }
}

/// A table of one field, a number that is 0 by default.
fn number_table<N: flatbuffers::Push + PartialEq + Default>(builder: &mut Builder, number: N) -> Place {
    let start = builder.start_table();
    builder.push_slot(slot(0), number, N::default());
    builder.end_table(start)
}

impl Layer {
    fn build(&self, builder: &mut Builder) -> Place {
        let name = builder.create_string(&self.name);
        let start = builder.start_table();
        builder.push_slot(slot(0), self.zero_point, 0);
        builder.push_slot(slot(1), self.scale, 0.0);
        let numerics = builder.end_table(start);
        let shape = (!self.shape.is_empty()).then(|| shape(builder, &self.shape));
        // Which of input and output it is, the real compiler says by a table without fields, or one of layouts.
        let start = builder.start_table();
        let side = builder.end_table(start);
        let start = builder.start_table();
        builder.push_slot_always(slot(0), name);
        builder.push_slot(slot(1), self.padded_bytes, 0);
        for (field, extent) in (2..).zip(self.extents) {
            builder.push_slot(slot(field), extent, 0);
        }
        builder.push_slot_always(slot(5), numerics);
        builder.push_slot(slot(6), self.data_type, 0);
        builder.push_slot_always(slot(7), if shape.is_some() { 1u8 } else { 2 });
        builder.push_slot_always(slot(8), side);
        builder.push_slot(slot(9), self.executions, 1);
        if let Some(shape) = shape {
            builder.push_slot_always(slot(11), shape);
        }
        builder.end_table(start)
    }
}

/// The first and the last index of every dimension.
fn shape(builder: &mut Builder, dimensions: &[i32]) -> Place {
    // A range is two numbers side by side, and counts as one.
    builder.start_vector::<i32>(2 * dimensions.len());
    for length in dimensions.iter().rev() {
        builder.push(length - 1);
        builder.push(0i32);
    }
    let ranges = builder.end_vector::<i32>(dimensions.len());
    let start = builder.start_table();
    builder.push_slot_always(slot(0), ranges);
    builder.end_table(start)
}

/// The options of a compiled operator, which hold a package.
pub fn options(package: &[u8]) -> Vec<u8> {
    let mut builder = flexbuffers::Builder::default();
    let mut map = builder.start_map();
    map.push("1", 0u8);
    map.push("4", flexbuffers::Blob(package));
    map.push("5", -1i8);
    map.end_map();
    builder.take_buffer()
}
