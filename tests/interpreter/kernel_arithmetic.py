"""Operators that compute each element of the result from elements of the operands."""

import numpy as np

from kernel_case import B, C64, F, I8, I16, I32, I64, NO_QUANT, U8, Case, g, held, m, one_of

# Operators of one operand that give its shape: types, options, quantization of the result, range of the operand.
SIGMOID = {I8: (1 / 256, -128), U8: (1 / 256, 0), I16: (1 / 32768, 0)}
UNIT = {I8: (1 / 128, 0), U8: (1 / 128, 128), I16: (1 / 32768, 0)}
LOG = {I8: (16 / 256, 127), U8: (16 / 256, 255)}
I16_IN = {"quant": (1 / 4096, 0)}
UNARY = [
    ("ABS", (F, I8, I16, I32), "AbsOptions", {}),
    ("CEIL", (F,), None, {}),
    ("COS", (F,), "CosOptions", {}),
    ("ELU", (F, I8), None, {}),
    ("EXP", (F, I8, I16), "ExpOptions", {}),
    ("FLOOR", (F,), None, {}),
    ("GELU", (F, I8, U8), "GeluOptions", {}),
    ("HARD_SWISH", (F, I8, U8), "HardSwishOptions", {}),
    ("L2_NORMALIZATION", (F, I8, U8), "L2NormOptions", {"out": UNIT}),
    ("LEAKY_RELU", (F, I8, U8, I16), "LeakyReluOptions", {"options": {"alpha": 0.25}}),
    (
        "LOCAL_RESPONSE_NORMALIZATION",
        (F,),
        "LocalResponseNormalizationOptions",
        {"options": {"radius": 1, "bias": 1.0, "alpha": 1.0, "beta": 0.5}},
    ),
    ("LOG", (F,), None, {"low": 1, "high": 100}),
    ("LOGISTIC", (F, I8, U8, I16), None, {"out": SIGMOID}),
    ("LOG_SOFTMAX", (F, I8, U8), "LogSoftmaxOptions", {"out": LOG}),
    ("NEG", (F, I32, I64), "NegOptions", {}),
    ("RELU", (F, I8, U8, I16), None, {}),
    ("RELU6", (F, I8, U8, I16), None, {}),
    ("RELU_N1_TO_1", (F, I8, U8), None, {}),
    ("RELU_0_TO_1", (F, I8, U8), None, {}),
    ("ROUND", (F,), None, {}),
    ("RSQRT", (F, I8), None, {"low": 1, "high": 100}),
    ("SIGN", (F, I32), "SignOptions", {}),
    ("SIN", (F,), None, {}),
    ("SOFTMAX", (F, I8, U8, I16), "SoftmaxOptions", {"out": SIGMOID, "options": {"beta": 1.0}}),
    ("SQRT", (F,), None, {"low": 1, "high": 100}),
    ("SQUARE", (F,), "SquareOptions", {}),
    ("TANH", (F, I8, U8, I16), None, {"out": UNIT}),
    ("ZEROS_LIKE", (F, I32, I64), "ZerosLikeOptions", {}),
    ("LOGICAL_NOT", (B,), "LogicalNotOptions", {}),
    ("FAKE_QUANT", (F,), "FakeQuantOptions", {"options": {"min": -1.0, "max": 1.0, "numBits": 8}}),
]

# Operators of two operands of one shape: types, options, type of the result (the operands' where there is none).
BINARY = [
    ("ADD", (F, I8, U8, I16, I32, I64), "AddOptions", None),
    ("SUB", (F, I8, U8, I16, I32, I64), "SubOptions", None),
    ("MUL", (F, I8, U8, I16, I32, C64), "MulOptions", None),
    ("DIV", (F, U8, I32), "DivOptions", None),
    ("MAXIMUM", (F, I8, U8, I16, I32, I64), "MaximumMinimumOptions", None),
    ("MINIMUM", (F, I8, U8, I16, I32, I64), "MaximumMinimumOptions", None),
    ("LESS", (F, I8, U8, I32, I64), "LessOptions", B),
    ("LESS_EQUAL", (F, I8, U8, I32, I64), "LessEqualOptions", B),
    ("GREATER", (F, I8, U8, I32, I64), "GreaterOptions", B),
    ("GREATER_EQUAL", (F, I8, U8, I32, I64), "GreaterEqualOptions", B),
    ("EQUAL", (F, I8, U8, I32, I64, B), "EqualOptions", B),
    ("NOT_EQUAL", (F, I8, U8, I32, I64, B), "NotEqualOptions", B),
    ("POW", (F, I32), "PowOptions", None),
    ("LOGICAL_OR", (B,), "LogicalOrOptions", None),
    ("LOGICAL_AND", (B,), "LogicalAndOptions", None),
    ("FLOOR_DIV", (F, I32, I16, I8), "FloorDivOptions", None),
    ("FLOOR_MOD", (F, I32, I64), "FloorModOptions", None),
    ("SQUARED_DIFFERENCE", (F, I8, I32), "SquaredDifferenceOptions", None),
    ("ATAN2", (F,), "ATan2Options", None),
    ("BITWISE_XOR", (I8, U8, I16, I32), "BitwiseXorOptions", None),
    ("RIGHT_SHIFT", (I8, U8, I16, I32), "RightShiftOptions", None),
]

