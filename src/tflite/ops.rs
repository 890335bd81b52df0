//! The table of operators: what reading, writing, cost counting and the MLIR translation know about each
//! builtin operator of the TensorFlow Lite schema.
//!
//! One row of [`all`] holds an operator's code, its name in the schema and in the `tfl` dialect, its options
//! table with slot, type, default and attribute name of every option, and what the tool may do with it.
//! Nothing else in the crate matches on operator names to find such facts.

mod dump;
mod enums;
mod operators;
mod options;

pub use dump::dump_json;
pub use enums::{AttrForm, EnumDef};

/// One builtin operator.
#[derive(Clone, Copy, Debug)]
pub struct OpDef {
    /// Its number in the schema's `BuiltinOperator`.
    pub code: i32,
    /// Its name there, like `CONV_2D`.
    pub name: &'static str,
    /// The operation's name in the `tfl` dialect without the prefix, like `conv_2d`; empty if the dialect has
    /// none.
    pub tfl: &'static str,
    /// A second operation of the dialect, which stands for this operator at one value of an option.
    pub variant: Option<Variant>,
    /// The table of its options; `None` if the schema gives it none.
    pub options: Option<&'static OptionsDef>,
    /// Attributes of the `tfl` operation that no option holds.
    pub type_attrs: &'static [TypeAttr],
    /// How many regions the `tfl` operation has.
    pub regions: u8,
    /// How its multiplications are counted.
    pub macs: MacRule,
    /// How the shapes of its results follow from its operands. The inference itself is `tflite::shapes`'.
    pub shape: ShapeRule,
    /// The limits within which the Edge TPU takes it; `None` if it never does. `tflite::support` judges them.
    pub edgetpu: Option<&'static [Limit]>,
    /// Why no model that holds it can be cut. The text goes on a sentence that begins with the operator.
    pub refused: Option<&'static str>,
    /// Whether it carries something from one invocation to the next: a variable tensor, a resource variable,
    /// a hash table or the state of a random generator.
    pub stateful: bool,
    /// The operands whose values it keeps and changes.
    pub state: &'static [usize],
    /// The operands that its kernel on the CPU reads once where they are bound as constants, as Coral's runner binds what it
    /// hands a stage and takes from it: the first inference's values are used ever after.
    pub held_once: &'static [usize],
    /// Whether its kernel on the CPU, in newer runtimes, computes nothing where the result is bound as a constant.
    pub skips_constant_output: bool,
    /// The operands whose constant 8-bit numbers the `tfl` dialect gives a narrow range: the smallest goes unused.
    pub narrow: &'static [usize],
}

impl OpDef {
    /// The name of the `tfl` operation for an operator whose options have the values that `value_of` gives by
    /// slot. Empty if the dialect has none.
    pub fn tfl_for(&self, value_of: impl Fn(u16) -> i64) -> &'static str {
        match self.variant {
            Some(variant) if value_of(variant.slot) == variant.value => variant.tfl,
            _ => self.tfl,
        }
    }
}

/// The operation of the `tfl` dialect that replaces [`OpDef::tfl`] at one value of an option.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Variant {
    /// The option's slot.
    pub slot: u16,
    /// The value that selects the variant.
    pub value: i64,
    /// The operation's name without the prefix.
    pub tfl: &'static str,
}

/// An attribute of a `tfl` operation that repeats the type of a tensor.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TypeAttr {
    /// The attribute's name.
    pub name: &'static str,
    /// The tensor. Without such a tensor the attribute is left out.
    pub of: TypeOf,
}

/// A tensor whose type says what no attribute does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TypeOf {
    /// The operand of this index.
    Operand(usize),
    /// The result of this index.
    Result(usize),
    /// The entry of this index in the operator's list of intermediate tensors.
    Intermediate(usize),
}

/// The two unions of an operator in which its options may lie.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum OptionsUnion {
    /// `builtin_options`.
    First,
    /// `builtin_options_2`.
    Second,
}

/// One options table.
#[derive(Clone, Copy, Debug)]
pub struct OptionsDef {
    /// The union that it belongs to.
    pub union: OptionsUnion,
    /// Its number in that union.
    pub union_type: u8,
    /// Its name in the schema, like `Conv2DOptions`.
    pub name: &'static str,
    /// Its fields by ascending slot, without deprecated ones.
    pub fields: &'static [FieldDef],
}

