"""What a one-operator model is made of: its operands and results."""

import numpy as np

# Scale and zero point of a quantized tensor, where a case does not give others.
QUANT = {"int8": (0.05, 0), "uint8": (0.05, 128), "int16": (0.001, 0)}
NO_QUANT = False

F, I8, U8, I16, I32, I64, B, C64 = "float32", "int8", "uint8", "int16", "int32", "int64", "bool", "complex64"


class Made:
    """A tensor that the operator makes."""

    def __init__(self, dtype, shape, quant=None):
        self.dtype, self.shape = dtype, shape
        self.quant = QUANT.get(dtype) if quant is None else quant


class Given(Made):
    """An operand that comes from outside: any values from `low` to `high`, or one of `values` after the other."""

    def __init__(self, dtype, shape, quant=None, low=None, high=None, values=None):
        super().__init__(dtype, shape, quant)
        self.low, self.high, self.values = low, high, values

    def sample(self, rng, k):
        """The values for inference number `k`."""
        if self.values:
            return np.asarray(self.values[k % len(self.values)], self.dtype)
        kind = np.dtype(self.dtype)
        if kind.kind == "f":
            low, high = (-2, 2) if self.low is None else (self.low, self.high)
            return np.asarray(rng.uniform(low, high, self.shape), kind)
        if kind.kind == "c":
            return np.asarray(rng.standard_normal(self.shape) + 1j * rng.standard_normal(self.shape), kind)
        if kind.kind == "b":
            return np.asarray(rng.integers(0, 2, self.shape), kind)
        limits = np.iinfo(kind)
        low, high = (limits.min, limits.max) if kind.itemsize < 4 else (-20, 20)
        low, high = (low, high) if self.low is None else (self.low, self.high)
        return rng.integers(low, high, self.shape, dtype=kind, endpoint=True)


class Held(Made):
    """A constant of the model."""

    def __init__(self, dtype, value, quant=None):
        self.value = np.asarray(value, dtype)
        super().__init__(dtype, list(self.value.shape), quant)


class Kept(Made):
    """State of the operator: a variable tensor."""


class Case:
    """An operator with operands (None: absent), results, and its options as the name of their table and their fields.

    An operator that the schema doesn't know is a custom one, and its options are bytes.
    """

    def __init__(self, operator, variant, operands, results, options=None):
        self.operator, self.variant = operator, variant
        self.operands, self.results, self.options = operands, results, options
        self.name = "_".join(part for part in (operator, variant) if part)


def g(dtype, *shape, **more):
    return Given(dtype, list(shape), **more)


def one_of(dtype, *values, **more):
    return Given(dtype, list(np.shape(values[0])), values=values, **more)


def m(dtype, *shape, quant=None):
    return Made(dtype, list(shape), quant)


def held(dtype, value, quant=None):
    return Held(dtype, value, quant)


def ramp(dtype, *shape, quant=None):
    """A constant with values that differ."""
    values = np.arange(int(np.prod(shape))) * 7 % 11 - 5
    values = values / 4 if dtype == F else values + 128 if dtype == U8 else values
    return Held(dtype, np.reshape(values, shape), quant)
