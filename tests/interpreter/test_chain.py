"""Does the checker catch what it is there to catch?

    test_chain.py MODEL.tflite

Cuts a model (a plain chain of operations, quantized, with weights) in three with a splitter of its own, which
only slices the list of operations, and spoils one thing at a time: `chain.py` must accept the clean cut, and
must refuse each spoilt one for the right reason.
"""

import copy
import io
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
from contextlib import redirect_stdout

import flatbuffers
from ai_edge_litert import schema_py_generated as schema

import chain


def read(path):
    with open(path, "rb") as file:
        return schema.ModelT.InitFromPackedBuf(bytearray(file.read()))


def write(model, path):
    builder = flatbuffers.Builder(1 << 20)
    builder.Finish(model.Pack(builder), b"TFL3")
    with open(path, "wb") as file:
        file.write(builder.Output())


def split(model, cuts):
    """The operations between one cut and the next become a segment; tensors and buffers all stay where they are."""
    whole = model.subgraphs[0]
    bounds = [0] + cuts + [len(whole.operators)]
    segments = []
    for first, last in zip(bounds, bounds[1:]):
        ops = whole.operators[first:last]
        made = [t for op in ops for t in op.outputs]
        read_here = [t for op in ops for t in op.inputs]
        known = set(whole.inputs) | {t for op in whole.operators[:first] for t in op.outputs}
        read_after = {t for op in whole.operators[last:] for t in op.inputs}
        segment = copy.deepcopy(model)
        graph = segment.subgraphs[0]
        graph.operators = copy.deepcopy(ops)
        graph.inputs = [t for t in dict.fromkeys(read_here) if t in known] if first else list(whole.inputs)
        graph.outputs = [t for t in made if t in read_after] if last < len(whole.operators) else list(whole.outputs)
        segment.signatureDefs = []
        segments.append(segment)
    return segments


def flip_weights(model):
    """Turns over every byte of the largest constant that an operation of the model reads."""
    graph = model.subgraphs[0]
    buffers = {graph.tensors[t].buffer for op in graph.operators for t in op.inputs if t >= 0}
    largest = max((model.buffers[b] for b in buffers if model.buffers[b].data is not None), key=lambda b: len(b.data))
    largest.data = bytes(255 - int(byte) for byte in largest.data)


def rename(model, tensor, name):
    model.subgraphs[0].tensors[tensor].name = name


# What is spoilt, and what the checker says about it: (rule, words).
def nothing(segments):
    pass


def scale(segments):
    cut = segments[1].subgraphs[0].inputs[0]
    quantization = segments[1].subgraphs[0].tensors[cut].quantization
    quantization.scale = [float(quantization.scale[0]) * 1.0001]


def zero_point(segments):
    cut = segments[1].subgraphs[0].inputs[0]
    zero = segments[1].subgraphs[0].tensors[cut].quantization.zeroPoint
    segments[1].subgraphs[0].tensors[cut].quantization.zeroPoint = [int(zero[0]) + 1]


def unread_output(segments):
    graph = segments[0].subgraphs[0]
    graph.outputs = [graph.operators[0].outputs[0]] + list(graph.outputs)


def unknown_input(segments):
    rename(segments[1], segments[1].subgraphs[0].inputs[0], "nobody's")


def written_twice(segments):
    graph = segments[0].subgraphs[0]
    graph.outputs = list(graph.outputs) * 2


def other_model_input(segments):
    rename(segments[0], segments[0].subgraphs[0].inputs[0], "other")


def other_model_output(segments):
    rename(segments[2], segments[2].subgraphs[0].outputs[0], "other")


def output_from_nowhere(segments):
    graph = segments[2].subgraphs[0]
    graph.operators = graph.operators[:-1]


def weights(segments):
    flip_weights(segments[1])


def no_operation(segments):
    first, second = segments[0].subgraphs[0], segments[1].subgraphs[0]
    first.operators, first.outputs = first.operators + second.operators, second.outputs
    second.operators, second.inputs, second.outputs = [], [], []


SPOILT = [
    (nothing, None, ""),
    (scale, 6, "scale"),
    (zero_point, 6, "zero point"),
    (unread_output, 2, "must be consumed by a later segment"),
    (unknown_input, 1, "nobody's"),
    (written_twice, 1, "more than once"),
    (other_model_input, 4, "other"),
    (other_model_output, 3, "other"),
    (output_from_nowhere, 3, "no operation of which writes it"),
    (weights, None, "sample 0: spoilt_segment_1_of_3.tflite: "),
    (no_operation, 7, "no operation"),
]


def run_chain(*arguments):
    out = io.StringIO()
    with redirect_stdout(out):
        code = chain.main(list(arguments) + ["--json"])
    return code, [json.loads(line) for line in out.getvalue().splitlines()]


def main(path):
    model = read(path)
    ops = len(model.subgraphs[0].operators)
    folder = tempfile.mkdtemp()
    try:
        folders = []
        for spoil, _, _ in SPOILT:
            segments = split(model, [ops // 3, 2 * ops // 3])
            spoil(segments)
            folders.append(os.path.join(folder, spoil.__name__))
            os.mkdir(folders[-1])
            for i, segment in enumerate(segments):
                write(segment, os.path.join(folders[-1], "spoilt_segment_%d_of_3.tflite" % i))
        code, answers = run_chain(path, *folders, "--samples", "2")
        assert code == 1, code
        assert len(answers) == len(SPOILT), answers
        for answer, (spoil, rule, words) in zip(answers, SPOILT):
            assert answer["ok"] == (spoil is nothing), (spoil.__name__, answer)
            assert answer["rule"] == rule and words in answer["why"], (spoil.__name__, answer)

        clean = folders[0]
        assert run_chain(path, clean)[0] == 0

        # The same, asked for line by line, and after a whole that is none.
        empty = os.path.join(folder, "empty.tflite")
        open(empty, "wb").close()
        lines = ["\t".join([path] + folders), "\t".join([empty, clean]), "\t".join([path, clean])]
        batch = subprocess.run([sys.executable, chain.__file__, "--batch", "--samples", "2"], text=True, check=True,
                               input="\n".join(lines) + "\n", stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
        batch = [json.loads(line) for line in batch.stdout.splitlines()]
        assert [answer["whole"] is None for answer in batch] == [True, False, True], batch
        assert [answer["folders"] for answer in batch] == [answers, [], answers[:1]], batch
        died = chain.in_a_process_of_its_own(lambda report: (report(1), os.kill(os.getpid(), signal.SIGSEGV)))
        assert died == (-signal.SIGSEGV, [1]), died

        shutil.copy(path, os.path.join(clean, "spoilt_segment_0_of_1.tflite"))
        assert "segments of 2 pipelines" in run_chain(path, clean)[1][0]["why"]
        os.remove(os.path.join(clean, "spoilt_segment_0_of_1.tflite"))
        os.remove(os.path.join(clean, "spoilt_segment_1_of_3.tflite"))
        assert "has segments [0, 2] of 3" in run_chain(path, clean)[1][0]["why"]

        other = os.path.join(folder, "other.tflite")
        write(model, other)
        assert run_chain("--export-pair", path, other)[0] == 0
        flip_weights(model)
        write(model, other)
        code, answers = run_chain("--export-pair", path, other)
        assert code == 1 and "elements differ" in answers[0]["why"], answers
    finally:
        shutil.rmtree(folder)
    print("ok: %d cuts judged as they should be" % len(SPOILT))


if __name__ == "__main__":
    main(sys.argv[1])
