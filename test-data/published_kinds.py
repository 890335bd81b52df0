"""Models of the kinds that people convert and publish, each small.

Batches are 1, or None as where nobody fixes them; numbers are int8, or what other guides advise; and some files are
changed to be as other writers leave them. Those of CUT go through every test; those of TREATED each have an
outcome of their own, which tests/kinds.rs holds them to.
"""

import functools

from conversion import Recipe, conv, image, relu6

import tensorflow as tf  # these after conversion, which sets their environment
import tf_keras as keras
from tensorflow.lite.python import schema_py_generated as schema
from tf_keras import layers

# --- Networks ------------------------------------------------------------------


def depthwise(x, size: int, strides: int):
    x = layers.DepthwiseConv2D(size, strides, padding="same", use_bias=False)(x)
    return layers.BatchNormalization()(x)


def mobilenet_v2(batch: int | None):
    """Inverted residuals with narrow ends and ReLU6, after Sandler et al. 2018."""
    x = source = image(64, batch=batch)
    x = relu6(conv(x, 16, 3, 2, activation=None))
    for expansion, filters, repeats, strides in [(1, 8, 1, 1), (6, 12, 2, 2), (6, 16, 3, 2), (6, 24, 2, 2)]:
        for repeat in range(repeats):
            y = x
            if expansion > 1:
                y = relu6(conv(y, expansion * x.shape[-1], 1, activation=None))
            y = relu6(depthwise(y, 3, strides if repeat == 0 else 1))
            y = conv(y, filters, 1, activation=None)
            x = layers.Add()([x, y]) if repeat else y
    x = relu6(conv(x, 96, 1, activation=None))
    x = layers.GlobalAveragePooling2D()(x)
    return keras.Model(source, layers.Dense(16, "softmax", name="classes")(x))


