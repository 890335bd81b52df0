#!/usr/bin/env python3
"""Runs the stages in this folder as a pipeline over Coral Edge TPUs, and measures it.

The stages are those of schedule.json beside this script, compiled by edgetpu_compiler; there must be an Edge TPU
for each of them. Needs Python 3.7 or newer, numpy and PyCoral.
"""

EXAMPLES = """\
examples:
  python3 run_pipeline.py                            100 random inputs, on the first Edge TPUs found
  python3 run_pipeline.py --device pci:0,usb:0,usb:1 one device a stage, in this order
  python3 run_pipeline.py --input image.npy --save outputs.npz
                                                     an input of your own; keep what comes out
  python3 run_pipeline.py --input ids=a.npy --input mask=b.npy
                                                     a model of several inputs, by tensor name
  python3 run_pipeline.py --per-stage --format json  the time of each stage alone; for a program to read
  python3 run_pipeline.py --per-stage --format csv > times.csv
                                                     the same as measurements for `respect calibrate times.csv`
"""

import argparse
import csv
import io
import json
import os
import queue
import re
import shlex
import sys
import threading
import time


class Failure(Exception):
    """Something that the user has to put right."""


# Runners that must not be destroyed: libcoral's destructor waits for stages that may never end.
UNFINISHED = []


def leave(status):
    """Ends the process at once, without waiting for a pipeline that hangs."""
    try:
        sys.stdout.flush()
        sys.stderr.flush()
    except OSError:
        status = status or 1
    os._exit(status)


