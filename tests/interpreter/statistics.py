"""Writes a model whose float tensors have a min and a max, as after calibration, and what Google makes of it.

    statistics.py MODEL.tflite CALIBRATED.tflite DUMP.mlir

CALIBRATED is MODEL with ranges on every float tensor that is no constant, and DUMP Google's module of it in generic form,
in which statistics stand.
"""

import sys

import flatbuffers
from ai_edge_litert import schema_py_generated as schema
from litert_converter.tools.model_utils import transform

import mlir_flow


def calibrated(data):
    """The model with ranges, as bytes."""
    model = schema.ModelT.InitFromPackedBuf(data, 0)
    count = 0
    for graph in model.subgraphs:
        for tensor in graph.tensors:
            held = model.buffers[tensor.buffer].data
            if tensor.type == schema.TensorType.FLOAT32 and (held is None or len(held) == 0):
                tensor.quantization = schema.QuantizationParametersT()
                tensor.quantization.min, tensor.quantization.max = [-1.5], [2.5]
                count += 1
    if count == 0:
        sys.exit("no float tensor to give a range")
    builder = flatbuffers.Builder(len(data))
    builder.Finish(model.Pack(builder), b"TFL3")
    return bytes(builder.Output())


def main(model, ranged, dump):
    with open(model, "rb") as file:
        data = calibrated(file.read())
    with open(ranged, "wb") as file:
        file.write(data)
    mlir_flow.google_dump(ranged, dump)


if __name__ == "__main__":
    main(*sys.argv[1:])
