"""Image classifiers, layer by layer: those of Keras as Keras builds them, the others as TensorFlow-Slim does."""

import math

from layers import Network, Value


def rounded(filters: float, divisor: int = 8) -> int:
    """The multiple of `divisor` that is next to `filters`, and not more than a tenth below."""
    near = max(divisor, int(filters + divisor / 2) // divisor * divisor)
    return near + divisor if near < 0.9 * filters else near


def classify(net: Network, x: Value, classes: int):
    """The end of Keras' networks."""
    net.unary("SOFTMAX", net.dense(net.mean(x), classes))


def classify_slim(net: Network, x: Value, classes: int = 1001):
    """The end of Slim's networks: the dense layer is a convolution of one place."""
    x = net.conv(net.pool(x, x.sides, 1, same=False, kind="AVERAGE"), classes, 1)
    net.unary("SOFTMAX", net.reshape(x, classes))


# --- MobileNets and EfficientNets ------------------------------------------------

MOBILENET_V1 = [(64, 1), (128, 2), (128, 1), (256, 2), (256, 1), (512, 2), *[(512, 1)] * 5, (1024, 2), (1024, 1)]
# Expansion, filters, repeats, stride.
MOBILENET_V2 = [
    (1, 16, 1, 1), (6, 24, 2, 2), (6, 32, 3, 2), (6, 64, 4, 2), (6, 96, 3, 1), (6, 160, 3, 2), (6, 320, 1, 1)
]  # fmt: skip


def mobilenet_v1_body(net: Network, image: Value, multiplier: float = 1.0, blocks=MOBILENET_V1) -> list[Value]:
    """The results of the stem and of all blocks."""
    filters = lambda count: max(8, int(count * multiplier))
    ends = [net.conv(image, filters(32), 3, 2)]
    for count, stride in blocks:
        ends.append(net.conv(net.depthwise(ends[-1], 3, stride), filters(count), 1))
    return ends


def mobilenet_v1(net: Network, multiplier: float):
    classify_slim(net, mobilenet_v1_body(net, net.image, multiplier)[-1])


def inverted_residual(net, x, filters, kernel, stride, wide, is_fused=False) -> tuple[Value, Value]:
    """An inverted residual with `wide` channels within: what it expands to, and its result."""
    inner = x
    if is_fused:
        y = inner = net.conv(x, wide, kernel, stride)
    else:
        if wide != x.channels:
            inner = net.conv(x, wide, 1)
        y = net.depthwise(inner, kernel, stride)
    y = net.conv(y, filters, 1)
    return inner, net.add(x, y) if stride == 1 and x.channels == filters else y


def mobilenet_v2_body(
    net: Network, multiplier: float = 1.0, divisor: int = 8, output_stride: int = 32
) -> list[tuple[Value, Value]]:
    """What each block expands to, and its result; strides past `output_stride` widen the windows instead."""
    x, reached, ends = net.conv(net.image, rounded(32 * multiplier, divisor), 3, 2), 2, []
    for expansion, filters, repeats, stride in MOBILENET_V2:
        for repeat in range(repeats):
            step = stride if repeat == 0 and reached * stride <= output_stride else 1
            reached *= step
            count = rounded(filters * multiplier, divisor)
            ends.append(inverted_residual(net, x, count, 3, step, x.channels * expansion))
            x = ends[-1][1]
    return ends


def mobilenet_v2(net: Network):
    """MobileNet v2 of Keras."""
    x = net.conv(mobilenet_v2_body(net)[-1][1], 1280, 1)
    classify(net, x, 1000)


# Whether the first two convolutions are one, repeats, kernel, stride, expansion, filters.
EFFICIENTNET_EDGETPU = [
    (True, 1, 3, 1, 4, 24), (True, 2, 3, 2, 8, 32), (True, 4, 3, 2, 8, 48),
    (False, 5, 5, 2, 8, 96), (False, 4, 5, 1, 8, 144), (False, 2, 5, 2, 8, 192),
]  # fmt: skip


def efficientnet_edgetpu(net: Network, width: float, depth: float):
    """The EfficientNet that was searched for the Edge TPU; its first block expands as if it read fewer channels."""
    x, read = net.conv(net.image, rounded(32 * width), 3, 2), rounded(24 * width)
    for fused, repeats, kernel, stride, expansion, filters in EFFICIENTNET_EDGETPU:
        for repeat in range(math.ceil(repeats * depth)):
            step, wide = 1 if repeat else stride, read * expansion
            _, x = inverted_residual(net, x, rounded(filters * width), kernel, step, wide, fused)
            read = x.channels
    classify(net, net.conv(x, rounded(1280 * width), 1), 1001)


# Kernel, stride, expansion, filters; the repeats of each.
EFFICIENTNET_LITE = [
    (3, 1, 1, 16), (3, 2, 6, 24), (5, 2, 6, 40), (3, 2, 6, 80), (5, 1, 6, 112), (5, 2, 6, 192), (3, 1, 6, 320)
]  # fmt: skip
EFFICIENTNET_LITE_REPEATS = (1, 2, 2, 3, 3, 4, 1)


def efficientnet_lite_body(net: Network, image: Value, width: float, depth: float) -> list[Value]:
    """The results of the seven groups of blocks; stem and ends are not scaled in depth."""
    x, ends = net.conv(image, 32, 3, 2), []
    for group, (kernel, stride, expansion, filters) in enumerate(EFFICIENTNET_LITE):
        repeats = EFFICIENTNET_LITE_REPEATS[group]
        if group not in (0, len(EFFICIENTNET_LITE) - 1):
            repeats = math.ceil(repeats * depth)
        for repeat in range(repeats):
            step = 1 if repeat else stride
            _, x = inverted_residual(net, x, rounded(filters * width), kernel, step, x.channels * expansion)
        ends.append(x)
    return ends


# --- Residual, dense and plain networks ---------------------------------------------


def stem(net: Network) -> Value:
    return net.pool(net.pad(net.padded_conv(net.image, 64, 7, 2, border=3)), 3, 2, same=False)


def resnet_v1(net: Network, repeats: list[int]):
    classify(net, resnet_v1_body(net, repeats), 1000)


def resnet_v1_5(net: Network, repeats: list[int]):
    """ResNet v1.5, as torchvision has it: what makes a map smaller is the convolution in the middle of a block."""
    net.dense(net.mean(resnet_v1_body(net, repeats, is_late=True)), 1000)


def resnet_v1_body(net: Network, repeats: list[int], is_late: bool = False) -> Value:
    x = stem(net)
    for group, count in enumerate(repeats):
        filters = 64 << group
        for repeat in range(count):
            stride = 2 if group and repeat == 0 else 1
            first, second = (1, stride) if is_late else (stride, 1)
            y = net.padded_conv(net.conv(x, filters, 1, first), filters, 3, second)
            y = net.conv(y, 4 * filters, 1)
            short = x if repeat else net.conv(x, 4 * filters, 1, stride)
            x = net.add(short, y)
    return x


def residual(net: Network, depth: int, width: int):
    """Four groups of `depth` blocks of two convolutions, each group half as high and twice as wide."""
    x = net.pool(net.conv(net.image, width, 3, 2))
    for group in range(4):
        filters = width << group
        if group:
            x = net.conv(x, filters, 3, 2)
        for _ in range(depth):
            x = net.add(x, net.conv(net.conv(x, filters, 3), filters, 3))
    net.dense(net.mean(x), 100)


def resnet_v2(net: Network, repeats: list[int]):
    x = stem(net)
    for group, count in enumerate(repeats):
        filters = 64 << group
        for repeat in range(count):
            stride = 2 if group < len(repeats) - 1 and repeat == count - 1 else 1
            y = net.scale(x)
            if repeat == 0:
                short = net.conv(y, 4 * filters, 1, stride)
            else:
                short = x if stride == 1 else net.pool(x, 1, stride, same=False)
            y = net.padded_conv(net.conv(y, filters, 1), filters, 3, stride)
            x = net.add(short, net.conv(y, 4 * filters, 1))
    classify(net, net.scale(x), 1000)


def densenet(net: Network, repeats: list[int]):
    x = stem(net)
    for group, count in enumerate(repeats):
        for _ in range(count):
            y = net.conv(net.scale(x), 128, 1)
            x = net.concat(x, net.conv(y, 32, 3, bias=False))
        if group < len(repeats) - 1:
            x = net.conv(net.scale(x), x.channels // 2, 1, bias=False)
            x = net.pool(x, 2, 2, same=False, kind="AVERAGE")
    classify(net, net.scale(x), 1000)


def vgg(net: Network, repeats: list[int]):
    x = net.image
    for count, filters in zip(repeats, (64, 128, 256, 512, 512)):
        for _ in range(count):
            x = net.conv(x, filters, 3)
        x = net.pool(x, 2, 2, same=False)
    x = net.reshape(x, math.prod(x.shape))
    for units in (4096, 4096, 1000):
        x = net.dense(x, units)
    net.unary("SOFTMAX", x)