def main(argv=None):
    args = parse(argv)
    try:
        schedule, stages = read_schedule(args.folder)
        np, edgetpu, pipeline = import_libraries()
        devices = choose_devices(edgetpu.list_edge_tpus(), len(stages), args.device)
        report = {
            "model": schedule.get("name") or os.path.basename(args.folder),
            "stage_count": len(stages),
            "devices": devices,
            "stages": [
                {"stage": i, "file": os.path.basename(path), "device": device}
                for i, (path, device) in enumerate(zip(stages, devices))
            ],
        }
        interpreters = [make_interpreter(edgetpu, path, device) for path, device in zip(stages, devices)]
        check_stages(interpreters, stages)
        inputs = make_inputs(np, interpreters[0].get_input_details(), args)
        # Always: an error of a stage alone has a name and an end, which one inside the pipeline may not have.
        times = time_alone(interpreters, inputs[0], args.inferences if args.per_stage else 0, report["stages"])
        if args.per_stage:
            for entry, of_stage in zip(report["stages"], times):
                entry.update(alone_ms=sum(of_stage) / len(of_stage), alone_min_ms=min(of_stage))

        def probe():
            again = [make_interpreter(edgetpu, path, device) for path, device in zip(stages, devices)]
            time_alone(again, inputs[0], 0, report["stages"])

        report.update(run_pipeline(np, pipeline, interpreters, inputs, args, report["stages"], probe))
    except Failure as failure:
        print("run_pipeline.py: error: {}".format(failure), file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("run_pipeline.py: interrupted", file=sys.stderr)
        return 130
    sources = [entry["file"] for entry in schedule["stages"]]
    texts = {"json": lambda: json.dumps(report, indent=2), "csv": lambda: as_csv(report, sources)}
    print(texts.get(args.format, lambda: as_text(report))())
    return 0


def parse(argv):
    parser = argparse.ArgumentParser(
        description=__doc__, epilog=EXAMPLES, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--inferences", type=positive, default=100, metavar="K",
                        help="how many inferences to measure (default 100)")
    parser.add_argument("--input", action="append", default=[], metavar="[NAME=]FILE.npy",
                        help="values for an input instead of random ones: one array of its shape, or a stack of them")
    parser.add_argument("--save", metavar="FILE.npz", help="save the outputs of the last inference")
    parser.add_argument("--device", metavar="LIST",
                        help="Edge TPUs for the stages in order, such as usb:0,usb:1,pci:0 (default: PCIe ones first)")
    parser.add_argument("--timeout", type=positive, default=60, metavar="SECONDS",
                        help="give up when no result has come for so long (default 60)")
    parser.add_argument("--per-stage", action="store_true", help="time each stage alone, too")
    parser.add_argument("--format", choices=["text", "json", "csv"], default="text",
                        help="how to print (default text); csv prints what --per-stage measures")
    parser.add_argument("--seed", type=int, default=0, help="seed of the random inputs (default 0)")
    parser.add_argument("--folder", default=os.path.dirname(os.path.abspath(__file__)),
                        help="where schedule.json and the stages are (default: where this script is)")
    args = parser.parse_args(argv)
    if args.format == "csv" and not args.per_stage:
        parser.error("--format csv prints the time of each stage alone: give --per-stage, too")
    return args


def positive(text):
    number = int(text)
    if number < 1:
        raise argparse.ArgumentTypeError("must be at least 1")
    return number


# ---- the stages

def read_schedule(folder):
    """schedule.json, and the paths of the compiled stages in order."""
    path = os.path.join(folder, "schedule.json")
    try:
        with open(path, encoding="utf-8") as file:
            schedule = json.load(file)
        entries = schedule["stages"]
        count = schedule["stage_count"]
        files = [entry["file"] for entry in entries]
    except OSError as error:
        raise Failure("{}: {}".format(path, error.strerror))
    except (ValueError, KeyError, TypeError) as error:
        raise Failure("{} is not what `respect compile` writes: {!r}".format(path, error))
    if count != len(files) or not files:
        raise Failure("{} speaks of {} stages and lists {}".format(path, count, len(files)))
    stages, missing = [], []
    for entry, file in zip(entries, files):
        # The user may have run the compiler after `respect` wrote the schedule.
        name = entry.get("compiled_file") or re.sub(r"\.tflite$", "_edgetpu.tflite", file)
        stages.append(os.path.join(folder, name))
        if not os.path.isfile(stages[-1]):
            missing.append(compile_command(entry, folder, file))
    if missing:
        raise Failure("{} of {} stages are not compiled for the Edge TPU yet. To compile them:\n{}".format(
            len(missing), len(stages), "\n".join("  " + command for command in missing)))
    return schedule, stages


def compile_command(entry, folder, file):
    """The command line that compiles a stage: the schedule's own, where it has one."""
    command = entry.get("compile_command")
    if not command:
        command = ["edgetpu_compiler", "--show_operations", "--out_dir", folder, os.path.join(folder, file)]
    return command if isinstance(command, str) else " ".join(shlex.quote(word) for word in command)


def import_libraries():
    """numpy and the two modules of PyCoral, or advice."""
    try:
        import numpy
    except ImportError:
        raise Failure("numpy is missing: install python3-numpy, or run `python3 -m pip install numpy`")
    try:
        import pycoral.pipeline.pipelined_model_runner as pipeline
        import pycoral.utils.edgetpu as edgetpu
    except ImportError as error:
        if "libedgetpu" in str(error):
            raise Failure("the Edge TPU runtime is missing ({}): install libedgetpu1-std or libedgetpu1-max, see "
                          "https://coral.ai/software".format(error))
        raise Failure(advice(error))
    return numpy, edgetpu, pipeline


def advice(error):
    """How to get PyCoral, for this Python."""
    lines = ["PyCoral cannot be imported by Python {}.{} ({}).".format(*sys.version_info[:2], error)]
    if getattr(error, "name", None) in ("pycoral.pipeline", "pycoral.utils"):
        lines.append("The package 'pycoral' that is installed is another program of that name, which `pip install "
                     "pycoral` brings. Remove it: python3 -m pip uninstall pycoral")
    lines.append("Install python3-pycoral from Coral's package repository (https://coral.ai/software), or\n"
                 "  python3 -m pip install --extra-index-url https://google-coral.github.io/py-repo/ 'pycoral~=2.0'\n"
                 "`pip install pycoral` alone brings another program of that name.")
    if sys.version_info >= (3, 12):
        lines.append("Neither PyCoral nor tflite-runtime is built for Python 3.12 and later: use an older Python for "
                     "this script. (ai-edge-litert, for Python 3.9 to 3.13, loads the Edge TPU's library by "
                     "load_delegate and runs single stages; it has no pipeline.)")
    elif sys.version_info >= (3, 10):
        lines.append("Google's builds are for Python 3.9 and older; for 3.10 and 3.11 there are those of "
                     "https://github.com/feranick/pycoral")
    return "\n".join(lines)


# ---- the devices

def choose_devices(found, count, wanted):
    """A device for each stage, as make_interpreter wants them: "usb:0" is the first of type usb."""
    numbered = []
    for kind in ("pci", "usb"):
        of_kind = [device for device in found if device["type"] == kind]
        numbered += [("{}:{}".format(kind, i), device["path"]) for i, device in enumerate(of_kind)]
    listing = ", ".join("{} ({})".format(name, path) for name, path in numbered) or "none"
    if wanted is None:
        names = [name for name, _ in numbered]
        if len(names) < count:
            raise Failure("{} stages need {} Edge TPUs. Found {}: {}.\nWithout one: {}.\nPlug in more, or cut the "
                          "model anew: respect compile MODEL --stages {}".format(
                              count, count, len(names), listing, bare_stages(names, count), max(1, len(names))))
        return names[:count]
    names = [name.strip() for name in wanted.split(",")]
    known = {name for name, _ in numbered}
    if len(names) != count:
        raise Failure("--device names {} Edge TPUs for {} stages. Without one: {}".format(
            len(names), count, bare_stages(names, count)))
    for name in names:
        if name not in known:
            raise Failure("--device: there is no {}. Found: {}".format(name, listing))
        if names.count(name) > 1:
            raise Failure("--device: {} is named twice; every stage needs an Edge TPU of its own".format(name))
    return names


def bare_stages(names, count):
    return ", ".join("stage {}".format(i) for i in range(len(names), count)) or "none"


def make_interpreter(edgetpu, path, device):
    """An interpreter on a device, ready to run."""
    try:
        interpreter = edgetpu.make_interpreter(path, device)
        interpreter.allocate_tensors()
    except (ValueError, RuntimeError) as error:
        raise Failure("{} cannot be loaded on {}: {}".format(os.path.basename(path), device, str(error).strip()))
    return interpreter


# ---- the values

def random_tensor(np, rng, details):
    """Random values for an input: every value of a narrow integer, small ones of a wide one."""
    kind, shape = np.dtype(details["dtype"]), tuple(details["shape"])
    if kind.kind in "iu":
        limits = np.iinfo(kind)
        low, high = (limits.min, limits.max) if kind.itemsize < 4 else (0, 7)
        return rng.randint(low, high + 1, size=shape).astype(kind)
    if kind.kind == "f":
        return rng.standard_normal(shape).astype(kind)
    raise Failure("input '{}' is of type {}, which PyCoral's pipeline does not take".format(
        details["name"], kind.name))


def make_inputs(np, details, args):
    """Dicts to push, in the order that the first stage wants; they are pushed in turn."""
    names = [d["name"] for d in details]
    given = {}
    for text in args.input:
        name, separator, path = text.rpartition("=")
        if not separator:
            if len(names) > 1:
                raise Failure("--input {}: which input? Write NAME={}; the model has {}".format(
                    text, text, ", ".join(names)))
            name = names[0]
        if name not in names:
            raise Failure("--input {}: the model has no input '{}', but {}".format(text, name, ", ".join(names)))
        if name in given:
            raise Failure("--input {}: '{}' is given twice".format(text, name))
        try:
            value = np.load(path, allow_pickle=False)
        except (OSError, ValueError) as error:
            raise Failure("--input {}: {}".format(text, error))
        wanted = details[names.index(name)]
        shape, kind = tuple(int(d) for d in wanted["shape"]), np.dtype(wanted["dtype"])
        if value.dtype != kind or (value.shape != shape and value.shape[1:] != shape):
            raise Failure("--input {}: an array of {}{}, and '{}' takes {}{}".format(
                text, value.dtype.name, list(value.shape), name, kind.name, list(shape)))
        given[name] = value.reshape((-1,) + shape)
    rng = np.random.RandomState(args.seed)
    random = {d["name"]: random_tensor(np, rng, d)[None] for d in details if d["name"] not in given}
    values = dict(given, **random)
    count = max(len(v) for v in values.values())
    if count == 0:
        raise Failure("--input: an empty stack of arrays")
    return [
        {name: np.asarray(values[name][i % len(values[name])], order="C") for name in names}
        for i in range(min(count, args.inferences))
    ]


# ---- the measurements

def time_alone(interpreters, inputs, inferences, entries):
    """The milliseconds of every stage by itself, with nothing else on the bus; it is run once if `inferences` is 0."""
    values = dict(inputs)  # Every stage gets what the earlier ones computed: not any value will do for an operation.
    times = []
    for interpreter, entry in zip(interpreters, entries):
        times.append([])
        try:
            for details in interpreter.get_input_details():
                interpreter.set_tensor(details["index"], values[details["name"]])
            interpreter.invoke()  # The first inference loads the parameters.
            for _ in range(min(inferences, 50)):
                start = time.perf_counter()
                interpreter.invoke()
                times[-1].append(1000 * (time.perf_counter() - start))
        except (ValueError, RuntimeError) as error:
            raise Failure("{} cannot be run on {}: {}".format(entry["file"], entry["device"], str(error).strip()))
        values.update((d["name"], interpreter.get_tensor(d["index"])) for d in interpreter.get_output_details())
        interpreter.reset_all_variables()
    return times


def check_stages(interpreters, stages):
    """Finds stages that do not belong together, for libcoral would abort the process."""
    labels = [os.path.basename(path) for path in stages]
    known = {d["name"] for d in interpreters[0].get_input_details()}
    for i, interpreter in enumerate(interpreters):
        for details in interpreter.get_input_details():
            if details["name"] not in known:
                raise Failure("{} reads '{}', which no stage before it writes: these stages are not of one "
                              "model".format(labels[i], details["name"]))
        written = {d["name"] for d in interpreter.get_output_details()}
        later = {d["name"] for other in interpreters[i + 1:] for d in other.get_input_details()}
        unread = sorted(written - later)
        if i + 1 < len(interpreters) and unread:
            raise Failure("{} writes '{}', which no stage after it reads: these stages are not of one model".format(
                labels[i], unread[0]))
        known |= written


def popper(np, runner):
    """A function that returns the next result, and None at the end.

    PyCoral's own pop fails for outputs wider than a byte (its issue 36): the array that it gets has an element for
    each byte, and they begin a byte apart. Every itemsize-th of them is right. It fails for names outside ASCII, too:
    the names that it gets are UTF-8 read as Latin-1.
    """
    native = getattr(runner, "_runner", None)
    if not hasattr(native, "Pop"):
        return runner.pop
    # Asked for now: the interpreters are busy later.
    details = runner.interpreters()[-1].get_output_details()
    known = {d["name"].encode("utf-8").decode("latin-1"): (d["name"], tuple(d["shape"])) for d in details}

    def pop():
        result = native.Pop()
        if not result:
            return None
        outputs = {}
        for name, value in result.items():
            name, shape = known[name]
            if value.itemsize > 1 and value.size == int(np.prod(shape)) * value.itemsize:
                value = value[::value.itemsize]
            outputs[name] = np.array(value).reshape(shape)
        return outputs

    return pop


def run_pipeline(np, pipeline, interpreters, inputs, args, entries, probe):
    """Throughput and latency of the pipeline.

    Where a stage fails while the one before it waits to hand something on, libcoral's push and pop never return. So a
    thread measures, and this one watches whether results come; `probe` runs each stage alone, to find the one to blame.
    """
    try:
        runner = pipeline.PipelinedModelRunner(interpreters)
    except (ValueError, RuntimeError) as error:
        raise Failure("the pipeline cannot be built: {}".format(error))
    UNFINISHED.append(runner)
    progress, outcome = [time.monotonic()], queue.Queue()

    def work():
        try:
            outcome.put(measure(np, runner, inputs, args, progress))
        except (Failure, ValueError, RuntimeError, KeyError) as error:
            outcome.put(error)

    threading.Thread(target=work, daemon=True).start()
    result = wait_for(outcome, progress, args.timeout)
    if result is None:
        raise Failure("no result came for {} s: {}".format(args.timeout, blame(probe, args.timeout)))
    if isinstance(result, Failure):
        raise result
    if isinstance(result, Exception):
        raise Failure("the pipeline failed: {}".format(with_name(str(result), entries)))
    # It is shut down already. PyCoral's destructor would do so again, and print to standard output, or raise.
    runner._runner = None
    UNFINISHED.remove(runner)
    return result


def wait_for(outcome, progress, seconds):
    """What a thread puts into a queue, or None when it has made no progress for so long."""
    while True:
        left = progress[0] + seconds - time.monotonic()
        try:
            return outcome.get(timeout=max(0.01, left))
        except queue.Empty:
            if time.monotonic() - progress[0] >= seconds:
                return None


def blame(probe, seconds):
    """Which stage fails, found by running each alone on its device, in a time that is bounded as well."""
    outcome = queue.Queue()

    def work():
        try:
            probe()
            outcome.put("a stage failed or hangs inside the pipeline; each of them alone still runs")
        except Failure as failure:
            outcome.put(str(failure))

    threading.Thread(target=work, daemon=True).start()
    try:
        return outcome.get(timeout=seconds)
    except queue.Empty:
        return "a stage hangs, and alone does not end either; unplug the Edge TPUs and plug them in again"


def with_name(message, entries):
    """libcoral's message with the file and the device of the stage that it knows by a number."""
    def name(match):
        number = int(match.group(1))
        known = number < len(entries)
        return "{file} on {device}: ".format(**entries[number]) if known else match.group(0)

    return re.sub(r"Segment (\d+) runner error: ", name, message)


def measure(np, runner, inputs, args, progress):
    """Throughput and latency; notes in `progress` when the last result came. Shuts the pipeline down at the end."""
    pop = popper(np, runner)

    # One at a time: the first loads the parameters, the others give the latency of an idle pipeline.
    alone = []
    for i in range(4):
        start = time.perf_counter()
        runner.push(inputs[i % len(inputs)])
        pop()
        progress[0] = time.monotonic()
        alone.append(time.perf_counter() - start)

    # At full load: a thread pushes as fast as the first stage takes, this one pops.
    runner.set_input_queue_size(1)
    pushed, popped, failures = [], [], []

    def feed():
        try:
            for i in range(args.inferences):
                runner.push(inputs[i % len(inputs)])
                pushed.append(time.perf_counter())
            runner.push({})
        except (ValueError, RuntimeError) as error:
            failures.append(error)

    begin = time.perf_counter()
    feeder = threading.Thread(target=feed, daemon=True)
    feeder.start()
    outputs = None
    for _ in range(args.inferences):
        outputs = pop()
        progress[0] = time.monotonic()
        popped.append(time.perf_counter())
        if not outputs:
            raise RuntimeError("it ended after {} inferences".format(len(popped) - 1))
    feeder.join()
    if failures:
        raise failures[0]
    if args.save:
        try:
            np.savez(args.save, **outputs)
        except OSError as error:
            raise Failure("--save {}: {}".format(args.save, error.strerror))

    seconds = popped[-1] - begin
    gaps = len(popped) - 1
    return {
        "inferences": args.inferences,
        "seconds": seconds,
        "inferences_per_second": args.inferences / seconds,
        "interval_ms": 1000 * (popped[-1] - popped[0]) / gaps if gaps else 1000 * seconds,
        "latency_alone_ms": 1000 * sum(alone[1:]) / len(alone[1:]),
        "latency_ms": 1000 * sum(end - start for start, end in zip(pushed, popped)) / len(popped),
    }


def as_text(report):
    lines = [
        "{model}: {stage_count} stage{s} on {on}".format(
            s="" if report["stage_count"] == 1 else "s", on=", ".join(report["devices"]), **report),
        "throughput {inferences_per_second:.1f} inferences/s ({inferences} in {seconds:.2f} s); "
        "a result every {interval_ms:.2f} ms".format(**report),
        "latency    {latency_alone_ms:.2f} ms alone, {latency_ms:.2f} ms in the full pipeline (means)".format(**report),
    ]
    if "alone_ms" in report["stages"][0]:
        lines.append("stage   device      mean alone    fastest  file")
        for entry in report["stages"]:
            lines.append("{stage:5}   {device:9}  {alone_ms:8.2f} ms  {alone_min_ms:6.2f} ms  {file}".format(**entry))
    return "\n".join(lines)


def as_csv(report, sources):
    """Measurements, one a line, as `respect calibrate` reads them: of the stages as they were before compiling."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(["model", "interface", "value_ms"])
    for entry, source in zip(report["stages"], sources):
        writer.writerow([source, entry["device"].split(":")[0], "{:.4f}".format(entry["alone_ms"])])
    return text.getvalue().rstrip("\n")


if __name__ == "__main__":
    status = main()
    if UNFINISHED:
        leave(status)
    sys.exit(status)
