"""What Coral's PipelinedModelRunner does with a set of segments, in plain Python.

The runner knows nothing of graphs. It joins segments by tensor *name*, and these are its rules:

1. every input of a segment is a model input, or an output of an earlier segment;
2. every output of a segment that is not the last is read by a later one (else the process aborts);
3. only the last segment's outputs are returned, so it alone produces the model's outputs;
4. model inputs are pushed into the first segment, in its order; a later segment may read them again;
5. a tensor travels along until its last reader, past the segments that do not want it;
6. nothing is requantized on the way: both sides of a cut agree on type, shape, scale and zero point;
7. a segment holds at least one operation and one subgraph.

Three parties use this module: `chain.py` (do the stages compute what the whole model computes?), the tests of
`run_pipeline.py`, and whoever wants to look at a set of segments by hand. Any interpreter with the interface of
`tf.lite.Interpreter` will do.
"""

import glob
import os
import re

import numpy as np


class ContractError(Exception):
    """A set of segments that breaks rule number `rule`.

    `by` says who notices: "pycoral" (its constructor raises ValueError), "runner" (a failed CHECK, which
    aborts the process), or "promise" (Coral runs it, and returns something else than the whole model).
    """

    def __init__(self, rule, by, message):
        super().__init__("rule %d: %s" % (rule, message))
        self.rule = rule
        self.by = by


class Tensor:
    """One input or output of a segment: what the runner and its neighbours see of it."""

    def __init__(self, details):
        params = details["quantization_parameters"]
        self.name = details["name"]
        self.index = details["index"]
        self.dtype = np.dtype(details["dtype"])
        self.shape = tuple(int(d) for d in details["shape"])
        self.signature = tuple(int(d) for d in details["shape_signature"])
        self.scales = np.asarray(params["scales"], np.float32)
        self.zero_points = np.asarray(params["zero_points"], np.int64)
        self.axis = int(params["quantized_dimension"]) if len(self.scales) > 1 else 0

    def difference(self, other):
        """What rule 6 has against joining `self` to `other`: a sentence, or None."""
        if self.dtype != other.dtype:
            return "type %s against %s" % (self.dtype.name, other.dtype.name)
        if self.shape != other.shape:
            return "shape %s against %s" % (list(self.shape), list(other.shape))
        if self.signature != other.signature:
            return "shape signature %s against %s" % (list(self.signature), list(other.signature))
        if self.scales.tobytes() != other.scales.tobytes():
            return "scale %s against %s" % (_few(self.scales), _few(other.scales))
        if not np.array_equal(self.zero_points, other.zero_points):
            return "zero point %s against %s" % (_few(self.zero_points), _few(other.zero_points))
        if self.axis != other.axis:
            return "quantized dimension %d against %d" % (self.axis, other.axis)
        return None


def _few(values):
    values = list(values)
    text = ", ".join(str(v) for v in values[:3])
    return text + (", ... (%d values)" % len(values) if len(values) > 3 else "") if values else "none"


class Segment:
    """An interpreter with its tensors allocated, and its inputs and outputs in order."""

    def __init__(self, interpreter):
        self.interpreter = interpreter
        self.inputs = [Tensor(d) for d in interpreter.get_input_details()]
        self.outputs = [Tensor(d) for d in interpreter.get_output_details()]

    def operations(self):
        """Names of the operations, in execution order."""
        return [op["op_name"] for op in self.interpreter._get_ops_details()]

    def computed(self):
        """Names of the tensors that the operations write."""
        written = {index for op in self.interpreter._get_ops_details() for index in op["outputs"]}
        return {d["name"] for d in self.interpreter.get_tensor_details() if d["index"] in written}

    def reset(self):
        """Brings the state of recurrent operations back to the start."""
        self.interpreter.reset_all_variables()

    def run(self, tensors):
        """One inference. `tensors` holds at least the inputs, by name; returns the outputs, by name."""
        for tensor in self.inputs:
            self.interpreter.set_tensor(tensor.index, np.asarray(tensors[tensor.name], order="C"))
        self.interpreter.invoke()
        return {t.name: self.interpreter.get_tensor(t.index) for t in self.outputs}