def mobilenet_v3(batch: int | None):
    """Hard-swish, and blocks that weigh their channels by a hard sigmoid, after Howard et al. 2019."""

    def hard_sigmoid(x):
        return relu6(x + 3.0) * (1.0 / 6.0)

    def hard_swish(x):
        return x * hard_sigmoid(x)

    def weigh(x):
        y = layers.GlobalAveragePooling2D(keepdims=True)(x)
        y = conv(y, x.shape[-1] // 4, 1, norm=False)
        y = conv(y, x.shape[-1], 1, activation=None, norm=False)
        return layers.Multiply()([x, hard_sigmoid(y)])

    x = source = image(64, batch=batch)
    x = hard_swish(conv(x, 12, 3, 2, activation=None))
    for size, inner, filters, weighs, activate, strides in [
        (3, 12, 12, True, layers.ReLU(), 2),
        (3, 36, 16, False, layers.ReLU(), 2),
        (3, 44, 16, False, layers.ReLU(), 1),
        (5, 48, 20, True, hard_swish, 2),
        (5, 60, 20, True, hard_swish, 1),
    ]:
        y = activate(conv(x, inner, 1, activation=None))
        y = activate(depthwise(y, size, strides))
        y = conv(weigh(y) if weighs else y, filters, 1, activation=None)
        x = layers.Add()([x, y]) if strides == 1 and filters == x.shape[-1] else y
    x = hard_swish(conv(x, 72, 1, activation=None))
    x = layers.GlobalAveragePooling2D(keepdims=True)(x)
    x = hard_swish(conv(x, 96, 1, activation=None, norm=False))
    x = layers.Flatten()(layers.Conv2D(16, 1)(x))
    return keras.Model(source, layers.Softmax(name="classes")(x))


def unet(batch: int | None):
    """Down and up again with joins across, after Ronneberger et al. 2015.

    Keras takes the output shape of a transposed convolution from its input's, so where the batch is None the
    file computes it.
    """
    x = source = image(48, batch=batch)
    across = []
    for filters in (8, 16, 24):
        x = conv(conv(x, filters), filters)
        across.append(x)
        x = layers.MaxPooling2D(2)(x)
    x = conv(x, 32)
    for skip in reversed(across):
        filters = skip.shape[-1]
        x = layers.Conv2DTranspose(filters, 2, 2, padding="same")(x)
        x = conv(layers.Concatenate()([x, skip]), filters)
    return keras.Model(source, layers.Conv2D(1, 1, activation="sigmoid", name="mask")(x))


def yolo():
    """A backbone with SiLU, pooling in a row, one way up and two heads which decode their boxes."""
    classes, anchors = 3, ((10.0, 13.0), (16.0, 30.0))

    def silu(x, filters, size, strides=1):
        return conv(x, filters, size, strides, activation="swish")

    def decode(x, stride, name):
        height, width = x.shape[1:3]
        x = layers.Conv2D(len(anchors) * (5 + classes), 1)(x)
        x = tf.sigmoid(tf.reshape(x, (1, height * width, len(anchors), 5 + classes)))
        across, down = tf.meshgrid(tf.range(width), tf.range(height))
        cell = tf.cast(tf.reshape(tf.stack([across, down], axis=-1), (1, height * width, 1, 2)), tf.float32)
        centre = (x[..., 0:2] * 2.0 + (cell - 0.5)) * (stride / 64)
        side = tf.square(x[..., 2:4] * 2.0) * (tf.constant(anchors) / 64)
        x = tf.concat([centre, side, x[..., 4:]], axis=-1)
        return tf.reshape(x, (1, height * width * len(anchors), 5 + classes), name=name)

    x = source = image(64)
    x = silu(silu(x, 8, 3, 2), 16, 3, 2)
    x = layers.Add()([x, silu(silu(x, 8, 1), 16, 3)])
    x = large = silu(x, 24, 3, 2)
    x = silu(silu(x, 32, 3, 2), 16, 1)
    pools = [x]
    for _ in range(3):
        pools.append(layers.MaxPooling2D(5, 1, padding="same")(pools[-1]))
    x = small = silu(layers.Concatenate()(pools), 32, 1)
    x = layers.UpSampling2D(2)(silu(x, 16, 1))
    x = silu(layers.Concatenate()([x, large]), 24, 3)
    boxes = layers.Concatenate(axis=1, name="boxes")([decode(x, 8, "large"), decode(small, 16, "small")])
    return keras.Model(source, boxes)


def keywords():
    """Depthwise separable convolutions over a spectrogram, as for spotting words."""
    x = source = keras.Input(batch_shape=(1, 49, 10, 1), name="spectrogram")
    x = conv(x, 24, (10, 4), 2)
    for filters in (24, 32, 32):
        x = conv(layers.ReLU()(depthwise(x, 3, 1)), filters, 1)
    x = layers.GlobalAveragePooling2D()(x)
    return keras.Model(source, layers.Dense(12, "softmax", name="words")(x))


def batch_of_four():
    """Two inputs, and four of each at once."""
    left, right = image(16, 3, "left", 4), image(16, 1, "right", 4)
    x = layers.Concatenate()([conv(left, 8, 3, 2), conv(right, 8, 3, 2)])
    x = layers.Flatten()(conv(x, 16, 3, 2))
    return keras.Model([left, right], layers.Dense(8, name="pose")(layers.Dense(24, "relu")(x)))


# --- What is changed in a file ---------------------------------------------------


def without_names(model: schema.ModelT) -> None:
    """What tools for microcontrollers leave: no tensor has a name, and there are no signatures."""
    model.signatureDefs = None
    for tensor in model.subgraphs[0].tensors:
        tensor.name = None


def with_ranges(model: schema.ModelT) -> None:
    """What older converters leave: the range that was measured, on tensors with scales and on those without."""
    constant = {index for index, buffer in enumerate(model.buffers) if buffer.data is not None}
    for tensor in model.subgraphs[0].tensors:
        if tensor.buffer in constant:
            continue
        quantization = tensor.quantization = tensor.quantization or schema.QuantizationParametersT()
        scale, zero = 1 / 128, 0
        if quantization.scale is not None and len(quantization.scale):
            scale, zero = float(quantization.scale[0]), int(quantization.zeroPoint[0])
        quantization.min, quantization.max = [scale * (-128 - zero)], [scale * (127 - zero)]


def with_metadata_twice(model: schema.ModelT) -> None:
    """What tools leave that add their metadata without looking for it."""
    model.metadata = [entry for entry in model.metadata for _ in range(2)]


# --- The models --------------------------------------------------------------------

CUT = {
    "mobilenet_v2_none": Recipe(
        functools.partial(mobilenet_v2, None), "MobileNetV2 with batch None: shapes are static, signatures are not"
    ),
    "mobilenet_v3": Recipe(functools.partial(mobilenet_v3, 1), "MobileNetV3: hard-swish, channels weighed"),
    "unet": Recipe(functools.partial(unet, 1), "a U-Net: transposed convolutions, joins far across"),
    "yolo": Recipe(yolo, "a YOLO-like head, which decodes its boxes by slices and constants; its squares are float"),
}
TREATED = {
    "mobilenet_v2": Recipe(functools.partial(mobilenet_v2, 1), "the same network as mobilenet_v2_none, with batch 1"),
    "mobilenet_v3_none": Recipe(
        functools.partial(mobilenet_v3, None), "the same network as mobilenet_v3, with batch None"
    ),
    "unet_none": Recipe(
        functools.partial(unet, None), "the same network as unet, with batch None: shapes that only a run knows"
    ),
    "int16x8": Recipe(
        keywords, "activations of 16 bits, weights of 8", {"numbers": "int16x8", "input_output": tf.int16}
    ),
    "float16": Recipe(keywords, "weights of float16, which a DEQUANTIZE each makes float32", {"numbers": "float16"}),
    "batch4": Recipe(batch_of_four, "batch 4: more than three dimensions above 1"),
    "unnamed": Recipe(keywords, "tensors without names, and no signature", {}, without_names),
    "min_max": Recipe(
        keywords,
        "a measured range on every activation, float input and output",
        {"input_output": tf.float32},
        with_ranges,
    ),
    "metadata_twice": Recipe(keywords, "each name of the metadata twice", {}, with_metadata_twice),
}
