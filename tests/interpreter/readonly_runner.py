"""Do the stages compute what the whole model computes if they get their buffers as Coral's runner gives them?

    readonly_runner.py WHOLE.tflite DIR [DIR...] [--cpu I,J,...] [--samples K] [--seed S]

libcoral's PipelinedModelRunner hands a stage new buffers for every inference, for its inputs and for its outputs, and
binds them by Interpreter::SetTensorParametersReadOnly, after the tensors are allocated. From then on a kernel takes
such a tensor for a constant: some read it once and keep what they made of it, others leave it as it is.

Only kernels can do so that stay on the CPU: what the Edge TPU takes becomes one compiled operator. --cpu lists the
operators of the whole model that stay there, by their index (default: all). A tensor is bound read-only if such an
operator makes or reads it in its stage, and has a plain buffer otherwise. DIR is a folder that `respect compile`
wrote; schedule.json in it says where the operators are, and which stay on the CPU of their stage: that is not the
same, because the compiler maps one piece of a stage, and leaves what comes after it.

Prints one JSON object a line: first for the whole model run in the same way as a stage of its own, then for each
folder. "differs" holds the outputs of a whole model whose values depend on the buffers already; where the stages differ
in nothing else, that is not the cut's doing, "ok" is true, and "excused" says what it is.

Needs tflite-runtime 2.14.0, whose shared library exports that function, and so Python 3.11 or older.
"""

import argparse
import ctypes
import glob
import json
import os
import sys

import numpy as np
import tflite_runtime

import chain
import coral_runner

# Numbers of TfLiteType (tensorflow/lite/core/c/c_api_types.h).
TYPES = {
    "float32": 1, "int32": 2, "uint8": 3, "int64": 4, "bool": 6, "int16": 7, "complex64": 8, "int8": 9, "float16": 10,
    "float64": 11, "uint64": 13, "uint32": 16, "uint16": 17}
# What an output's buffer holds before the inference: a kernel that leaves it shows.
UNWRITTEN = 0x55


class Quantization(ctypes.Structure):
    """TfLiteQuantizationParams."""

    _fields_ = [("scale", ctypes.c_float), ("zero_point", ctypes.c_int32)]


def exported_function():
    """SetTensorParametersReadOnly of index, type, name, rank, dims, quantization, buffer, bytes and allocation."""
    library = glob.glob(os.path.join(os.path.dirname(tflite_runtime.__file__), "_pywrap_tensorflow_interpreter*.so"))[0]
    function = getattr(
        ctypes.CDLL(library), "_ZN6tflite4impl11Interpreter27SetTensorParametersReadOnlyEi10TfLiteTypePKcmPKi"
        "24TfLiteQuantizationParamsS4_mPKNS_10AllocationE")
    function.restype = ctypes.c_int
    function.argtypes = [
        ctypes.c_void_p, ctypes.c_int, ctypes.c_int, ctypes.c_char_p, ctypes.c_size_t, ctypes.POINTER(ctypes.c_int),
        Quantization, ctypes.c_void_p, ctypes.c_size_t, ctypes.c_void_p]
    return function


BIND = exported_function()


class ReadOnlySegment(coral_runner.Segment):
    """A segment whose inputs and outputs get new buffers for every inference, those of `bound` read-only ones."""

    def __init__(self, interpreter, bound=None):
        super().__init__(interpreter)
        ends = self.inputs + self.outputs
        self.bound = {t.name for t in ends} if bound is None else set(bound)
        # The interpreter keeps pointers to these.
        self.names = {t.index: ctypes.create_string_buffer(t.name.encode()) for t in ends}
        self.kept = []

    def bind(self, tensor, values):
        if len(tensor.scales) > 1:
            raise ValueError("'%s' is quantized by channel, which this runner cannot bind" % tensor.name)
        quantization = Quantization(*tensor.scales, *tensor.zero_points) if len(tensor.scales) else Quantization()
        dims = (ctypes.c_int * values.ndim)(*values.shape)
        status = BIND(
            self.interpreter._native_handle(), tensor.index, TYPES[tensor.dtype.name], self.names[tensor.index],
            values.ndim, dims, quantization, values.ctypes.data, values.nbytes, None)
        if status != 0:
            raise RuntimeError("a buffer for '%s' is not accepted" % tensor.name)

    def run(self, tensors):
        given = {t.name: np.array(tensors[t.name], t.dtype, order="C") for t in self.inputs}
        made = {}
        for tensor in self.inputs:
            if tensor.name in self.bound:
                self.bind(tensor, given[tensor.name])
            else:
                self.interpreter.set_tensor(tensor.index, given[tensor.name])
        for tensor in self.outputs:
            if tensor.name in self.bound and tensor.name not in given:
                made[tensor.name] = unwritten(tensor)
                self.bind(tensor, made[tensor.name])
        self.kept = [given, made]  # The interpreter holds their addresses until the next inference.
        self.interpreter.invoke()
        return {t.name: made[t.name].copy() if t.name in made else self.interpreter.get_tensor(t.index)
                for t in self.outputs}


