"""Does run_pipeline.py run stages as it says, and does it say what to do when it cannot?

    test_run_pipeline.py STAGES [STAGES...]

STAGES is a folder that `respect compile` wrote, with or without compiled stages in it; or a .tflite file, which
makes a pipeline of one stage. Edge TPUs, PyCoral and edgetpu_compiler are those of tests/standin.
"""

import ast
import json
import os
import shutil
import subprocess
import sys
import tempfile

import flatbuffers
import numpy as np
from ai_edge_litert import schema_py_generated as schema

import coral_runner

HERE = os.path.dirname(os.path.abspath(__file__))
STANDIN = os.path.join(HERE, "..", "standin")
sys.path.insert(0, STANDIN)
from pycoral.utils.edgetpu import model_inside  # noqa: E402

SCRIPT = os.path.join(HERE, "..", "..", "src", "stages", "run_pipeline.py")


def run(folder, *arguments, python=(sys.executable,), standin=True, **environment):
    env = {k: v for k, v in os.environ.items() if k != "PYTHONPATH" and not k.startswith("STANDIN_")}
    env.update(environment, PYTHONDONTWRITEBYTECODE="1")
    if standin:
        env["PYTHONPATH"] = STANDIN
    command = list(python) + [os.path.join(folder, "run_pipeline.py")] + list(arguments)
    return subprocess.run(command, env=env, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, timeout=300)


def fails(result, *words):
    """A failure is an explanation on stderr, not a traceback, and nothing on stdout."""
    assert result.returncode == 1, result
    assert result.stdout == "" and "Traceback" not in result.stderr, result
    assert result.stderr.startswith("run_pipeline.py: error: "), result
    for word in words:
        assert word in result.stderr, (word, result.stderr)


def answers(result):
    assert result.returncode == 0 and result.stderr == "", result
    return json.loads(result.stdout)


def prepare(source, folder):
    """A copy of the stages, not compiled, with a schedule; returns their names in order."""
    if os.path.isdir(source):
        shutil.copytree(source, folder)
        for name in os.listdir(folder):
            if "_edgetpu" in name:
                os.remove(os.path.join(folder, name))
        with open(os.path.join(folder, "schedule.json")) as file:
            schedule = json.load(file)
        for stage in schedule["stages"]:
            stage["compiled_file"] = None
    else:
        os.mkdir(folder)
        name = os.path.basename(source).replace(".tflite", "_segment_0_of_1.tflite")
        shutil.copy(source, os.path.join(folder, name))
        schedule = {"stage_count": 1, "stages": [{"file": name, "compiled_file": None}]}
    if not os.path.exists(os.path.join(folder, "run_pipeline.py")):
        shutil.copy(SCRIPT, folder)
    with open(os.path.join(folder, "schedule.json"), "w") as file:
        json.dump(schedule, file)
    return [stage["file"] for stage in schedule["stages"]]


def package(folder, files):
    """A folder with a package called pycoral, of these files."""
    path = tempfile.mkdtemp(dir=folder)
    for name, text in files.items():
        file = os.path.join(path, "pycoral", name)
        os.makedirs(os.path.dirname(file), exist_ok=True)
        with open(file, "w") as out:
            out.write(text)
    return path


def rename(path):
    """Makes a compiled file the model inside, in which every tensor has a name outside ASCII."""
    with open(path, "rb") as file:
        model = schema.ModelT.InitFromPackedBuf(bytearray(model_inside(file.read())))
    for tensor in model.subgraphs[0].tensors:
        tensor.name = "\u00e9\u4e2d" + tensor.name.decode()
    builder = flatbuffers.Builder(1024)
    builder.Finish(model.Pack(builder), b"TFL3")
    with open(path, "wb") as file:
        file.write(builder.Output())


def check_names(folder):
    """With names outside ASCII, outputs are saved under these names."""
    with open(os.path.join(folder, "schedule.json")) as file:
        stages = [stage["file"].replace(".tflite", "_edgetpu.tflite") for stage in json.load(file)["stages"]]
    for stage in stages:
        rename(os.path.join(folder, stage))
    saved = os.path.join(folder, "named.npz")
    answers(run(folder, "--inferences", "2", "--format", "json", "--save", saved))
    last = coral_runner.load(os.path.join(folder, stages[-1]))
    with np.load(saved) as got:
        assert sorted(got.files) == sorted(tensor.name for tensor in last.outputs), got.files


