//! The operators, in the order of their codes.
//!
//! A row reads: code, name in the schema, name in the `tfl` dialect (empty for none), and then the ways in which the
//! operator differs from one that has no options, no multiplications and no known shape rule, never runs on the Edge
//! TPU, and can be cut without trouble.

use super::definition::{OpDef, TypeAttr, Variant};
use super::fields::OptionsDef;
use super::options::*;
use super::rules::{Limit, MacRule, ShapeRule};
use super::type_of::TypeOf;

const NO_LIMIT: &[Limit] = &[];
const POOL: &[Limit] = &[Limit::NoActivation];
const CONVOLUTION: &[Limit] = &[Limit::Constant(&[1, 2]), Limit::EqualDilation];
const REDUCTION: &[Limit] = &[Limit::KeepsBatch];
const RESIZE: &[Limit] = &[Limit::Upscaling];

const SUBGRAPHS: &str = "runs other subgraphs of the model, but a stage can have only one";
const HASH_TABLE: &str = "shares a hash table with other operators, and a cut would separate them";
const RESOURCE: &str = "shares a resource variable with other operators, and a cut would separate them";
const STABLEHLO: &str = "belongs to StableHLO; convert the model to TensorFlow Lite's own operators";
const DELEGATE: &str = "stands for a delegate's kernel, which exists only inside a running interpreter";
const PLACEHOLDER: &str = "is not an operator, but marks a code that needs more than seven bits";

static QTYPE: [TypeAttr; 1] = [TypeAttr { name: "qtype", of: TypeOf::Result(0) }];

static LSTM_INTERMEDIATES: [TypeAttr; 5] = [
    TypeAttr { name: "input_to_input_intermediate", of: TypeOf::Intermediate(0) },
    TypeAttr { name: "input_to_forget_intermediate", of: TypeOf::Intermediate(1) },
    TypeAttr { name: "input_to_cell_intermediate", of: TypeOf::Intermediate(2) },
    TypeAttr { name: "input_to_output_intermediate", of: TypeOf::Intermediate(3) },
    TypeAttr { name: "effective_hidden_scale_intermediate", of: TypeOf::Intermediate(4) },
];

const fn op(code: i32, name: &'static str, tfl: &'static str) -> OpDef {
    OpDef {
        code,
        name,
        tfl,
        variant: None,
        options: None,
        type_attrs: &[],
        regions: 0,
        macs: MacRule::None,
        shape: ShapeRule::Unknown,
        edgetpu: None,
        refused: None,
        stateful: false,
        state: &[],
        held_once: &[],
        skips_constant_output: false,
        narrow: &[],
    }
}

const fn stablehlo(code: i32, name: &'static str) -> OpDef {
    op(code, name, "").refused(STABLEHLO)
}

impl OpDef {
    const fn with(self, options: &'static OptionsDef) -> Self {
        Self { options: Some(options), ..self }
    }

    const fn variant(self, slot: u16, value: i64, tfl: &'static str) -> Self {
        Self { variant: Some(Variant { slot, value, tfl }), ..self }
    }

    const fn type_attrs(self, type_attrs: &'static [TypeAttr]) -> Self {
        Self { type_attrs, ..self }
    }

    const fn regions(self, regions: u8) -> Self {
        Self { regions, ..self }
    }

    const fn macs(self, macs: MacRule) -> Self {
        Self { macs, ..self }
    }

    const fn shape(self, shape: ShapeRule) -> Self {
        Self { shape, ..self }
    }

    const fn edgetpu(self, limits: &'static [Limit]) -> Self {
        Self { edgetpu: Some(limits), ..self }
    }

    const fn refused(self, reason: &'static str) -> Self {
        Self { refused: Some(reason), ..self }
    }

    const fn stateful(self) -> Self {
        Self { stateful: true, ..self }
    }

    const fn state(self, operands: &'static [usize]) -> Self {
        Self { state: operands, ..self.stateful() }
    }

    const fn held_once(self, operands: &'static [usize]) -> Self {
        Self { held_once: operands, ..self }
    }

    const fn skips_constant_output(self) -> Self {
        Self { skips_constant_output: true, ..self }
    }

    const fn narrow(self, operands: &'static [usize]) -> Self {
        Self { narrow: operands, ..self }
    }
}

