"""The operation graph of a network in int8, written down layer by layer.

What a converter of TensorFlow Lite makes of a layer follows from its shape alone: batch norm and
activation become part of the convolution, each output channel has a bias of four bytes, padding that
is not part of a convolution is an operation. So a graph needs neither TensorFlow nor weights.
"""

import dataclasses
import json
import math


@dataclasses.dataclass(frozen=True)
class Value:
    """A tensor of a network: its number, and its height, width and channels; (units,) once flattened."""

    number: int
    shape: tuple

    @property
    def channels(self) -> int:
        return self.shape[-1]

    @property
    def sides(self) -> tuple:
        return self.shape[:-1]


def pair(size) -> tuple:
    return size if isinstance(size, tuple) else (size, size)


class Network:
    """A network under construction; every method adds an operation and returns its result."""

    def __init__(self, height: int, width: int | None = None, channels: int = 3):
        self.ops, self.tensors, self.constants, self.on_cpu = [], [], {}, []
        self.is_on_cpu = False
        self.image = self.made(None, (height, width or height, channels))

    def made(self, producer, shape, width=1) -> Value:
        self.tensors.append({"bytes": width * math.prod(shape), "producer": producer, "consumers": []})
        return Value(len(self.tensors) - 1, tuple(shape))

    def op(self, kind, inputs, shape, parameters=0, macs=0, channels=None, width=1) -> Value:
        """Add any operation; `width` is the number of bytes of each value that it makes."""
        number = len(self.ops)
        fields = {"name": f"{number}", "kind": kind, "parameter_bytes": parameters, "macs": macs}
        self.ops.append(fields | ({"channels": channels} if channels else {}))
        if self.is_on_cpu:
            self.on_cpu.append(number)
        for value in inputs:
            consumers = self.tensors[value.number]["consumers"]
            if number not in consumers:
                consumers.append(number)
        return self.made(number, shape, width)

    def sides_after(self, x, size, stride, same) -> tuple:
        return tuple(
            -(-side // step) if same else (side - window) // step + 1
            for side, window, step in zip(x.sides, pair(size), pair(stride))
        )

    # --- What multiplies ---------------------------------------------------------

    def conv(self, x, filters, size=3, stride=1, same=True, bias=True, weights=None) -> Value:
        """A convolution; those with the same key `weights` read the same. Without a bias it has zeros for one."""
        sides = self.sides_after(x, size, stride, same)
        count = math.prod(pair(size)) * x.channels * filters
        y = self.op("CONV_2D", [x], (*sides, filters), 0, count * math.prod(sides), filters)
        self.reads(count, weights)
        self.reads(4 * filters, None if bias else ("zeros", filters))
        return y

    def depthwise(self, x, size=3, stride=1, same=True, multiplier=1, bias=True, weights=None) -> Value:
        sides, filters = self.sides_after(x, size, stride, same), x.channels * multiplier
        count = math.prod(pair(size)) * filters
        y = self.op("DEPTHWISE_CONV_2D", [x], (*sides, filters), 0, count * math.prod(sides), filters)
        self.reads(count, weights)
        self.reads(4 * filters, None if bias else ("zeros", filters))
        return y

    def transposed(self, x, filters, size=3, stride=2) -> Value:
        """A transposed convolution, `stride` times as high and wide, with the shape of its result."""
        sides = tuple(side * stride for side in x.sides)
        count = math.prod(pair(size)) * x.channels * filters
        macs = count * math.prod(x.sides)
        return self.op("TRANSPOSE_CONV", [x], (*sides, filters), count + 4 * filters + 16, macs, filters)

    def dense(self, x, units) -> Value:
        weights = math.prod(x.shape) * units
        return self.op("FULLY_CONNECTED", [x], (units,), weights + 4 * units, weights, units)

    def reads(self, bytes, key=None):
        """Give the last operation a constant, which is that of all others with the same key."""
        _, consumers = self.constants.setdefault(key or len(self.constants), (bytes, []))
        consumers.append(len(self.ops) - 1)

    # --- What does not -----------------------------------------------------------

    def pool(self, x, size=3, stride=2, same=True, kind="MAX") -> Value:
        return self.op(f"{kind}_POOL_2D", [x], (*self.sides_after(x, size, stride, same), x.channels))

    def pad(self, x, before=1, after=1) -> Value:
        y = self.op("PAD", [x], (*(side + before + after for side in x.sides), x.channels))
        self.reads(32, ("pad", before, after))
        return y

    def padded_conv(self, x, filters, size, stride=1, border=1, bias=True) -> Value:
        """A border of zeros and a convolution: one operation where both sides get what "same" gives them."""
        needed = [(-(-side // stride) - 1) * stride + size - side for side in x.sides]
        if all(amount == 2 * border for amount in needed):
            return self.conv(x, filters, size, stride, bias=bias)
        return self.conv(self.pad(x, border, border), filters, size, stride, same=False, bias=bias)

    def mean(self, x) -> Value:
        return self.op("MEAN", [x], (x.channels,), 8)

    def add(self, *values) -> Value:
        return self.op("ADD", values, values[0].shape)

    def scale(self, x) -> Value:
        """A batch norm that no convolution can take up: times a constant, plus a constant."""
        y = self.op("MUL", [x], x.shape, x.channels)
        return self.op("ADD", [y], x.shape, x.channels)

    def concat(self, *values) -> Value:
        """Join along the channels, or along the one axis of flat tensors."""
        return self.op("CONCATENATION", values, (*values[0].sides, sum(value.channels for value in values)))

    def resize(self, x, height, width=None, kind="BILINEAR") -> Value:
        sides = (height, width or height)
        y = self.op(f"RESIZE_{kind}", [x], (*sides, x.channels))
        self.reads(8, ("sides", sides))
        return y

    def reshape(self, x, *shape) -> Value:
        y = self.op("RESHAPE", [x], shape)
        self.reads(4 * (len(shape) + 1), ("shape", shape))
        return y

    def unary(self, kind, x, width=1) -> Value:
        """An operation that keeps the shape, such as SOFTMAX, LOGISTIC or QUANTIZE."""
        return self.op(kind, [x], x.shape, width=width)

    # --- The file ----------------------------------------------------------------

    def graph(self, name: str) -> str:
        """Return the graph in the graph file format, on one line; what nothing reads is an output."""
        shared = []
        for bytes, consumers in self.constants.values():
            if len(consumers) == 1:
                self.ops[consumers[0]]["parameter_bytes"] += bytes
            else:
                shared.append({"name": f"shared{len(shared)}", "bytes": bytes, "consumers": consumers})
        parts = {
            "name": name,
            "ops": self.ops,
            "tensors": [{"name": f"{number}"} | tensor for number, tensor in enumerate(self.tensors)],
            "outputs": [number for number, tensor in enumerate(self.tensors) if not tensor["consumers"]],
            "shared_constants": shared,
            "on_cpu": self.on_cpu,
        }
        return json.dumps({key: part for key, part in parts.items() if part}, separators=(",", ":"))
