//! What is counted, asked and inferred of operators: the rules that a row names. What they mean is computed elsewhere.

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