impl OptionsDef {
    /// The field of this schema name.
    pub fn field(&self, name: &str) -> Option<&'static FieldDef> {
        self.fields.iter().find(|field| field.name == name)
    }

    /// The field that this attribute of the `tfl` dialect holds.
    pub fn field_by_attr(&self, attr: &str) -> Option<&'static FieldDef> {
        self.fields.iter().find(|field| !field.attr.is_empty() && field.attr == attr)
    }
}

/// One field of an options table.
#[derive(Clone, Copy, Debug)]
pub struct FieldDef {
    /// Its number in the table.
    pub slot: u16,
    /// Its name in the schema.
    pub name: &'static str,
    /// Its type and the value that an absent field stands for.
    pub kind: FieldKind,
    /// The attribute of the `tfl` dialect that holds it; empty if there is none. An attribute that is absent
    /// stands for the default, too.
    pub attr: &'static str,
    /// For a field without attribute: the tensor whose element type it repeats.
    pub derived: Option<TypeOf>,
}

impl FieldDef {
    /// Where the table's vtable keeps the field's place.
    pub const fn vtable_offset(&self) -> u16 {
        4 + 2 * self.slot
    }
}

/// The type of a field. Scalars hold their default; vectors and strings are absent by default.
#[derive(Clone, Copy, Debug)]
pub enum FieldKind {
    /// One byte; a boolean attribute.
    Bool(bool),
    /// An integer attribute of type `i32`.
    I32(i32),
    /// An integer attribute of type `i64`.
    I64(i64),
    /// Unsigned; only indices of subgraphs, which are no attributes.
    U32(u32),
    /// A float attribute of type `f32`.
    F32(f32),
    /// An enum of one byte; see [`AttrForm`] for the attribute.
    Enum(&'static EnumDef, i8),
    /// An enum of four bytes.
    EnumI32(&'static EnumDef, i32),
    /// Numbers of 32 bits in the file, but an array attribute of `i64`. An absent vector is an empty array.
    I32Vec,
    /// An array attribute of `f32`.
    F32Vec,
    /// Bytes; no attribute.
    U8Vec,
    /// A string attribute. An absent string is an empty one.
    String,
}

/// How to count an operator's multiply-accumulates. The counting itself is the cost model's business.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum MacRule {
    /// Nothing to count.
    None,
    /// Filter `[out, height, width, in]` at every place of the result.
    Conv2d,
    /// Filter `[1, height, width, channels]` at every place of the result.
    DepthwiseConv2d,
    /// Filter `[out, height, width, in]` at every place of operand 2.
    TransposeConv,
    /// Filter `[depth, height, width, in, out]` at every place of the result.
    Conv3d,
    /// Filter `[depth, height, width, out, in]` at every place of operand 2.
    Conv3dTranspose,
    /// Weights `[out, in]` for every row of the input.
    FullyConnected,
    /// A matrix product per batch; either operand may be transposed by an option.
    BatchMatmul,
    /// Input weights and recurrent weights at every time step.
    Rnn,
    /// Two of them, one for each direction.
    BidirectionalRnn,
    /// The weights of up to four gates and of a projection at every time step.
    Lstm,
    /// Two of them, one for each direction.
    BidirectionalLstm,
    /// Weights by feature, then weights by time.
    Svdf,
}

/// What the Edge TPU asks of an operator beyond its kind, types and dimensions. The judging itself is
/// `tflite::support`'s.
///
/// Source: the table of supported operations in Coral's "TensorFlow models on the Edge TPU", for the latest runtime;
/// where compiled models show otherwise, these stand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Limit {
    /// No activation is fused into it.
    NoActivation,
    /// The operands of these numbers, where there are such, are constants.
    Constant(&'static [usize]),
    /// It is dilated alike in height and width.
    EqualDilation,
    /// Its weights are in the default format.
    DefaultFormat,
    /// The operand of this number has one dimension above 1, the last.
    RowOperand(usize),
    /// Its result has one dimension above 1, the last.
    RowResult,
    /// Its result has at most so many elements.
    Elements(u64),
    /// A constant among its operands is zeros, beside a single other operand.
    ZerosBesideOne,
    /// None of the dimensions that operand 1 names comes before the last three.
    KeepsBatch,
    /// Where it reduces the last dimension, that is a multiple of 4.
    DepthOfFours,
    /// Height and width are not made out of a single place; beyond a factor of 2 the compiler may decline.
    Upscaling,
    /// Tensors of more bytes than this may be declined.
    Bytes(u64),
    /// It takes every element of the last dimension between begin and end; in others the compiler may decline steps.
    Steps,
    /// It neither adds dimensions nor leaves any open.
    NoNewAxes,
}

/// How the shapes of an operator's results follow from its operands, constants and options.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ShapeRule {
    /// Not known here: what the file declares can't be checked, and no cut is made there.
    Unknown,
    /// The operator counts what it finds, so only a run tells.
    Counted,
    /// That of operand 0.
    Same,
    /// That of operand 1.
    SameAsSecond,
    /// That of operand 0, in another type.
    Converted,
    /// Operands 0 and 1, broadcast.
    Broadcast,
    /// Operands 0 and 1, broadcast and compared.
    Compared,
    /// Operands 0, 1 and 2, broadcast; elements of operand 1 or 2 are taken.
    Select,
    /// What the values of an operand say.
    Given {
        /// The operand.
        by: usize,
        /// The operand whose element type the result has, where the operator sets it.
        like: Option<usize>,
    },
    /// A window over height and width, and the filter's output channels.
    Conv2d,
    /// The same, and a filter per channel.
    DepthwiseConv2d,
    /// The same, and the operand's channels.
    Pool2d,
    /// Rows of the operand by rows of the weights.
    FullyConnected,
    /// Matrix products over broadcast batches.
    BatchMatmul,
    /// Operands joined along an axis.
    Concatenation,
    /// Operands stacked along a new axis.
    Pack,
    /// An axis taken apart.
    Unpack,
    /// Equal pieces of an axis.
    Split,
    /// Pieces of an axis in the sizes of operand 1.
    SplitV,
    /// What operand 1 or an option says, with one dimension left open.
    Reshape,
    /// Dimensions in the order of operand 1.
    Transpose,
    /// A dimension of size 1 more.
    ExpandDims,
    /// Dimensions of size 1 less.
    Squeeze,
    /// The axes of operand 1 reduced, kept or not.
    Reduce,
    /// The axes of operand 1 left out.
    ArgReduce,
    /// The height and width of operand 1.
    Resize,
    /// Each dimension between the margins of operand 1.
    Pad,
    /// Each dimension as often as operand 1 says.
    Tile,
    /// An axis replaced by the shape of operand 1.
    Gather,
    /// Leading dimensions replaced by those of operand 1 but its last.
    GatherNd,
    /// From operand 1 on, as many as operand 2 says.
    Slice,
    /// From operand 1 to operand 2 in steps of operand 3, with masks.
    StridedSlice,
    /// Height and width divided, channels multiplied.
    SpaceToDepth,
    /// Height and width multiplied, channels divided.
    DepthToSpace,
    /// Blocks of operand 1 moved into the batch, after the margins of operand 2.
    SpaceToBatch,
    /// Blocks of operand 1 moved out of the batch, and the margins of operand 2 cut off.
    BatchToSpace,
    /// The number of dimensions of operand 0, as a vector of that length.
    Shape,
    /// The number of dimensions of operand 0, as a scalar.
    Rank,
    /// The last dimension as large as operand 1 says.
    TopK,
    /// A new axis as large as operand 1 says.
    OneHot,
    /// From operand 0 to operand 1 in steps of operand 2.
    Range,
    /// A row of operand 1 for each index of operand 0.
    EmbeddingLookup,
    /// The last dimension twice.
    MatrixDiag,
    /// As many as operand 2 says, each of the dimensions of operand 0 after those of operand 1.
    Segments,
    /// The sequence with the cell's width.
    SequenceLstm,
    /// The sequence with the weights' units.
    SequenceRnn,
    /// The batch with a unit for each filter of every rank.
    Svdf,
}

