"""How many stages does the interpreter leave room for? A bound from below, which owes nothing to RESPECT.

    room.py MODEL.tflite

The operations are taken in the order of the file. Between two of them the model can be cut if every tensor that
crosses is allocated before a run, with the shape that the file declares, and has a name of its own; the inputs of the
model have to be read before the first cut, and its outputs made after the last. Prints a number: 1 where that leaves no
cut, where the interpreter does not take the model, or where that has several subgraphs or resources, of which nothing is
said. Tensors at which Coral's read-only
buffers may matter are not cut either.
"""

import collections
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "interpreter"))
import chain
import coral_runner
import test_chain

# Operations that, left on the CPU, may take what a stage is handed for a constant, and those that may skip what a stage
# hands out: the interpreter says nothing of either.
MINDFUL_READERS = {
    "BATCH_MATMUL", "DEQUANTIZE", "DILATE", "NON_MAX_SUPPRESSION_V4", "NON_MAX_SUPPRESSION_V5", "REDUCE_PROD", "RFFT2D",
    "SPLIT", "SPLIT_V", "TRANSPOSE_CONV"}
MINDFUL_MAKERS = {"BROADCAST_ARGS", "CONCATENATION", "RANK", "SHAPE"}


def is_allocated(interpreter, index):
    try:
        interpreter.get_tensor(index)
    except ValueError:  # the interpreter knows its size in a run only
        return False
    return True


def room(path):
    """The number of stages."""
    try:
        segment = coral_runner.load(path)
    except (OSError, ValueError, RuntimeError):
        return 1
    # The shape of a scalar may be left out of the file.
    tensors = test_chain.read(path).subgraphs[0].tensors
    declared = [[] if tensor.shape is None else list(map(int, tensor.shape)) for tensor in tensors]
    interpreter = segment.interpreter
    operations = interpreter._get_ops_details()
    if interpreter.num_subgraphs() != 1 or set(segment.operations()) & chain.RESOURCE_OPS:
        return 1
    made, last_read = {t.index: -1 for t in segment.inputs}, {}
    uncut = set()
    for place, operation in enumerate(operations):
        for index in map(int, operation["inputs"]):
            last_read[index] = place
            if operation["op_name"] in MINDFUL_READERS:
                uncut.add(index)
        for index in map(int, operation["outputs"]):
            made[index] = place
            if operation["op_name"] in MINDFUL_MAKERS:
                uncut.add(index)
    names = collections.Counter(d["name"].split("\0")[0] for d in interpreter.get_tensor_details())
    for details in interpreter.get_tensor_details():
        name = details["name"].split("\0")[0]
        index = details["index"]
        as_declared = index < len(declared) and declared[index] == list(map(int, details["shape"]))
        if not name or names[name] > 1 or not is_allocated(interpreter, index) or not as_declared:
            uncut.add(index)

    inputs, outputs = [t.index for t in segment.inputs], [t.index for t in segment.outputs]
    readers = {index: [place for place, o in enumerate(operations) if index in o["inputs"]] for index in inputs}
    if not all(readers.values()) or any(made.get(index, -1) < 0 for index in outputs):
        return 1
    first, last = max((min(places) for places in readers.values()), default=0), min(made[index] for index in outputs)
    stages, last_cut = 1, -1
    # A cut after an operation has to hand something on that was made since the last cut.
    for place in range(first, last):
        crossing = {index for index, at in made.items() if at <= place < last_read.get(index, -1)}
        if crossing & uncut or not any(made[index] > last_cut for index in crossing):
            continue
        stages, last_cut = stages + 1, place
    return stages


if __name__ == "__main__":
    print(room(sys.argv[1]))