REDUCERS = [
    ("MEAN", (F, I8, U8, I16, I32)),
    ("SUM", (F, I8, U8, I32)),
    ("REDUCE_PROD", (F, I8, I32)),
    ("REDUCE_MAX", (F, I8, U8, I32)),
    ("REDUCE_MIN", (F, I8, U8, I32)),
    ("REDUCE_ANY", (B,)),
    ("REDUCE_ALL", (B,)),
]


def pair(name, dtype, shapes, more):
    """Two operands; of whole numbers, some of them equal, where equality is asked."""
    if name not in ("EQUAL", "NOT_EQUAL") or dtype != F:
        return [g(dtype, *shape, **more) for shape in shapes]
    counts = [np.arange(int(np.prod(shape))).reshape(shape) for shape in shapes]
    return [one_of(F, *((count // by + by) * k % 3 for k in (1, 2, 3, 4))) for count, by in zip(counts, (1, 3))]


def positive(dtype):
    """A range that divisions and shifts bear, and in which products do not saturate."""
    return {
        B: {},
        C64: {},
        U8: {"low": 129, "high": 148},
        I16: {"low": 1, "high": 3000},
        I8: {"low": 1, "high": 20},
    }.get(dtype, {"low": 1, "high": 7})


def unary():
    """Of one operand, mostly."""
    for name, types, table, more in UNARY:
        options = (table, more.get("options", {})) if table else None
        limits = {k: more[k] for k in ("low", "high") if k in more}
        for t in types:
            quant = more.get("out", {}).get(t)
            given = dict(limits)
            if name in ("LOGISTIC", "TANH") and t == I16:
                given.update(I16_IN)
            if name == "RSQRT" and t == I8:
                given["quant"] = (0.05, 0)
            yield Case(name, t, [g(t, 1, 3, 4, 4, **given)], [m(t, 1, 3, 4, 4, quant=quant)], options)
    for t, to in ((F, I32), (I8, F), (I32, F), (F, U8), (I64, I32), (B, F), (F, F)):
        fields = {}
        for place, kind in (("inDataType", t), ("outDataType", to)):
            fields[place] = {F: 0, I32: 2, U8: 3, I64: 4, B: 6, I8: 9}[kind]
        limits = {"low": 0, "high": 50} if t == F else {}
        yield Case(
            "CAST",
            t + "_" + to,
            [g(t, 2, 3, quant=NO_QUANT, **limits)],
            [m(to, 2, 3, quant=NO_QUANT)],
            ("CastOptions", fields),
        )
    for t in (I8, U8, I16, "float16"):
        yield Case("DEQUANTIZE", t, [g(t, 2, 3, 4)], [m(F, 2, 3, 4)], ("DequantizeOptions", {}))
    for t, to in ((F, I8), (F, U8), (F, I16), (I8, U8), (U8, I8), (I8, I8), (I16, I8), (I16, I16)):
        quant = {I8: (0.04, 3), U8: (0.04, 130), I16: (0.002, 0)}[to]
        yield Case("QUANTIZE", t + "_" + to, [g(t, 2, 3, 4)], [m(to, 2, 3, 4, quant=quant)], ("QuantizeOptions", {}))
    for name in ("COMPLEX_ABS", "REAL", "IMAG"):
        yield Case(name, "", [g(C64, 2, 3)], [m(F, 2, 3)])
    yield Case("BITCAST", "", [g(F, 2, 3)], [m(I32, 2, 3)], ("BitcastOptions", {}))
    yield Case("SHAPE", "", [g(F, 2, 3)], [m(I32, 2)], ("ShapeOptions", {"outType": 2}))
    yield Case("RANK", "", [g(F, 2, 3)], [m(I32)], ("RankOptions", {}))
    for t in (F, I8, U8):
        yield Case("PRELU", t, [g(t, 1, 3, 3, 4), g(t, 1, 1, 4)], [m(t, 1, 3, 3, 4)])
    for t in (F, I32):
        yield Case("ADD_N", t, [g(t, 2, 3), g(t, 2, 3), g(t, 2, 3)], [m(t, 2, 3)], ("AddNOptions", {}))


def binary():
    """Of two operands, of one shape and broadcast."""
    for name, types, table, result in BINARY:
        for t in types:
            options = {"potScaleInt16": False} if (name, t) in (("ADD", I16), ("SUB", I16)) else {}
            limits = positive(t)
            quant = {"quant": NO_QUANT} if name in ("BITWISE_XOR", "RIGHT_SHIFT", "FLOOR_DIV") else {}
            if name in ("BITWISE_XOR", "RIGHT_SHIFT"):
                limits = {"low": 1, "high": 7}

            out = m(result or t, 2, 3, 4, quant=quant.get("quant"))
            shapes = [("", (2, 3, 4), (2, 3, 4))]
            if t in (F, I8) and name != "ATAN2":
                shapes += [("_broadcast", (2, 3, 4), (4,)), ("_scalar_first", (), (2, 3, 4))]
            for how, first, second in shapes:
                operands = pair(name, t, (first, second), {**limits, **quant})
                yield Case(name, t + how, operands, [out], (table, options))
    yield Case("POW", "constant", [g(F, 2, 3, low=1, high=4), held(F, 2.0)], [m(F, 2, 3)], ("PowOptions", {}))


def reducers():
    """Along axes, the axes constant and from outside."""
    for name, types in REDUCERS:
        for t in types:
            given = g(t, 1, 3, 4, 2)
            if t == B:
                given = one_of(B, np.zeros((1, 3, 4, 2)), np.ones((1, 3, 4, 2)))
            yield Case(name, t, [given, held(I32, [1, 2])], [m(t, 1, 1, 1, 2)], ("ReducerOptions", {"keepDims": True}))
        t = types[0]
        yield Case(
            name,
            "axis_given",
            [g(t, 2, 3, 3), one_of(I32, [1], [2], [1], [2])],
            [m(t, 2, 3)],
            ("ReducerOptions", {"keepDims": False}),
        )
        if len(types) > 1:
            yield Case(
                name,
                "i8_axis_given",
                [g(I8, 2, 3, 3), one_of(I32, [1], [2], [1], [2])],
                [m(I8, 2, 3)],
                ("ReducerOptions", {"keepDims": False}),
            )
    for name in ("ARG_MAX", "ARG_MIN"):
        for t in (F, I8, U8, I32):
            yield Case(
                name,
                t,
                [g(t, 2, 3, 3), held(I32, 1)],
                [m(I32, 2, 3)],
                (name.title().replace("_", "") + "Options", {"outputType": 2}),
            )
        yield Case(
            name,
            "axis_given",
            [g(F, 2, 3, 3), one_of(I32, 1, 2, 1, 2)],
            [m(I32, 2, 3)],
            (name.title().replace("_", "") + "Options", {"outputType": 2}),
        )
    yield Case("CUMSUM", "", [g(F, 3, 3), held(I32, 1)], [m(F, 3, 3)], ("CumsumOptions", {}))
    yield Case("CUMSUM", "axis_given", [g(F, 3, 3), one_of(I32, 0, 1)], [m(F, 3, 3)], ("CumsumOptions", {}))
    yield Case("TOPK_V2", "", [g(F, 2, 6), held(I32, 2)], [m(F, 2, 2), m(I32, 2, 2)], ("TopKV2Options", {}))
    yield Case("TOPK_V2", "int8", [g(I8, 2, 6), held(I32, 2)], [m(I8, 2, 2), m(I32, 2, 2)], ("TopKV2Options", {}))
    yield Case(
        "TOPK_V2", "k_given", [g(F, 2, 6), one_of(I32, 2, 3, 1)], [m(F, 2, 2), m(I32, 2, 2)], ("TopKV2Options", {})
    )
