"""Networks that tell of each place what it is, layer by layer: segmentation and poses."""

from classifiers import MOBILENET_V1, mobilenet_v1_body, mobilenet_v2_body
from layers import Network, Value


def deeplab_v3(net: Network, multiplier: float):
    """DeepLab v3 over MobileNet v2; the compiler leaves all from the enlarged image average on to the CPU."""
    divisor = 8 if multiplier == 1 else 1
    x = mobilenet_v2_body(net, multiplier, divisor, output_stride=16)[-1][1]
    pooled = net.conv(net.pool(x, x.sides, x.sides, same=False, kind="AVERAGE"), 256, 1)
    places = net.conv(x, 256, 1)
    net.is_on_cpu = True
    pooled = net.unary("QUANTIZE", net.resize(pooled, *x.sides))
    x = net.conv(net.concat(pooled, places), 256, 1)
    x = net.resize(net.conv(x, 21, 1), *x.sides)
    x = net.resize(x, *net.image.sides)
    net.op("ARG_MAX", [x], x.sides, 4, width=8)


# The expansions that the way up joins: the blocks of the body, from the smallest map to the largest.
UNET_JOINS = (13, 6, 3, 1)


def unet_mobilenet_v2(net: Network):
    """A U-Net whose way down is MobileNet v2 and whose way up are transposed convolutions; three classes."""
    ends = mobilenet_v2_body(net)
    x = ends[-1][1]
    for block, filters in zip(UNET_JOINS, (512, 256, 128, 64)):
        x = net.concat(net.transposed(x, filters), ends[block][0])
    net.transposed(x, 3)


# MobileNet v1 up to its last stride, which is left out, and no block is wider than 512 channels.
POSE_BLOCKS = [*MOBILENET_V1[:11], (512, 1), (512, 1)]


def pose_maps(net: Network, image: Value, widths) -> list[Value]:
    """Over MobileNet v1 at three quarters of its width: two maps, joined, and one for each of `widths`."""
    body = mobilenet_v1_body(net, image, 0.75, POSE_BLOCKS)[-1]
    joined = net.concat(net.conv(body, 32, 1), net.conv(body, 32, 1))
    return [joined, *(net.conv(body, width, 1) for width in widths)]


def decode_poses(net: Network, maps: list[Value]):
    """What finds the poses in the maps, on the CPU."""
    net.is_on_cpu = True
    net.op("PosenetDecoderOp", maps, (10, 17, 2), width=4)


def posenet(net: Network):
    image = net.pad(net.unary("QUANTIZE", net.image), 0, 1)
    decode_poses(net, [net.unary("QUANTIZE", x) for x in pose_maps(net, image, (17, 34))])


def bodypix(net: Network):
    """PoseNet's maps, and three more for the parts of bodies."""
    image = net.pad(net.unary("QUANTIZE", net.image), 0, 1)
    maps = [net.unary("QUANTIZE", x) for x in pose_maps(net, image, (17, 34, 24, 1, 34))]
    decode_poses(net, maps)
