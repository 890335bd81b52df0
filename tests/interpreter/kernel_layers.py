"""Operators with weights, or with state."""

from kernel_case import F, I8, I16, I32, I64, QUANT, U8, Case, Kept, g, held, m, one_of, ramp

CONV = {"padding": 0, "strideH": 1, "strideW": 1, "dilationHFactor": 1, "dilationWFactor": 1}
CONV_3D = {"padding": 0, "strideD": 1, "strideH": 1, "strideW": 1}
TRANSPOSED = ("TransposeConvOptions", {"padding": 0, "strideH": 1, "strideW": 1})
POOL = {"padding": 1, "strideH": 2, "strideW": 2, "filterHeight": 2, "filterWidth": 2}
TANH = 4
# Types of activations, weights and biases; floats with weights of eight bits are called hybrid.
KERNELS = [(F, F, F), (I8, I8, I32), (U8, U8, I32), (I16, I8, I64), (F, I8, F)]


def layers():
    """Convolutions, products, pools."""
    for t, weight, bias in KERNELS:
        for how in ("given", "held"):
            yield from weighted(t, weight, bias, how)
    yield from products()
    yield Case("TRANSPOSE_CONV", "shape_given",
               [one_of(I32, [1, 6, 6, 4]), ramp(F, 4, 3, 3, 2), g(F, 1, 6, 6, 2)], [m(F, 1, 6, 6, 4)], TRANSPOSED)
    yield Case("CONV_3D", "", [g(F, 1, 3, 4, 4, 2), g(F, 2, 2, 2, 2, 3), g(F, 3)], [m(F, 1, 3, 4, 4, 3)],
               ("Conv3DOptions", CONV_3D))
    for how, shape in (("", held(I32, [1, 3, 4, 4, 3])), ("shape_given", one_of(I32, [1, 3, 4, 4, 3]))):
        yield Case("CONV_3D_TRANSPOSE", how, [shape, g(F, 2, 2, 2, 3, 2), g(F, 1, 3, 4, 4, 2), g(F, 3)],
                   [m(F, 1, 3, 4, 4, 3)], ("Conv3DOptions", CONV_3D))
    for name, types in (("AVERAGE_POOL_2D", (F, I8, U8, I16)), ("MAX_POOL_2D", (F, I8, U8, I16)), ("L2_POOL_2D", (F,))):
        for t in types:
            yield Case(name, t, [g(t, 1, 6, 6, 3)], [m(t, 1, 3, 3, 3)], ("Pool2DOptions", POOL))


def weighted(t, weight, bias, how):
    """Layers whose weights and biases come from outside (`how` is "given") or are constants ("held")."""
    kind = t if t == weight else t + "_" + weight
    scale = (QUANT[t][0] * QUANT[weight][0], 0) if t != F else None
    limits = {"low": -30, "high": 30} if bias != F else {}

    def weights(*shape):
        return g(weight, *shape) if how == "given" else ramp(weight, *shape)

    def biases(count):
        return g(bias, count, quant=scale, **limits) if how == "given" else ramp(bias, count, quant=scale)

    def result(*shape):
        return m(t, *shape, quant=(0.5, 128 if t == U8 else 0) if t != F else None)

    # Eight bits by channel, and so constants always: the runner of these tests cannot bind such a tensor.
    by_channel = ramp(weight, 1, 3, 3, 8, quant=([0.05] * 8, [0] * 8))
    depthwise = by_channel if weight == I8 else weights(1, 3, 3, 8)
    row = [
        ("CONV_2D", "", [g(t, 1, 6, 6, 4), weights(8, 3, 3, 4), biases(8)], (1, 6, 6, 8), ("Conv2DOptions", CONV)),
        ("CONV_2D", "_1x1", [g(t, 1, 6, 6, 4), weights(8, 1, 1, 4), biases(8)], (1, 6, 6, 8), ("Conv2DOptions", CONV)),
        ("DEPTHWISE_CONV_2D", "", [g(t, 1, 6, 6, 8), depthwise, biases(8)], (1, 6, 6, 8),
         ("DepthwiseConv2DOptions", dict(CONV, depthMultiplier=1))),
        ("FULLY_CONNECTED", "", [g(t, 1, 16), weights(8, 16), biases(8)], (1, 8), ("FullyConnectedOptions", {})),
        ("FULLY_CONNECTED", "_batch", [g(t, 4, 16), weights(8, 16), biases(8)], (4, 8),
         ("FullyConnectedOptions", {"asymmetricQuantizeInputs": True})),
        ("TRANSPOSE_CONV", "", [held(I32, [1, 6, 6, 4]), weights(4, 3, 3, 2), g(t, 1, 6, 6, 2)], (1, 6, 6, 4),
         TRANSPOSED),
        ("TRANSPOSE_CONV", "_bias", [held(I32, [1, 6, 6, 4]), weights(4, 3, 3, 2), g(t, 1, 6, 6, 2), biases(4)],
         (1, 6, 6, 4), TRANSPOSED),
    ]
    for name, variant, operands, shape, options in row:
        yield Case(name, kind + variant + "_" + how, operands, [result(*shape)], options)


