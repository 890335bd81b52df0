#!/usr/bin/env python3
"""Make models of which others have published times on Edge TPUs, in full int8.

The architectures are public, their weights are random: times follow the shapes
of the weights, not their values. The models are not kept; what is kept is the
graph of each, in measured/, which `respect calibrate` compares with the times.

    make_measured.py --out DIR --respect BIN     all of them
    make_measured.py --out DIR mobilenet_v2      only this model
"""

import math

from make_imagenet import run
from conversion import convert, keras_module, randomise, settle

import tf_keras as keras  # after conversion, which sets its environment
from tf_keras import layers


def conv(x, filters, kernel, stride=1, activation="relu6"):
    return layers.Conv2D(filters, kernel, stride, "same", activation=activation)(x)


def depthwise(x, kernel, stride=1):
    return layers.DepthwiseConv2D(kernel, stride, "same", activation="relu6")(x)


def classify(x, classes):
    x = layers.GlobalAveragePooling2D()(x)
    return layers.Dense(classes, activation="softmax")(x)


def inverted_residual(x, filters, kernel, stride, expansion, fused=False):
    """An MBConv block, or one whose first two convolutions are one full convolution."""
    y = x
    if fused:
        y = conv(y, x.shape[-1] * expansion, kernel, stride)
    else:
        if expansion > 1:
            y = conv(y, x.shape[-1] * expansion, 1)
        y = depthwise(y, kernel, stride)
    y = conv(y, filters, 1, activation=None)
    return layers.Add()([x, y]) if stride == 1 and x.shape[-1] == filters else y


def inception_v1(image):
    """GoogLeNet: 1x1, 3x3, 5x5 (as 3x3) and pooled branches."""
    pool = lambda x, size=3, stride=2: layers.MaxPool2D(size, stride, "same")(x)
    x = pool(conv(image, 64, 7, 2))
    x = pool(conv(conv(x, 64, 1), 192, 3))
    blocks = [
        (64, 96, 128, 16, 32, 32), (128, 128, 192, 32, 96, 64), None,
        (192, 96, 208, 16, 48, 64), (160, 112, 224, 24, 64, 64), (128, 128, 256, 24, 64, 64),
        (112, 144, 288, 32, 64, 64), (256, 160, 320, 32, 128, 128), None,
        (256, 160, 320, 32, 128, 128), (384, 192, 384, 48, 128, 128),
    ]
    for block in blocks:
        if block is None:
            x = pool(x)
            continue
        a, b1, b2, c1, c2, d = block
        branches = [conv(x, a, 1), conv(conv(x, b1, 1), b2, 3), conv(conv(x, c1, 1), c2, 3)]
        x = layers.Concatenate()([*branches, conv(pool(x, 3, 1), d, 1)])
    return classify(x, 1001)


def efficientnet_edgetpu(image, depth):
    """The EfficientNet that was searched for the Edge TPU, of width 1."""
    x = conv(image, 32, 3, 2)
    blocks = [(True, 1, 3, 1, 4, 24), (True, 2, 3, 2, 8, 32), (True, 4, 3, 2, 8, 48),
              (False, 5, 5, 2, 8, 96), (False, 4, 5, 1, 8, 144), (False, 2, 5, 2, 8, 192)]
    for fused, repeats, kernel, stride, expansion, filters in blocks:
        for repeat in range(math.ceil(repeats * depth)):
            x = inverted_residual(x, filters, kernel, 1 if repeat else stride, expansion, fused)
    return classify(conv(x, 1280, 1), 1001)


def efficientdet_lite1(image):
    """EfficientNet-Lite1, four BiFPN cells of 88 channels, and heads that all levels share."""
    x = conv(image, 32, 3, 2)
    blocks = [(1, 3, 1, 1, 16), (3, 3, 2, 6, 24), (3, 5, 2, 6, 40), (4, 3, 2, 6, 80),
              (4, 5, 1, 6, 112), (5, 5, 2, 6, 192), (1, 3, 1, 6, 320)]
    ends = []
    for repeats, kernel, stride, expansion, filters in blocks:
        for repeat in range(repeats):
            x = inverted_residual(x, filters, kernel, 1 if repeat else stride, expansion)
        ends.append(x)
    width = 88
    down = lambda x: layers.MaxPool2D(3, 2, "same")(x)
    lateral = lambda x: x if x.shape[-1] == width else conv(x, width, 1, activation=None)
    separable = lambda x: conv(depthwise(x, 3), width, 1)
    pyramid = [ends[2], ends[4], ends[6], down(conv(ends[6], width, 1, activation=None))]
    pyramid.append(down(pyramid[3]))
    for _ in range(4):
        middle = {4: pyramid[4]}
        for level in (3, 2, 1, 0):
            above = layers.UpSampling2D()(middle[level + 1])
            middle[level] = separable(layers.Add()([lateral(pyramid[level]), above]))
        out = [middle[0]]
        for level in (1, 2, 3, 4):
            joined = layers.Add()([lateral(pyramid[level]), down(out[-1])])
            if level < 4:
                joined = layers.Add()([joined, middle[level]])
            out.append(separable(joined))
        pyramid = out
    outputs = []
    for channels in (90 * 9, 4 * 9):
        head = []
        for filters in (width, width, width, channels):
            head.append(layers.DepthwiseConv2D(3, padding="same"))
            head.append(layers.Conv2D(filters, 1, activation="relu6" if filters == width else None))
        for level in pyramid:
            for layer in head:
                level = layer(level)
            outputs.append(level)
    return outputs


def application(name):
    """A model of keras.applications, of which the layers alone are wanted."""
    build = getattr(keras.applications, name)
    return lambda image: build(weights=None, include_top=True, input_tensor=image).output


# Name, side of the image, layers. The graphs keep these names.
MODELS = {
    "mobilenet_v2": (224, application("MobileNetV2")),
    "resnet_50_v1": (299, application("ResNet50")),
    "resnet_50_v2": (299, application("ResNet50V2")),
    "vgg16": (224, application("VGG16")),
    "inception_v1": (224, inception_v1),
    "efficientnet_edgetpu_s": (224, lambda image: efficientnet_edgetpu(image, 1.0)),
    "efficientnet_edgetpu_m": (240, lambda image: efficientnet_edgetpu(image, 1.1)),
    "efficientdet_lite1": (384, efficientdet_lite1),
}


def make(name: str) -> bytes:
    keras.backend.clear_session()
    size, build = MODELS[name]
    image = keras.Input(batch_shape=(1, size, size, 3), name="image")
    model = keras.Model(image, build(image), name=name)
    randomise(model, name)
    settle(model, name)
    return convert(keras_module(model), name, sample_count=2)


if __name__ == "__main__":
    run("Make the models that others have measured.", MODELS, make, "measured")