class CoralRunner:
    """Segments that are run one after the other, by the runner's rules."""

    def __init__(self, segments, labels=None):
        self.segments = list(segments)
        self.labels = list(labels or ("segment %d" % i for i in range(len(self.segments))))
        self._check_pycoral()
        self._check_runner()
        # How many segments read a tensor: it is dropped after the last of them.
        self.readers = {}
        for segment in self.segments:
            for tensor in segment.inputs:
                self.readers[tensor.name] = self.readers.get(tensor.name, 0) + 1

    def _check_pycoral(self):
        """The test of PyCoral's constructor."""
        if not self.segments:
            raise ContractError(7, "pycoral", "no segment at all")
        known = {t.name for t in self.segments[0].inputs}
        for label, segment in zip(self.labels, self.segments):
            for tensor in segment.inputs:
                if tensor.name not in known:
                    raise ContractError(1, "pycoral", "%s reads '%s', which is neither an input of the first "
                                        "segment nor an output of an earlier one" % (label, tensor.name))
            known.update(t.name for t in segment.outputs)

    def _check_runner(self):
        """The CHECKs of libcoral, and the two it comes to when an inference is under way."""
        made_by = {}
        for i, (label, segment) in enumerate(zip(self.labels, self.segments)):
            for what, tensors in (("reads", segment.inputs), ("writes", segment.outputs)):
                names = [t.name for t in tensors]
                for name in names:
                    if names.count(name) > 1:
                        raise ContractError(1, "runner", "%s %s '%s' more than once: the runner keeps tensors by "
                                            "name, and would keep one" % (label, what, name))
            for tensor in segment.outputs:
                if tensor.name in made_by:
                    raise ContractError(1, "runner", "'%s' is an output of %s and of %s"
                                        % (tensor.name, made_by[tensor.name], label))
                if tensor.name in {t.name for t in self.segments[0].inputs}:
                    raise ContractError(1, "runner", "'%s' is an input of the pipeline and an output of %s"
                                        % (tensor.name, label))
                made_by[tensor.name] = label
                later = self.segments[i + 1:]
                read = any(t.name == tensor.name for s in later for t in s.inputs)
                if later and not read:
                    raise ContractError(2, "runner", "'%s', an output of %s, must be consumed by a later segment"
                                        % (tensor.name, label))

    def check_promise(self, whole):
        """Rules 3, 4, 6 and 7, against the whole model's `Segment`."""
        first, last = self.segments[0], self.segments[-1]
        _same_interface(4, "input", "%s reads" % self.labels[0], first.inputs, whole.inputs)
        _same_interface(3, "output", "%s writes" % self.labels[-1], last.outputs, whole.outputs)
        known = {t.name: (self.labels[0], t) for t in first.inputs}
        for label, segment in zip(self.labels, self.segments):
            for tensor in segment.inputs:
                source, made = known[tensor.name]
                difference = made.difference(tensor)
                if difference:
                    raise ContractError(6, "promise", "'%s' from %s to %s: %s"
                                        % (tensor.name, source, label, difference))
            known.update((t.name, (label, t)) for t in segment.outputs)
            if not segment.operations():
                raise ContractError(7, "promise", "%s holds no operation" % label)
            subgraphs = segment.interpreter.num_subgraphs()
            if len(self.segments) > 1 and subgraphs != 1:
                raise ContractError(7, "promise", "%s holds %d subgraphs" % (label, subgraphs))
            computed = segment.computed()
            for tensor in segment.outputs:
                if tensor.name not in computed and tensor.name in whole.computed():
                    raise ContractError(3, "promise", "'%s' is an output of %s, no operation of which writes it"
                                        % (tensor.name, label))

    def start(self, inputs):
        """The tensors that enter the first segment, by name, each with its number of readers."""
        wanted = [t.name for t in self.segments[0].inputs]
        if list(inputs) != wanted:
            raise ContractError(4, "runner", "pushed %s, the first segment takes %s" % (list(inputs), wanted))
        return {name: (value, self.readers[name]) for name, value in inputs.items()}

    def step(self, i, held):
        """Runs segment `i` on the tensors held so far; returns those held for the segments after it."""
        segment = self.segments[i]
        try:
            made = segment.run({name: value for name, (value, _) in held.items()})
        except (RuntimeError, ValueError) as error:
            raise RuntimeError("%s: %s" % (self.labels[i], error))
        after = {name: (value, self.readers.get(name, 0)) for name, value in made.items()}
        read = {t.name for t in segment.inputs}
        for name, (value, readers) in held.items():
            readers -= name in read
            if readers:
                after.setdefault(name, (value, readers))
        return after

    def finish(self, held):
        """What `pop` returns of the tensors behind the last segment."""
        outputs = [t.name for t in self.segments[-1].outputs]
        if set(held) != set(outputs) or any(readers for _, readers in held.values()):
            raise ContractError(3, "runner", "%s left the pipeline, the last segment writes %s"
                                % (sorted(held), outputs))
        return {name: held[name][0] for name in outputs}

    def infer(self, inputs, watch=None):
        """One inference; `watch(i, outputs)` is shown what every segment writes."""
        held = self.start(inputs)
        for i, segment in enumerate(self.segments):
            held = self.step(i, held)
            if watch:
                watch(i, {t.name: held[t.name][0] for t in segment.outputs if t.name in held})
        return self.finish(held)

    def reset(self):
        """Resets the state of every segment."""
        for segment in self.segments:
            segment.reset()


