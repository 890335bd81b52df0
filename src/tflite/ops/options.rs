//! The options tables of both unions, in the order of the schema.
//!
//! A line of a table reads `slot name: type(default)`. The option's attribute in the `tfl` dialect has the option's
//! name, unless `=> hidden()` says that there is no attribute, or `=> derived(…)` that the type of a tensor stands in
//! for it.

use super::enums::{
    ACTIVATION, COMBINER, LSH, LSTM_KERNEL, MIRROR_PAD_MODE, PADDING, REDUCE_FUNCTION, TENSOR_TYPE,
    WEIGHTS_FORMAT,
};
use super::fields::FieldKind::{Bool, Enum, EnumI32, F32, F32Vec, I32, I32Vec, I64, String, U8Vec, U32};
use super::fields::{FieldDef, FieldKind, OptionsDef, OptionsUnion};
use super::type_of::TypeOf::{self, Operand, Result};

const fn field(slot: u16, name: &'static str, kind: FieldKind) -> FieldDef {
    FieldDef { slot, name, kind, attr: name, derived: None }
}

impl FieldDef {
    const fn hidden(self) -> Self {
        Self { attr: "", ..self }
    }

    const fn derived(self, from: TypeOf) -> Self {
        Self { attr: "", derived: Some(from), ..self }
    }
}

macro_rules! tables {
    ($all:ident: $union:ident; $($table:ident = $number:literal $name:ident {
        $($slot:literal $field:ident: $kind:expr $(=> $how:ident($($from:expr)?))?),* $(,)?
    })*) => {
        $(pub(super) static $table: OptionsDef = OptionsDef {
            union: OptionsUnion::$union,
            union_type: $number,
            name: stringify!($name),
            fields: &[$(field($slot, stringify!($field), $kind)$(.$how($($from)?))?),*],
        };)*

        pub(super) static $all: &[&OptionsDef] = &[$(&$table),*];
    };
}

