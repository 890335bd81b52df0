"""Does run_pipeline.py run stages as it says, and does it say what to do when it cannot?

    test_run_pipeline.py STAGES [STAGES...]

STAGES is a folder that `respect compile` wrote, with or without compiled stages in it; or a .tflite file, which
makes a pipeline of one stage. Edge TPUs, PyCoral and edgetpu_compiler are those of tests/standin; EDGETPU_COMPILER
names the latter, and STANDIN_LIBRARY a folder with tests/standin/edgetpu.c as libedgetpu.so.1.
"""

import ast
import json
import os
import re
import shutil
import signal
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

SCRIPTS = [os.path.join(HERE, "..", "..", "src", "stages", name) for name in ("run_pipeline.py", "respect_pipeline.py")]
INFO = re.compile("^INFO: .*\n", re.MULTILINE)  # What the stand-ins print, from where Python does not see it.


def start(folder, *arguments, python=(sys.executable,), standin=True, **environment):
    env = {k: v for k, v in os.environ.items() if k != "PYTHONPATH" and not k.startswith("STANDIN_")}
    env.update(environment, PYTHONDONTWRITEBYTECODE="1")
    if standin:
        env["PYTHONPATH"] = STANDIN
    command = list(python) + [os.path.join(folder, "run_pipeline.py")] + list(arguments)
    return subprocess.Popen(command, env=env, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def run(folder, *arguments, **options):
    process = start(folder, *arguments, **options)
    out, err = process.communicate(timeout=300)
    return subprocess.CompletedProcess(arguments, process.returncode, out, INFO.sub("", err))


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
    for script in SCRIPTS:
        shutil.copy(script, folder)
    with open(os.path.join(folder, "schedule.json"), "w") as file:
        json.dump(schedule, file)
    return [stage["file"] for stage in schedule["stages"]]


ABSENT = {name + "/__init__.py": "raise ImportError('no %s')" % name for name in ("ai_edge_litert", "tflite_runtime")}
# As much of Pillow as an image takes that is all of one colour.
PILLOW = {"PIL/__init__.py": "", "PIL/Image.py": """
import numpy
BILINEAR = 2
class open:
    def __init__(self, path): self.value = int(path.rsplit("/", 1)[-1].split(".")[0])
    def __enter__(self): return self
    def __exit__(self, *_): pass
    def convert(self, mode): self.channels = len(mode); return self
    def resize(self, size, _): self.size = size; return self
    def __array__(self, dtype=None, copy=None):
        return numpy.full(self.size[::-1] + (self.channels,), self.value, dtype)
"""}


def packages(folder, files):
    """A folder with these files of packages."""
    path = tempfile.mkdtemp(dir=folder)
    for name, text in files.items():
        file = os.path.join(path, name)
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


def change_schedule(folder, change):
    path = os.path.join(folder, "schedule.json")
    with open(path) as file:
        schedule = json.load(file)
    before = json.dumps(schedule)
    change(schedule)
    with open(path, "w") as file:
        json.dump(schedule, file)
    return before


def check_missing(folder, count):
    """What is missing on the machine is said, and what to do."""
    fails(run(folder, standin=False, PYTHONPATH=packages(folder, ABSENT)),
          "no package that runs TensorFlow Lite models", "pip install ai-edge-litert", "https://coral.ai/software")
    another = packages(folder, dict(ABSENT, **{"pycoral/__init__.py": ""}))  # As the package index has one.
    fails(run(folder, standin=False, PYTHONPATH=another), "'pycoral' that is installed is another program",
          "uninstall pycoral")
    broken = {"pycoral/utils/edgetpu.py": "from pycoral.pybind import _pywrap_coral"}
    incomplete = packages(folder, dict(ABSENT, **broken))
    incomplete = run(folder, standin=False, PYTHONPATH=incomplete)
    fails(incomplete, "pycoral.pybind")
    assert "uninstall" not in incomplete.stderr, incomplete.stderr
    fails(run(folder, standin=False), "the Edge TPU runtime is missing", "libedgetpu1-std", "--cpu")
    fails(run(folder, python=(sys.executable, "-I", "-S")), "numpy is missing")
    fails(run(folder, STANDIN_NO_DELEGATE="1"), "on usb:0 cannot be loaded", "Failed to load delegate")
    fails(run(folder, STANDIN_EDGE_TPUS=",".join(["usb"] * (count - 1))),
          "%d stages need %d Edge TPUs" % (count, count),
          "Found %d" % (count - 1), "Without one: stage %d" % (count - 1))


def check_devices(folder, count):
    """Copies get a device each: those asked for, or PCIe ones first."""
    short = ["--inferences", "3", "--format", "json"]
    usb = ["usb:%d" % i for i in range(count)]
    found = answers(run(folder, *short, STANDIN_EDGE_TPUS=",".join(["usb"] * count + ["pci"])))
    assert found["devices"] == (["pci:0"] + usb)[:count], found
    assert found["stage_count"] == count and found["inferences"] == 3, found
    found = answers(run(folder, *short, "--device", ",".join(reversed(usb))))
    assert found["devices"] == usb[::-1] and [s["device"] for s in found["stages"]] == usb[::-1], found
    fails(run(folder, "--device", ",".join(usb + ["usb:7"])),
          "--device names %d Edge TPUs, and the stages need %d" % (count + 1, count))
    fails(run(folder, "--device", ",".join(usb[:-1] + ["pci:3"])), "there is no pci:3", "usb:0")
    if count > 1:
        fails(run(folder, "--device", ",".join(["usb:0"] * count)), "usb:0 is named twice")

    # Two copies of the last stage, one of them on PCIe, which the stages before it must leave to it.
    def mixed(schedule):
        schedule["stages"][-1].update(copies=2, devices=["usb3", "pcie"])

    before = change_schedule(folder, mixed)
    enough = ",".join(["usb"] * count + ["pci"])
    library = {"standin": False, "LD_LIBRARY_PATH": os.environ["STANDIN_LIBRARY"]}
    for options in ({}, library):
        if options:
            for name in os.listdir(folder):
                if name.endswith("_edgetpu.tflite"):  # The library's delegate takes no compiled operators.
                    with open(os.path.join(folder, name), "rb") as file:
                        plain = model_inside(file.read())
                    with open(os.path.join(folder, name), "wb") as file:
                        file.write(plain)
        result = run(folder, *short, "--per-stage", STANDIN_EDGE_TPUS=enough, **options)
        found = answers(result)
        # The last stage's copies choose first.
        assert found["devices"] == usb[1:] + ["usb:0", "pci:0"], found["devices"]
        assert [s["stage"] for s in found["stages"]] == list(range(count)) + [count - 1], found
        assert all(s["alone_ms"] > 0 for s in found["stages"]), found
        short_of = run(folder, STANDIN_EDGE_TPUS=",".join(["usb"] * (count + 1)), **options)
        fails(short_of, "%d stages need %d Edge TPUs" % (count, count + 1), "stage %d (pcie)" % (count - 1))
    # The library's device never opens, and Python's lock is held: what needs none ends it.
    stuck = dict(library, STANDIN_EDGE_TPUS=enough, STANDIN_HANG="1")
    result = run(folder, "--timeout", "1", **stuck)
    assert result.returncode == 1 and result.stdout == "" and "load_delegate" in result.stderr, result
    process = start(folder, **stuck)
    assert process.stderr.readline() == "INFO: a device opens\n"
    process.send_signal(signal.SIGINT)
    out, _ = process.communicate(timeout=60)
    assert process.returncode == -signal.SIGINT and out == "", process.returncode
    with open(os.path.join(folder, "schedule.json"), "w") as file:
        file.write(before)
    for wrong in ({"copies": 0}, {"copies": 65}, {"copies": 2, "devices": ["usb3"]}):
        before = change_schedule(folder, lambda schedule: schedule["stages"][0].update(wrong))
        fails(run(folder), "schedule.json: stage 0 has")
        with open(os.path.join(folder, "schedule.json"), "w") as file:
            file.write(before)


def check_figures(folder, files):
    """With 20 ms more in the slowest stage and 5 in the others, the pipeline cannot be faster than that."""
    count = len(files)
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
    for wrong in (["--format", "csv"], ["--cpu", "--device", "usb:0"], ["--inferences", "0"], ["--normalize", "1,0"]):
        refused = run(folder, *wrong)
        assert refused.returncode == 2 and refused.stdout == "", refused
    text = run(folder, "--inferences", "3", "--per-stage")
    assert text.returncode == 0 and "inferences/s" in text.stdout, text
    assert len(text.stdout.splitlines()) == 4 + count and files[0].replace(".tflite", "_edgetpu.tflite") in text.stdout


def check_failures(folder, files):
    """A stage that fails or hangs, whenever it does so: an error that names it, and an end."""
    for stage, file in enumerate(files):
        name = "%s on usb:%d" % (file.replace(".tflite", "_edgetpu.tflite"), stage)
        for inference in (1, 2, 5, 30, 104):
            fails(run(folder, STANDIN_FAIL="%d:%d" % (stage, inference)),
                  "%s failed at request %d: " % (name, inference - 1), "failed to invoke")
        if 0 < stage < len(files) - 1:
            continue
        for inference, what in ((0, "is not loaded"), (1, "is still at request 0"), (20, "is still at request 19")):
            fails(run(folder, "--timeout", "1", STANDIN_HANG="%d:%d" % (stage, inference)),
                  "%s %s after 1 s" % (name, what))
    # Ctrl-C while it starts and loads, and its signal ends it, which is 130 to a shell; while it works and hangs.
    last = len(files) - 1
    slow = ",".join(["500"] * (last + 1))
    for status, sign, fault in (
            (-signal.SIGINT, "a delegate was made", {"STANDIN_HANG": "0:0"}),
            (130, "inference 1 of segment %d" % last, {"STANDIN_HANG": "%d:1" % last}),
            (130, "inference 9 of segment 0", {"STANDIN_HANG": "0:9"}),
            (130, "inference 1 of segment 0", {"STANDIN_STAGE_MS": slow}),
            (130, "inference 20 of segment 0", {})):
        process = start(folder, "--timeout", "3000", "--inferences", "100000000", **fault)
        while process.stderr.readline() != "INFO: %s\n" % sign:
            assert process.poll() is None, fault
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=60)
        assert process.returncode == status and out == "", (process.returncode, out, err)
        assert INFO.sub("", err) == ("run_pipeline.py: interrupted\n" if status == 130 else ""), err


