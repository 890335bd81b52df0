"""Operators that move elements, and those that an operand tells where or how many."""

from kernel_case import B, Case, F, I16, I32, I64, I8, U8, g, held, m, one_of, ramp


def moves():
    """Operators of any type whose shapes are constants."""
    for t in (F, I8, U8, I16, I32, I64):
        yield Case("CONCATENATION", t, [g(t, 2, 3), g(t, 2, 2)], [m(t, 2, 5)], ("ConcatenationOptions", {"axis": 1}))
        yield Case(
            "CONCATENATION",
            t + "_with_constant",
            [g(t, 2, 3), ramp(t, 2, 2)],
            [m(t, 2, 5)],
            ("ConcatenationOptions", {"axis": 1}),
        )
        yield Case("PACK", t, [g(t, 2, 3), g(t, 2, 3)], [m(t, 2, 2, 3)], ("PackOptions", {"axis": 1, "valuesCount": 2}))
        yield Case("UNPACK", t, [g(t, 2, 3)], [m(t, 2), m(t, 2), m(t, 2)], ("UnpackOptions", {"num": 3, "axis": 1}))
        yield Case("GATHER", t, [g(t, 4, 3), g(I32, 2, low=0, high=3)], [m(t, 2, 3)], ("GatherOptions", {"axis": 0}))
        yield Case(
            "RESHAPE", t, [g(t, 2, 3), held(I32, [3, 2])], [m(t, 3, 2)], ("ReshapeOptions", {"newShape": [3, 2]})
        )
        yield Case("TRANSPOSE", t, [g(t, 2, 3, 4), held(I32, [2, 0, 1])], [m(t, 4, 2, 3)], ("TransposeOptions", {}))
        yield Case("SLICE", t, [g(t, 4, 3), held(I32, [1, 0]), held(I32, [2, 2])], [m(t, 2, 2)], ("SliceOptions", {}))
        yield Case(
            "STRIDED_SLICE",
            t,
            [g(t, 4, 3), held(I32, [0, 0]), held(I32, [4, 2]), held(I32, [2, 1])],
            [m(t, 2, 2)],
            ("StridedSliceOptions", {}),
        )
        yield Case("SPLIT", t, [held(I32, 1), g(t, 2, 4)], [m(t, 2, 2), m(t, 2, 2)], ("SplitOptions", {"numSplits": 2}))
        yield Case(
            "SPLIT_V",
            t,
            [g(t, 2, 5), held(I32, [2, 3]), held(I32, 1)],
            [m(t, 2, 2), m(t, 2, 3)],
            ("SplitVOptions", {"numSplits": 2}),
        )
        yield Case(
            "PAD",
            t,
            [g(t, 1, 3, 3, 2), held(I32, [[0, 0], [1, 1], [1, 0], [0, 0]])],
            [m(t, 1, 5, 4, 2)],
            ("PadOptions", {}),
        )
        yield Case(
            "PADV2",
            t,
            [g(t, 1, 3, 3, 2), held(I32, [[0, 0], [1, 1], [1, 0], [0, 0]]), g(t)],
            [m(t, 1, 5, 4, 2)],
            ("PadV2Options", {}),
        )
        yield Case(
            "MIRROR_PAD", t, [g(t, 3, 4), held(I32, [[1, 1], [1, 0]])], [m(t, 5, 5)], ("MirrorPadOptions", {"mode": 0})
        )
        yield Case("TILE", t, [g(t, 2, 3), held(I32, [1, 2])], [m(t, 2, 6)], ("TileOptions", {}))
        yield Case("BROADCAST_TO", t, [g(t, 3), held(I32, [2, 3])], [m(t, 2, 3)], ("BroadcastToOptions", {}))
        yield Case("EXPAND_DIMS", t, [g(t, 2, 3), held(I32, 1)], [m(t, 2, 1, 3)], ("ExpandDimsOptions", {}))
        yield Case("SQUEEZE", t, [g(t, 1, 2, 3)], [m(t, 2, 3)], ("SqueezeOptions", {"squeezeDims": [0]}))
        yield Case("GATHER_ND", t, [g(t, 4, 3), g(I32, 2, 1, low=0, high=3)], [m(t, 2, 3)], ("GatherNdOptions", {}))
        yield Case("SELECT", t, [g(B, 2, 3), g(t, 2, 3), g(t, 2, 3)], [m(t, 2, 3)], ("SelectOptions", {}))
        yield Case("SELECT_V2", t, [g(B, 2, 1), g(t, 2, 3), g(t, 2, 3)], [m(t, 2, 3)], ("SelectV2Options", {}))
        yield Case(
            "SPACE_TO_DEPTH", t, [g(t, 1, 4, 4, 2)], [m(t, 1, 2, 2, 8)], ("SpaceToDepthOptions", {"blockSize": 2})
        )
        yield Case(
            "DEPTH_TO_SPACE", t, [g(t, 1, 2, 2, 8)], [m(t, 1, 4, 4, 2)], ("DepthToSpaceOptions", {"blockSize": 2})
        )
        yield Case(
            "SPACE_TO_BATCH_ND",
            t,
            [g(t, 1, 4, 4, 2), held(I32, [2, 2]), held(I32, [[0, 0], [0, 0]])],
            [m(t, 4, 2, 2, 2)],
            ("SpaceToBatchNDOptions", {}),
        )
        yield Case(
            "BATCH_TO_SPACE_ND",
            t,
            [g(t, 4, 2, 2, 2), held(I32, [2, 2]), held(I32, [[0, 0], [0, 0]])],
            [m(t, 1, 4, 4, 2)],
            ("BatchToSpaceNDOptions", {}),
        )
        yield Case("REVERSE_V2", t, [g(t, 2, 3), held(I32, [1])], [m(t, 2, 3)], ("ReverseV2Options", {}))
        yield Case(
            "REVERSE_SEQUENCE",
            t,
            [g(t, 2, 3), g(I32, 2, low=1, high=3)],
            [m(t, 2, 3)],
            ("ReverseSequenceOptions", {"seqDim": 1, "batchDim": 0}),
        )
        yield Case(
            "SCATTER_ND",
            t,
            [g(I32, 2, 1, low=0, high=3), g(t, 2, 3), held(I32, [4, 3])],
            [m(t, 4, 3)],
            ("ScatterNdOptions", {}),
        )
        yield Case(
            "DYNAMIC_UPDATE_SLICE",
            t,
            [g(t, 4, 3), g(t, 2, 2), g(I32, 2, low=0, high=1)],
            [m(t, 4, 3)],
            ("DynamicUpdateSliceOptions", {}),
        )
        yield Case("MATRIX_DIAG", t, [g(t, 2, 3)], [m(t, 2, 3, 3)], ("MatrixDiagOptions", {}))
        yield Case("MATRIX_SET_DIAG", t, [g(t, 2, 3, 3), g(t, 2, 3)], [m(t, 2, 3, 3)], ("MatrixSetDiagOptions", {}))
        yield Case(
            "ONE_HOT",
            t,
            [g(I32, 3, low=0, high=3), held(I32, 4), g(t), g(t)],
            [m(t, 3, 4)],
            ("OneHotOptions", {"axis": -1}),
        )
        yield Case("FILL", t, [held(I32, [2, 3]), g(t)], [m(t, 2, 3)], ("FillOptions", {}))
        yield Case(
            "SPARSE_TO_DENSE",
            t,
            [one_of(I32, [0, 1], [1, 2], [0, 3]), held(I32, [4]), g(t, 2), held(t, 0)],
            [m(t, 4)],
            ("SparseToDenseOptions", {}),
        )
        yield Case("UNIQUE", t, [g(t, 6, low=0, high=2)], [m(t, 6), m(I32, 6)], ("UniqueOptions", {"idxOutType": 2}))


