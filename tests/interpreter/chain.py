"""Do the stages of a folder compute, bit for bit, what the whole model computes?

    chain.py WHOLE.tflite DIR [DIR...] [--samples K] [--seed S] [--json]
    chain.py --export-pair A.tflite B.tflite [--samples K] [--seed S] [--json]
    chain.py --batch [--export-pair] [--samples K] [--seed S] [--seconds S] [--gigabytes G]

Every DIR holds NAME_segment_I_of_N.tflite files. They are run as Coral's PipelinedModelRunner runs them
(see coral_runner.py), but on the CPU, by LiteRT's built-in kernels; inputs are random, and outputs are
compared by their bytes. The whole model is run once for all folders. With --export-pair, two whole models
are compared instead.

With --batch, lines "WHOLE.tflite<tab>DIR[<tab>DIR...]" are read from standard input, and each is answered at
once by a JSON object on a line of its own: "whole" is why the whole model is no reference (null if it is one),
and "folders" holds the answers that --json prints. The models may be damaged: each line is run in a process of
its own, so that an interpreter which dies takes nothing with it, and a whole model whose answers depend on what
happens to lie in memory is no reference.

Exit status: 0 all equal, 1 some folder differs or breaks a rule, 2 nothing could be compared; with --batch 0.
"""

import argparse
import collections
import ctypes
import hashlib
import json
import os
import resource
import signal
import sys

import numpy as np

import coral_runner

# Operations that remember something from one inference to the next: in variable tensors, which
# reset_all_variables clears, or in resources, which live as long as the interpreter.
VARIABLE_OPS = {
    "SVDF", "RNN", "LSTM", "UNIDIRECTIONAL_SEQUENCE_RNN", "UNIDIRECTIONAL_SEQUENCE_LSTM",
    "BIDIRECTIONAL_SEQUENCE_RNN", "BIDIRECTIONAL_SEQUENCE_LSTM"}
RESOURCE_OPS = {"VAR_HANDLE", "READ_VARIABLE", "ASSIGN_VARIABLE", "CALL_ONCE", "HASHTABLE", "HASHTABLE_IMPORT"}
# Operations with an index for an operand: where the table is among the operands, and its indexed dimensions.
INDEX_OPS = {"GATHER": (0, None), "GATHER_ND": (0, None), "EMBEDDING_LOOKUP": (1, 0)}


class Unusable(Exception):
    """The whole model cannot serve as a reference."""


class Difference(Exception):
    """The stages answered something else than the whole model."""


def index_bound(segment):
    """Integers below it are an index into every table of the model."""
    details = {d["index"]: d["shape"] for d in segment.interpreter.get_tensor_details()}
    bound = 8
    for op in segment.interpreter._get_ops_details():
        if op["op_name"] in INDEX_OPS:
            operand, dimension = INDEX_OPS[op["op_name"]]
            shape = [int(d) for d in details[op["inputs"][operand]]]
            shape = shape if dimension is None else shape[dimension:dimension + 1]
            bound = min([bound] + [d for d in shape if d > 0])
    return bound


def random_input(rng, tensor, bound, narrow):
    """Values that a tensor of this type can meet: all of an 8 or 16 bit type, indices below `bound` in wider ones.

    `narrow` asks for values near zero instead, which leave fewer operations saturated.
    """
    kind, shape = tensor.dtype, tensor.shape
    if kind in (np.int8, np.uint8, np.int16, np.uint16):
        limits = np.iinfo(kind)
        if not narrow:
            return rng.integers(limits.min, limits.max, size=shape, dtype=kind, endpoint=True)
        zero = int(tensor.zero_points[0]) if len(tensor.zero_points) else 0
        values = zero + rng.standard_normal(shape) * (limits.max - limits.min) / 32
        return np.clip(np.rint(values), limits.min, limits.max).astype(kind)
    if kind.kind in "iu":
        return rng.integers(0, bound, size=shape, dtype=kind)
    if kind == np.bool_:
        return rng.integers(0, 2, size=shape).astype(np.bool_)
    if kind.kind == "c":
        return (rng.standard_normal(shape) + 1j * rng.standard_normal(shape)).astype(kind)
    if kind.kind == "f":
        return (rng.standard_normal(shape) / (8 if narrow else 1)).astype(kind)
    raise Unusable("input '%s' is of type %s, for which there are no random values" % (tensor.name, kind.name))