def check(source, folder):
    files = prepare(source, folder)
    count = len(files)
    paths = [os.path.join(folder, file) for file in files]

    # Before the stages are compiled, it knows the commands.
    fails(run(folder), "%d of %d stages are not compiled" % (count, count), *files)
    assert run(folder).stderr.count("edgetpu_compiler") == count
    for path in paths:
        subprocess.run([os.environ["EDGETPU_COMPILER"], "-o", folder, path], check=True,
                       stdout=subprocess.DEVNULL)

    # What is missing on the machine.
    fails(run(folder, standin=False), "PyCoral cannot be imported", "https://coral.ai/software",
          "--extra-index-url https://google-coral.github.io/py-repo/ 'pycoral~=2.0'", "another program of that name")
    another = package(folder, {"__init__.py": ""})  # As the package index has one.
    fails(run(folder, standin=False, PYTHONPATH=another), "PyCoral cannot be imported",
          "The package 'pycoral' that is installed is another program", "uninstall pycoral")
    incomplete = package(folder, {"pipeline/pipelined_model_runner.py": "from pycoral.pybind import _pywrap_coral"})
    incomplete = run(folder, standin=False, PYTHONPATH=incomplete)
    fails(incomplete, "PyCoral cannot be imported", "pycoral.pybind")
    assert "uninstall" not in incomplete.stderr, incomplete.stderr
    fails(run(folder, python=(sys.executable, "-I", "-S")), "numpy is missing")
    fails(run(folder, STANDIN_NO_DELEGATE="1"), "cannot be loaded on usb:0", "Failed to load delegate")
    fails(run(folder, STANDIN_EDGE_TPUS=",".join(["usb"] * (count - 1))),
          "%d stages need %d Edge TPUs" % (count, count),
          "Found %d" % (count - 1), "Without one: stage %d" % (count - 1))

    # Devices.
    usb = ["usb:%d" % i for i in range(count)]
    short = ["--inferences", "3", "--format", "json"]
    found = answers(run(folder, *short, STANDIN_EDGE_TPUS=",".join(["usb"] * count + ["pci"])))
    assert found["devices"] == (["pci:0"] + usb)[:count], found
    assert found["stage_count"] == count and found["inferences"] == 3, found
    found = answers(run(folder, *short, "--device", ",".join(reversed(usb))))
    assert found["devices"] == usb[::-1] and [s["device"] for s in found["stages"]] == usb[::-1], found
    fails(run(folder, "--device", ",".join(usb + ["usb:7"])), "--device names %d Edge TPUs for %d" % (count + 1, count))
    fails(run(folder, "--device", ",".join(usb[:-1] + ["pci:3"])), "there is no pci:3", "usb:0")
    if count > 1:
        fails(run(folder, "--device", ",".join(["usb:0"] * count)), "usb:0 is named twice")

    # Figures: with 20 ms more in the slowest stage and 5 in the others, the pipeline cannot be faster than that.
    slow = ["5"] * (count - 1) + ["20"]
    found = answers(run(folder, "--inferences", "12", "--per-stage", "--format", "json",
                        STANDIN_STAGE_MS=",".join(slow)))
    assert 20 <= found["interval_ms"] and found["inferences_per_second"] <= 50, found
    assert found["latency_alone_ms"] >= 15 + 5 * count, found
    assert found["latency_ms"] >= 15 + 5 * count, found
    assert [s["alone_min_ms"] >= float(ms) for s, ms in zip(found["stages"], slow)] == [True] * count, found
    lines = run(folder, "--inferences", "3", "--per-stage", "--format", "csv").stdout.splitlines()
    assert lines[0] == "model,interface,value_ms", lines
    assert len(lines) == len(found["stages"]) + 1, lines
    for line, entry in zip(lines[1:], found["stages"]):
        model, interface, ms = line.split(",")
        assert model == entry["file"].replace("_edgetpu.tflite", ".tflite"), line
        assert interface == entry["device"].split(":")[0] and float(ms) > 0, line
    refused = run(folder, "--format", "csv")
    assert refused.returncode == 2 and "--per-stage" in refused.stderr, refused
    text = run(folder, "--inferences", "3", "--per-stage")
    assert text.returncode == 0 and "inferences/s" in text.stdout, text
    assert len(text.stdout.splitlines()) == 4 + count and files[0].replace(".tflite", "_edgetpu.tflite") in text.stdout

    # Whatever PyCoral's destructor does, what is for a program to read is that alone.
    for version in ("2.0.0", "2024"):
        answers(run(folder, *short, STANDIN_PYCORAL=version))

    # A stage that fails at once, one that fails in the pipeline, and one that fails while the one before it waits to
    # hand something on, where libcoral's push and pop never return: an error that names it, and an end.
    last = count - 1
    failing = os.path.basename(paths[last]).replace(".tflite", "_edgetpu.tflite")
    fails(run(folder, STANDIN_FAIL="%d:1" % last), "%s cannot be run on usb:%d" % (failing, last), "failed to invoke")
    fails(run(folder, STANDIN_FAIL="%d:2" % last),
          "the pipeline failed: %s on usb:%d: " % (failing, last), "failed to invoke")
    for stage in range(1, count):
        failing = os.path.basename(paths[stage]).replace(".tflite", "_edgetpu.tflite")
        fails(run(folder, "--timeout", "3", STANDIN_FAIL="%d:10" % stage),
              "no result came for 3 s: %s cannot be run on usb:%d" % (failing, stage), "failed to invoke")

    # Values: what comes out is what the segments compute.
    runner = coral_runner.CoralRunner([coral_runner.load(path) for path in paths])
    rng = np.random.default_rng(7)
    given, arguments = {}, []
    for i, tensor in enumerate(runner.segments[0].inputs):
        stack = rng.integers(0, 8, size=(2,) + tensor.shape).astype(tensor.dtype)
        given[tensor.name] = stack
        file = os.path.join(folder, "input%d.npy" % i)
        np.save(file, stack)
        arguments += ["--input", "%s=%s" % (tensor.name, file)]
    saved = os.path.join(folder, "outputs.npz")
    answers(run(folder, "--inferences", "4", "--format", "json", "--save", saved, *arguments))
    for i in range(4 + 4):  # Before it measures, it runs four; a model with state remembers them.
        want = runner.infer({name: stack[i % 2] for name, stack in given.items()})
    with np.load(saved) as got:
        assert sorted(got.files) == sorted(want), (got.files, list(want))
        for name, value in want.items():
            assert got[name].dtype == value.dtype and got[name].shape == value.shape, name
            assert got[name].tobytes() == value.tobytes(), name

    # Inputs that do not fit.
    name = runner.segments[0].inputs[0].name
    bad = os.path.join(folder, "bad.npy")
    np.save(bad, np.zeros((1, 2, 3), np.float64))
    fails(run(folder, "--input", "%s=%s" % (name, bad)), "an array of float64[1, 2, 3], and '%s' takes" % name)
    fails(run(folder, "--input", "nobody=" + bad), "no input 'nobody'", name)
    fails(run(folder, "--input", "%s=%s" % (name, os.path.join(folder, "none.npy"))), "none.npy")
    if len(runner.segments[0].inputs) > 1:
        fails(run(folder, "--input", bad), "which input?")
    else:
        assert run(folder, "--inferences", "1", "--input", arguments[1].rpartition("=")[2]).returncode == 0

    check_names(folder)

    # Stages that do not belong together: an explanation, where libcoral would abort.
    if count > 1:
        compiled = [p.replace(".tflite", "_edgetpu.tflite") for p in paths]
        shutil.copy(compiled[-1], compiled[0])
        fails(run(folder), "these stages are not of one model")

    # The schedule itself.
    schedule = os.path.join(folder, "schedule.json")
    with open(schedule, "w") as file:
        file.write("{}")
    fails(run(folder), "schedule.json is not what `respect compile` writes")
    os.remove(schedule)
    fails(run(folder), "schedule.json")


def main(sources):
    with open(SCRIPT) as file:
        ast.parse(file.read(), feature_version=(3, 7))
    bare = run(os.path.dirname(SCRIPT), "--help", python=(sys.executable, "-I", "-S"))
    assert bare.returncode == 0 and "examples:" in bare.stdout, bare
    for source in sources:
        folder = tempfile.mkdtemp()
        try:
            check(source, os.path.join(folder, "stages"))
        finally:
            shutil.rmtree(folder)
        print("ok: %s" % source)


if __name__ == "__main__":
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    main(sys.argv[1:])