impl ShapeRule {
    /// The operand whose element type the results take on, whatever the file declares for them.
    pub const fn moved_operand(self) -> Option<usize> {
        match self {
            Self::Given { like, .. } => like,
            Self::Split | Self::Select | Self::SameAsSecond => Some(1),
            Self::OneHot => Some(2),
            Self::Same
            | Self::Broadcast
            | Self::Concatenation
            | Self::Pack
            | Self::Unpack
            | Self::SplitV
            | Self::Reshape
            | Self::Transpose
            | Self::ExpandDims
            | Self::Squeeze
            | Self::Resize
            | Self::Pad
            | Self::Tile
            | Self::Gather
            | Self::GatherNd
            | Self::Slice
            | Self::StridedSlice
            | Self::SpaceToDepth
            | Self::DepthToSpace
            | Self::SpaceToBatch
            | Self::BatchToSpace
            | Self::MatrixDiag => Some(0),
            _ => None,
        }
    }

    /// The operands by whose values the results are shaped: where one of them is no constant, only a run tells.
    pub const fn value_operands(self) -> &'static [usize] {
        match self {
            Self::Given { by: 0, .. } | Self::Split => &[0],
            Self::Given { by: 2, .. } => &[2],
            Self::Given { .. }
            | Self::Reshape
            | Self::Transpose
            | Self::ExpandDims
            | Self::Reduce
            | Self::ArgReduce
            | Self::Resize
            | Self::Pad
            | Self::Tile
            | Self::TopK
            | Self::OneHot => &[1],
            Self::Slice | Self::Segments => &[2],
            Self::SplitV | Self::SpaceToBatch | Self::BatchToSpace => &[1, 2],
            Self::StridedSlice => &[1, 2, 3],
            Self::Range => &[0, 1, 2],
            _ => &[],
        }
    }
}