class Reference:
    """The whole model's answers to the samples, each from a fresh state and all in a row."""

    def __init__(self, path, samples, seed):
        self.path = path
        self.inside = {}
        try:
            self.segment = coral_runner.load(path)
            self.unnamed = name_the_unnamed(self.segment)
            operations = set(self.segment.operations())
            self.has_resources = bool(operations & RESOURCE_OPS)
            self.has_state = self.has_resources or bool(operations & VARIABLE_OPS)
            bound = index_bound(self.segment)
            self.samples = [
                {t.name: random_input(np.random.default_rng([seed, k, i]), t, bound, k % 2 == 1)
                 for i, t in enumerate(self.segment.inputs)}
                for k in range(samples)]
            self.schedule = schedule(samples, self.has_state)
            self.answers = run(self.segment.run, self.segment.reset, self.samples, self.schedule)
        except (OSError, ValueError, RuntimeError) as error:
            raise Unusable("%s: %s" % (path, " ".join(str(error).split())))

    def look_inside(self, k):
        """A function from the name of a tensor to its value in the whole model, for sample `k`; None if unknown."""
        if k not in self.inside:
            whole = coral_runner.load(self.path, keep_all=True)
            name_the_unnamed(whole)
            whole.run(self.samples[k])
            names = collections.Counter(d["name"] for d in whole.interpreter.get_tensor_details())
            indices = {d["name"]: d["index"] for d in whole.interpreter.get_tensor_details() if names[d["name"]] == 1}
            self.inside = {k: lambda name: whole.interpreter.get_tensor(indices[name]) if name in indices else None}
        return self.inside[k]


def name_the_unnamed(segment):
    """Names the inputs and outputs without a name as the stages do, by their number in the file; returns the names."""
    unnamed = [tensor for tensor in segment.inputs + segment.outputs if not tensor.name]
    for tensor in unnamed:
        tensor.name = "tensor_%d" % tensor.index
    return {tensor.name for tensor in unnamed}


def schedule(samples, has_state):
    """(sample, reset first) in the order of running: every sample afresh, then, for a model with state, a sequence."""
    order = [(k, True) for k in range(samples)]
    if has_state:
        order += [(k % samples, k == 0) for k in range(max(samples, 4))]
    return order


def run(infer, reset, samples, order):
    answers = []
    for k, fresh in order:
        if fresh:
            reset()
        answers.append(infer(samples[k]))
    return answers


def difference(name, want, got):
    """Where two arrays differ in their bytes: a sentence, or None."""
    if want.dtype != got.dtype or want.shape != got.shape:
        return "'%s' is %s%s, the whole model gives %s%s" % (
            name, got.dtype.name, list(got.shape), want.dtype.name, list(want.shape))
    if want.tobytes() == got.tobytes():
        return None
    size = want.dtype.itemsize
    split = [np.frombuffer(a.tobytes(), np.uint8).reshape(-1, size) for a in (want, got)]
    wrong = np.flatnonzero((split[0] != split[1]).any(axis=1))
    first = np.unravel_index(wrong[0], want.shape) if want.shape else ()
    return "'%s' at %s is %r, the whole model gives %r (%d of %d elements differ)" % (
        name, [int(i) for i in first], got[first].item(), want[first].item(), len(wrong), want.size)


class Cache:
    """Segments by the checksum of their file: pipelines of one model share many."""

    def __init__(self, size=64):
        self.size = size
        self.segments = collections.OrderedDict()

    def load(self, path):
        with open(path, "rb") as file:
            content = file.read()
        key = hashlib.sha256(content).digest()
        if key not in self.segments:
            self.segments[key] = coral_runner.load(content=content)
            while len(self.segments) > self.size:
                self.segments.popitem(last=False)
        self.segments.move_to_end(key)
        return self.segments[key]


