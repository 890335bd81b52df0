#!/usr/bin/env python3
"""Write the graphs of the networks of which others have published times on Edge TPUs: measured/graphs.jsonl.

The architectures are public. A line of the file is a graph, whose name is the one in measured/times.csv;
`respect calibrate` finds it there. Needs nothing but Python.

    make_measured.py            write the file
    make_measured.py --check    fail where the file is not what this script makes
"""

import argparse
import pathlib

import classifiers
import detectors
import inceptions
import segmenters
from layers import Network

FILE = pathlib.Path(__file__).parent / "measured" / "graphs.jsonl"

MOBILENET_V1 = {
    f"MobileNet v1, {width}, {side}": (side, classifiers.mobilenet_v1, width)
    for width in (0.25, 0.5, 0.75, 1.0)
    for side in (128, 160, 192, 224)
}
# Name: side of the image or height and width (and channels), what adds the layers, and its further arguments.
CLASSIFIERS = {
    **MOBILENET_V1,
    "MobileNet v2": (224, classifiers.mobilenet_v2),
    "EfficientNet-EdgeTpu-S": (224, classifiers.efficientnet_edgetpu, 1.0, 1.0),
    "EfficientNet-EdgeTpu-M": (240, classifiers.efficientnet_edgetpu, 1.0, 1.1),
    "EfficientNet-EdgeTpu-L": (300, classifiers.efficientnet_edgetpu, 1.2, 1.4),
    "ResNet-50 V1": (299, classifiers.resnet_v1, [3, 4, 6, 3]),
    "ResNet-50 V2": (299, classifiers.resnet_v2, [3, 4, 6, 3]),
    "ResNet-152 v2": (299, classifiers.resnet_v2, [3, 8, 36, 3]),
    "DenseNet-121": (224, classifiers.densenet, [6, 12, 24, 16]),
    "VGG16": (224, classifiers.vgg, [2, 2, 3, 3, 3]),
    "VGG19": (224, classifiers.vgg, [2, 2, 4, 4, 4]),
    "Inception v1": (224, inceptions.inception_v1),
    "Inception v2": (224, inceptions.inception_v2),
    "Inception v3": (299, inceptions.inception_v3),
    "Inception v4": (299, inceptions.inception_v4),
    "Inception-ResNet v2": (299, inceptions.inception_resnet_v2),
    "Inception v2, BN": (224, inceptions.bn_inception),
    "ResNet-50 v1.5": (224, classifiers.resnet_v1_5, [3, 4, 6, 3]),
    "ResNet-101 v1.5": (224, classifiers.resnet_v1_5, [3, 4, 23, 3]),
    "ResNet-152 v1.5": (224, classifiers.resnet_v1_5, [3, 8, 36, 3]),
}
RESIDUALS = {
    f"residual_d16_w32_r{side}": (side, classifiers.residual, 16, 32)
    for side in (96, 128, 160, 192, 224, 256, 320, 384, 448, 512, 768)
}
DETECTORS = {
    "SSD MobileNet v1": (300, detectors.ssd_mobilenet_v1),
    "SSD MobileNet v1 FPN": (640, detectors.ssd_fpn_mobilenet_v1),
    "SSD MobileNet v2": (300, detectors.ssd_mobilenet_v2),
    "SSD MobileNet v2, faces": (320, detectors.ssd_mobilenet_v2, 2),
    "SSDLite MobileNet v2": (300, detectors.ssdlite_mobilenet_v2),
    "SSDLite MobileDet": (320, detectors.ssdlite_mobiledet),
    "EfficientDet-Lite0": (320, detectors.efficientdet_lite, (1.0, 1.0), 64, 3, 3),
    "EfficientDet-Lite1": (384, detectors.efficientdet_lite, (1.0, 1.1), 88, 4, 3),
    "EfficientDet-Lite2": (448, detectors.efficientdet_lite, (1.1, 1.2), 112, 5, 3),
    "EfficientDet-Lite3": (512, detectors.efficientdet_lite, (1.2, 1.4), 160, 6, 4),
    "EfficientDet-Lite3x": (640, detectors.efficientdet_lite, (1.2, 1.4), 200, 6, 4),
    "YOLOv5n, 448": (448, detectors.yolov5, 0.25, 0.33),
    "YOLOv5s, 448": (448, detectors.yolov5, 0.5, 0.33),
    "YOLOv5m, 448": (448, detectors.yolov5, 0.75, 0.67),
    "YOLOv5l, 448": (448, detectors.yolov5, 1.0, 1.0),
    "efficientdet_lite1_dense_0": (384, detectors.efficientdet_lite1_measured),
}
SEGMENTERS = {
    "DeepLab v3": (513, segmenters.deeplab_v3, 1.0),
    "DeepLab v3, 0.5": (513, segmenters.deeplab_v3, 0.5),
    "UNet MobileNet v2, 128": (128, segmenters.unet_mobilenet_v2),
    "UNet MobileNet v2, 256": (256, segmenters.unet_mobilenet_v2),
    "PoseNet, 353x481": ((353, 481), segmenters.posenet),
    "PoseNet, 481x641": ((481, 641), segmenters.posenet),
    "PoseNet, 721x1281": ((721, 1281), segmenters.posenet),
    "BodyPix, 352x480": ((352, 480), segmenters.bodypix),
    "BodyPix, 512x512": (512, segmenters.bodypix),
}


def chain(net: Network, filters: int, blocks: int):
    """Depthwise convolutions in a row between two that widen one channel to `filters` and narrow them again."""
    x = net.conv(net.image, filters, 1)
    for _ in range(blocks):
        x = net.depthwise(x, (1, 5), same=False)
    net.conv(x, 1, 1)


CHAINS = {
    f"{name}_F{filters}": ((4, 1668, 1), chain, filters, blocks)
    for name, blocks in (("pointwise2x", 0), ("depthwise10x1x5", 10))
    for filters in (96, 112, 128, 144, 156, 196, 224, 256, 320)
}


def graph(name: str, sides, build, *arguments) -> str:
    net = Network(*sides) if isinstance(sides, tuple) else Network(sides)
    build(net, *arguments)
    return net.graph(name)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description="Write the graphs of the networks that others have measured.")
    parser.add_argument("--check", action="store_true", help="write nothing, and fail where the file differs")
    networks = CLASSIFIERS | RESIDUALS | DETECTORS | SEGMENTERS | CHAINS
    lines = [graph(name, *network) for name, network in networks.items()]
    if parser.parse_args().check:
        kept = set(FILE.read_text().splitlines())
        differing = [name for name, line in zip(networks, lines) if line not in kept]
        if differing or len(kept) != len(lines):
            parser.error(f"{FILE}: not what this script makes: {', '.join(differing) or 'more graphs'}")
    else:
        FILE.write_text("\n".join(lines) + "\n")
        print(f"{FILE}: {len(lines)} graphs")