def products():
    """Products of matrices, either of them transposed or not."""
    for t, quant in ((F, None), (I8, (0.5, 0))):
        for x, y in ((False, False), (False, True), (True, False), (True, True)):
            operands = [g(t, *((2, 4, 3) if x else (2, 3, 4))), g(t, *((2, 5, 4) if y else (2, 4, 5)))]
            yield Case("BATCH_MATMUL", "_".join([t] + ["x"] * x + ["y"] * y), operands, [m(t, 2, 3, 5, quant=quant)],
                       ("BatchMatMulOptions", {"adjX": x, "adjY": y}))
    for variant, first, second, result in (
            ("int16", g(I16, 2, 3, 4), g(I16, 2, 4, 5), m(I16, 2, 3, 5, quant=(0.5, 0))),
            ("hybrid_given", g(F, 2, 3, 4), g(I8, 2, 4, 5), m(F, 2, 3, 5)),
            ("hybrid_held", g(F, 2, 3, 4), ramp(I8, 2, 4, 5), m(F, 2, 3, 5))):
        yield Case("BATCH_MATMUL", variant, [first, second], [result], ("BatchMatMulOptions", {}))


def recurrent():
    """With every weight from outside, of floats and, hybrid, of eight bits."""
    for weight in (F, I8):
        yield from simple_recurrent(weight)
        yield from lstm(weight)
    yield Case("LSTM", "basic", [g(F, 1, 4), g(F, 1, 3), g(F, 12, 7), g(F, 12), g(F, 1, 3)],
               [m(F, 1, 3), m(F, 1, 3), m(F, 1, 7), m(F, 1, 12)],
               ("LSTMOptions", {"fusedActivationFunction": TANH, "kernelType": 1}))


def cell(weight):
    """Weights, biases and state of a recurrent cell of three units over four features."""
    return [g(weight, 3, 4), g(weight, 3, 3), g(F, 3), Kept(F, [1, 3])]


def simple_recurrent(weight):
    tanh = {"fusedActivationFunction": TANH}
    yield Case("SVDF", weight, [g(F, 1, 4), g(weight, 8, 4), g(F, 8, 3), g(F, 4), Kept(F, [1, 24])], [m(F, 1, 4)],
               ("SVDFOptions", {"rank": 2}))
    yield Case("RNN", weight, [g(F, 1, 4)] + cell(weight), [m(F, 1, 3)], ("RNNOptions", tanh))
    yield Case("UNIDIRECTIONAL_SEQUENCE_RNN", weight, [g(F, 1, 2, 4)] + cell(weight), [m(F, 1, 2, 3)],
               ("SequenceRNNOptions", tanh))
    yield Case("BIDIRECTIONAL_SEQUENCE_RNN", weight, [g(F, 1, 2, 4)] + cell(weight) + cell(weight) + [None] * 3,
               [m(F, 1, 2, 3), m(F, 1, 2, 3)], ("BidirectionalSequenceRNNOptions", tanh))


def lstm(weight):
    """The full kernel: gates, peepholes or none, a projection, and normalized layers or none."""
    gates = [g(weight, 3, 4) for _ in range(4)] + [g(weight, 3, 3) for _ in range(4)]
    biases = [g(F, 3) for _ in range(4)]
    state = [Kept(F, [1, 3]), Kept(F, [1, 3])]
    projection = [g(weight, 3, 3), g(F, 3)]
    plain = gates + [None] * 3 + biases + projection + state
    full = gates + [g(weight, 3) for _ in range(3)] + biases + projection + state + [g(F, 3) for _ in range(4)]
    options = {"fusedActivationFunction": TANH, "cellClip": 10.0}
    for variant, operands in ((weight, plain), (weight + "_full", full)):
        yield Case("LSTM", variant, [g(F, 1, 4)] + operands, [m(F, 1, 3)], ("LSTMOptions", options))
        yield Case("UNIDIRECTIONAL_SEQUENCE_LSTM", variant, [g(F, 1, 2, 4)] + operands, [m(F, 1, 2, 3)],
                   ("UnidirectionalSequenceLSTMOptions", options))
    one_way = gates + [None] * 3 + biases + [None] * 2
    yield Case("BIDIRECTIONAL_SEQUENCE_LSTM", weight,
               [g(F, 1, 2, 4)] + one_way + one_way + state + [Kept(F, [1, 3]), Kept(F, [1, 3])] + [None] * 9,
               [m(F, 1, 2, 3), m(F, 1, 2, 3)],
               ("BidirectionalSequenceLSTMOptions", dict(options, mergeOutputs=False, timeMajor=False)))