/// The code that stands for all higher ones where old files keep it in seven bits.
pub const PLACEHOLDER: i32 = 127;

/// Every operator, by ascending code.
pub fn all() -> &'static [OpDef] {
    &operators::OPERATORS
}

/// Every options table, those of the first union before those of the second.
pub fn all_options() -> impl Iterator<Item = &'static OptionsDef> {
    options::FIRST.iter().chain(options::SECOND).copied()
}

/// The operator of a code.
pub fn by_code(code: i32) -> Option<&'static OpDef> {
    let op = all().get(usize::try_from(code).ok()?)?;
    debug_assert_eq!(op.code, code);
    Some(op)
}

/// The operator of a schema name, like `CONV_2D`.
pub fn by_name(name: &str) -> Option<&'static OpDef> {
    all().iter().find(|op| op.name == name)
}

/// The operator that an operation of the `tfl` dialect stands for, by its name without the prefix, like
/// `conv_2d`. The name of a [`Variant`] is found, too.
pub fn by_tfl(name: &str) -> Option<&'static OpDef> {
    let stands_for = |op: &&OpDef| op.tfl == name || op.variant.is_some_and(|variant| variant.tfl == name);
    if name.is_empty() { None } else { all().iter().find(stands_for) }
}

/// The options table of a number in one of the unions.
pub fn options_by_type(union: OptionsUnion, union_type: u8) -> Option<&'static OptionsDef> {
    all_options().find(|options| options.union == union && options.union_type == union_type)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;

    fn default_of(op: &str, field: &str) -> FieldKind {
        by_name(op).unwrap().options.unwrap().field(field).unwrap().kind
    }

    #[test]
    fn codes_are_the_places_in_the_table() {
        for (place, op) in all().iter().enumerate() {
            assert_eq!(op.code, place as i32, "{}", op.name);
        }
    }

    #[test]
    fn lookups_invert() {
        for op in all() {
            assert_eq!(by_code(op.code).unwrap().name, op.name);
            assert_eq!(by_name(op.name).unwrap().code, op.code);
            if !op.tfl.is_empty() {
                assert_eq!(by_tfl(op.tfl).unwrap().code, op.code);
            }
            if let Some(variant) = op.variant {
                assert_eq!(by_tfl(variant.tfl).unwrap().code, op.code);
                assert!(op.options.unwrap().fields.iter().any(|field| field.slot == variant.slot));
            }
        }
        for options in all_options() {
            let found = options_by_type(options.union, options.union_type).unwrap();
            assert_eq!(found.name, options.name);
        }
    }

    #[test]
    fn lookups_of_nothing_find_nothing() {
        assert!(by_code(-1).is_none());
        assert!(by_code(all().len() as i32).is_none());
        assert!(by_name("").is_none());
        assert!(by_tfl("").is_none());
        assert!(by_tfl("l2_pool_2d").is_none());
        assert!(options_by_type(OptionsUnion::First, 0).is_none());
        assert!(options_by_type(OptionsUnion::Second, 1).is_none());
    }

    #[test]
    fn names_are_unique() {
        let mut seen = HashSet::new();
        let variants = all().iter().filter_map(|op| op.variant).map(|variant| variant.tfl);
        let tfl = all().iter().map(|op| op.tfl).filter(|tfl| !tfl.is_empty());
        assert!(tfl.chain(variants).all(|name| seen.insert(name)));
        seen.clear();
        assert!(all().iter().map(|op| op.name).all(|name| seen.insert(name)));
        seen.clear();
        assert!(all_options().map(|options| options.name).all(|name| seen.insert(name)));
    }

    #[test]
    fn union_numbers_and_slots_ascend() {
        for tables in [options::FIRST, options::SECOND] {
            assert!(tables.is_sorted_by(|a, b| a.union == b.union && a.union_type < b.union_type));
        }
        for options in all_options() {
            assert!(options.fields.is_sorted_by(|a, b| a.slot < b.slot), "{}", options.name);
        }
    }

    #[test]
    fn every_options_table_belongs_to_an_operator() {
        let used: HashSet<_> = all().iter().filter_map(|op| op.options).map(|options| options.name).collect();
        for options in all_options() {
            assert!(used.contains(options.name), "{}", options.name);
        }
    }

    #[test]
    fn attributes_are_unique_in_an_operation() {
        for op in all() {
            let fields = op.options.map_or(&[][..], |options| options.fields);
            let names = fields.iter().map(|field| field.attr).filter(|attr| !attr.is_empty());
            let mut seen = HashSet::new();
            assert!(names.chain(op.type_attrs.iter().map(|attr| attr.name)).all(|name| seen.insert(name)));
            for field in fields {
                assert!(field.attr.is_empty() || field.derived.is_none(), "{} of {}", field.name, op.name);
            }
        }
    }

    #[test]
    fn enum_defaults_are_values_of_the_enum() {
        for field in all_options().flat_map(|options| options.fields) {
            match field.kind {
                FieldKind::Enum(def, default) => assert!(def.name_of(default.into()).is_some()),
                FieldKind::EnumI32(def, default) => assert!(def.name_of(default).is_some()),
                _ => {}
            }
        }
    }

    #[test]
    fn a_refused_operator_is_never_mapped() {
        assert!(all().iter().all(|op| op.refused.is_none() || op.edgetpu.is_none()));
        assert!(by_name("WHILE").unwrap().refused.is_some());
        assert!(by_name("STABLEHLO_ADD").unwrap().refused.is_some());
        assert!(by_name("CUSTOM").unwrap().refused.is_none());
    }

    #[test]
    fn defaults_other_than_zero_are_kept() {
        assert!(matches!(default_of("CONV_2D", "stride_w"), FieldKind::I32(0)));
        assert!(matches!(default_of("CONV_2D", "dilation_w_factor"), FieldKind::I32(1)));
        assert!(matches!(default_of("ADD", "pot_scale_int16"), FieldKind::Bool(true)));
        assert!(matches!(default_of("BIDIRECTIONAL_SEQUENCE_LSTM", "time_major"), FieldKind::Bool(true)));
        assert!(matches!(default_of("UNIQUE", "idx_out_type"), FieldKind::Enum(_, 2)));
    }

    #[test]
    fn deprecated_fields_leave_a_gap() {
        let align_corners =
            by_name("RESIZE_BILINEAR").unwrap().options.unwrap().field("align_corners").unwrap();
        assert_eq!((align_corners.slot, align_corners.vtable_offset()), (2, 8));
    }

    #[test]
    fn the_kernel_of_an_lstm_names_its_operation() {
        let lstm = by_name("LSTM").unwrap();
        assert_eq!(lstm.tfl_for(|_| 0), "lstm");
        assert_eq!(lstm.tfl_for(|slot| i64::from(slot == 3)), "basic_lstm");
        assert_eq!(by_name("CONV_2D").unwrap().tfl_for(|_| 1), "conv_2d");
    }
}