tables! {
    FIRST: First;

    CONV_2D = 1 Conv2DOptions {
        0 padding: Enum(&PADDING, 0),
        1 stride_w: I32(0),
        2 stride_h: I32(0),
        3 fused_activation_function: Enum(&ACTIVATION, 0),
        4 dilation_w_factor: I32(1),
        5 dilation_h_factor: I32(1),
        6 quantized_bias_type: Enum(&TENSOR_TYPE, 0) => hidden(),
    }
    DEPTHWISE_CONV_2D = 2 DepthwiseConv2DOptions {
        0 padding: Enum(&PADDING, 0),
        1 stride_w: I32(0),
        2 stride_h: I32(0),
        3 depth_multiplier: I32(0),
        4 fused_activation_function: Enum(&ACTIVATION, 0),
        5 dilation_w_factor: I32(1),
        6 dilation_h_factor: I32(1),
    }
    CONCAT_EMBEDDINGS = 3 ConcatEmbeddingsOptions {
        0 num_channels: I32(0) => hidden(),
        1 num_columns_per_channel: I32Vec => hidden(),
        2 embedding_dim_per_channel: I32Vec => hidden(),
    }
    LSH_PROJECTION = 4 LSHProjectionOptions { 0 type: Enum(&LSH, 0) => hidden() }
    POOL_2D = 5 Pool2DOptions {
        0 padding: Enum(&PADDING, 0),
        1 stride_w: I32(0),
        2 stride_h: I32(0),
        3 filter_width: I32(0),
        4 filter_height: I32(0),
        5 fused_activation_function: Enum(&ACTIVATION, 0),
    }
    SVDF = 6 SVDFOptions {
        0 rank: I32(0),
        1 fused_activation_function: Enum(&ACTIVATION, 0),
        2 asymmetric_quantize_inputs: Bool(false),
    }
    RNN = 7 RNNOptions {
        0 fused_activation_function: Enum(&ACTIVATION, 0) => hidden(),
        1 asymmetric_quantize_inputs: Bool(false) => hidden(),
    }
    FULLY_CONNECTED = 8 FullyConnectedOptions {
        0 fused_activation_function: Enum(&ACTIVATION, 0),
        1 weights_format: Enum(&WEIGHTS_FORMAT, 0),
        2 keep_num_dims: Bool(false),
        3 asymmetric_quantize_inputs: Bool(false),
        4 quantized_bias_type: Enum(&TENSOR_TYPE, 0) => hidden(),
        5 quant_spec: U8Vec => hidden(),
    }
    SOFTMAX = 9 SoftmaxOptions { 0 beta: F32(0.0) }
    CONCATENATION = 10 ConcatenationOptions {
        0 axis: I32(0),
        1 fused_activation_function: Enum(&ACTIVATION, 0),
    }
    ADD = 11 AddOptions {
        0 fused_activation_function: Enum(&ACTIVATION, 0),
        1 pot_scale_int16: Bool(true) => hidden(),
    }
    L2_NORM = 12 L2NormOptions { 0 fused_activation_function: Enum(&ACTIVATION, 0) }
    LOCAL_RESPONSE_NORMALIZATION = 13 LocalResponseNormalizationOptions {
        0 radius: I32(0),
        1 bias: F32(0.0),
        2 alpha: F32(0.0),
        3 beta: F32(0.0),
    }
    LSTM = 14 LSTMOptions {
        0 fused_activation_function: Enum(&ACTIVATION, 0),
        1 cell_clip: F32(0.0),
        2 proj_clip: F32(0.0),
        3 kernel_type: Enum(&LSTM_KERNEL, 0),
        4 asymmetric_quantize_inputs: Bool(false),
    }
    // Slots 0 and 1 once held the new size, which is an operand now.
    RESIZE_BILINEAR = 15 ResizeBilinearOptions {
        2 align_corners: Bool(false),
        3 half_pixel_centers: Bool(false),
    }
    CALL = 16 CallOptions { 0 subgraph: U32(0) => hidden() }
    RESHAPE = 17 ReshapeOptions { 0 new_shape: I32Vec => hidden() }
    SKIP_GRAM = 18 SkipGramOptions {
        0 ngram_size: I32(0) => hidden(),
        1 max_skip_size: I32(0) => hidden(),
        2 include_all_ngrams: Bool(false) => hidden(),
    }
    SPACE_TO_DEPTH = 19 SpaceToDepthOptions { 0 block_size: I32(0) }
    EMBEDDING_LOOKUP_SPARSE = 20 EmbeddingLookupSparseOptions { 0 combiner: Enum(&COMBINER, 0) => hidden() }
    MUL = 21 MulOptions { 0 fused_activation_function: Enum(&ACTIVATION, 0) }
    PAD = 22 PadOptions {}
    GATHER = 23 GatherOptions { 0 axis: I32(0), 1 batch_dims: I32(0) }
    BATCH_TO_SPACE_ND = 24 BatchToSpaceNDOptions {}
    SPACE_TO_BATCH_ND = 25 SpaceToBatchNDOptions {}
    TRANSPOSE = 26 TransposeOptions {}
    REDUCE = 27 ReducerOptions { 0 keep_dims: Bool(false) }
    SUB = 28 SubOptions {
        0 fused_activation_function: Enum(&ACTIVATION, 0),
        1 pot_scale_int16: Bool(true) => hidden(),
    }
    DIV = 29 DivOptions { 0 fused_activation_function: Enum(&ACTIVATION, 0) }
    SQUEEZE = 30 SqueezeOptions { 0 squeeze_dims: I32Vec }
    SEQUENCE_RNN = 31 SequenceRNNOptions {
        0 time_major: Bool(false),
        1 fused_activation_function: Enum(&ACTIVATION, 0),
        2 asymmetric_quantize_inputs: Bool(false),
    }
    STRIDED_SLICE = 32 StridedSliceOptions {
        0 begin_mask: I32(0),
        1 end_mask: I32(0),
        2 ellipsis_mask: I32(0),
        3 new_axis_mask: I32(0),
        4 shrink_axis_mask: I32(0),
        5 offset: Bool(false),
    }
    EXP = 33 ExpOptions {}
    TOPK_V2 = 34 TopKV2Options {}
    SPLIT = 35 SplitOptions { 0 num_splits: I32(0) }
    LOG_SOFTMAX = 36 LogSoftmaxOptions {}
    CAST = 37 CastOptions {
        0 in_data_type: Enum(&TENSOR_TYPE, 0) => derived(Operand(0)),
        1 out_data_type: Enum(&TENSOR_TYPE, 0) => derived(Result(0)),
    }
    DEQUANTIZE = 38 DequantizeOptions {}
    MAXIMUM_MINIMUM = 39 MaximumMinimumOptions {}
    ARG_MAX = 40 ArgMaxOptions { 0 output_type: Enum(&TENSOR_TYPE, 0) => derived(Result(0)) }
    LESS = 41 LessOptions {}
    NEG = 42 NegOptions {}
    PADV2 = 43 PadV2Options {}
    GREATER = 44 GreaterOptions {}
    GREATER_EQUAL = 45 GreaterEqualOptions {}
    LESS_EQUAL = 46 LessEqualOptions {}
    SELECT = 47 SelectOptions {}
    SLICE = 48 SliceOptions {}
    TRANSPOSE_CONV = 49 TransposeConvOptions {
        0 padding: Enum(&PADDING, 0),
        1 stride_w: I32(0),
        2 stride_h: I32(0),
        3 fused_activation_function: Enum(&ACTIVATION, 0),
        4 quantized_bias_type: Enum(&TENSOR_TYPE, 0) => hidden(),
    }
    SPARSE_TO_DENSE = 50 SparseToDenseOptions { 0 validate_indices: Bool(false) => hidden() }
    TILE = 51 TileOptions {}
    EXPAND_DIMS = 52 ExpandDimsOptions {}
    EQUAL = 53 EqualOptions {}
    NOT_EQUAL = 54 NotEqualOptions {}
    SHAPE = 55 ShapeOptions { 0 out_type: Enum(&TENSOR_TYPE, 0) => derived(Result(0)) }
    POW = 56 PowOptions {}
    ARG_MIN = 57 ArgMinOptions { 0 output_type: Enum(&TENSOR_TYPE, 0) => derived(Result(0)) }
    FAKE_QUANT = 58 FakeQuantOptions {
        0 min: F32(0.0),
        1 max: F32(0.0),
        2 num_bits: I32(0),
        3 narrow_range: Bool(false),
    }
    PACK = 59 PackOptions { 0 values_count: I32(0), 1 axis: I32(0) }
    LOGICAL_OR = 60 LogicalOrOptions {}
    ONE_HOT = 61 OneHotOptions { 0 axis: I32(0) }
    LOGICAL_AND = 62 LogicalAndOptions {}
    LOGICAL_NOT = 63 LogicalNotOptions {}
    UNPACK = 64 UnpackOptions { 0 num: I32(0), 1 axis: I32(0) }
    FLOOR_DIV = 65 FloorDivOptions {}
    SQUARE = 66 SquareOptions {}
    ZEROS_LIKE = 67 ZerosLikeOptions {}
    FILL = 68 FillOptions {}
    BIDIRECTIONAL_SEQUENCE_LSTM = 69 BidirectionalSequenceLSTMOptions {
        0 fused_activation_function: Enum(&ACTIVATION, 0),
        1 cell_clip: F32(0.0),
        2 proj_clip: F32(0.0),
        3 merge_outputs: Bool(false),
        4 time_major: Bool(true),
        5 asymmetric_quantize_inputs: Bool(false),
    }
    BIDIRECTIONAL_SEQUENCE_RNN = 70 BidirectionalSequenceRNNOptions {
        0 time_major: Bool(false) => hidden(),
        1 fused_activation_function: Enum(&ACTIVATION, 0) => hidden(),
        2 merge_outputs: Bool(false) => hidden(),
        3 asymmetric_quantize_inputs: Bool(false) => hidden(),
    }
    UNIDIRECTIONAL_SEQUENCE_LSTM = 71 UnidirectionalSequenceLSTMOptions {
        0 fused_activation_function: Enum(&ACTIVATION, 0),
        1 cell_clip: F32(0.0),
        2 proj_clip: F32(0.0),
        3 time_major: Bool(false),
        4 asymmetric_quantize_inputs: Bool(false),
        5 diagonal_recurrent_tensors: Bool(false),
    }
    FLOOR_MOD = 72 FloorModOptions {}
    RANGE = 73 RangeOptions {}
    RESIZE_NEAREST_NEIGHBOR = 74 ResizeNearestNeighborOptions {
        0 align_corners: Bool(false),
        1 half_pixel_centers: Bool(false),
    }
    LEAKY_RELU = 75 LeakyReluOptions { 0 alpha: F32(0.0) }
    SQUARED_DIFFERENCE = 76 SquaredDifferenceOptions {}
    MIRROR_PAD = 77 MirrorPadOptions { 0 mode: Enum(&MIRROR_PAD_MODE, 0) }
    ABS = 78 AbsOptions {}
    SPLIT_V = 79 SplitVOptions { 0 num_splits: I32(0) }
    UNIQUE = 80 UniqueOptions { 0 idx_out_type: Enum(&TENSOR_TYPE, 2) => derived(Result(1)) }
    REVERSE_V2 = 81 ReverseV2Options {}
    ADD_N = 82 AddNOptions {}
    GATHER_ND = 83 GatherNdOptions {}
    COS = 84 CosOptions {}
    WHERE = 85 WhereOptions {}
    RANK = 86 RankOptions {}
    REVERSE_SEQUENCE = 87 ReverseSequenceOptions { 0 seq_dim: I32(0), 1 batch_dim: I32(0) }
    MATRIX_DIAG = 88 MatrixDiagOptions {}
    QUANTIZE = 89 QuantizeOptions {}
    MATRIX_SET_DIAG = 90 MatrixSetDiagOptions {}
    HARD_SWISH = 91 HardSwishOptions {}
    IF = 92 IfOptions { 0 then_subgraph_index: I32(0) => hidden(), 1 else_subgraph_index: I32(0) => hidden() }
    WHILE = 93 WhileOptions {
        0 cond_subgraph_index: I32(0) => hidden(),
        1 body_subgraph_index: I32(0) => hidden(),
    }
    DEPTH_TO_SPACE = 94 DepthToSpaceOptions { 0 block_size: I32(0) }
    NON_MAX_SUPPRESSION_V4 = 95 NonMaxSuppressionV4Options {}
    NON_MAX_SUPPRESSION_V5 = 96 NonMaxSuppressionV5Options {}
    SCATTER_ND = 97 ScatterNdOptions {}
    SELECT_V2 = 98 SelectV2Options {}
    DENSIFY = 99 DensifyOptions {}
    SEGMENT_SUM = 100 SegmentSumOptions {}
    BATCH_MATMUL = 101 BatchMatMulOptions {
        0 adj_x: Bool(false),
        1 adj_y: Bool(false),
        2 asymmetric_quantize_inputs: Bool(false),
    }
    CUMSUM = 102 CumsumOptions { 0 exclusive: Bool(false), 1 reverse: Bool(false) }
    CALL_ONCE = 103 CallOnceOptions { 0 init_subgraph_index: I32(0) => hidden() }
    BROADCAST_TO = 104 BroadcastToOptions {}
    RFFT2D = 105 Rfft2dOptions {}
    CONV_3D = 106 Conv3DOptions {
        0 padding: Enum(&PADDING, 0),
        1 stride_d: I32(0),
        2 stride_w: I32(0),
        3 stride_h: I32(0),
        4 fused_activation_function: Enum(&ACTIVATION, 0),
        5 dilation_d_factor: I32(1),
        6 dilation_w_factor: I32(1),
        7 dilation_h_factor: I32(1),
    }
    HASHTABLE = 107 HashtableOptions {
        0 table_id: I32(0),
        1 key_dtype: Enum(&TENSOR_TYPE, 0),
        2 value_dtype: Enum(&TENSOR_TYPE, 0),
    }
    HASHTABLE_FIND = 108 HashtableFindOptions {}
    HASHTABLE_IMPORT = 109 HashtableImportOptions {}
    HASHTABLE_SIZE = 110 HashtableSizeOptions {}
    VAR_HANDLE = 111 VarHandleOptions { 0 container: String, 1 shared_name: String }
    READ_VARIABLE = 112 ReadVariableOptions {}
    ASSIGN_VARIABLE = 113 AssignVariableOptions {}
    RANDOM = 114 RandomOptions { 0 seed: I64(0), 1 seed2: I64(0) }
    BUCKETIZE = 115 BucketizeOptions { 0 boundaries: F32Vec }
    GELU = 116 GeluOptions { 0 approximate: Bool(false) }
    DYNAMIC_UPDATE_SLICE = 117 DynamicUpdateSliceOptions {}
    UNSORTED_SEGMENT_PROD = 118 UnsortedSegmentProdOptions {}
    UNSORTED_SEGMENT_MAX = 119 UnsortedSegmentMaxOptions {}
    UNSORTED_SEGMENT_MIN = 120 UnsortedSegmentMinOptions {}
    UNSORTED_SEGMENT_SUM = 121 UnsortedSegmentSumOptions {}
    ATAN2 = 122 ATan2Options {}
    SIGN = 123 SignOptions {}
    BITCAST = 124 BitcastOptions {}
    BITWISE_XOR = 125 BitwiseXorOptions {}
    RIGHT_SHIFT = 126 RightShiftOptions {}
}

tables! {
    SECOND: Second;

    DILATE = 18 DilateOptions {}
    REDUCE_WINDOW = 20 ReduceWindowOptions { 0 reduce_function: EnumI32(&REDUCE_FUNCTION, 0) => hidden() }
}
