#!/usr/bin/env python3
"""Make the small .tflite models that the tests read.

Every model is built here from seeded random weights, converted by the
TensorFlow Lite converter and written to DIR/models/NAME.tflite, or to DIR/kinds
where FOLDERS says so. Two runs with the packages of requirements.txt give the
same bytes.

    make_models.py                  make all models in this folder
    make_models.py chain residual   make only these
    make_models.py --table          rewrite the tables in README.md, and SHA256SUMS
"""

import argparse
import collections
import hashlib
import multiprocessing
import pathlib
import re

from conversion import VOCABULARY, Recipe, changed, conv, convert, generator, image
from conversion import keras_module, randomise, relu6, settle

import numpy as np  # these after conversion, which sets their environment
import tensorflow as tf
import tf_keras as keras
from published_kinds import CUT, TREATED
from tensorflow.lite.python import schema_py_generated as schema
from tf_keras import layers

HERE = pathlib.Path(__file__).resolve().parent


# --- The models --------------------------------------------------------------


def chain():
    x = source = image(64)
    x = relu6(conv(x, 16, 3, 2, activation=None))
    x = layers.DepthwiseConv2D(3, padding="same", activation="relu")(x)
    x = conv(x, 32, 1)
    x = layers.MaxPooling2D(2)(x)
    x = conv(x, 48, 5)
    x = layers.DepthwiseConv2D(3, 2, padding="same", depth_multiplier=2)(x)
    x = conv(x, 64, 1, activation="tanh")
    x = layers.AveragePooling2D(2)(x)
    x = layers.Flatten()(x)
    x = layers.Dense(64, activation="relu")(x)
    x = layers.Dense(10)(x)
    return keras.Model(source, layers.Softmax(name="classes")(x))


def residual():
    def block(x, filters, strides, expansion):
        inner = x.shape[-1] * expansion
        y = relu6(conv(x, inner, 1, activation=None))
        y = layers.DepthwiseConv2D(3, strides, padding="same", use_bias=False)(y)
        y = relu6(layers.BatchNormalization()(y))
        y = conv(y, filters, 1, activation=None)
        return layers.Add()([x, y]) if strides == 1 and filters == x.shape[-1] else y

    x = source = image(96)
    x = relu6(conv(x, 16, 3, 2, activation=None))
    for filters, strides in [(16, 1), (24, 2), (24, 1), (32, 2), (32, 1), (32, 1),
                             (48, 2), (48, 1), (48, 1)]:
        x = block(x, filters, strides, 4)
    x = relu6(conv(x, 128, 1, activation=None))
    x = layers.GlobalAveragePooling2D()(x)
    x = layers.Dense(20)(x)
    return keras.Model(source, layers.Softmax(name="classes")(x))


def dense():
    def normalise(x):  # stays as a multiplication and an addition
        return layers.ReLU()(layers.BatchNormalization()(x))

    def block(x, count, growth):
        for _ in range(count):
            y = conv(normalise(x), 2 * growth, 1)
            y = layers.Conv2D(growth, 3, padding="same", use_bias=False)(y)
            x = layers.Concatenate()([x, y])
        return x

    x = source = image(64)
    x = conv(x, 24, 5, 2)
    x = layers.MaxPooling2D(3, 2, padding="same")(x)
    x = block(x, 5, 12)
    x = conv(normalise(x), 40, 1, activation=None)
    x = layers.AveragePooling2D(2)(x)
    x = block(x, 5, 12)
    x = layers.GlobalAveragePooling2D()(normalise(x))
    return keras.Model(source, layers.Dense(16, name="logits")(x))