def unwritten(tensor):
    """A buffer for an output, full of bytes that nobody computes."""
    count = int(np.prod(tensor.shape)) * tensor.dtype.itemsize
    return np.full(count, UNWRITTEN, np.uint8).view(tensor.dtype).reshape(tensor.shape)


def read_only_segment(path, indices, cpu):
    """The segment of a file, its operators' indices in the whole model given; those in `cpu` stay there (None: all)."""
    segment = coral_runner.load(path, kind=ReadOnlySegment)
    if chain.name_the_unnamed(segment):
        segment.bound = {t.name for t in segment.inputs + segment.outputs}
    if cpu is not None:
        operators = segment.interpreter._get_ops_details()
        assert len(operators) == len(indices), "%s holds %d operators, not %d" % (path, len(operators), len(indices))
        touched = set()
        for index, operator in zip(indices, operators):
            if index in cpu:
                touched.update(int(i) for i in operator["inputs"])
                touched.update(int(i) for i in operator["outputs"])
        segment.bound = {t.name for t in segment.inputs + segment.outputs if t.index in touched}
    return segment


def stages_of(folder, cpu):
    """The segments of a folder, in order."""
    with open(os.path.join(folder, "schedule.json"), encoding="utf-8") as file:
        stages = json.load(file)["stages"]
    if cpu is not None and any("on_cpu" in stage for stage in stages):
        cpu = {index for stage in stages for group in stage.get("on_cpu", []) for index in group["operators"]}
    return [
        read_only_segment(
            os.path.join(folder, stage["file"]), [operator["index"] for operator in stage["operators"]], cpu)
        for stage in stages]


def run_all(reference, runner):
    """What the segments answer to the samples of the reference, in its order of running."""
    return chain.run(runner.infer, runner.reset, reference.samples, reference.schedule)


def differing(reference, answers):
    """Every output that is not always what the whole model answers with plain buffers, and the first difference."""
    found = {}
    for (k, _), want, got in zip(reference.schedule, reference.answers, answers):
        for name in want:
            why = chain.difference(name, want[name], got[name])
            if why:
                found.setdefault(name, "sample %d: %s" % (k, why))
    return found


def judge_whole(reference, cpu, report):
    count = len(reference.segment.operations())
    whole = read_only_segment(reference.path, range(count), cpu)
    found = differing(reference, run_all(reference, coral_runner.CoralRunner([whole])))
    report({"whole": reference.path, "differs": sorted(found), "why": "; ".join(found.values())})


def judge_folder(reference, folder, cpu, excused, report):
    segments = stages_of(folder, cpu)
    found = differing(reference, run_all(reference, coral_runner.CoralRunner(segments)))
    ours = {name: why for name, why in found.items() if name not in excused}
    theirs = {name: why for name, why in found.items() if name in excused}
    bound = sorted(set().union(*(segment.bound for segment in segments)))
    report({"dir": folder, "ok": not ours, "why": "; ".join(ours.values()),
            "excused": "; ".join(theirs.values()), "bound": bound})


def answer(work, about, args):
    """What `work` reports, done by a process of its own: a kernel may end it."""
    def guarded(report):
        try:
            work(report)
        except (coral_runner.ContractError, OSError, ValueError, RuntimeError) as error:
            report(dict(about, ok=False, why=" ".join(str(error).split())))

    status, said = chain.in_a_process_of_its_own(guarded, args.seconds, args.gigabytes)
    return said[0] if said else dict(about, ok=False, why="the interpreter ended with status %d" % status)


def main(argv=None):
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("whole", metavar="WHOLE.tflite", help="the model before it was cut")
    parser.add_argument("dirs", metavar="DIR", nargs="+", help="a folder with the stages of one pipeline")
    parser.add_argument("--cpu", metavar="I,J,...", help="the operators that stay on the CPU (default: all)")
    parser.add_argument("--samples", metavar="K", type=int, default=4, help="number of random inputs (default 4)")
    parser.add_argument("--seed", metavar="S", type=int, default=0, help="seed of the random inputs (default 0)")
    parser.add_argument("--seconds", metavar="S", type=int, default=60, help="for each of them (default 60)")
    parser.add_argument("--gigabytes", metavar="G", type=int, default=6, help="of memory for it (default 6)")
    args = parser.parse_args(argv)
    cpu = None if args.cpu is None else {int(i) for i in args.cpu.split(",") if i}
    reference = chain.Reference(args.whole, args.samples, args.seed)
    whole = answer(lambda report: judge_whole(reference, cpu, report), {"whole": args.whole, "differs": None}, args)
    print(json.dumps(whole), flush=True)
    for folder in args.dirs:
        def work(report, folder=folder):
            judge_folder(reference, folder, cpu, whole["differs"] or [], report)

        print(json.dumps(answer(work, {"dir": folder}, args)), flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
