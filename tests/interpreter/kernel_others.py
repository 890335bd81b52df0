"""Operators that search, select, or draw."""

from flatbuffers import flexbuffers

from kernel_case import C64, Case, F, I32, I64, I8, NO_QUANT, U8, g, held, m, one_of, ramp


def others():
    """Look-ups, segments, boxes, random numbers."""
    yield Case("EMBEDDING_LOOKUP", "", [g(I32, 3, low=0, high=4), g(F, 5, 4)], [m(F, 3, 4)])
    yield Case("EMBEDDING_LOOKUP", "held", [g(I32, 3, low=0, high=4), ramp(F, 5, 4)], [m(F, 3, 4)])
    yield Case("EMBEDDING_LOOKUP", "hybrid", [g(I32, 3, low=0, high=4), g(I8, 5, 4)], [m(F, 3, 4)])
    yield Case(
        "EMBEDDING_LOOKUP_SPARSE",
        "",
        [g(I32, 3, low=0, high=3), held(I32, [[0, 0], [1, 0], [1, 1]]), held(I32, [2, 2]), g(F, 3), g(F, 4, 3)],
        [m(F, 2, 3)],
        ("EmbeddingLookupSparseOptions", {"combiner": 0}),
    )
    yield Case(
        "HASHTABLE_LOOKUP",
        "",
        [g(I32, 3, low=0, high=5), held(I32, [0, 2, 3, 5]), g(F, 4, 2)],
        [m(F, 3, 2), m(U8, 3, quant=NO_QUANT)],
    )
    yield Case(
        "HASHTABLE_LOOKUP",
        "keys_given",
        [g(I32, 3, low=0, high=5), one_of(I32, [0, 2, 3, 5], [1, 2, 4, 5]), g(F, 4, 2)],
        [m(F, 3, 2), m(U8, 3, quant=NO_QUANT)],
    )
    yield Case(
        "LSH_PROJECTION",
        "",
        [g(F, 2, 3), g(I32, 5, 2, low=0, high=50), g(F, 5)],
        [m(I32, 2)],
        ("LSHProjectionOptions", {"type": 1}),
    )
    yield Case("BUCKETIZE", "", [g(F, 2, 3)], [m(I32, 2, 3)], ("BucketizeOptions", {"boundaries": [-0.5, 0.0, 0.5]}))
    yield Case(
        "SEGMENT_SUM",
        "",
        [g(F, 4, 2), one_of(I32, [0, 0, 1, 2], [0, 1, 2, 2])],
        [m(F, 3, 2)],
        ("SegmentSumOptions", {}),
    )
    for name in ("PROD", "MAX", "SUM", "MIN"):
        full = "UNSORTED_SEGMENT_" + name
        yield Case(
            full,
            "",
            [g(F, 4, 2), g(I32, 4, low=0, high=2), held(I32, 3)],
            [m(F, 3, 2)],
            ("UnsortedSegment%sOptions" % name.title(), {}),
        )
        yield Case(
            full,
            "count_given",
            [g(F, 4, 2), g(I32, 4, low=0, high=2), one_of(I32, 3, 4)],
            [m(F, 3, 2)],
            ("UnsortedSegment%sOptions" % name.title(), {}),
        )
    boxes = [
        [[0, 0, 1, 1], [0, 0, 1, 0.9], [0.5, 0.5, 1, 1], [0, 0.5, 0.4, 1]],
        [[0, 0, 1, 1], [0, 0.1, 1, 1], [0, 0, 0.3, 0.3], [0.1, 0, 1, 1]],
    ]
    nms = [one_of(F, *boxes), g(F, 4, low=0, high=1)]
    yield Case(
        "NON_MAX_SUPPRESSION_V4",
        "",
        nms + [held(I32, 3), held(F, 0.5), held(F, 0.1)],
        [m(I32, 3), m(I32)],
        ("NonMaxSuppressionV4Options", {}),
    )
    yield Case(
        "NON_MAX_SUPPRESSION_V5",
        "",
        nms + [held(I32, 3), held(F, 0.5), held(F, 0.1), held(F, 0.5)],
        [m(I32, 3), m(F, 3), m(I32)],
        ("NonMaxSuppressionV5Options", {}),
    )
    yield Case(
        "NON_MAX_SUPPRESSION_V4",
        "all_given",
        nms + [one_of(I32, 3, 2), one_of(F, 0.5, 0.4), one_of(F, 0.1, 0.5)],
        [m(I32, 3), m(I32)],
        ("NonMaxSuppressionV4Options", {}),
    )
    yield Case(
        "NON_MAX_SUPPRESSION_V5",
        "all_given",
        nms + [one_of(I32, 3, 2), one_of(F, 0.5, 0.4), one_of(F, 0.1, 0.5), one_of(F, 0.5, 0.2)],
        [m(I32, 3), m(F, 3), m(I32)],
        ("NonMaxSuppressionV5Options", {}),
    )
    yield Case(
        "NON_MAX_SUPPRESSION_V4",
        "thresholds_given",
        nms + [held(I32, 3), one_of(F, 0.5, 0.4), one_of(F, 0.1, 0.5)],
        [m(I32, 3), m(I32)],
        ("NonMaxSuppressionV4Options", {}),
    )
    yield Case(
        "NON_MAX_SUPPRESSION_V5",
        "thresholds_given",
        nms + [held(I32, 3), one_of(F, 0.5, 0.4), one_of(F, 0.1, 0.5), one_of(F, 0.5, 0.2)],
        [m(I32, 3), m(F, 3), m(I32)],
        ("NonMaxSuppressionV5Options", {}),
    )
    yield Case("RFFT2D", "", [g(F, 4, 4), held(I32, [4, 4])], [m(C64, 4, 3)], ("Rfft2dOptions", {}))
    yield Case(
        "RFFT2D", "length_given", [g(F, 4, 4), one_of(I32, [4, 4], [2, 2])], [m(C64, 4, 3)], ("Rfft2dOptions", {})
    )
    yield Case("RANDOM_UNIFORM", "", [held(I32, [2, 3])], [m(F, 2, 3)], ("RandomOptions", {"seed": 3, "seed2": 5}))
    yield Case(
        "RANDOM_STANDARD_NORMAL", "", [held(I32, [2, 3])], [m(F, 2, 3)], ("RandomOptions", {"seed": 3, "seed2": 5})
    )
    yield Case(
        "MULTINOMIAL", "", [g(F, 2, 3), held(I32, 4)], [m(I64, 2, 4)], ("RandomOptions", {"seed": 3, "seed2": 5})
    )
    yield Case(
        "MULTINOMIAL",
        "count_given",
        [g(F, 2, 3), one_of(I32, 4, 5)],
        [m(I64, 2, 4)],
        ("RandomOptions", {"seed": 3, "seed2": 5}),
    )
    yield Case(
        "RANDOM_UNIFORM",
        "shape_given",
        [one_of(I32, [2, 3], [2, 2])],
        [m(F, 2, 3)],
        ("RandomOptions", {"seed": 3, "seed2": 5}),
    )
    detections = {
        "max_detections": 4,
        "max_classes_per_detection": 1,
        "detections_per_class": 4,
        "num_classes": 2,
        "nms_score_threshold": 0.0,
        "nms_iou_threshold": 0.6,
        "y_scale": 10.0,
        "x_scale": 10.0,
        "h_scale": 5.0,
        "w_scale": 5.0,
    }
    for how, more in (("", {}), ("regular", {"use_regular_nms": True})):
        options = bytes(flexbuffers.Dumps(dict(detections, **more)))
        for t in (F, U8):
            yield Case(
                "TFLite_Detection_PostProcess",
                t + how,
                [
                    g(t, 1, 6, 4),
                    g(t, 1, 6, 3, **({"low": 0, "high": 1} if t == F else {})),
                    g(t, 6, 4, **({"low": 0, "high": 1} if t == F else {"low": 130, "high": 180})),
                ],
                [m(F, 1, 4, 4), m(F, 1, 4), m(F, 1, 4), m(F, 1)],
                options,
            )