def shaped():
    """Operators whose result has a shape, or a place to come from, that an operand from outside says."""
    yield Case("RESHAPE", "shape_given", [g(F, 2, 3), one_of(I32, [3, 2], [6, 1], [2, 3])], [m(F, 3, 2)], None)
    yield Case(
        "RESHAPE",
        "shape_given_option",
        [g(F, 2, 3), one_of(I32, [3, 2], [6, 1], [2, 3])],
        [m(F, 3, 2)],
        ("ReshapeOptions", {"newShape": [3, 2]}),
    )
    yield Case(
        "TRANSPOSE", "perm_given", [g(F, 3, 3), one_of(I32, [0, 1], [1, 0])], [m(F, 3, 3)], ("TransposeOptions", {})
    )
    yield Case(
        "SLICE",
        "begin_given",
        [g(F, 4, 3), one_of(I32, [1, 0], [0, 1], [2, 1]), held(I32, [2, 2])],
        [m(F, 2, 2)],
        ("SliceOptions", {}),
    )
    yield Case(
        "SLICE",
        "size_given",
        [g(F, 4, 3), held(I32, [0, 0]), one_of(I32, [2, 2], [2, 2])],
        [m(F, 2, 2)],
        ("SliceOptions", {}),
    )
    yield Case(
        "STRIDED_SLICE",
        "begin_given",
        [g(F, 4, 3), one_of(I32, [0, 0], [2, 0], [1, 0]), held(I32, [4, 2]), held(I32, [1, 1])],
        [m(F, 4, 2)],
        ("StridedSliceOptions", {}),
    )
    yield Case(
        "STRIDED_SLICE",
        "end_given",
        [g(F, 4, 3), held(I32, [0, 0]), one_of(I32, [4, 2], [2, 2], [1, 1]), held(I32, [1, 1])],
        [m(F, 4, 2)],
        ("StridedSliceOptions", {}),
    )
    yield Case(
        "STRIDED_SLICE",
        "strides_given",
        [g(F, 4, 3), held(I32, [0, 0]), held(I32, [4, 2]), one_of(I32, [1, 1], [2, 1])],
        [m(F, 4, 2)],
        ("StridedSliceOptions", {}),
    )
    yield Case(
        "SPLIT",
        "axis_given",
        [one_of(I32, 0, 1), g(F, 4, 4)],
        [m(F, 2, 4), m(F, 2, 4)],
        ("SplitOptions", {"numSplits": 2}),
    )
    yield Case(
        "SPLIT_V",
        "axis_given",
        [g(F, 5, 5), held(I32, [2, 3]), one_of(I32, 0, 1)],
        [m(F, 2, 5), m(F, 3, 5)],
        ("SplitVOptions", {"numSplits": 2}),
    )
    yield Case(
        "SPLIT_V",
        "sizes_given",
        [g(F, 5, 5), one_of(I32, [2, 3], [1, 4]), held(I32, 0)],
        [m(F, 2, 5), m(F, 3, 5)],
        ("SplitVOptions", {"numSplits": 2}),
    )
    yield Case(
        "PAD",
        "paddings_given",
        [g(F, 2, 3), one_of(I32, [[1, 0], [0, 0]], [[0, 1], [0, 0]], [[0, 0], [1, 1]])],
        [m(F, 3, 3)],
        ("PadOptions", {}),
    )
    yield Case(
        "PADV2",
        "paddings_given",
        [g(F, 2, 3), one_of(I32, [[1, 0], [0, 0]], [[0, 1], [0, 0]], [[0, 0], [1, 1]]), g(F)],
        [m(F, 3, 3)],
        ("PadV2Options", {}),
    )
    yield Case(
        "MIRROR_PAD",
        "paddings_given",
        [g(F, 2, 3), one_of(I32, [[1, 0], [0, 0]], [[0, 1], [0, 0]])],
        [m(F, 3, 3)],
        ("MirrorPadOptions", {"mode": 0}),
    )
    yield Case(
        "TILE", "multiples_given", [g(F, 2, 3), one_of(I32, [1, 2], [2, 1], [1, 1])], [m(F, 2, 6)], ("TileOptions", {})
    )
    yield Case(
        "BROADCAST_TO", "shape_given", [g(F, 3), one_of(I32, [2, 3], [4, 3])], [m(F, 2, 3)], ("BroadcastToOptions", {})
    )
    yield Case(
        "EXPAND_DIMS", "axis_given", [g(F, 2, 3), one_of(I32, 0, 1, 2)], [m(F, 1, 2, 3)], ("ExpandDimsOptions", {})
    )
    yield Case("FILL", "dims_given", [one_of(I32, [2, 3], [1, 2]), g(F)], [m(F, 2, 3)], ("FillOptions", {}))
    yield Case(
        "SPACE_TO_BATCH_ND",
        "block_given",
        [g(F, 1, 4, 4, 2), one_of(I32, [2, 2], [1, 2]), held(I32, [[0, 0], [0, 0]])],
        [m(F, 4, 2, 2, 2)],
        ("SpaceToBatchNDOptions", {}),
    )
    yield Case(
        "SPACE_TO_BATCH_ND",
        "paddings_given",
        [g(F, 1, 4, 4, 2), held(I32, [2, 2]), one_of(I32, [[0, 0], [0, 0]], [[1, 1], [0, 0]])],
        [m(F, 4, 2, 2, 2)],
        ("SpaceToBatchNDOptions", {}),
    )
    yield Case(
        "BATCH_TO_SPACE_ND",
        "block_given",
        [g(F, 4, 2, 2, 2), one_of(I32, [2, 2], [1, 2]), held(I32, [[0, 0], [0, 0]])],
        [m(F, 1, 4, 4, 2)],
        ("BatchToSpaceNDOptions", {}),
    )
    yield Case(
        "BATCH_TO_SPACE_ND",
        "crops_given",
        [g(F, 4, 2, 2, 2), held(I32, [2, 2]), one_of(I32, [[0, 0], [0, 0]], [[1, 1], [0, 0]])],
        [m(F, 1, 4, 4, 2)],
        ("BatchToSpaceNDOptions", {}),
    )
    yield Case("REVERSE_V2", "axis_given", [g(F, 3, 3), one_of(I32, [1], [0])], [m(F, 3, 3)], ("ReverseV2Options", {}))
    yield Case(
        "SCATTER_ND",
        "shape_given",
        [g(I32, 2, 1, low=0, high=3), g(F, 2, 3), one_of(I32, [4, 3], [5, 3])],
        [m(F, 4, 3)],
        ("ScatterNdOptions", {}),
    )
    yield Case(
        "ONE_HOT",
        "depth_given",
        [g(I32, 3, low=0, high=3), one_of(I32, 4, 5), g(F), g(F)],
        [m(F, 3, 4)],
        ("OneHotOptions", {"axis": -1}),
    )
    yield Case(
        "SPARSE_TO_DENSE",
        "shape_given",
        [one_of(I32, [0, 1], [1, 2], [0, 3]), one_of(I32, [4], [5]), g(F, 2), g(F)],
        [m(F, 4)],
        ("SparseToDenseOptions", {}),
    )
    yield Case(
        "SPARSE_TO_DENSE",
        "default_given",
        [one_of(I32, [0, 1], [1, 2], [0, 3]), held(I32, [4]), g(F, 2), g(F)],
        [m(F, 4)],
        ("SparseToDenseOptions", {}),
    )
    yield Case(
        "GATHER",
        "batch",
        [g(F, 2, 4), g(I32, 2, 2, low=0, high=3)],
        [m(F, 2, 2)],
        ("GatherOptions", {"axis": 1, "batchDims": 1}),
    )
    yield Case(
        "RANGE", "", [one_of(I32, 0, 1), one_of(I32, 5, 6), one_of(I32, 1, 1)], [m(I32, 5)], ("RangeOptions", {})
    )
    yield Case("RANGE", "float", [g(F, low=0, high=1), held(F, 5.0), held(F, 1.0)], [m(F, 5)], ("RangeOptions", {}))
    yield Case("WHERE", "", [g(B, 2, 3)], [m(I64, 4, 2)], ("WhereOptions", {}))
    yield Case("BROADCAST_ARGS", "", [one_of(I32, [2, 3], [4, 3]), one_of(I32, [1, 3], [1, 1])], [m(I32, 2)])
    for name, options in (
        ("RESIZE_BILINEAR", "ResizeBilinearOptions"),
        ("RESIZE_NEAREST_NEIGHBOR", "ResizeNearestNeighborOptions"),
    ):
        for t in (F, I8, U8, I16):
            yield Case(name, t, [g(t, 1, 3, 3, 2), held(I32, [6, 6])], [m(t, 1, 6, 6, 2)], (options, {}))
        yield Case(
            name, "size_given", [g(F, 1, 3, 3, 2), one_of(I32, [6, 6], [2, 4])], [m(F, 1, 6, 6, 2)], (options, {})
        )
