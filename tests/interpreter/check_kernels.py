"""Holds the table of operators to what the kernels of tflite-runtime do with read-only buffers.

    check_kernels.py FOLDER < TABLE

FOLDER holds the models that kernel_models.py writes; TABLE is `dump_json`'s, one JSON row a line. Every model is run
with plain buffers, and then once for each of its inputs and outputs with a read-only buffer for this one alone
(see readonly_runner.py). Where the results differ, or the kernel fails, the operand is one that is read once, or
the output one that is not written. Prints every difference from the table, and exits with 1 if there is one.
"""

import json
import os
import sys

import numpy as np

import chain
import coral_runner
import readonly_runner

# Operators that are in the table and that no model here stands for.
NOT_RUN = {
    "CONCAT_EMBEDDINGS": "has no kernel",
    "CUSTOM": "is any kernel: TFLite_Detection_PostProcess stands for it",
    "DENSIFY": "takes a sparse constant, and nothing from outside",
    "DILATE": "is newer than tflite-runtime 2.14.0",
    "REDUCE_WINDOW": "is newer than tflite-runtime 2.14.0",
    "SKIP_GRAM": "takes strings, which a pipeline does not hand on",
}
# Operators whose results are the same for all values.
CONSTANT = {"RANK", "SHAPE", "ZEROS_LIKE"}


def run(path, inferences, bound):
    """The outputs of all inferences, and the names of the outputs that had a buffer before the first of them."""
    segment = coral_runner.load(path, kind=readonly_runner.ReadOnlySegment)
    segment.bound = set(bound)
    allocated = {t.name for t in segment.outputs if is_allocated(segment, t)}
    return [segment.run(values) for values in inferences], allocated


def is_allocated(segment, tensor):
    try:
        segment.interpreter.get_tensor(tensor.index)
    except ValueError:
        return False
    return True


def same(want, got):
    return all(chain.difference(name, a[name], b[name]) is None for a, b in zip(want, got) for name in a)


def examine(folder, name, report, names):
    """Reports for each tensor of `names` whether results are the same with it bound; for None, what holds without."""
    path = os.path.join(folder, name + ".tflite")
    with np.load(os.path.join(folder, name + ".npz")) as stored:
        values = {key: stored[key] for key in stored.files}
    inferences = [{key: stack[k] for key, stack in values.items()} for k in range(5)]
    want, allocated = run(path, inferences, [])
    for tensor in names:
        if tensor is None:
            varies = any(not same(want[:1], [other]) for other in want)
            report([None, {"varies": varies, "tensors": sorted(values) + sorted(allocated)}])
            continue
        try:
            report([tensor, same(want, run(path, inferences, [tensor])[0])])
        except (RuntimeError, ValueError):
            report([tensor, False])


def answers(folder, name):
    """What is known of a model with plain buffers, and the tensors that must not be bound: a process may die of it."""
    status, said = chain.in_a_process_of_its_own(lambda report: examine(folder, name, report, [None]))
    if not said:
        return None, "ends with status %d" % status
    left, wrong = said[0][1]["tensors"], []
    while left:
        _, said_now = chain.in_a_process_of_its_own(lambda report: examine(folder, name, report, left))
        wrong += [tensor for tensor, fine in said_now if not fine]
        if len(said_now) < len(left):
            wrong.append(left[len(said_now)])
        left = left[len(said_now) + 1:]
    return said[0][1], wrong


def main(folder):
    table = {row["name"]: row for row in map(json.loads, sys.stdin) if row["row"] == "operator"}
    with open(os.path.join(folder, "cases.json"), encoding="utf-8") as file:
        cases = json.load(file)
    found, held, skipped = [], {}, {}
    for case in cases:
        operator = case["operator"] if case["operator"] in table else "CUSTOM"
        known, wrong = answers(folder, case["name"])
        if known is None:
            found.append("%s cannot be run: it %s" % (case["name"], wrong))
            continue
        if not known["varies"] and operator not in CONSTANT:
            found.append("%s gives the same for all values, and shows nothing" % case["name"])
        operands = [int(tensor.rpartition("_")[2]) for tensor in wrong if tensor.startswith("operand_")]
        held.setdefault(operator, set()).update(operands)
        skipped[operator] = skipped.get(operator, False) or any(tensor.startswith("result_") for tensor in wrong)
    for name, row in table.items():
        if row["refused"] or name in NOT_RUN:
            if name in held and name != "CUSTOM":
                found.append("%s is run, though it is listed as one that is not" % name)
            continue
        if name not in held:
            found.append("%s has no model" % name)
            continue
        # Operands that decide about a shape are none that may be bound anyway.
        listed = set(row["held_once"])
        missing, surplus = held[name] - listed - set(row["value_operands"]), listed - held[name]
        if missing:
            found.append("%s reads operands %s once, which the table does not say" % (name, sorted(missing)))
        if surplus:
            found.append("%s reads operands %s anew each time, unlike what the table says" % (name, sorted(surplus)))
        if skipped[name] != row["skips_constant_output"]:
            found.append("%s %s a result that is bound as a constant, unlike what the table says" % (
                name, "does not write" if skipped[name] else "writes"))
    for line in found:
        print(line)
    print("%d models of %d operators: %d differences" % (len(cases), len(held), len(found)))
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
