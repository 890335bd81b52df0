"""The Inception networks as tables: a block is a list of branches, and a branch is a list of layers."""

from classifiers import classify, classify_slim
from layers import Network, Value

MAX, AVERAGE = "MAX", "AVERAGE"
DOWN = {"stride": 2, "same": False}


def branch(net: Network, x: Value, layers) -> Value:
    """A chain of layers: filters, or those with kernel and options; or a kind of pooling; or a list of branches."""
    for layer in layers:
        if isinstance(layer, int):
            x = net.conv(x, layer, 1)
        elif isinstance(layer, list):
            x = block(net, x, layer)
        elif layer[0] in (MAX, AVERAGE):
            x = net.pool(x, 3, kind=layer[0], **(layer[1] if len(layer) > 1 else {"stride": 1}))
        else:
            filters, size, *options = layer
            x = net.conv(x, filters, size, **(options[0] if options else {}))
    return x


def block(net: Network, x: Value, branches) -> Value:
    return net.concat(*(branch(net, x, layers) for layers in branches))


def pooled(filters: int, kind: str = AVERAGE) -> tuple:
    return ((kind,), filters)


# --- Inception v1 and v2 ------------------------------------------------------------

SAME_DOWN = {"stride": 2}


def inception_v1_block(a, b1, b2, c1, c2, d) -> list:
    return [(a,), (b1, (b2, 3)), (c1, (c2, 3)), pooled(d, MAX)]


INCEPTION_V1 = [
    (64, 96, 128, 16, 32, 32), (128, 128, 192, 32, 96, 64), None,
    (192, 96, 208, 16, 48, 64), (160, 112, 224, 24, 64, 64), (128, 128, 256, 24, 64, 64),
    (112, 144, 288, 32, 64, 64), (256, 160, 320, 32, 128, 128), None,
    (256, 160, 320, 32, 128, 128), (384, 192, 384, 48, 128, 128),
]  # fmt: skip


def inception_v1(net: Network):
    x = net.pool(net.conv(net.image, 64, 7, 2))
    x = net.pool(net.conv(net.conv(x, 64, 1), 192, 3))
    for widths in INCEPTION_V1:
        x = block(net, x, inception_v1_block(*widths)) if widths else net.pool(x)
    classify(net, x, 1001)


def inception_v2_block(a, b1, b2, c1, c2, d, kind=AVERAGE) -> list:
    return [(a,), (b1, (b2, 3)), (c1, (c2, 3), (c2, 3)), pooled(d, kind)]


def inception_v2_down(b1, b2, c1, c2) -> list:
    return [(b1, (b2, 3, SAME_DOWN)), (c1, (c2, 3), (c2, 3, SAME_DOWN)), ((MAX, SAME_DOWN),)]


INCEPTION_V2 = [
    inception_v2_block(64, 64, 64, 64, 96, 32),
    inception_v2_block(64, 64, 96, 64, 96, 64),
    inception_v2_down(128, 160, 64, 96),
    inception_v2_block(224, 64, 96, 96, 128, 128),
    inception_v2_block(192, 96, 128, 96, 128, 128),
    inception_v2_block(160, 128, 160, 128, 160, 96),
    inception_v2_block(96, 128, 192, 160, 192, 96),
    inception_v2_down(128, 192, 192, 256),
    inception_v2_block(352, 192, 320, 160, 224, 128),
    inception_v2_block(352, 192, 320, 192, 224, 128, MAX),
]


def inception_v2(net: Network):
    x = net.conv(net.depthwise(net.image, 7, 2, multiplier=8), 64, 1)
    x = net.pool(net.conv(net.conv(net.pool(x), 64, 1), 192, 3))
    for branches in INCEPTION_V2:
        x = block(net, x, branches)
    classify_slim(net, x)


def bn_inception(net: Network):
    """The second Inception as first published: its stem is one convolution, and two pooled branches are wider."""
    x = net.padded_conv(net.image, 64, 7, 2, border=3)
    x = net.pool(net.conv(net.conv(net.pool(x), 64, 1), 192, 3))
    for branches in INCEPTION_V2:
        *others, last = branches
        x = block(net, x, [*others, pooled(128) if last == pooled(96) else last])
    net.dense(net.mean(x), 1000)


# --- Inception v3 and v4 -------------------------------------------------------------

