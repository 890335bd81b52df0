#!/usr/bin/env python3
"""Make real networks that are wide, in full int8, and keep their graphs.

As make_imagenet.py: random weights, files that are not kept, and graphs that are, in wide/NAME.json.

    make_wide.py --out DIR                 make what is not in DIR yet
    make_wide.py --out DIR --respect BIN   and then wide/NAME.json
"""

from make_imagenet import run
from conversion import convert, keras_module, randomise, settle

import tf_keras as keras  # after conversion, which sets its environment
from tf_keras import layers

CLASSES, ANCHORS, WIDTH = 80, 9, 256


def nasnet_mobile(image):
    """Cells of five blocks, each of which reads one of two cells before."""
    return keras.applications.NASNetMobile(weights=None, include_top=True, input_tensor=image)


def retinanet(image):
    """A detector: a pyramid of five sizes over ResNet50, with a head for classes and one for boxes on each.

    The heads' weights are shared between the sizes (Lin et al., ICCV 2017).
    """
    backbone = keras.applications.ResNet50(weights=None, include_top=False, input_tensor=image)
    c3, c4, c5 = (backbone.get_layer(f"{name}_out").output for name in ("conv3_block4", "conv4_block6", "conv5_block3"))

    def beside(feature, name):
        return layers.Conv2D(WIDTH, 1, name=f"beside_{name}")(feature)

    def down(feature, name):
        return layers.Conv2D(WIDTH, 3, strides=2, padding="same", name=f"down_{name}")(feature)

    p5 = beside(c5, "5")
    p4 = layers.Add()([beside(c4, "4"), layers.UpSampling2D()(p5)])
    p3 = layers.Add()([beside(c3, "3"), layers.UpSampling2D()(p4)])
    p3, p4, p5 = (
        layers.Conv2D(WIDTH, 3, padding="same", name=f"smooth_{name}")(feature)
        for name, feature in (("3", p3), ("4", p4), ("5", p5))
    )
    p6 = down(c5, "6")
    p7 = down(layers.ReLU()(p6), "7")

    def head(name, channels):
        inner = [
            layers.Conv2D(WIDTH, 3, padding="same", activation="relu", name=f"{name}_{number}") for number in range(4)
        ]
        last = layers.Conv2D(channels, 3, padding="same", name=f"{name}_last")

        def apply(feature):
            for layer in inner:
                feature = layer(feature)
            return last(feature)

        return apply

    heads = head("classes", CLASSES * ANCHORS), head("boxes", 4 * ANCHORS)
    outputs = [apply(feature) for feature in (p3, p4, p5, p6, p7) for apply in heads]
    return keras.Model(image, outputs)


MODELS = {"NASNetMobile": (nasnet_mobile, 224), "RetinaNet": (retinanet, 320)}


def make(name: str) -> bytes:
    keras.backend.clear_session()
    build, size = MODELS[name]
    model = build(keras.Input(batch_shape=(1, size, size, 3), name="image"))
    randomise(model, name)
    settle(model, name)
    return convert(keras_module(model), name, sample_count=2)


if __name__ == "__main__":
    run("Make wide networks.", MODELS, make, "wide")