def inception():
    def block(x, a, b, c, d):
        first = conv(x, a, 1)
        second = conv(conv(x, b // 2, 1), b, 3)
        third = conv(conv(conv(x, c // 2, 1), c, 3), c, 3)
        fourth = conv(layers.AveragePooling2D(3, 1, padding="same")(x), d, 1)
        return layers.Concatenate()([first, second, third, fourth])

    x = source = image(56)
    x = conv(x, 24, 3, 2)
    x = block(x, 16, 24, 16, 8)
    x = layers.MaxPooling2D(3, 2)(x)
    x = block(x, 24, 32, 24, 16)
    # The last block makes its input smaller in three branches, one of them a
    # factorised convolution.
    first = conv(x, 32, 3, 2)
    second = conv(x, 24, 1)
    second = conv(conv(conv(second, 24, (1, 5)), 24, (5, 1)), 32, 3, 2)
    third = layers.MaxPooling2D(3, 2, padding="same")(x)
    x = layers.Concatenate()([first, second, third])
    x = layers.GlobalAveragePooling2D()(x)
    x = layers.Dense(12)(x)
    return keras.Model(source, layers.Softmax(name="classes")(x))


def detector():
    anchors, classes = 3, 5
    source = image(80)
    x = conv(source, 16, 3, 2)
    x = conv(x, 24, 3, 2)
    levels = []
    for filters in (32, 48, 64):  # 10, 5 and 3 pixels wide
        x = layers.LeakyReLU(0.1)(conv(x, filters, 3, 2, activation=None))
        y = conv(conv(x, filters // 2, 1), filters, 3, activation=None)
        x = layers.Add()([x, y])
        levels.append(x)

    # Feature pyramid: from the smallest level up to the largest.
    pyramid = [conv(levels[-1], 24, 1, activation=None)]
    for level in levels[-2::-1]:
        height, width = level.shape[1:3]
        method = "nearest" if height % 2 == 0 else "bilinear"
        scale = layers.Resizing(height, width, interpolation=method)
        y = layers.Add()([scale(pyramid[0]), conv(level, 24, 1, activation=None)])
        pyramid.insert(0, conv(y, 24, 3))

    scores, boxes, qualities = [], [], []
    for number, x in enumerate(pyramid, 3):
        cells = x.shape[1] * x.shape[2] * anchors
        y = layers.Conv2D(anchors * classes, 3, padding="same")(conv(x, 24, 3))
        y = layers.Reshape((cells, classes))(y)
        scores.append(layers.Activation("sigmoid", name=f"scores_{number}")(y))
        y = conv(layers.DepthwiseConv2D(3, padding="same")(x), 24, 1)
        boxes.append(layers.Reshape((cells, 4))(layers.Conv2D(anchors * 4, 1)(y)))
        qualities.append(layers.Reshape((cells, 1))(layers.Conv2D(anchors, 1)(y)))
    boxes = layers.Concatenate(axis=1, name="boxes")(boxes)
    quality = layers.Concatenate(axis=1)(qualities)
    quality = layers.Activation("sigmoid", name="quality")(quality)
    scene = layers.GlobalMaxPooling2D()(levels[-1])
    scene = layers.Dense(6, name="scene")(scene)
    return keras.Model(source, [*scores, boxes, quality, scene])


def two_inputs():
    left, right = image(48, 3, "left"), image(48, 1, "right")
    x = layers.Concatenate()([conv(left, 12, 3, 2), conv(right, 12, 5, 2)])
    gate = layers.Multiply()([conv(left, 12, 1, 2), conv(right, 12, 1, 2, "sigmoid")])
    x = layers.Concatenate()([conv(x, 24, 3), gate])
    x = conv(x, 48, 3, 2)
    x = layers.Add()([x, conv(x, 48, 3)])
    x = conv(x, 64, 3, 2)
    y = layers.GlobalAveragePooling2D()(x)
    depth = layers.UpSampling2D(2, interpolation="bilinear")(conv(x, 8, 1))
    depth = layers.Conv2D(1, 3, padding="same", name="depth")(depth)
    return keras.Model([left, right], [layers.Dense(8, name="pose")(y), depth])


def recurrent():
    x = source = keras.Input(batch_shape=(1, 40, 24), name="frames")
    x = layers.Conv1D(32, 3, strides=2, padding="same", activation="relu")(x)
    x = layers.Dense(32, activation="relu")(x)
    x = layers.LSTM(48, return_sequences=True)(x)
    x = layers.Dense(40, activation="relu")(x)
    x = layers.LSTM(32, return_sequences=True)(x)
    x = layers.Dense(24, activation="relu")(x)
    x = layers.Dense(12)(x)
    return keras.Model(source, layers.Softmax(name="letters")(x))


def shared_constants():
    # Layers used more than once, far from each other: their weights are
    # constants which several operators read.
    same = layers.Conv2D(32, 3, padding="same", use_bias=False)
    mix = layers.DepthwiseConv2D(3, padding="same", use_bias=False)
    project = layers.Dense(96, use_bias=False)
    offset = tf.constant(generator("offset").normal(size=(1, 1, 1, 32)), tf.float32)
    scale = tf.constant(generator("scale").uniform(0.5, 1.5, (1, 1, 1, 32)), tf.float32)

    x = source = image(32)
    x = first = conv(x, 32, 3, 2)
    x = layers.ReLU()(same(x)) + offset
    x = mix(x)
    x = layers.ReLU()(x) * scale
    x = conv(x, 48, 3)
    x = conv(x, 32, 1)
    x = layers.ReLU()(same(x)) + offset
    x = layers.Add()([x, first])
    x = layers.MaxPooling2D(2)(mix(x)) * scale
    x = layers.ReLU()(same(x)) + offset
    x = layers.AveragePooling2D(2)(x)
    x = layers.Flatten()(x)
    x = layers.Dense(96, activation="relu")(x)
    x = layers.ReLU()(project(x))
    x = layers.Dense(96, activation="tanh")(x)
    return keras.Model(source, project(x))


def per_tensor():
    def block(x, filters, strides):
        y = conv(conv(x, filters, 3, strides), filters, 3, activation=None)
        if strides != 1:
            x = conv(x, filters, 1, strides, activation=None)
        return layers.ReLU()(layers.Add()([x, y]))

    x = source = image(48)
    x = conv(x, 16, 3, 2)
    for filters, strides in [(16, 1), (32, 2), (32, 1), (48, 2), (48, 1)]:
        x = block(x, filters, strides)
    x = layers.GlobalAveragePooling2D()(x)
    return keras.Model(source, layers.Dense(10, name="logits")(x))


def float32():
    x = source = image(40)
    x = conv(x, 12, 3, 2)
    skip = conv(x, 16, 1)
    x = conv(x, 16, 3, activation="swish")
    x = layers.Add()([x, skip])
    squeeze = layers.GlobalAveragePooling2D(keepdims=True)(x)
    squeeze = conv(conv(squeeze, 8, 1, norm=False), 16, 1, activation="sigmoid", norm=False)
    x = layers.Multiply()([x, squeeze])
    left, right = conv(x, 24, 3, 2, "elu"), conv(x, 24, 5, 2, "tanh")
    x = layers.Concatenate()([left, right, layers.MaxPooling2D(2)(x)])
    x = conv(x, 32, 1)
    mask = layers.Conv2DTranspose(4, 3, 2, padding="same", name="mask")(x)
    x = layers.GlobalMaxPooling2D()(x)
    return keras.Model(source, [layers.Dense(10, "softmax", name="classes")(x), mask])


def attention():
    steps, width, heads = 24, 48, 4

    def attend(x):
        def split(y):  # to (1, heads, steps, width / heads)
            return tf.transpose(tf.reshape(y, (1, steps, heads, width // heads)), (0, 2, 1, 3))

        query, key, value = (split(layers.Dense(width)(x)) for _ in range(3))
        weights = tf.nn.softmax(tf.matmul(query, key, transpose_b=True) * 0.3)
        y = tf.transpose(tf.matmul(weights, value), (0, 2, 1, 3))
        return layers.Dense(width)(tf.reshape(y, (1, steps, width)))

    def normalise(x, number):
        random = generator("attention", "normalise", str(number))
        gamma, beta = random.uniform(0.5, 1.5, width), random.normal(0.0, 0.2, width)
        mean = tf.reduce_mean(x, axis=-1, keepdims=True)
        variance = tf.reduce_mean(tf.math.squared_difference(x, mean), axis=-1, keepdims=True)
        y = (x - mean) * tf.math.rsqrt(variance + 1e-3)
        return y * tf.constant(gamma, tf.float32) + tf.constant(beta, tf.float32)

    position = generator("attention", "position").normal(0.0, 0.5, (1, steps, width))
    x = source = keras.Input(batch_shape=(1, steps, 16), name="tokens")
    x = layers.Dense(width)(x) + tf.constant(position, tf.float32)
    for number in range(2):
        x = normalise(x + attend(x), 2 * number)
        y = layers.Dense(width)(layers.Dense(2 * width, activation="relu")(x))
        x = normalise(x + y, 2 * number + 1)
    return keras.Model(source, layers.Dense(10, name="logits")(x[:, 0]))


def mixed():
    # Two inputs of different types, and float operators between quantized ones.
    source = image(32)
    words = keras.Input(batch_shape=(1, 12), dtype=tf.int32, name="words")

    x = tf.pad(source, [[0, 0], [1, 1], [1, 1], [0, 0]])
    x = layers.Conv2D(16, 3, strides=2)(x)
    x = x * tf.nn.relu6(x + 3.0) * (1.0 / 6.0)  # hard swish
    left, right = tf.split(x, 2, axis=-1)
    left = layers.PReLU(shared_axes=[1, 2])(left)
    right = tf.nn.leaky_relu(right, 0.2)
    x = tf.stack([left, right], axis=1)  # (1, 2, 16, 16, 8)
    x = tf.transpose(x, (0, 2, 3, 4, 1))
    x = tf.reshape(x, (1, 16, 16, 16))
    x = conv(x[:, 2:14, ::2, :], 24, 3)  # (1, 12, 8, 24)
    x = tf.maximum(x, tf.reduce_mean(x, axis=(1, 2), keepdims=True))
    wave = tf.sin(x)  # has no int8 form
    x = layers.Conv2D(24, 1)(wave) + x
    picture = layers.Conv2DTranspose(8, 3, 2, padding="same")(x)
    picture = tf.nn.space_to_depth(picture, 4)  # (1, 6, 4, 128)
    picture = conv(picture, 24, 1)

    table = generator("mixed", "table").normal(0.0, 1.0, (VOCABULARY, 24))
    text = tf.gather(tf.constant(table, tf.float32), words)  # (1, 12, 24)
    text = layers.Dense(24, activation="relu")(text)
    grid = tf.reshape(picture, (1, 24, 24))
    match = tf.nn.softmax(tf.matmul(text, grid, transpose_b=True) * 0.8)
    text = tf.matmul(match, grid)

    spread = tf.reduce_mean(tf.math.squared_difference(text, grid[:, ::2]), axis=-1)
    spread = tf.math.rsqrt(spread + 0.1)
    # Each row is used: an output without a reader is not quantized, and then the
    # converter writes operators in an order that changes between runs.
    rows = tf.unstack(tf.reshape(text, (1, 4, 72)), axis=1)
    last = tf.concat([rows[0] * rows[1], rows[2] - rows[3]], axis=-1)
    scores = layers.Dense(20)(layers.Dense(48, activation="relu")(last))
    best = tf.argmax(match, axis=-1, output_type=tf.int32)
    rounded = tf.cast(tf.cast(spread * 8.0, tf.int32), tf.float32) * 0.125
    return keras.Model(
        [source, words],
        {"best": best, "scores": scores, "spread": rounded, "match": match},
    )


def postprocess():
    """A detection head which ends in the custom operator of the SSD models."""
    classes, cells, per_cell = 4, 8, 2
    count = cells * cells * per_cell

    # The converter puts the operator which the attribute describes in the
    # place of this function, whose body is only there for its shapes.
    settings = {
        "max_detections": "i: 8",
        "max_classes_per_detection": "i: 1",
        "detections_per_class": "i: 8",
        "use_regular_nms": "b: false",
        "nms_score_threshold": "f: 0.05",
        "nms_iou_threshold": "f: 0.5",
        "y_scale": "f: 10.0",
        "x_scale": "f: 10.0",
        "h_scale": "f: 5.0",
        "w_scale": "f: 5.0",
        "num_classes": f"i: {classes}",
    }
    attribute = 'name: "TFLite_Detection_PostProcess" ' + " ".join(
        f'attr {{ key: "{key}" value {{ {value} }} }}' for key, value in settings.items()
    )

    @tf.function(experimental_implements=attribute)
    def select(boxes, scores, anchors):
        del boxes, scores, anchors
        return tf.zeros((1, 8, 4)), tf.zeros((1, 8)), tf.zeros((1, 8)), tf.zeros((1,))

    x = source = image(64)
    for filters, strides in [(16, 2), (24, 2), (32, 2), (32, 1)]:
        x = conv(x, filters, 3, strides)
    x = layers.Add()([x, conv(x, 32, 3)])
    boxes = layers.Conv2D(per_cell * 4, 3, padding="same")(x)
    scores = conv(conv(x, 32, 1), per_cell * (classes + 1), 3, activation=None)
    boxes = layers.Reshape((count, 4))(boxes)
    scores = layers.Activation("sigmoid")(layers.Reshape((count, classes + 1))(scores))
    model = keras.Model(source, [boxes, scores])
    randomise(model, "postprocess")
    settle(model, "postprocess")  # or one class wins everywhere

    centre = (np.arange(cells) + 0.5) / cells
    y, x, side = np.meshgrid(centre, centre, (0.2, 0.4), indexing="ij")
    anchors = np.stack([y, x, side, side], axis=-1).reshape(count, 4).astype(np.float32)

    module = tf.Module()
    module.model = model

    @tf.function(input_signature=[tf.TensorSpec(source.shape, tf.float32, "image")])
    def serve(image):
        boxes, scores = model(image, training=False)
        names = ("boxes", "classes", "scores", "count")
        return dict(zip(names, select(boxes, scores, tf.constant(anchors))))

    module.serve = serve
    return module


MODELS = {
    "chain": Recipe(chain, "no branches: every place is a cut of one tensor"),
    "residual": Recipe(residual, "inverted residuals, as in MobileNetV2"),
    "dense": Recipe(dense, "dense concatenation, as in DenseNet: wide cuts"),
    "inception": Recipe(inception, "blocks of parallel branches"),
    "detector": Recipe(detector, "feature pyramid and heads, six outputs"),
    "two_inputs": Recipe(two_inputs, "two inputs which meet near the front, two outputs"),
    "recurrent": Recipe(recurrent, "variable tensors (state of two LSTMs)"),
    "shared_constants": Recipe(shared_constants, "constants with several readers"),
    "attention": Recipe(attention, "attention, constants added to activations"),
    "per_tensor": Recipe(per_tensor, "one scale per weight tensor", {"per_channel": False}),
    "float32": Recipe(float32, "no quantization at all", {"numbers": "float32"}),
    "mixed": Recipe(
        mixed,
        "quantized and float parts, uint8 and int32 inputs, rarer operators",
        {"numbers": "int8 or float32", "input_output": tf.uint8},
    ),
    "postprocess": Recipe(
        postprocess,
        "a custom operator at the end, float input and outputs",
        {"numbers": "int8 or float32", "input_output": tf.float32},
    ),
    **CUT,
}
# The folders of models: what every test of the suite is for, and what tests/kinds.rs treats one by one.
FOLDERS = {"models": MODELS, "kinds": TREATED}


def make(recipe_of: tuple[str, str]) -> bytes:
    """Build and convert one model. To be called once in a process, because
    Keras counts layers in a process, and their names get into the file."""
    folder, name = recipe_of
    recipe = FOLDERS[folder][name]
    built = recipe.build()
    if isinstance(built, keras.Model):
        randomise(built, name)
        built = keras_module(built)
    data = convert(built, name, **recipe.options)
    return changed(data, recipe.change) if recipe.change else data


# --- The table ---------------------------------------------------------------


def operators(path: pathlib.Path) -> list[str]:
    """The names of the operators of a .tflite file, in order."""
    names = {v: k for k, v in vars(schema.BuiltinOperator).items() if not k.startswith("_")}
    model = schema.ModelT.InitFromPackedBuf(path.read_bytes(), 0)
    result = []
    for graph in model.subgraphs:
        for operator in graph.operators:
            code = model.operatorCodes[operator.opcodeIndex]
            builtin = max(code.builtinCode, code.deprecatedBuiltinCode)
            custom = builtin == schema.BuiltinOperator.CUSTOM
            result.append(code.customCode.decode() if custom else names[builtin])
    return result


def write_table(here: pathlib.Path) -> None:
    """Rewrite SHA256SUMS, and the tables between the marks in README.md."""
    sums = {}
    for pattern in ("models/*.tflite", "kinds/*.tflite", "imagenet/*.json"):
        for path in sorted(here.glob(pattern)):
            sums[str(path.relative_to(here))] = hashlib.sha256(path.read_bytes()).hexdigest()
    (here / "SHA256SUMS").write_text("".join(f"{s}  {p}\n" for p, s in sums.items()))

    readme = here / "README.md"
    text = readme.read_text()
    for folder, recipes in FOLDERS.items():
        lines = ["| File | Bytes | Operators | What it is for | sha256 |", "|---|--:|---|---|---|"]
        for name, recipe in recipes.items():
            path = here / folder / f"{name}.tflite"
            found = collections.Counter(operators(path))
            kinds = ", ".join(f"{kind} {count}" for kind, count in sorted(found.items()))
            lines.append(
                f"| {path.name} | {path.stat().st_size} | **{found.total()}**: {kinds} "
                f"| {recipe.purpose} | `{sums[f'{folder}/{path.name}']}` |"
            )
        begin, end = f"<!-- {folder}: begin -->", f"<!-- {folder}: end -->"
        table = "\n".join([begin, *lines, end])
        text = re.sub(f"{begin}.*{end}", lambda _: table, text, flags=re.DOTALL)
    readme.write_text(text)


def main() -> None:
    parser = argparse.ArgumentParser(description="Make the .tflite models of the tests.")
    parser.add_argument("names", nargs="*", metavar="NAME", help="only these models")
    parser.add_argument("--out", type=pathlib.Path, default=HERE, metavar="DIR")
    parser.add_argument(
        "--table", action="store_true", help="make nothing; rewrite the tables and SHA256SUMS"
    )
    arguments = parser.parse_args()
    jobs = [(folder, name) for folder, recipes in FOLDERS.items() for name in recipes]
    unknown = set(arguments.names) - {name for _, name in jobs}
    if unknown:
        parser.error(f"no such model: {', '.join(sorted(unknown))}")
    if arguments.table:
        return write_table(arguments.out)

    jobs = [(folder, name) for folder, name in jobs if not arguments.names or name in arguments.names]
    with multiprocessing.get_context("spawn").Pool(1, maxtasksperchild=1) as pool:
        for (folder, name), data in zip(jobs, pool.imap(make, jobs)):
            path = arguments.out / folder / f"{name}.tflite"
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(data)
            print(f"{name}: {len(data)} bytes", flush=True)


if __name__ == "__main__":
    main()