STEM = [(32, 3, DOWN), (32, 3, {"same": False}), (64, 3)]
STEM_V3 = [*STEM, (MAX, DOWN), 80, (192, 3, {"same": False}), (MAX, DOWN)]
DOWN_POOL = ((MAX, DOWN),)


def split(filters: int) -> list:
    """Two convolutions side by side, one across and one down."""
    return [((filters, (1, 3)),), ((filters, (3, 1)),)]


def inception_v3_a(last: int) -> list:
    return [(64,), (48, (64, 5)), (64, (96, 3), (96, 3)), pooled(last)]


def inception_v3_b(width: int) -> list:
    across, down = (width, (1, 7)), (width, (7, 1))
    return [(192,), (width, across, (192, (7, 1))), (width, down, across, down, (192, (1, 7))), pooled(192)]


INCEPTION_V3_C = [(320,), (384, split(384)), (448, (384, 3), split(384)), pooled(192)]
INCEPTION_V3 = [
    *map(inception_v3_a, (32, 64, 64)),
    [((384, 3, DOWN),), (64, (96, 3), (96, 3, DOWN)), DOWN_POOL],
    *map(inception_v3_b, (128, 160, 160, 192)),
    [(192, (320, 3, DOWN)), (192, (192, (1, 7)), (192, (7, 1)), (192, 3, DOWN)), DOWN_POOL],
    INCEPTION_V3_C,
    INCEPTION_V3_C,
]


def inception_v3(net: Network):
    x = branch(net, net.image, STEM_V3)
    for branches in INCEPTION_V3:
        x = block(net, x, branches)
    classify_slim(net, x)


INCEPTION_V4_A = [(96,), (64, (96, 3)), (64, (96, 3), (96, 3)), pooled(96)]
INCEPTION_V4_B = [
    (384,),
    (192, (224, (1, 7)), (256, (7, 1))),
    (192, (192, (7, 1)), (224, (1, 7)), (224, (7, 1)), (256, (1, 7))),
    pooled(128),
]
INCEPTION_V4_C = [(256,), (384, split(256)), (384, (448, (3, 1)), (512, (1, 3)), split(256)), pooled(256)]
INCEPTION_V4 = [
    [DOWN_POOL, ((96, 3, DOWN),)],
    [(64, (96, 3, {"same": False})), (64, (64, (1, 7)), (64, (7, 1)), (96, 3, {"same": False}))],
    [((192, 3, DOWN),), DOWN_POOL],
    *[INCEPTION_V4_A] * 4,
    [((384, 3, DOWN),), (192, (224, 3), (256, 3, DOWN)), DOWN_POOL],
    *[INCEPTION_V4_B] * 7,
    [(192, (192, 3, DOWN)), (256, (256, (1, 7)), (320, (7, 1)), (320, 3, DOWN)), DOWN_POOL],
    *[INCEPTION_V4_C] * 3,
]


def inception_v4(net: Network):
    x = branch(net, net.image, STEM)
    for branches in INCEPTION_V4:
        x = block(net, x, branches)
    classify_slim(net, x)


# --- Inception-ResNet v2 ----------------------------------------------------------------

INCEPTION_RESNET_V2 = [
    # Repeats, and branches that are joined, narrowed and added; or no repeats and an ordinary block.
    (0, [(96,), (48, (64, 5)), (64, (96, 3), (96, 3)), pooled(64)]),
    (10, [(32,), (32, (32, 3)), (32, (48, 3), (64, 3))]),
    (0, [((384, 3, DOWN),), (256, (256, 3), (384, 3, DOWN)), DOWN_POOL]),
    (20, [(192,), (128, (160, (1, 7)), (192, (7, 1)))]),
    (0, [(256, (384, 3, DOWN)), (256, (288, 3, DOWN)), (256, (288, 3), (320, 3, DOWN)), DOWN_POOL]),
    (10, [(192,), (192, (224, (1, 3)), (256, (3, 1)))]),
]


def inception_resnet_v2(net: Network):
    """Inception-ResNet v2; the scale of what is added is part of the convolution before."""
    x = branch(net, net.image, STEM_V3)
    for repeats, branches in INCEPTION_RESNET_V2:
        if not repeats:
            x = block(net, x, branches)
        for _ in range(repeats):
            x = net.add(x, net.conv(block(net, x, branches), x.channels, 1))
    classify(net, net.conv(x, 1536, 1), 1000)
