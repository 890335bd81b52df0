"""Writes models of one operator each, for every operator that a stage can hold and the kernels that it has.

    kernel_models.py FOLDER

FOLDER/NAME.tflite is the model of a case, and FOLDER/NAME.npz holds values for its inputs, one array each with an
element for each inference. FOLDER/cases.json lists them.
"""

import json
import os
import sys

import flatbuffers
import numpy as np
from ai_edge_litert import schema_py_generated as schema

from kernel_arithmetic import binary, reducers, unary
from kernel_case import Given, Held, Kept
from kernel_layers import layers, recurrent
from kernel_moves import moves, shaped
from kernel_others import others

INFERENCES = 5
VERSIONS = {"BROADCAST_TO": 2}  # Operators without a first version.
# Types, and variants of a case, that the tables multiply out and no kernel of tflite-runtime 2.14.0 takes.
NO_KERNEL = {
    "DEPTH_TO_SPACE": ["int16"],
    "DYNAMIC_UPDATE_SLICE": ["uint8", "int16"],
    "FILL": ["uint8"],
    "ONE_HOT": ["int16"],
    "REVERSE_SEQUENCE": ["int8"],
    "SCATTER_ND": ["int16"],
    "SPACE_TO_DEPTH": ["int16"],
    "SPARSE_TO_DENSE": ["int16"],
    "SPLIT": ["int64"],
    "TILE": ["int16"],
    "TRANSPOSE_CONV": [
        "float32_int8_given", "float32_int8_bias_given", "float32_int8_held", "float32_int8_bias_held"],
    "UNPACK": ["int64"],
}


class Model:
    """A model under construction: its tensors and its operator."""

    def __init__(self):
        self.buffers = [schema.BufferT()]
        self.tensors = []

    def tensor(self, name, spec):
        """Adds a tensor; returns its index."""
        tensor = schema.TensorT()
        tensor.name = name
        tensor.shape = list(spec.shape)
        tensor.type = getattr(schema.TensorType, spec.dtype.upper())
        tensor.isVariable = isinstance(spec, Kept)
        if isinstance(spec, Held):
            buffer = schema.BufferT()
            buffer.data = np.frombuffer(spec.value.tobytes(), np.uint8)
            tensor.buffer = len(self.buffers)
            self.buffers.append(buffer)
        if spec.quant:
            scale, zero_point = spec.quant
            params = schema.QuantizationParametersT()
            params.scale, params.zeroPoint = np.atleast_1d(np.float32(scale)), np.atleast_1d(np.int64(zero_point))
            params.quantizedDimension = len(spec.shape) - 1 if np.ndim(scale) else 0
            tensor.quantization = params
        self.tensors.append(tensor)
        return len(self.tensors) - 1

    def pack(self, case, operands, results):
        """The file of the model with the operator of the case."""
        code, operator = schema.OperatorCodeT(), schema.OperatorT()
        number = getattr(schema.BuiltinOperator, case.operator, schema.BuiltinOperator.CUSTOM)
        if number == schema.BuiltinOperator.CUSTOM:
            code.customCode = case.operator.encode()
            operator.customOptions = np.frombuffer(case.options, np.uint8)
        elif case.options:
            set_options(operator, *case.options)
        code.builtinCode, code.deprecatedBuiltinCode = number, min(number, 127)
        code.version = VERSIONS.get(case.operator, 1)
        operator.inputs, operator.outputs = operands, results
        graph, model = schema.SubGraphT(), schema.ModelT()
        graph.tensors, graph.operators, graph.outputs = self.tensors, [operator], results
        graph.inputs = [index for index, spec in zip(operands, case.operands) if isinstance(spec, Given)]
        model.version, model.operatorCodes, model.subgraphs, model.buffers = 3, [code], [graph], self.buffers
        builder = flatbuffers.Builder(1024)
        builder.Finish(model.Pack(builder), b"TFL3")
        return bytes(builder.Output())


def set_options(operator, table, fields):
    """Gives an operator its options: the name of their table, and the values of its fields."""
    options = getattr(schema, table + "T")()
    for field, value in fields.items():
        assert hasattr(options, field), "%s has no %s" % (table, field)
        setattr(options, field, value)
    if hasattr(schema.BuiltinOptions, table):
        operator.builtinOptionsType, operator.builtinOptions = getattr(schema.BuiltinOptions, table), options
    else:
        operator.builtinOptions2Type, operator.builtinOptions2 = getattr(schema.BuiltinOptions2, table), options


def write(case, folder):
    """Writes the files of a case."""
    model = Model()
    operands = [-1 if spec is None else model.tensor("operand_%d" % i, spec) for i, spec in enumerate(case.operands)]
    results = [model.tensor("result_%d" % i, spec) for i, spec in enumerate(case.results)]
    with open(os.path.join(folder, case.name + ".tflite"), "wb") as file:
        file.write(model.pack(case, operands, results))
    rng = np.random.default_rng(5)
    values = {"operand_%d" % i: np.stack([spec.sample(rng, k) for k in range(INFERENCES)])
              for i, spec in enumerate(case.operands) if isinstance(spec, Given)}
    np.savez(os.path.join(folder, case.name + ".npz"), **values)


def main(folder):
    kinds = [unary, binary, reducers, layers, recurrent, moves, shaped, others]
    cases = [case for kind in kinds for case in kind() if case.variant not in NO_KERNEL.get(case.operator, [])]
    for case in cases:
        write(case, folder)
    with open(os.path.join(folder, "cases.json"), "w", encoding="utf-8") as file:
        json.dump([{"name": case.name, "operator": case.operator} for case in cases], file)


if __name__ == "__main__":
    main(sys.argv[1])