def check_folder(reference, folder, cache):
    """Raises whatever is wrong with a folder; returns its number of stages."""
    paths = coral_runner.find_segments(folder)
    labels = [os.path.basename(p) for p in paths]
    segments = []
    for path, label in zip(paths, labels):
        try:
            segments.append(coral_runner.load(path) if reference.has_resources else cache.load(path))
        except (OSError, ValueError, RuntimeError) as error:
            raise Difference("%s cannot be loaded: %s" % (label, " ".join(str(error).split())))
    runner = coral_runner.CoralRunner(segments, labels)
    runner.check_promise(reference.segment)
    for step, (k, fresh) in enumerate(reference.schedule):
        if fresh:
            runner.reset()
        # The first sample is compared at every cut: an output that saturates would hide a difference before it.
        got = runner.infer(reference.samples[k], cut_watcher(reference, labels, k) if step == 0 else None)
        for tensor in reference.segment.outputs:
            found = difference(tensor.name, reference.answers[step][tensor.name], got[tensor.name])
            if found and fresh:
                runner.reset()
                runner.infer(reference.samples[k], cut_watcher(reference, labels, k))
            if found:
                when = "sample %d" % k if step < len(reference.samples) else "step %d of a sequence" % (
                    step - len(reference.samples))
                raise Difference("%s: %s: %s" % (when, labels[-1], found))
    return len(paths)


def cut_watcher(reference, labels, k):
    """Raises at the first stage that writes something else than the whole model holds there."""
    inside = reference.look_inside(k)

    def watch(i, made):
        for name, value in made.items():
            want = inside(name)
            found = difference(name, want, value) if want is not None else None
            if found:
                raise Difference("sample %d: %s: %s" % (k, labels[i], found))

    return watch


def check_pair(reference, path, keep_all=False):
    """Raises whatever distinguishes a second whole model from the first."""
    other = coral_runner.load(path, keep_all=keep_all)
    for kind in ("inputs", "outputs"):
        ours, theirs = getattr(reference.segment, kind), getattr(other, kind)
        for a, b in zip(ours, theirs):
            if a.name in reference.unnamed:  # what has no name may be called anything
                b.name = a.name
        if [t.name for t in ours] != [t.name for t in theirs]:
            raise Difference("%s are %s, and %s in %s" % (kind, [t.name for t in ours], [t.name for t in theirs], path))
        for a, b in zip(ours, theirs):
            found = a.difference(b)
            if found:
                raise Difference("'%s' of the %s: %s" % (a.name, kind, found))
    answers = run(other.run, other.reset, reference.samples, reference.schedule)
    for (k, _), want, got in zip(reference.schedule, reference.answers, answers):
        for tensor in reference.segment.outputs:
            found = difference(tensor.name, want[tensor.name], got[tensor.name])
            if found:
                raise Difference("sample %d: %s" % (k, found))
    return 1


def judge(reference, folder, cache, args):
    """The answer for one folder."""
    stages, rule, why = None, None, ""
    try:
        stages = check_pair(reference, folder) if args.export_pair else check_folder(reference, folder, cache)
    except coral_runner.ContractError as error:
        rule, why = error.rule, str(error)
    except (Difference, OSError, ValueError, RuntimeError) as error:
        why = " ".join(str(error).split())
    return {"dir": folder, "ok": not why, "why": why, "rule": rule, "stages": stages, "samples": args.samples,
            "stateful": reference.has_state}


def batch(args):
    """Answers each line of standard input."""
    for line in sys.stdin:
        whole, *folders = line.rstrip("\n").split("\t")
        answer = {"whole": None, "folders": []}
        while len(answer["folders"]) < len(folders) and answer["whole"] is None:
            left = folders[len(answer["folders"]):]
            status, said = in_a_process_of_its_own(
                lambda report: judge_line(whole, left, args, report), args.seconds, args.gigabytes)
            answer["folders"] += said[1:]
            if not said:
                answer["whole"] = "the interpreter ended with status %d" % status
            elif said[0] is not None:
                answer["whole"] = said[0]
            elif len(said) <= len(left):
                why = "the interpreter ended with status %d" % status
                answer["folders"].append({"dir": left[len(said) - 1], "ok": False, "why": why, "rule": None})
        print(json.dumps(answer), flush=True)
    return 0