pub(super) static OPERATORS: [OpDef; 210] = [
    op(0, "ADD", "add").shape(ShapeRule::Broadcast).with(&ADD).edgetpu(NO_LIMIT),
    op(1, "AVERAGE_POOL_2D", "average_pool_2d").shape(ShapeRule::Pool2d).with(&POOL_2D).edgetpu(POOL),
    op(2, "CONCATENATION", "concatenation")
        .shape(ShapeRule::Concatenation)
        .with(&CONCATENATION)
        .skips_constant_output()
        .edgetpu(&[Limit::NoActivation, Limit::ZerosBesideOne]),
    op(3, "CONV_2D", "conv_2d")
        .shape(ShapeRule::Conv2d)
        .with(&CONV_2D)
        .narrow(&[1])
        .macs(MacRule::Conv2d)
        .edgetpu(CONVOLUTION),
    op(4, "DEPTHWISE_CONV_2D", "depthwise_conv_2d")
        .shape(ShapeRule::DepthwiseConv2d)
        .with(&DEPTHWISE_CONV_2D)
        .narrow(&[1])
        .macs(MacRule::DepthwiseConv2d)
        .edgetpu(CONVOLUTION),
    op(5, "DEPTH_TO_SPACE", "depth_to_space").shape(ShapeRule::DepthToSpace).with(&DEPTH_TO_SPACE),
    op(6, "DEQUANTIZE", "dequantize").shape(ShapeRule::Converted).with(&DEQUANTIZE).held_once(&[0]),
    op(7, "EMBEDDING_LOOKUP", "embedding_lookup").shape(ShapeRule::EmbeddingLookup),
    op(8, "FLOOR", "floor").shape(ShapeRule::Same),
    op(9, "FULLY_CONNECTED", "fully_connected")
        .shape(ShapeRule::FullyConnected)
        .with(&FULLY_CONNECTED)
        .narrow(&[1])
        .macs(MacRule::FullyConnected)
        .edgetpu(&[Limit::Constant(&[1, 2]), Limit::DefaultFormat, Limit::RowResult]),
    op(10, "HASHTABLE_LOOKUP", ""),
    op(11, "L2_NORMALIZATION", "l2_normalization").shape(ShapeRule::Same).with(&L2_NORM).edgetpu(NO_LIMIT),
    op(12, "L2_POOL_2D", "").shape(ShapeRule::Pool2d).with(&POOL_2D),
    op(13, "LOCAL_RESPONSE_NORMALIZATION", "local_response_normalization")
        .shape(ShapeRule::Same)
        .with(&LOCAL_RESPONSE_NORMALIZATION),
    op(14, "LOGISTIC", "logistic").shape(ShapeRule::Same).edgetpu(NO_LIMIT),
    op(15, "LSH_PROJECTION", "").with(&LSH_PROJECTION),
    op(16, "LSTM", "lstm")
        .with(&LSTM)
        .macs(MacRule::Lstm)
        .type_attrs(&LSTM_INTERMEDIATES)
        .variant(3, 1, "basic_lstm")
        .regions(1)
        .state(&[18, 19]),
    op(17, "MAX_POOL_2D", "max_pool_2d").shape(ShapeRule::Pool2d).with(&POOL_2D).edgetpu(POOL),
    op(18, "MUL", "mul").shape(ShapeRule::Broadcast).with(&MUL).edgetpu(NO_LIMIT),
    op(19, "RELU", "relu").shape(ShapeRule::Same).edgetpu(NO_LIMIT),
    op(20, "RELU_N1_TO_1", "relu_n1_to_1").shape(ShapeRule::Same).edgetpu(NO_LIMIT),
    op(21, "RELU6", "relu6").shape(ShapeRule::Same).edgetpu(NO_LIMIT),
    op(22, "RESHAPE", "reshape").shape(ShapeRule::Reshape).with(&RESHAPE).edgetpu(&[Limit::Bytes(102_000)]),
    op(23, "RESIZE_BILINEAR", "resize_bilinear")
        .shape(ShapeRule::Resize)
        .with(&RESIZE_BILINEAR)
        .edgetpu(RESIZE),
    op(24, "RNN", "").with(&RNN).macs(MacRule::Rnn).stateful(),
    op(25, "SOFTMAX", "softmax")
        .shape(ShapeRule::Same)
        .with(&SOFTMAX)
        .edgetpu(&[Limit::RowResult, Limit::Elements(16_384)]),
    op(26, "SPACE_TO_DEPTH", "space_to_depth")
        .shape(ShapeRule::SpaceToDepth)
        .with(&SPACE_TO_DEPTH)
        .edgetpu(NO_LIMIT),
    op(27, "SVDF", "svdf").shape(ShapeRule::Svdf).with(&SVDF).macs(MacRule::Svdf).state(&[4]),
    op(28, "TANH", "tanh").shape(ShapeRule::Same).edgetpu(NO_LIMIT),
    op(29, "CONCAT_EMBEDDINGS", "").with(&CONCAT_EMBEDDINGS),
    op(30, "SKIP_GRAM", "").with(&SKIP_GRAM),
    op(31, "CALL", "").with(&CALL).refused(SUBGRAPHS),
    op(32, "CUSTOM", "custom"),
    op(33, "EMBEDDING_LOOKUP_SPARSE", "").shape(ShapeRule::Counted).with(&EMBEDDING_LOOKUP_SPARSE),
    op(34, "PAD", "pad").shape(ShapeRule::Pad).with(&PAD).edgetpu(NO_LIMIT),
    op(35, "UNIDIRECTIONAL_SEQUENCE_RNN", "unidirectional_sequence_rnn")
        .shape(ShapeRule::SequenceRnn)
        .with(&SEQUENCE_RNN)
        .macs(MacRule::Rnn)
        .state(&[4]),
    op(36, "GATHER", "gather").shape(ShapeRule::Gather).with(&GATHER),
    op(37, "BATCH_TO_SPACE_ND", "batch_to_space_nd").shape(ShapeRule::BatchToSpace).with(&BATCH_TO_SPACE_ND),
    op(38, "SPACE_TO_BATCH_ND", "space_to_batch_nd").shape(ShapeRule::SpaceToBatch).with(&SPACE_TO_BATCH_ND),
    op(39, "TRANSPOSE", "transpose").shape(ShapeRule::Transpose).with(&TRANSPOSE).edgetpu(NO_LIMIT),
    op(40, "MEAN", "mean")
        .shape(ShapeRule::Reduce)
        .with(&REDUCE)
        .edgetpu(&[Limit::KeepsBatch, Limit::DepthOfFours]),
    op(41, "SUB", "sub").shape(ShapeRule::Broadcast).with(&SUB).edgetpu(NO_LIMIT),
    op(42, "DIV", "div").shape(ShapeRule::Broadcast).with(&DIV),
    op(43, "SQUEEZE", "squeeze").shape(ShapeRule::Squeeze).with(&SQUEEZE).edgetpu(NO_LIMIT),
    op(44, "UNIDIRECTIONAL_SEQUENCE_LSTM", "unidirectional_sequence_lstm")
        .shape(ShapeRule::SequenceLstm)
        .with(&UNIDIRECTIONAL_SEQUENCE_LSTM)
        .macs(MacRule::Lstm)
        .type_attrs(&LSTM_INTERMEDIATES)
        .edgetpu(NO_LIMIT)
        .state(&[18, 19]),
    op(45, "STRIDED_SLICE", "strided_slice")
        .shape(ShapeRule::StridedSlice)
        .with(&STRIDED_SLICE)
        .edgetpu(&[Limit::NoNewAxes, Limit::Steps]),
    op(46, "BIDIRECTIONAL_SEQUENCE_RNN", "")
        .with(&BIDIRECTIONAL_SEQUENCE_RNN)
        .macs(MacRule::BidirectionalRnn)
        .stateful(),
    op(47, "EXP", "exp").shape(ShapeRule::Same).with(&EXP),
    op(48, "TOPK_V2", "topk_v2").shape(ShapeRule::TopK).with(&TOPK_V2),
    op(49, "SPLIT", "split").held_once(&[0]).shape(ShapeRule::Split).with(&SPLIT).edgetpu(NO_LIMIT),
    op(50, "LOG_SOFTMAX", "log_softmax").shape(ShapeRule::Same).with(&LOG_SOFTMAX),
    op(51, "DELEGATE", "").refused(DELEGATE),
    op(52, "BIDIRECTIONAL_SEQUENCE_LSTM", "bidirectional_sequence_lstm")
        .with(&BIDIRECTIONAL_SEQUENCE_LSTM)
        .macs(MacRule::BidirectionalLstm)
        .state(&[35, 36, 37, 38]),
    op(53, "CAST", "cast").shape(ShapeRule::Converted).with(&CAST),
    op(54, "PRELU", "prelu")
        .shape(ShapeRule::Same)
        .narrow(&[1])
        .edgetpu(&[Limit::Constant(&[1]), Limit::RowOperand(1)]),
    op(55, "MAXIMUM", "maximum").shape(ShapeRule::Broadcast).with(&MAXIMUM_MINIMUM).edgetpu(NO_LIMIT),
    op(56, "ARG_MAX", "arg_max").shape(ShapeRule::ArgReduce).with(&ARG_MAX),
    op(57, "MINIMUM", "minimum").shape(ShapeRule::Broadcast).with(&MAXIMUM_MINIMUM).edgetpu(NO_LIMIT),
    op(58, "LESS", "less").shape(ShapeRule::Compared).with(&LESS),
    op(59, "NEG", "neg").shape(ShapeRule::Same).with(&NEG),
    op(60, "PADV2", "padv2").shape(ShapeRule::Pad).with(&PADV2),
    op(61, "GREATER", "greater").shape(ShapeRule::Compared).with(&GREATER),
    op(62, "GREATER_EQUAL", "greater_equal").shape(ShapeRule::Compared).with(&GREATER_EQUAL),
    op(63, "LESS_EQUAL", "less_equal").shape(ShapeRule::Compared).with(&LESS_EQUAL),
    op(64, "SELECT", "select").shape(ShapeRule::SameAsSecond).with(&SELECT),
    op(65, "SLICE", "slice").shape(ShapeRule::Slice).with(&SLICE).edgetpu(NO_LIMIT),
    op(66, "SIN", "sin").shape(ShapeRule::Same),
    op(67, "TRANSPOSE_CONV", "transpose_conv")
        .held_once(&[1])
        .shape(ShapeRule::Given { by: 0, like: None })
        .with(&TRANSPOSE_CONV)
        .narrow(&[1])
        .macs(MacRule::TransposeConv)
        .edgetpu(&[Limit::Constant(&[1, 3])]),
    op(68, "SPARSE_TO_DENSE", "sparse_to_dense")
        .shape(ShapeRule::Given { by: 1, like: Some(2) })
        .with(&SPARSE_TO_DENSE),
    op(69, "TILE", "tile").shape(ShapeRule::Tile).with(&TILE).edgetpu(NO_LIMIT),
    op(70, "EXPAND_DIMS", "expand_dims").shape(ShapeRule::ExpandDims).with(&EXPAND_DIMS).edgetpu(NO_LIMIT),
    op(71, "EQUAL", "equal").shape(ShapeRule::Compared).with(&EQUAL),
    op(72, "NOT_EQUAL", "not_equal").shape(ShapeRule::Compared).with(&NOT_EQUAL),
    op(73, "LOG", "log").shape(ShapeRule::Same),
    op(74, "SUM", "sum").shape(ShapeRule::Reduce).with(&REDUCE).edgetpu(REDUCTION),
    op(75, "SQRT", "sqrt").shape(ShapeRule::Same),
    op(76, "RSQRT", "rsqrt").shape(ShapeRule::Same).edgetpu(NO_LIMIT),
    op(77, "SHAPE", "shape").skips_constant_output().shape(ShapeRule::Shape).with(&SHAPE),
    op(78, "POW", "pow").shape(ShapeRule::Broadcast).with(&POW),
    op(79, "ARG_MIN", "arg_min").shape(ShapeRule::ArgReduce).with(&ARG_MIN),
    op(80, "FAKE_QUANT", "fake_quant").shape(ShapeRule::Same).with(&FAKE_QUANT),
    op(81, "REDUCE_PROD", "reduce_prod").held_once(&[0]).shape(ShapeRule::Reduce).with(&REDUCE),
    op(82, "REDUCE_MAX", "reduce_max").shape(ShapeRule::Reduce).with(&REDUCE).edgetpu(REDUCTION),
    op(83, "PACK", "pack").shape(ShapeRule::Pack).with(&PACK).edgetpu(NO_LIMIT),
    op(84, "LOGICAL_OR", "logical_or").shape(ShapeRule::Broadcast).with(&LOGICAL_OR),
    op(85, "ONE_HOT", "one_hot").shape(ShapeRule::OneHot).with(&ONE_HOT),
    op(86, "LOGICAL_AND", "logical_and").shape(ShapeRule::Broadcast).with(&LOGICAL_AND),
    op(87, "LOGICAL_NOT", "logical_not").shape(ShapeRule::Same).with(&LOGICAL_NOT),
    op(88, "UNPACK", "unpack").shape(ShapeRule::Unpack).with(&UNPACK),
    op(89, "REDUCE_MIN", "reduce_min").shape(ShapeRule::Reduce).with(&REDUCE).edgetpu(REDUCTION),
    op(90, "FLOOR_DIV", "floor_div").shape(ShapeRule::Broadcast).with(&FLOOR_DIV),
    op(91, "REDUCE_ANY", "reduce_any").shape(ShapeRule::Reduce).with(&REDUCE),
    op(92, "SQUARE", "square").shape(ShapeRule::Same).with(&SQUARE),
    op(93, "ZEROS_LIKE", "zeros_like").shape(ShapeRule::Same).with(&ZEROS_LIKE),
    op(94, "FILL", "fill").shape(ShapeRule::Given { by: 0, like: Some(1) }).with(&FILL),
    op(95, "FLOOR_MOD", "floor_mod").shape(ShapeRule::Broadcast).with(&FLOOR_MOD),
    op(96, "RANGE", "range").shape(ShapeRule::Range).with(&RANGE),
    op(97, "RESIZE_NEAREST_NEIGHBOR", "resize_nearest_neighbor")
        .shape(ShapeRule::Resize)
        .with(&RESIZE_NEAREST_NEIGHBOR)
        .edgetpu(RESIZE),
    op(98, "LEAKY_RELU", "leaky_relu").shape(ShapeRule::Same).with(&LEAKY_RELU),
    op(99, "SQUARED_DIFFERENCE", "squared_difference")
        .shape(ShapeRule::Broadcast)
        .with(&SQUARED_DIFFERENCE)
        .edgetpu(NO_LIMIT),
    op(100, "MIRROR_PAD", "mirror_pad").shape(ShapeRule::Pad).with(&MIRROR_PAD),
    op(101, "ABS", "abs").shape(ShapeRule::Same).with(&ABS),
    op(102, "SPLIT_V", "split_v").held_once(&[1, 2]).shape(ShapeRule::SplitV).with(&SPLIT_V),
    op(103, "UNIQUE", "unique").shape(ShapeRule::Counted).with(&UNIQUE),
    op(104, "CEIL", "ceil").shape(ShapeRule::Same),
    op(105, "REVERSE_V2", "reverse_v2").shape(ShapeRule::Same).with(&REVERSE_V2),
    op(106, "ADD_N", "add_n").shape(ShapeRule::Same).with(&ADD_N),
    op(107, "GATHER_ND", "gather_nd").shape(ShapeRule::GatherNd).with(&GATHER_ND),
    op(108, "COS", "cos").shape(ShapeRule::Same).with(&COS),
    op(109, "WHERE", "where").shape(ShapeRule::Counted).with(&WHERE),
    op(110, "RANK", "rank").skips_constant_output().shape(ShapeRule::Rank).with(&RANK),
    op(111, "ELU", "elu").shape(ShapeRule::Same),
    op(112, "REVERSE_SEQUENCE", "reverse_sequence").shape(ShapeRule::Same).with(&REVERSE_SEQUENCE),
    op(113, "MATRIX_DIAG", "matrix_diag").shape(ShapeRule::MatrixDiag).with(&MATRIX_DIAG),
    op(114, "QUANTIZE", "quantize")
        .shape(ShapeRule::Converted)
        .with(&QUANTIZE)
        .type_attrs(&QTYPE)
        .edgetpu(NO_LIMIT),
    op(115, "MATRIX_SET_DIAG", "matrix_set_diag").shape(ShapeRule::Same).with(&MATRIX_SET_DIAG),
    op(116, "ROUND", "round").shape(ShapeRule::Same),
    op(117, "HARD_SWISH", "hard_swish").shape(ShapeRule::Same).with(&HARD_SWISH),
    op(118, "IF", "if").with(&IF).regions(2).refused(SUBGRAPHS),
    op(119, "WHILE", "while").with(&WHILE).regions(2).refused(SUBGRAPHS),
    op(120, "NON_MAX_SUPPRESSION_V4", "non_max_suppression_v4").held_once(&[2]).with(&NON_MAX_SUPPRESSION_V4),
    op(121, "NON_MAX_SUPPRESSION_V5", "non_max_suppression_v5").held_once(&[2]).with(&NON_MAX_SUPPRESSION_V5),
    op(122, "SCATTER_ND", "scatter_nd").shape(ShapeRule::Given { by: 2, like: Some(1) }).with(&SCATTER_ND),
    op(123, "SELECT_V2", "select_v2").shape(ShapeRule::Select).with(&SELECT_V2),
    op(124, "DENSIFY", "densify").shape(ShapeRule::Same).with(&DENSIFY),
    op(125, "SEGMENT_SUM", "segment_sum").shape(ShapeRule::Counted).with(&SEGMENT_SUM),
    op(126, "BATCH_MATMUL", "batch_matmul")
        .shape(ShapeRule::BatchMatmul)
        .with(&BATCH_MATMUL)
        .held_once(&[1])
        .macs(MacRule::BatchMatmul),
    op(127, "PLACEHOLDER_FOR_GREATER_OP_CODES", "").refused(PLACEHOLDER),
    op(128, "CUMSUM", "cumsum").shape(ShapeRule::Same).with(&CUMSUM),
    op(129, "CALL_ONCE", "call_once").with(&CALL_ONCE).stateful().refused(SUBGRAPHS),
    op(130, "BROADCAST_TO", "broadcast_to")
        .shape(ShapeRule::Given { by: 1, like: Some(0) })
        .with(&BROADCAST_TO),
    op(131, "RFFT2D", "rfft2d").held_once(&[1]).with(&RFFT2D),
    op(132, "CONV_3D", "conv_3d").with(&CONV_3D).macs(MacRule::Conv3d),
    op(133, "IMAG", "imag").shape(ShapeRule::Converted),
    op(134, "REAL", "real").shape(ShapeRule::Converted),
    op(135, "COMPLEX_ABS", "complex_abs").shape(ShapeRule::Converted),
    op(136, "HASHTABLE", "hashtable").with(&HASHTABLE).stateful().refused(HASH_TABLE),
    op(137, "HASHTABLE_FIND", "hashtable_find").with(&HASHTABLE_FIND).stateful().refused(HASH_TABLE),
    op(138, "HASHTABLE_IMPORT", "hashtable_import").with(&HASHTABLE_IMPORT).stateful().refused(HASH_TABLE),
    op(139, "HASHTABLE_SIZE", "hashtable_size").with(&HASHTABLE_SIZE).stateful().refused(HASH_TABLE),
    op(140, "REDUCE_ALL", "reduce_all").shape(ShapeRule::Reduce).with(&REDUCE),
    op(141, "CONV_3D_TRANSPOSE", "conv_3d_transpose")
        .shape(ShapeRule::Given { by: 0, like: None })
        .with(&CONV_3D)
        .macs(MacRule::Conv3dTranspose),
    op(142, "VAR_HANDLE", "var_handle").with(&VAR_HANDLE).stateful().refused(RESOURCE),
    op(143, "READ_VARIABLE", "read_variable").with(&READ_VARIABLE).stateful().refused(RESOURCE),
    op(144, "ASSIGN_VARIABLE", "assign_variable").with(&ASSIGN_VARIABLE).stateful().refused(RESOURCE),
    op(145, "BROADCAST_ARGS", "broadcast_args").skips_constant_output(),
    op(146, "RANDOM_STANDARD_NORMAL", "random_standard_normal")
        .shape(ShapeRule::Given { by: 0, like: None })
        .with(&RANDOM)
        .stateful(),
    op(147, "BUCKETIZE", "bucketize").shape(ShapeRule::Converted).with(&BUCKETIZE),
    op(148, "RANDOM_UNIFORM", "random_uniform")
        .shape(ShapeRule::Given { by: 0, like: None })
        .with(&RANDOM)
        .stateful(),
    op(149, "MULTINOMIAL", "multinomial").shape(ShapeRule::Counted).with(&RANDOM).stateful(),
    op(150, "GELU", "gelu").shape(ShapeRule::Same).with(&GELU),
    op(151, "DYNAMIC_UPDATE_SLICE", "dynamic_update_slice")
        .shape(ShapeRule::Same)
        .with(&DYNAMIC_UPDATE_SLICE),
    op(152, "RELU_0_TO_1", "relu_0_to_1").shape(ShapeRule::Same),
    op(153, "UNSORTED_SEGMENT_PROD", "unsorted_segment_prod")
        .shape(ShapeRule::Segments)
        .with(&UNSORTED_SEGMENT_PROD),
    op(154, "UNSORTED_SEGMENT_MAX", "unsorted_segment_max")
        .shape(ShapeRule::Segments)
        .with(&UNSORTED_SEGMENT_MAX),
    op(155, "UNSORTED_SEGMENT_SUM", "unsorted_segment_sum")
        .shape(ShapeRule::Segments)
        .with(&UNSORTED_SEGMENT_SUM),
    op(156, "ATAN2", "atan2").shape(ShapeRule::Broadcast).with(&ATAN2),
    op(157, "UNSORTED_SEGMENT_MIN", "unsorted_segment_min")
        .shape(ShapeRule::Segments)
        .with(&UNSORTED_SEGMENT_MIN),
    op(158, "SIGN", "sign").shape(ShapeRule::Same).with(&SIGN),
    op(159, "BITCAST", "bitcast").with(&BITCAST),
    op(160, "BITWISE_XOR", "bitwise_xor").shape(ShapeRule::Broadcast).with(&BITWISE_XOR),
    op(161, "RIGHT_SHIFT", "right_shift").shape(ShapeRule::Broadcast).with(&RIGHT_SHIFT),
    stablehlo(162, "STABLEHLO_LOGISTIC"),
    stablehlo(163, "STABLEHLO_ADD"),
    stablehlo(164, "STABLEHLO_DIVIDE"),
    stablehlo(165, "STABLEHLO_MULTIPLY"),
    stablehlo(166, "STABLEHLO_MAXIMUM"),
    stablehlo(167, "STABLEHLO_RESHAPE"),
    stablehlo(168, "STABLEHLO_CLAMP"),
    stablehlo(169, "STABLEHLO_CONCATENATE"),
    stablehlo(170, "STABLEHLO_BROADCAST_IN_DIM"),
    stablehlo(171, "STABLEHLO_CONVOLUTION"),
    stablehlo(172, "STABLEHLO_SLICE"),
    stablehlo(173, "STABLEHLO_CUSTOM_CALL"),
    stablehlo(174, "STABLEHLO_REDUCE"),
    stablehlo(175, "STABLEHLO_ABS"),
    stablehlo(176, "STABLEHLO_AND"),
    stablehlo(177, "STABLEHLO_COSINE"),
    stablehlo(178, "STABLEHLO_EXPONENTIAL"),
    stablehlo(179, "STABLEHLO_FLOOR"),
    stablehlo(180, "STABLEHLO_LOG"),
    stablehlo(181, "STABLEHLO_MINIMUM"),
    stablehlo(182, "STABLEHLO_NEGATE"),
    stablehlo(183, "STABLEHLO_OR"),
    stablehlo(184, "STABLEHLO_POWER"),
    stablehlo(185, "STABLEHLO_REMAINDER"),
    stablehlo(186, "STABLEHLO_RSQRT"),
    stablehlo(187, "STABLEHLO_SELECT"),
    stablehlo(188, "STABLEHLO_SUBTRACT"),
    stablehlo(189, "STABLEHLO_TANH"),
    stablehlo(190, "STABLEHLO_SCATTER"),
    stablehlo(191, "STABLEHLO_COMPARE"),
    stablehlo(192, "STABLEHLO_CONVERT"),
    stablehlo(193, "STABLEHLO_DYNAMIC_SLICE"),
    stablehlo(194, "STABLEHLO_DYNAMIC_UPDATE_SLICE"),
    stablehlo(195, "STABLEHLO_PAD"),
    stablehlo(196, "STABLEHLO_IOTA"),
    stablehlo(197, "STABLEHLO_DOT_GENERAL"),
    stablehlo(198, "STABLEHLO_REDUCE_WINDOW"),
    stablehlo(199, "STABLEHLO_SORT"),
    stablehlo(200, "STABLEHLO_WHILE"),
    stablehlo(201, "STABLEHLO_GATHER"),
    stablehlo(202, "STABLEHLO_TRANSPOSE"),
    op(203, "DILATE", "dilate").held_once(&[1]).with(&DILATE),
    stablehlo(204, "STABLEHLO_RNG_BIT_GENERATOR"),
    op(205, "REDUCE_WINDOW", "").with(&REDUCE_WINDOW),
    stablehlo(206, "STABLEHLO_COMPOSITE"),
    stablehlo(207, "STABLEHLO_SHIFT_LEFT"),
    stablehlo(208, "STABLEHLO_CBRT"),
    stablehlo(209, "STABLEHLO_CASE"),
];
