#!/usr/bin/env python3
"""Make the detectors of which Google published segments that its compiler cut, to hold the compiler's default to them.

SSD MobileNet v1 and v2 at 300x300 for 91 classes, quantized to uint8, as the TensorFlow Object Detection API has them.
The architectures are public; the weights are zero, as cuts follow their sizes, not their values. The models are not
kept; what is kept is the graph of each, in segmented/.

    make_segmented.py --out DIR --respect BIN     both of them

Two things matter beside the architecture. Operators stand in the order in which the converter leaves them: the two
predictors of a feature map right after it, and what joins the boxes before the last predictor of classes, as libcoral's
utils_test.cc numbers the last ten operators of v2. And tensors have the names that the compiled segments have
(google-coral/test_data, pipeline/): a layer's steps that were fused into one, among them the constant of zeros that the
converter kept once for all layers of as many channels, named after the last of them.
"""

from dataclasses import dataclass, field

from make_imagenet import run

import flatbuffers  # after make_imagenet, which sets TensorFlow's environment
import numpy as np
from tensorflow.lite.python import schema_py_generated as schema

SIDE = 300
CLASSES = 91
ANCHORS = [3, 6, 6, 6, 6, 6]  # of a place of each feature map
DETECTIONS = 20

UINT8, INT32, FLOAT = schema.TensorType.UINT8, schema.TensorType.INT32, schema.TensorType.FLOAT32
KIND = schema.BuiltinOperator


@dataclass
class Layer:
    """A convolution of the network, or the sum of its input and that of the block that it ends."""

    name: str
    filters: int
    kernel: int
    stride: int = 1
    depthwise: bool = False
    activation: bool = True
    residual: bool = False  # an addition follows
    is_feature: bool = False  # two predictors read it


