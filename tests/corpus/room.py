"""How many stages does the interpreter leave room for? A bound from below, which owes nothing to RESPECT.

    room.py MODEL.tflite

The operations are taken in the order of the file. Between two of them the model can be cut if every tensor that
crosses is allocated before a run and has a name of its own; the inputs of the model have to be read before the first
cut, and its outputs made after the last. Prints a number: 1 where that leaves no cut, or where the model has several
subgraphs or resources, of which nothing is said. Tensors at which Coral's read-only buffers may matter are not cut.
"""

import collections
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "interpreter"))
import chain
import coral_runner

# Left on the CPU they may read a stage's input once only, or skip a stage's output.
MINDFUL_READERS, MINDFUL_MAKERS = {"DEQUANTIZE"}, {"CONCATENATION"}


def is_allocated(interpreter, index):
    try:
        interpreter.get_tensor(index)
    except ValueError:  # the interpreter knows its size in a run only
        return False
    return True


def room(segment):
    """The number of stages."""
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
        if not name or names[name] > 1 or not is_allocated(interpreter, details["index"]):
            uncut.add(details["index"])

    inputs, outputs = [t.index for t in segment.inputs], [t.index for t in segment.outputs]
    first_read = {index: min((p for p, o in enumerate(operations) if index in o["inputs"]), default=None) for index in inputs}
    if None in first_read.values() or any(made.get(index, -1) < 0 for index in outputs):
        return 1
    stages, last_cut = 1, -1
    # A cut after operation p: the next one has to hand something on that was made since the last.
    for place in range(max(first_read.values(), default=0), min(made[index] for index in outputs)):
        crossing = {index for index, at in made.items() if at <= place < last_read.get(index, -1)}
        if crossing & uncut or not any(made[index] > last_cut for index in crossing):
            continue
        stages, last_cut = stages + 1, place
    return stages


if __name__ == "__main__":
    print(room(coral_runner.load(sys.argv[1])))
