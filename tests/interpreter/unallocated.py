"""Which results of operators has the interpreter no memory for, before a model runs?

    unallocated.py

For each line of standard input, the path of a model, prints a line of JSON: the numbers of the tensors that operators
make and that have no memory after allocation, or {"error": ...} where the interpreter does not take the model.
"""

import json
import sys

from ai_edge_litert.interpreter import Interpreter, OpResolverType


def unallocated(path):
    interpreter = Interpreter(
        model_path=path, experimental_op_resolver_type=OpResolverType.BUILTIN_WITHOUT_DEFAULT_DELEGATES)
    interpreter.allocate_tensors()
    found = []
    for operator in interpreter._get_ops_details():
        for tensor in operator["outputs"]:
            try:
                interpreter.get_tensor(int(tensor))
            except ValueError:  # Tensor data is null.
                found.append(int(tensor))
    return sorted(found)


for line in sys.stdin:
    try:
        answer = unallocated(line.rstrip("\n"))
    except (RuntimeError, ValueError) as error:
        answer = {"error": " ".join(str(error).split())}
    print(json.dumps(answer), flush=True)