def judge_line(whole, folders, args, report):
    """Reports why the whole model is no reference, or None; then the answer for each folder."""
    try:
        reference = Reference(whole, args.samples, args.seed)
        fill_new_memory_with(0xA5)
        check_pair(reference, whole, keep_all=True)
        fill_new_memory_with(0)
    except (Unusable, Difference, OSError, ValueError, RuntimeError, MemoryError) as error:
        return report(str(error) or type(error).__name__)
    report(None)
    cache = Cache()
    for folder in folders:
        report(judge(reference, folder, cache, args))


def fill_new_memory_with(byte):
    """What malloc hands out holds this byte from now on; 0 for whatever there was. The GNU C library only."""
    M_PERTURB = -6
    getattr(ctypes.CDLL(None), "mallopt", lambda *_: None)(M_PERTURB, byte)


def in_a_process_of_its_own(work, seconds=60, gigabytes=6):
    """The exit status (negative: a signal) of a process that does `work`, and what it reported until its end."""
    read_end, write_end = os.pipe()
    process = os.fork()
    if process == 0:
        os.close(read_end)
        status = 1
        try:
            resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
            allowed = resource.getrlimit(resource.RLIMIT_AS)[1]
            most = gigabytes << 30 if allowed == resource.RLIM_INFINITY else min(gigabytes << 30, allowed)
            resource.setrlimit(resource.RLIMIT_AS, (most, most))
            signal.signal(signal.SIGALRM, signal.SIG_DFL)
            signal.alarm(seconds)
            with os.fdopen(write_end, "w") as pipe:
                work(lambda value: print(json.dumps(value), file=pipe, flush=True))
            status = 0
        finally:
            os._exit(status)
    os.close(write_end)
    with os.fdopen(read_end) as pipe:
        said = [json.loads(line) for line in pipe if line.endswith("\n")]
    return os.waitstatus_to_exitcode(os.waitpid(process, 0)[1]), said


def main(argv=None):
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("whole", metavar="WHOLE.tflite", nargs="?", help="the model before it was cut")
    parser.add_argument("dirs", metavar="DIR", nargs="*", help="a folder with the stages of one pipeline")
    parser.add_argument("--samples", metavar="K", type=int, default=3, help="number of random inputs (default 3)")
    parser.add_argument("--seed", metavar="S", type=int, default=0, help="seed of the random inputs (default 0)")
    parser.add_argument("--seconds", metavar="S", type=int, default=60, help="for a line of --batch (default 60)")
    parser.add_argument("--gigabytes", metavar="G", type=int, default=6, help="of memory for it (default 6)")
    parser.add_argument("--json", action="store_true", help="one JSON object a folder, one a line")
    parser.add_argument("--export-pair", action="store_true", help="the second argument is a whole model too")
    parser.add_argument("--batch", action="store_true", help="read models and folders from standard input")
    args = parser.parse_args(argv)
    if args.samples < 1:
        parser.error("--samples must be at least 1")
    if args.batch != (args.whole is None) or args.batch != (not args.dirs):
        parser.error("give a whole model and folders, or --batch and neither")
    if args.batch:
        return batch(args)
    if args.export_pair and len(args.dirs) != 1:
        parser.error("--export-pair takes exactly two models")

    try:
        reference = Reference(args.whole, args.samples, args.seed)
    except Unusable as error:
        print("chain.py: the whole model cannot be run: %s" % error, file=sys.stderr)
        return 2
    cache, failed = Cache(), False
    for folder in args.dirs:
        answer = judge(reference, folder, cache, args)
        failed = failed or not answer["ok"]
        if args.json:
            print(json.dumps(answer), flush=True)
        elif not answer["ok"]:
            print("%s: FAILED: %s" % (folder, answer["why"]), flush=True)
        else:
            stages = answer["stages"]
            print("%s: ok, %d stage%s, %d samples%s, every output bit for bit" % (
                folder, stages, "s" * (stages != 1), args.samples,
                " and a sequence" if reference.has_state else ""), flush=True)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