def check_values(folder, paths):
    """What comes out is what the segments compute, compiled or not."""
    for options in (["--cpu"], []):
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
        answers(run(folder, "--inferences", "4", "--format", "json", "--save", saved, *arguments, *options))
        wanted = {}
        # Before it measures, it runs four, of which the first only loads; a model with state remembers them.
        for i in [0, 0, 1, 2] + list(range(4)):
            wanted[i % 2] = runner.infer({name: stack[i % 2] for name, stack in given.items()})
        with np.load(saved) as got:
            assert sorted(got.files) == sorted(wanted[0]), (got.files, list(wanted[0]))
            for i in range(2):
                for name, value in wanted[i].items():
                    assert got[name].dtype == value.dtype and got[name][i].shape == value.shape, name
                    assert got[name][i].tobytes() == value.tobytes(), name
    return runner, arguments


def check_inputs(folder, runner, arguments):
    """Inputs that do not fit, and images."""
    first = runner.segments[0].inputs[0]
    name = first.name
    bad = os.path.join(folder, "bad.npy")
    np.save(bad, np.zeros((1, 2, 3), np.float64))
    fails(run(folder, "--input", "%s=%s" % (name, bad)), "an array of float64[1, 2, 3], and '%s' takes" % name)
    fails(run(folder, "--input", "nobody=" + bad), "no input 'nobody'", name)
    fails(run(folder, "--input", "%s=%s" % (name, os.path.join(folder, "none.npy"))), "none.npy")
    fails(run(folder, "--cpu", "--save", os.path.join(folder, "no", "where.npz")), "--save", "No such file")
    if len(runner.segments[0].inputs) > 1:
        fails(run(folder, "--input", bad), "which input?")
    else:
        assert run(folder, "--inferences", "1", "--input", arguments[1].rpartition("=")[2]).returncode == 0
    absent = packages(folder, {"PIL/__init__.py": "raise ImportError('no PIL')"})
    fails(run(folder, "--cpu", "--input", name + "=1.jpg", standin=False, PYTHONPATH=absent), "Pillow", ".npy file")
    pillow = dict(standin=False, PYTHONPATH=packages(folder, PILLOW))
    image = run(folder, "--cpu", "--input", name + "=200.jpg", **pillow)
    if len(first.shape) != 4 or first.shape[3] not in (1, 3):
        fails(image, "no image of one or three channels")
        return
    assert image.returncode == 0, image
    # An image is what an array is that holds what its pixels stand for.
    lowest = np.iinfo(first.dtype).min if first.dtype.kind in "iu" else 0
    scale, zero = (float(first.scales[0]), int(first.zero_points[0])) if len(first.scales) else (1.0, 0)
    normal = (200 - 127.5) / 127.5
    for options, value in (([], 200 + lowest if first.dtype.itemsize == 1 else normal),
                           (["--normalize", "127.5,127.5"],
                            normal if first.dtype.kind == "f" else min(normal / scale + zero, 127 if lowest else 255))):
        array = np.full(first.shape, value if first.dtype.kind == "f" else round(value)).astype(first.dtype)
        np.save(bad, array)
        outputs = []
        for given in ("200.jpg", bad):
            saved = os.path.join(folder, "image.npz")
            answers(run(folder, "--cpu", "--inferences", "1", "--format", "json", "--save", saved, "--input",
                        "%s=%s" % (name, given), *options, **pillow))
            with np.load(saved) as loaded:
                outputs.append({key: loaded[key].tobytes() for key in loaded.files})
        assert outputs[0] == outputs[1], options


def check(source, folder):
    files = prepare(source, folder)
    count = len(files)
    paths = [os.path.join(folder, file) for file in files]

    # Before the stages are compiled, it knows the commands, and runs them on the CPU.
    fails(run(folder), "%d of %d stages are not compiled" % (count, count), "--cpu", *files)
    assert run(folder).stderr.count("edgetpu_compiler") == count
    assert answers(run(folder, "--cpu", "--inferences", "3", "--format", "json", standin=False))["devices"] == [
        "cpu:%d" % i for i in range(count)]
    for path in paths:
        subprocess.run([os.environ["EDGETPU_COMPILER"], "-o", folder, path], check=True,
                       stdout=subprocess.DEVNULL)

    check_missing(folder, count)
    check_figures(folder, files)
    check_failures(folder, files)
    check_inputs(folder, *check_values(folder, paths))
    check_devices(folder, count)
    check_names(folder)

    # Stages that do not belong together: an explanation.
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
    for script in SCRIPTS:
        with open(script) as file:
            ast.parse(file.read(), feature_version=(3, 7))
    bare = run(os.path.dirname(SCRIPTS[0]), "--help", python=(sys.executable, "-I", "-S"))
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