def _same_interface(rule, kind, who, ours, theirs):
    ours_names, theirs_names = [t.name for t in ours], [t.name for t in theirs]
    if ours_names != theirs_names:
        raise ContractError(rule, "promise", "%s %s, the whole model's %ss are %s"
                            % (who, ours_names, kind, theirs_names))
    for a, b in zip(theirs, ours):
        difference = a.difference(b)
        if difference:
            raise ContractError(6, "promise", "model %s '%s', whole model to segment: %s"
                                % (kind, a.name, difference))


SEGMENT_FILE = re.compile(r"^(?P<name>.*)_segment_(?P<i>\d+)_of_(?P<n>\d+)\.tflite$")


def find_segments(folder):
    """The files of a folder's only pipeline, in order. Raises ValueError where there is not exactly one."""
    if not os.path.isdir(folder):
        raise ValueError("no such folder")
    pipelines = {}
    for path in sorted(glob.glob(os.path.join(glob.escape(folder), "*.tflite"))):
        match = SEGMENT_FILE.match(os.path.basename(path))
        if match:
            pipelines.setdefault((match["name"], int(match["n"])), {})[int(match["i"])] = path
    if not pipelines:
        raise ValueError("no file named NAME_segment_I_of_N.tflite in it")
    if len(pipelines) > 1:
        raise ValueError("segments of %d pipelines in one folder: %s"
                         % (len(pipelines), ", ".join("%s (%d segments)" % key for key in sorted(pipelines))))
    (name, n), files = pipelines.popitem()
    if sorted(files) != list(range(n)):
        raise ValueError("%s has segments %s of %d" % (name, sorted(files), n))
    return [files[i] for i in range(n)]


def load(path=None, content=None, keep_all=False, kind=Segment):
    """A segment on plain built-in kernels: no delegate, one thread, so that bits can be compared.

    The interpreter is LiteRT's, or tflite-runtime's where Python has that one; `kind` is `Segment` or made of it.
    """
    try:
        from ai_edge_litert.interpreter import Interpreter, OpResolverType
    except ImportError:
        from tflite_runtime.interpreter import Interpreter, OpResolverType

    interpreter = Interpreter(
        model_path=path, model_content=content, num_threads=1,
        experimental_op_resolver_type=OpResolverType.BUILTIN_WITHOUT_DEFAULT_DELEGATES,
        experimental_preserve_all_tensors=keep_all)
    interpreter.allocate_tensors()
    return kind(interpreter)
