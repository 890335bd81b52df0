"""What every recipe of this folder shares: seeded weights and inputs, the conversion to .tflite, pieces of networks."""

import os
import tempfile
import zlib
from collections.abc import Callable
from dataclasses import dataclass, field

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")
os.environ.setdefault("CUDA_VISIBLE_DEVICES", "-1")
os.environ.setdefault("TF_ENABLE_ONEDNN_OPTS", "0")  # one order of summation

import flatbuffers
import numpy as np
import tensorflow as tf
import tf_keras as keras
from tensorflow.lite.python import schema_py_generated as schema
from tf_keras import layers

keras.utils.set_random_seed(0)  # which the next line asks for
tf.config.experimental.enable_op_determinism()

VOCABULARY = 32  # integer inputs are drawn from 0..VOCABULARY


@dataclass(frozen=True)
class Recipe:
    """How one model is made: its network, what it is for, how it is converted, and what is changed in the file."""

    build: Callable[[], keras.Model | tf.Module]
    purpose: str
    options: dict = field(default_factory=dict)
    change: Callable[[schema.ModelT], None] | None = None


# --- Weights, representative data, conversion --------------------------------


def generator(*names: str) -> np.random.Generator:
    """A random generator which depends on the given names alone."""
    return np.random.default_rng(zlib.crc32("/".join(names).encode()))


def randomise(model: keras.Model, name: str) -> None:
    """Give every variable of a Keras model a seeded value that is not trivial."""
    random = generator(name, "weights")
    for variable in model.variables:
        kind = variable.name.split("/")[-1].split(":")[0]
        shape = tuple(variable.shape)
        if kind in ("gamma", "moving_variance"):
            value = random.uniform(0.5, 1.5, shape)
        elif kind in ("beta", "bias", "moving_mean"):
            value = random.normal(0.0, 0.2, shape)
        elif kind == "alpha":  # slopes of a PReLU
            value = random.uniform(0.05, 0.4, shape)
        else:
            per_output = shape[:2] if kind == "depthwise_kernel" else shape[:-1]
            value = random.normal(0.0, np.sqrt(2.0 / np.prod(per_output)), shape)
        variable.assign(value.astype(variable.dtype.as_numpy_dtype))


def samples(signature: list[tf.TensorSpec], name: str, count: int):
    """Yield `count` seeded inputs, each a dictionary from input name to array."""
    random = generator(name, "samples")
    for _ in range(count):
        feed = {}
        for spec in signature:
            shape = [size or 1 for size in spec.shape]  # None is the batch
            if spec.dtype.is_integer:
                value = random.integers(0, VOCABULARY, shape)
            else:
                # A sample has its own offset and contrast, so samples differ
                # in more than noise.
                value = random.uniform(-0.5, 0.5) + random.uniform(-0.5, 0.5, shape)
            feed[spec.name] = value.astype(spec.dtype.as_numpy_dtype)
        yield feed


def settle(model: keras.Model, name: str) -> None:
    """Set the statistics of every batch normalisation to those of one input.

    Keeps the activations of deep models from growing from layer to layer.
    """
    for layer in model.layers:
        if isinstance(layer, layers.BatchNormalization):
            layer.momentum = 0.0
    (feed,) = samples(inputs_of(model), name, 1)
    model(list(feed.values()), training=True)


def inputs_of(model: keras.Model) -> list[tf.TensorSpec]:
    return [tf.TensorSpec(i.shape, i.dtype, i.name) for i in model.inputs]


def keras_module(model: keras.Model) -> tf.Module:
    """Wrap a Keras model in a module with one function, `serve`."""
    module = tf.Module()
    module.model = model

    @tf.function(input_signature=inputs_of(model))
    def serve(*inputs):
        outputs = model(list(inputs), training=False)
        if isinstance(outputs, dict):
            return outputs
        outputs = outputs if isinstance(outputs, list) else [outputs]
        return dict(zip(model.output_names, outputs))

    module.serve = serve
    return module


# What the converter may use for each kind of numbers.
OPERATORS = {
    "int8": [tf.lite.OpsSet.TFLITE_BUILTINS_INT8],
    "int8 or float32": [tf.lite.OpsSet.TFLITE_BUILTINS_INT8, tf.lite.OpsSet.TFLITE_BUILTINS],
    "int16x8": [tf.lite.OpsSet.EXPERIMENTAL_TFLITE_BUILTINS_ACTIVATIONS_INT16_WEIGHTS_INT8],
    "float16": [tf.lite.OpsSet.TFLITE_BUILTINS],
    "float32": [tf.lite.OpsSet.TFLITE_BUILTINS],
}


def convert(
    module: tf.Module,
    name: str,
    *,
    numbers: str = "int8",
    per_channel: bool = True,
    input_output: tf.DType = tf.int8,
    sample_count: int = 8,
) -> bytes:
    """Convert the function `serve` of a module to a .tflite file; `numbers` is a key of OPERATORS."""
    signature = list(module.serve.input_signature)
    with tempfile.TemporaryDirectory() as folder:
        tf.saved_model.save(module, folder, signatures={"serving_default": module.serve})
        converter = tf.lite.TFLiteConverter.from_saved_model(folder)
        converter.target_spec.supported_ops = OPERATORS[numbers]
        if numbers != "float32":
            converter.optimizations = [tf.lite.Optimize.DEFAULT]
        if numbers == "float16":  # of the weights; operators compute in float32
            converter.target_spec.supported_types = [tf.float16]
        elif numbers != "float32":
            converter.representative_dataset = lambda: samples(signature, name, sample_count)
            converter.inference_input_type = input_output
            converter.inference_output_type = input_output
            converter._experimental_disable_per_channel = not per_channel
        converter.allow_custom_ops = numbers == "int8 or float32"  # what has no int8 form stays float
        return converter.convert()


def changed(data: bytes, change: Callable[[schema.ModelT], None]) -> bytes:
    """A .tflite file after a change that the converter has no option for."""
    model = schema.ModelT.InitFromPackedBuf(data, 0)
    change(model)
    builder = flatbuffers.Builder(len(data))
    builder.Finish(model.Pack(builder), b"TFL3")
    return bytes(builder.Output())


# --- Pieces of Keras models --------------------------------------------------


def image(size: int, channels: int = 3, name: str = "image", batch: int | None = 1):
    return keras.Input(batch_shape=(batch, size, size, channels), name=name)


def conv(x, filters: int, size: int = 3, strides: int = 1, activation="relu", norm=True):
    """Convolution, batch normalisation (folded by the converter), activation."""
    x = layers.Conv2D(filters, size, strides, padding="same")(x)
    if norm:
        x = layers.BatchNormalization()(x)
    return layers.Activation(activation)(x) if activation else x


def relu6(x):
    return layers.ReLU(6.0)(x)
