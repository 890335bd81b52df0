"""Object detectors, layer by layer, with the post-processing that stays on the CPU: SSD, EfficientDet, YOLOv5."""

import math

from classifiers import efficientnet_lite_body, inverted_residual, mobilenet_v1_body, mobilenet_v2_body, rounded
from layers import Network, Value

CLASSES = 90


def detections(net: Network, boxes: list[Value], scores: list[Value], classes: int):
    """The boxes and scores of all maps as two tables, and what chooses among them, which takes floats."""
    tables = []
    for maps, width in ((boxes, 4), (scores, classes)):
        rows = [net.reshape(x, x.shape[0] * x.shape[1] * x.channels // width, width) for x in maps]
        tables.append(net.op("CONCATENATION", rows, (sum(row.shape[0] for row in rows), width)))
    tables[1] = net.unary("LOGISTIC", tables[1])
    net.is_on_cpu = True
    tables = [net.unary("DEQUANTIZE", table, width=4) for table in tables]
    net.op("TFLite_Detection_PostProcess", tables, (25, 6), 16 * tables[0].shape[0], width=4)


# --- SSD ---------------------------------------------------------------------------


def further_maps(net: Network, x: Value, widths, is_separable=False) -> list[Value]:
    """Maps of half the sides of those before."""
    maps = []
    for filters in widths:
        x = net.conv(x, filters // 2, 1)
        x = net.conv(net.depthwise(x, 3, 2), filters, 1) if is_separable else net.conv(x, filters, 3, 2)
        maps.append(x)
    return maps


def ssd(net: Network, maps: list[Value], classes: int = CLASSES + 1, is_separable=False):
    """One convolution for boxes and one for scores on each map; three shapes on the first, six on the others."""
    predict = lambda x, width: net.conv(net.depthwise(x) if is_separable else x, width, 1)
    shapes = [3] + [6] * (len(maps) - 1)
    boxes = [predict(x, 4 * count) for x, count in zip(maps, shapes)]
    scores = [predict(x, classes * count) for x, count in zip(maps, shapes)]
    detections(net, boxes, scores, classes)


def ssd_mobilenet_v1(net: Network):
    ends = mobilenet_v1_body(net, net.image)
    ssd(net, [ends[11], ends[13], *further_maps(net, ends[13], (512, 256, 256, 128))])


def ssd_mobilenet_v2(net: Network, classes: int = CLASSES + 1):
    ends = mobilenet_v2_body(net)
    last = net.conv(ends[-1][1], 1280, 1)
    ssd(net, [ends[13][0], last, *further_maps(net, last, (512, 256, 256, 128))], classes)


def ssdlite_mobilenet_v2(net: Network):
    ends = mobilenet_v2_body(net)
    last = net.conv(ends[-1][1], 1280, 1)
    further = further_maps(net, last, (512, 256, 256, 128), is_separable=True)
    ssd(net, [ends[13][0], last, *further], is_separable=True)


def ssd_fpn_mobilenet_v1(net: Network):
    """Five maps of 256 channels; heads of four convolutions, whose weights hold the batch norms of each map."""
    ends = mobilenet_v1_body(net, net.image)
    lateral = [net.conv(ends[place], 256, 1) for place in (5, 11, 13)]
    maps = [lateral[2]]
    for x in (lateral[1], lateral[0]):
        maps.insert(0, net.add(net.resize(maps[0], *x.sides, kind="NEAREST_NEIGHBOR"), x))
    maps = [net.conv(maps[0], 256), net.conv(maps[1], 256), maps[2]]
    maps.append(net.conv(maps[-1], 256, 3, 2))
    maps.append(net.conv(maps[-1], 256, 3, 2))
    heads = {"boxes": [], "scores": []}
    for (name, head), width in zip(heads.items(), (6 * 4, 6 * (CLASSES + 1))):
        for x in maps:
            for _ in range(4):
                x = net.conv(x, 256)
            head.append(net.conv(x, width, 3, weights=name))
    detections(net, *heads.values(), CLASSES + 1)


# --- MobileDet ---------------------------------------------------------------------

# What a block is made of, filters, kernel, stride, expansion, and whether the input is added.
FULL, INVERTED = True, False
MOBILEDET_EDGETPU = [
    (FULL, 16, 3, 2, 8, False), (FULL, 16, 3, 1, 4, True), (FULL, 16, 3, 1, 8, True), (FULL, 16, 3, 1, 4, True),
    (FULL, 40, 5, 2, 8, False), (FULL, 40, 3, 1, 4, True), (FULL, 40, 3, 1, 4, True), (FULL, 40, 3, 1, 4, True),
    (INVERTED, 72, 3, 2, 8, False), (INVERTED, 72, 3, 1, 8, True),
    (FULL, 72, 3, 1, 4, True), (FULL, 72, 3, 1, 4, True),
    (INVERTED, 96, 5, 1, 8, False), (INVERTED, 96, 5, 1, 8, True), (INVERTED, 96, 3, 1, 8, True),
    (INVERTED, 96, 3, 1, 8, True),
    (INVERTED, 120, 5, 2, 8, False), (INVERTED, 120, 3, 1, 8, True), (INVERTED, 120, 5, 1, 4, True),
    (INVERTED, 120, 3, 1, 8, True), (INVERTED, 384, 5, 1, 8, False),
]  # fmt: skip


def ssdlite_mobiledet(net: Network):
    """SSDLite over the MobileDet that was searched for the Edge TPU, of which blocks 16 and 21 end the maps."""
    x = net.conv(net.image, 32, 3, 2)
    x = net.conv(net.conv(net.conv(x, 8, 1), rounded(16 * 0.75), 3), 16, 1)
    ends = []
    for is_full, filters, kernel, stride, expansion, adds in MOBILEDET_EDGETPU:
        wide = x.channels * expansion
        y = net.conv(x, wide, kernel, stride) if is_full else net.depthwise(net.conv(x, wide, 1), kernel, stride)
        y = net.conv(y, filters, 1)
        x = net.add(y, x) if adds else y
        ends.append(x)
    further = further_maps(net, ends[20], (512, 256, 256, 128), is_separable=True)
    ssd(net, [ends[15], ends[20], *further], is_separable=True)


# --- EfficientDet-Lite ---------------------------------------------------------------

SHAPES = 9


def pyramid_cell(net: Network, levels: list[Value], width: int) -> list[Value]:
    """A cell of a BiFPN: from the smallest map up and down again; every map is joined by sums."""
    down = lambda x: net.pool(x, 3, 2)
    lateral = lambda x: x if x.channels == width else net.conv(x, width, 1)
    separable = lambda x: net.conv(net.depthwise(x, bias=False), width, 1)
    middle = {4: levels[4]}
    for level in (3, 2, 1, 0):
        above = net.resize(middle[level + 1], *levels[level].sides, kind="NEAREST_NEIGHBOR")
        middle[level] = separable(net.add(lateral(levels[level]), above))
    cell = [middle[0]]
    for level in (1, 2, 3, 4):
        joined = net.add(lateral(levels[level]), down(cell[-1]))
        if level < 4:
            joined = net.add(joined, middle[level])
        cell.append(separable(joined))
    return cell


def efficientdet_lite_heads(net, image, backbone, width, cells, layers, shares: bool) -> list[list[Value]]:
    """Scores and boxes of five maps, which share all weights of a head, or those alone that no batch norm scales."""
    ends = efficientnet_lite_body(net, image, *backbone)
    levels = [ends[2], ends[4], ends[6], net.pool(net.conv(ends[6], width, 1), 3, 2)]
    levels.append(net.pool(levels[3], 3, 2))
    for _ in range(cells):
        levels = pyramid_cell(net, levels, width)
    heads = []
    for name, channels in (("scores", CLASSES * SHAPES), ("boxes", 4 * SHAPES)):
        head = []
        for x in levels:
            for layer in range(layers + 1):
                filters = channels if layer == layers else width
                key = (name, layer) if shares or layer == layers else None
                x = net.depthwise(x, bias=False, weights=(name, layer, "depthwise"))
                x = net.conv(x, filters, 1, weights=key)
            head.append(x)
        heads.append(head)
    return heads


def efficientdet_lite(net: Network, backbone, width: int, cells: int, layers: int):
    image = net.unary("QUANTIZE", net.image)
    scores, boxes = efficientdet_lite_heads(net, image, backbone, width, cells, layers, shares=False)
    detections(net, boxes, scores, CLASSES)


def efficientdet_lite1_measured(net: Network):
    """EfficientDet-Lite1 without what follows its heads, as its pruned forms were measured."""
    efficientdet_lite_heads(net, net.image, (1.0, 1.1), 88, 4, 3, shares=True)


# --- YOLOv5 ---------------------------------------------------------------------------


class Yolov5:
    """YOLOv5, whose convolutions end in SiLU: a LOGISTIC and a MUL."""

    def __init__(self, net: Network, width: float, depth: float):
        self.net, self.width, self.depth = net, width, depth

    def conv(self, x: Value, filters: int, size: int = 1, stride: int = 1, border: int = 1) -> Value:
        """A convolution with SiLU; a border of zeros is an operation of its own where it gets smaller."""
        if stride > 1:
            x = self.net.pad(x, border, border)
        y = self.net.conv(x, filters, size, stride, same=stride == 1)
        return self.net.op("MUL", [y, self.net.unary("LOGISTIC", y)], y.shape)

    def filters(self, count: int) -> int:
        return math.ceil(count * self.width / 8) * 8

    def split(self, x: Value, count: int, repeats: int, adds: bool) -> Value:
        """Two ways of half the channels each, one of them through bottlenecks, joined again."""
        half = self.filters(count) // 2
        y = self.conv(x, half)
        for _ in range(max(round(repeats * self.depth), 1)):
            inner = self.conv(self.conv(y, half), half, 3)
            y = self.net.add(y, inner) if adds else inner
        return self.conv(self.net.concat(y, self.conv(x, half)), self.filters(count))

    def body(self) -> list[Value]:
        """The maps of eighths, sixteenths and thirty-seconds of the image's sides."""
        net = self.net
        x, maps = self.conv(net.image, self.filters(64), 6, 2, border=2), []
        for count, repeats in ((128, 3), (256, 6), (512, 9), (1024, 3)):
            x = self.split(self.conv(x, self.filters(count), 3, 2), count, repeats, adds=True)
            maps.append(x)
        x = self.conv(x, self.filters(512))
        pools = [x]
        for _ in range(3):
            pools.append(net.pool(pools[-1], 5, 1))
        x = self.conv(net.concat(*pools), self.filters(1024))
        narrow = []
        for count, below in ((512, maps[2]), (256, maps[1])):
            narrow.append(self.conv(x, self.filters(count)))
            up = net.resize(narrow[-1], *below.sides, kind="NEAREST_NEIGHBOR")
            x = self.split(net.concat(up, below), count, 3, adds=False)
        ends = [x]
        for count, beside in ((512, narrow[1]), (1024, narrow[0])):
            x = net.concat(self.conv(x, self.filters(count // 2), 3, 2), beside)
            ends.append(self.split(x, count, 3, adds=False))
            x = ends[-1]
        return ends

    def boxes(self, x: Value, classes: int, anchors: int = 3) -> Value:
        """The boxes of one map: places, sizes and scores, each within its bounds."""
        net, fields = self.net, 5 + classes
        count = math.prod(x.sides) * anchors
        x = net.reshape(net.conv(x, anchors * fields, 1), count, fields)
        parts = []
        for width, scales in ((2, ("MUL", "ADD", "MUL")), (2, ("MUL", "MUL")), (1 + classes, ())):
            part = net.unary("LOGISTIC", net.op("STRIDED_SLICE", [x], (count, width), 24))
            for kind in scales:
                part = net.op(kind, [part], part.shape, 2 * count)
            parts.append(part)
        return net.reshape(net.concat(*parts), count, fields)


def yolov5(net: Network, width: float, depth: float, classes: int = 80):
    network = Yolov5(net, width, depth)
    boxes = [network.boxes(x, classes) for x in network.body()]
    count = sum(part.shape[0] for part in boxes)
    net.op("CONCATENATION", boxes, (count, boxes[0].channels))