@dataclass
class Writer:
    """A model in the making."""

    model: schema.ModelT = field(default_factory=schema.ModelT)
    graph: schema.SubGraphT = field(default_factory=schema.SubGraphT)
    codes: dict = field(default_factory=dict)

    def __post_init__(self):
        self.model.version, self.model.description = 3, "made by make_segmented.py"
        self.model.buffers, self.model.operatorCodes = [schema.BufferT()], []
        self.model.subgraphs = [self.graph]
        self.graph.tensors, self.graph.operators = [], []

    def tensor(self, name, shape, kind=UINT8, data=None):
        tensor = schema.TensorT()
        tensor.name, tensor.shape, tensor.type, tensor.buffer = name, list(shape), kind, 0
        if kind == UINT8 or kind == INT32 and len(shape) == 1 and shape[0] > 4:
            tensor.quantization = schema.QuantizationParametersT()
            tensor.quantization.scale = [1 / 128]
            tensor.quantization.zeroPoint = [128 if kind == UINT8 else 0]
        if data is not None:
            buffer = schema.BufferT()
            buffer.data = np.frombuffer(data.tobytes(), np.uint8)
            tensor.buffer = len(self.model.buffers)
            self.model.buffers.append(buffer)
        self.graph.tensors.append(tensor)
        return len(self.graph.tensors) - 1

    def shape(self, tensor):
        return self.graph.tensors[tensor].shape

    def constant(self, name, array, kind=UINT8):
        return self.tensor(name, array.shape, kind, array)

    def operator(self, kind, inputs, outputs, options=None, custom=None):
        if kind not in self.codes:
            code = schema.OperatorCodeT()
            code.builtinCode, code.deprecatedBuiltinCode, code.version = kind, min(kind, 127), 1
            code.customCode = custom
            self.codes[kind] = len(self.model.operatorCodes)
            self.model.operatorCodes.append(code)
        operator = schema.OperatorT()
        operator.opcodeIndex, operator.inputs, operator.outputs = self.codes[kind], inputs, outputs
        if options is not None:
            name = type(options).__name__.removesuffix("T")
            operator.builtinOptionsType = getattr(schema.BuiltinOptions, name)
            operator.builtinOptions = options
        self.graph.operators.append(operator)
        return outputs[0]

    def convolution(self, x, name, filters, kernel, stride=1, depthwise=False):
        batch, height, width, channels = self.shape(x)
        ends = (-(-height // stride), -(-width // stride))
        shape = (1, kernel, kernel, filters) if depthwise else (filters, kernel, kernel, channels)
        weights = self.constant(f"{name}/weights", np.zeros(shape, np.uint8))
        bias = self.constant(f"{name}/bias", np.zeros(filters, np.int32), INT32)
        options = (schema.DepthwiseConv2DOptionsT if depthwise else schema.Conv2DOptionsT)()
        options.padding, options.strideH, options.strideW = schema.Padding.SAME, stride, stride
        options.dilationHFactor = options.dilationWFactor = 1
        if depthwise:
            options.depthMultiplier = 1
        kind = KIND.DEPTHWISE_CONV_2D if depthwise else KIND.CONV_2D
        output = self.tensor(name, (batch, *ends, filters))
        return self.operator(kind, [x, weights, bias], [output], options)

    def reshape(self, x, name, shape):
        options = schema.ReshapeOptionsT()
        options.newShape = list(shape)
        to = self.constant(f"{name}/shape", np.array(shape, np.int32), INT32)
        return self.operator(KIND.RESHAPE, [x, to], [self.tensor(name, shape)], options)

    def bytes(self):
        builder = flatbuffers.Builder()
        builder.Finish(self.model.Pack(builder), b"TFL3")
        return bytes(builder.Output())


def extra_layers(prefix, numbers, first_channels):
    """The four pairs of convolutions that make the smaller feature maps."""
    for number, filters in zip(numbers, (512, 256, 256, 128)):
        yield Layer(f"{prefix}_1_Conv2d_{number}_1x1_{filters // 2}", filters // 2, 1)
        yield Layer(f"{prefix}_2_Conv2d_{number}_3x3_s2_{filters}", filters, 3, 2, is_feature=True)


def mobilenet_v1():
    prefix = "FeatureExtractor/MobilenetV1/MobilenetV1/Conv2d_"
    yield Layer(f"{prefix}0", 32, 3, 2)
    filters = 32
    widths = (64, 128, 128, 256, 256, 512, 512, 512, 512, 512, 512, 1024, 1024)
    for number, wider in enumerate(widths, 1):
        stride = 2 if number in (2, 4, 6, 12) else 1
        yield Layer(f"{prefix}{number}_depthwise", filters, 3, stride, depthwise=True)
        yield Layer(f"{prefix}{number}_pointwise", wider, 1, is_feature=number in (11, 13))
        filters = wider
    yield from extra_layers("FeatureExtractor/MobilenetV1/Conv2d_13_pointwise", range(2, 6), filters)


def mobilenet_v2():
    prefix = "FeatureExtractor/MobilenetV2/"
    yield Layer(f"{prefix}Conv", 32, 3, 2)
    filters, number = 32, 0
    for expansion, wider, repeats, first_stride in [
        (1, 16, 1, 1), (6, 24, 2, 2), (6, 32, 3, 2), (6, 64, 4, 2), (6, 96, 3, 1), (6, 160, 3, 2), (6, 320, 1, 1),
    ]:
        for repeat in range(repeats):
            block = f"{prefix}expanded_conv_{number}" if number else f"{prefix}expanded_conv"
            inner = filters * expansion
            if expansion > 1:
                yield Layer(f"{block}/expand", inner, 1, is_feature=number == 13)
            stride = 1 if repeat else first_stride
            yield Layer(f"{block}/depthwise", inner, 3, stride, depthwise=True)
            yield Layer(f"{block}/project", wider, 1, activation=False, residual=repeat > 0)
            filters, number = wider, number + 1
    yield Layer(f"{prefix}Conv_1", 1280, 1, is_feature=True)
    yield from extra_layers(f"{prefix}layer_19", range(2, 6), 1280)


def fused_name(layer, layers):
    """Return the name of a layer's output: the steps that the converter fused, each once."""
    fold = lambda layer: f"{layer.name}/{'depthwise' if layer.depthwise else 'Conv2D'}_Fold"
    same_width = [other for other in layers if other.filters == layer.filters]
    steps = [f"{layer.name}/Relu6"] if layer.activation else []
    steps += [f"{layer.name}/add_fold", fold(same_width[-1]), fold(layer), f"{layer.name}/BatchNorm_Fold/bias"]
    return ";".join(dict.fromkeys(steps)) + ("" if layer.activation else "1")


def predictor(writer, x, place, kind, filters, is_joined_first):
    """One predictor of a feature map: a convolution, its places in a row, and the scale that all of them share."""
    label, reshape = {4: ("BoxEncodingPredictor", "Reshape"), CLASSES: ("ClassPredictor", "Reshape_1")}[kind]
    name = f"BoxPredictor_{place}/{label}"
    x = writer.convolution(x, f"{name}/BiasAdd", filters, 1)
    _, height, width, _ = writer.shape(x)
    count = height * width * filters // kind
    row = f"BoxPredictor_{place}/{reshape};{name}/act_quant/FakeQuantWithMinMaxVars"
    shape = (1, count, 1, 4) if kind == 4 else (1, count, kind)
    x = writer.reshape(x, row, shape)
    if is_joined_first:
        return x
    options = schema.QuantizeOptionsT()
    return writer.operator(KIND.QUANTIZE, [x], [writer.tensor(f"{row}1", shape)], options)


def join(writer, parts, name):
    shapes = [writer.shape(part) for part in parts]
    shape = [1, sum(shape[1] for shape in shapes), *shapes[0][2:]]
    options = schema.ConcatenationOptionsT()
    options.axis = 1
    return writer.operator(KIND.CONCATENATION, parts, [writer.tensor(name, shape)], options)


def dequantize(writer, x, name):
    output = writer.tensor(name, writer.shape(x), FLOAT)
    return writer.operator(KIND.DEQUANTIZE, [x], [output], schema.DequantizeOptionsT())


def make(name):
    layers = list(MODELS[name]())
    writer = Writer()
    x = image = writer.tensor("normalized_input_image_tensor", (1, SIDE, SIDE, 3))
    boxes, classes = [], []
    start = x  # of the block of inverted residuals
    for layer in layers:
        if layer.name.endswith("/expand"):
            start = x
        label = fused_name(layer, layers)
        x = writer.convolution(x, label, layer.filters, layer.kernel, layer.stride, layer.depthwise)
        if layer.residual:
            label = layer.name.replace("project", "add")
            output = writer.tensor(label, writer.shape(x))
            x = writer.operator(KIND.ADD, [x, start], [output], schema.AddOptionsT())
        if layer.is_feature:
            place = len(boxes)
            last = place == len(ANCHORS) - 1
            boxes.append(predictor(writer, x, place, 4, 4 * ANCHORS[place], place == 0))
            if last:
                joined = join(writer, boxes, "concat")
                squeezed = writer.reshape(joined, "Squeeze1", (1, writer.shape(joined)[1], 4))
                found = dequantize(writer, squeezed, "Squeeze2")
            classes.append(predictor(writer, x, place, CLASSES, CLASSES * ANCHORS[place], place == 0))
    joined = join(writer, classes, "concat_1")
    scores = writer.tensor("convert_scores", writer.shape(joined))
    writer.operator(KIND.LOGISTIC, [joined], [scores])
    scores = dequantize(writer, scores, "convert_scores1")
    anchors = writer.constant("anchors", np.zeros((writer.shape(found)[1], 4), np.float32), FLOAT)
    shapes = [(1, DETECTIONS, 4), (1, DETECTIONS), (1, DETECTIONS), (1,)]
    process = "TFLite_Detection_PostProcess"
    outputs = [
        writer.tensor(f"{process}:{number}" if number else process, shape, FLOAT)
        for number, shape in enumerate(shapes)
    ]
    writer.operator(KIND.CUSTOM, [found, scores, anchors], outputs, custom=process)
    writer.graph.inputs, writer.graph.outputs = [image], outputs
    return writer.bytes()


MODELS = {"ssd_mobilenet_v1": mobilenet_v1, "ssd_mobilenet_v2": mobilenet_v2}

if __name__ == "__main__":
    run("Make the detectors that Google's compiler cut.", MODELS, make, "segmented")
