//! The rules that a row of the operator table names: for counting, for the Edge TPU's limits, and for shapes. Other
//! modules apply them.

/// A rule by which an operator's multiply-accumulates are counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum MacRule {
    /// The operator has no multiply-accumulates that count.
    None,
    /// A filter `[out, height, width, in]` at every place of the result.
    Conv2d,
    /// A filter `[1, height, width, channels]` at every place of the result.
    DepthwiseConv2d,
    /// A filter `[out, height, width, in]` at every place of operand 2.
    TransposeConv,
    /// A filter `[depth, height, width, in, out]` at every place of the result.
    Conv3d,
    /// A filter `[depth, height, width, out, in]` at every place of operand 2.
    Conv3dTranspose,
    /// Weights `[out, in]` for every row of the input.
    FullyConnected,
    /// A matrix product per batch; either operand may be transposed by an option.
    BatchMatmul,
    /// Input weights and recurrent weights at every time step.
    Rnn,
    /// Input weights and recurrent weights of both directions at every time step.
    BidirectionalRnn,
    /// The weights of up to four gates and of a projection at every time step.
    Lstm,
    /// The weights of up to four gates and of a projection, for both directions, at every time step.
    BidirectionalLstm,
    /// Weights by feature, then weights by time.
    Svdf,
}

/// A condition that the Edge TPU sets for an operator beyond kind, types and dimensions; `tflite::support` judges by
/// it.
///
/// Source: the table of supported operations in Coral's "TensorFlow models on the Edge TPU", for the latest runtime;
/// where compiled models contradict the table, the limits follow the models.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Limit {
    /// No activation is fused into the operator.
    NoActivation,
    /// The operands at these indices, if they exist, are constants.
    Constant(&'static [usize]),
    /// The dilation is equal in height and width.
    EqualDilation,
    /// The weights are in the default format.
    DefaultFormat,
    /// The operand at this index has no dimension above 1 but the last.
    RowOperand(usize),
    /// The result has no dimension above 1 but the last.
    RowResult,
    /// The result has at most this number of elements.
    Elements(u64),
    /// If one operand is a constant, it is all zeros, and there is exactly one other operand.
    ZerosBesideOne,
    /// The dimensions to which operand 1 refers are among the last three.
    KeepsBatch,
    /// If the last dimension is reduced, its size is a multiple of 4.
    DepthOfFours,
    /// Height and width are not scaled up from a single place; beyond a factor of 2 the compiler may decline.
    Upscaling,
    /// The result has at most this number of bytes; beyond it the compiler may decline.
    Bytes(u64),
    /// The step is 1 in the last dimension; in others the compiler may decline larger steps.
    Steps,
    /// No dimension is added, and none is left to an ellipsis.
    NoNewAxes,
}

/// A rule by which the shapes of an operator's results follow from its operands, constants and options.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ShapeRule {
    /// No rule is known: the declared shape can't be checked, so no cut is made at the result.
    Unknown,
    /// The operator counts what it finds, so the shape is known at run time only.
    Counted,
    /// The shape of operand 0.
    Same,
    /// The shape of operand 1.
    SameAsSecond,
    /// The shape of operand 0, in another type.
    Converted,
    /// Operands 0 and 1, broadcast.
    Broadcast,
    /// Operands 0 and 1, broadcast and compared.
    Compared,
    /// Operands 0, 1 and 2, broadcast; elements of operand 1 or 2 are taken.
    Select,
    /// The shape that the values of an operand give.
    Given {
        /// The index of the operand with these values.
        by: usize,
        /// The index of the operand whose element type the result has, if the operator sets the type.
        like: Option<usize>,
    },
    /// A window over height and width, with the filter's output channels.
    Conv2d,
    /// A window over height and width, with one filter for each channel.
    DepthwiseConv2d,
    /// A window over height and width, with the operand's channels.
    Pool2d,
    /// Rows of the operand by rows of the weights.
    FullyConnected,
    /// Matrix products over broadcast batches.
    BatchMatmul,
    /// The operands joined along an axis.
    Concatenation,
    /// The operands stacked along a new axis.
    Pack,
    /// The operand without the axis along which it is taken apart.
    Unpack,
    /// Equal pieces of an axis.
    Split,
    /// Pieces of an axis in the sizes of operand 1.
    SplitV,
    /// The shape that operand 1 or an option gives, of which one dimension may be left open.
    Reshape,
    /// The dimensions in the order of operand 1.
    Transpose,
    /// The dimensions with one of size 1 added.
    ExpandDims,
    /// The dimensions with some of size 1 removed.
    Squeeze,
    /// The dimensions with the axes of operand 1 reduced, and kept with size 1 or removed.
    Reduce,
    /// The dimensions without the axes of operand 1.
    ArgReduce,
    /// The height and width of operand 1.
    Resize,
    /// Each dimension enlarged by the margins of operand 1.
    Pad,
    /// Each dimension multiplied by the factor in operand 1.
    Tile,
    /// The dimensions of operand 0, with an axis replaced by the shape of operand 1.
    Gather,
    /// The dimensions of operand 0, with leading ones replaced by those of operand 1 except its last.
    GatherNd,
    /// A slice that starts at operand 1, in the sizes of operand 2.
    Slice,
    /// A slice from operand 1 to operand 2 in steps of operand 3, with masks.
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
    /// The dimensions of operand 0, with the last of the size in operand 1.
    TopK,
    /// The dimensions of operand 0, with a new axis of the size in operand 1.
    OneHot,
    /// The numbers from operand 0 to operand 1 in steps of operand 2.
    Range,
    /// A row of operand 1 for each index of operand 0.
    EmbeddingLookup,
    /// The dimensions with the last one repeated.
    MatrixDiag,
    /// As many segments as operand 2 says, each with the dimensions of operand 0 that follow those of operand 1.
    Segments,
    /// The batch and time dimensions, and the cell's width.
    SequenceLstm,
    /// The batch and time dimensions, and the units of the weights.
    SequenceRnn,
    /// The batch, and the number of filters divided by the rank.
    Svdf,
}

impl ShapeRule {
    /// Returns the index of the operand whose element type the results take on, whatever the file declares for them;
    /// none if there is no such operand.
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

    /// Returns the indices of the operands whose values determine the shapes of the results. If one of these operands
    /// is not a constant, the shapes are known at run time only.
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
