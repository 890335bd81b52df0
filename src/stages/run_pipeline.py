#!/usr/bin/env python3
"""Runs the stages in this folder as a pipeline over Coral Edge TPUs, and measures it.

The stages are those of schedule.json beside this script, compiled by edgetpu_compiler; each copy of a stage takes an
Edge TPU. Needs Python 3.7 or newer, numpy, and PyCoral, ai-edge-litert or tflite-runtime; with --cpu no Edge TPU.
"""

EXAMPLES = """\
examples:
  python3 run_pipeline.py                            100 random inputs, on the first Edge TPUs found
  python3 run_pipeline.py --cpu                      the stages before compilation, on this machine's CPU
  python3 run_pipeline.py --device pci:0,usb:0,usb:1 one device for each copy of each stage, in this order
  python3 run_pipeline.py --input cat.jpg --save outputs.npz
                                                     an input of your own (.npy, or an image); keep what comes out
  python3 run_pipeline.py --input ids=a.npy --input mask=b.npy
                                                     a model of several inputs, by tensor name
  python3 run_pipeline.py --per-stage --format json  the time of each stage alone; for a program to read
  python3 run_pipeline.py --per-stage --format csv > times.csv
                                                     the same as measurements for `respect calibrate times.csv`

in a program of yours:
  from run_pipeline import Pipeline
  with Pipeline("model_stages") as pipeline:
      for outputs in pipeline.run(frames):           in order; frames: arrays, or dicts of arrays by tensor name
          print(outputs["name"])
"""

import argparse
import collections
import csv
import faulthandler
import io
import itertools
import json
import os
import signal
import sys
import time

if __name__ == "__main__":
    # Python's lock may be held while libraries load and devices open: should that hang, Ctrl-C ends it all the same.
    signal.signal(signal.SIGINT, signal.SIG_DFL)

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from respect_pipeline import HERE, Engine, Failure, Pipeline, StageFailure, Tensor, np  # noqa: E402

__all__ = ["Engine", "Failure", "Pipeline", "StageFailure", "Tensor", "read_input"]


# ---- the command line: what to push

def random_tensor(rng, tensor):
    """Random values for an input: every value of a narrow integer, small ones of a wide one."""
    kind = tensor.dtype.kind
    if kind in "iu":
        limits = np.iinfo(tensor.dtype)
        low, high = (limits.min, limits.max) if tensor.dtype.itemsize < 4 else (0, 7)
        return rng.randint(low, high + 1, size=tensor.shape).astype(tensor.dtype)
    if kind in "fb":
        return (rng.standard_normal(tensor.shape) if kind == "f" else rng.randint(0, 2, tensor.shape)).astype(
            tensor.dtype)
    raise Failure("input '{}' is {}, for which there are no random values: give --input".format(
        tensor.name, tensor.describe()))


def read_image(path, tensor, normalize):
    """An image as an input: of its size and channels, and quantized as it is.

    A pixel's 0 to 255 stand for `normalize`'s (pixel - MEAN) / STD; without it, for all that an input of 8 bits can
    hold, and for -1 to 1 in wider ones.
    """
    try:
        from PIL import Image
    except ImportError:
        raise Failure("Pillow, which reads images, is missing: `python3 -m pip install pillow`, or give a .npy file")
    if len(tensor.shape) != 4 or tensor.shape[0] != 1 or tensor.shape[3] not in (1, 3):
        raise Failure("'{}' takes {}, which is no image of one or three channels".format(
            tensor.name, tensor.describe()))
    _, height, width, channels = tensor.shape
    with Image.open(path) as image:
        image = image.convert("RGB" if channels == 3 else "L").resize((width, height), Image.BILINEAR)
    pixels = np.asarray(image, np.float64).reshape(tensor.shape)
    narrow = tensor.dtype.kind in "iu" and tensor.dtype.itemsize == 1
    if narrow and (normalize is None or not tensor.scale):
        return (pixels + np.iinfo(tensor.dtype).min).astype(tensor.dtype)
    mean, deviation = normalize or (127.5, 127.5)
    values = (pixels - mean) / deviation
    if tensor.dtype.kind in "iu":
        limits = np.iinfo(tensor.dtype)
        values = np.clip(np.round(values / (tensor.scale or 1) + tensor.zero_point), limits.min, limits.max)
    return values.astype(tensor.dtype)


def read_input(path, tensor, normalize=None):
    """The values of a .npy file or an image for an input, a Tensor: a stack of arrays. See read_image."""
    if not path.endswith(".npy"):
        return read_image(path, tensor, normalize)[None]
    value = np.load(path, allow_pickle=False)
    if value.dtype != tensor.dtype or (value.shape != tensor.shape and value.shape[1:] != tensor.shape):
        raise Failure("an array of {}{}, and '{}' takes {}".format(
            value.dtype.name, list(value.shape), tensor.name, tensor.describe()))
    return value.reshape((-1,) + tensor.shape)


def make_inputs(wanted, args):
    """Dicts to push; they are pushed in turn."""
    by_name = {tensor.name: tensor for tensor in wanted}
    given = {}
    for text in args.input:
        name, separator, path = text.rpartition("=")
        if not separator:
            if len(wanted) > 1:
                raise Failure("--input {}: which input? Write NAME={}; the model has {}".format(
                    text, text, ", ".join(by_name)))
            name = wanted[0].name
        if name not in by_name:
            raise Failure("--input {}: the model has no input '{}', but {}".format(text, name, ", ".join(by_name)))
        try:
            given.setdefault(name, []).append(read_input(path, by_name[name], args.normalize))
        except (OSError, ValueError, Failure) as error:
            raise Failure("--input {}: {}".format(text, error))
    rng = np.random.RandomState(args.seed)
    values = {tensor.name: np.concatenate(given[tensor.name]) if tensor.name in given
              else random_tensor(rng, tensor)[None] for tensor in wanted}
    if not all(map(len, values.values())):
        raise Failure("--input: an empty stack of arrays")
    count = min(max(map(len, values.values())), args.inferences)
    return [{name: stack[i % len(stack)] for name, stack in values.items()} for i in range(count)]


# ---- the command line: the measurement

def measure(pipeline, inputs, args):
    """Throughput and latency, and a row for each device."""
    most = max(collections.Counter(worker.stage for worker in pipeline.workers).values())

    def one_at_a_time(count):
        """Runs each device about so often, and at least once: idle ones take turns."""
        for number in itertools.count():
            if number >= count * most and all(worker.times for worker in pipeline.workers):
                return
            pipeline.push(inputs[number % len(inputs)])
            yield pipeline.pop().seconds

    for _ in one_at_a_time(1):  # The first inference loads the parameters.
        pass
    for worker in pipeline.workers:
        worker.times.clear()
    alone = list(one_at_a_time(min(args.inferences, 50) if args.per_stage else 3))
    rows = [{"stage": worker.stage, "file": pipeline.files[worker.stage], "device": worker.device}
            for worker in pipeline.workers]
    if args.per_stage:
        for row, worker in zip(rows, pipeline.workers):
            times = [1000 * seconds for seconds in worker.times]
            row.update(alone_ms=sum(times) / len(times), alone_min_ms=min(times))

    outputs, popped, latency = {}, [], 0
    begin = time.perf_counter()
    for number, result in enumerate(pipeline.run(itertools.islice(itertools.cycle(inputs), args.inferences))):
        popped.append(time.perf_counter())
        latency += result.seconds
        if args.save:
            outputs[number % len(inputs)] = result
    seconds, gaps = popped[-1] - begin, len(popped) - 1
    if args.save:
        save(args.save, [outputs[number] for number in sorted(outputs)])
    return {
        "model": pipeline.schedule.get("name") or os.path.basename(args.folder),
        "stage_count": len(pipeline.files),
        "devices": pipeline.devices,
        "stages": rows,
        "inferences": args.inferences,
        "seconds": seconds,
        "inferences_per_second": args.inferences / seconds,
        "interval_ms": 1000 * (popped[-1] - popped[0]) / gaps if gaps else 1000 * seconds,
        "latency_alone_ms": 1000 * sum(alone) / len(alone),
        "latency_ms": 1000 * latency / len(popped),
    }


def save(path, results):
    """Writes outputs by name: those of one input, or a stack for several."""
    arrays = {name: np.stack([result[name] for result in results]) if len(results) > 1 else results[0][name]
              for name in results[0]}
    contents = io.BytesIO()
    np.savez(contents, **arrays)
    try:
        with open(path, "wb") as file:
            file.write(contents.getbuffer())
    except OSError as error:
        raise Failure("--save {}: {}".format(path, error.strerror))


def as_text(report, _):
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
    for entry in report["stages"]:
        source = sources[entry["stage"]]["file"]
        writer.writerow([source, entry["device"].split(":")[0], "{:.4f}".format(entry["alone_ms"])])
    return text.getvalue().rstrip("\n")


FORMATS = {"text": as_text, "json": lambda report, _: json.dumps(report, indent=2), "csv": as_csv}


def parse(argv):
    parser = argparse.ArgumentParser(
        description=__doc__, epilog=EXAMPLES, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--inferences", type=positive, default=100, metavar="K",
                        help="how many inferences to measure (default 100)")
    parser.add_argument("--input", action="append", default=[], metavar="[NAME=]FILE",
                        help="values for an input instead of random ones: a .npy file with one array of its shape or a "
                             "stack of them, or an image; several files are taken in turn")
    parser.add_argument("--normalize", type=mean_and_deviation, metavar="MEAN,STD",
                        help="an image's pixels, 0 to 255, are (pixel - MEAN) / STD to the model (default: all that an "
                             "input of 8 bits can hold)")
    parser.add_argument("--save", metavar="FILE.npz", help="save the outputs, of each input the last ones")
    parser.add_argument("--device", type=lambda text: [name.strip() for name in text.split(",")], metavar="LIST",
                        help="Edge TPUs for the copies of the stages in order, such as usb:0,usb:1,pci:0 (default: "
                             "those that schedule.json asks for, PCIe ones first)")
    parser.add_argument("--cpu", action="store_true", help="run the stages on the CPU, as they are before compilation")
    parser.add_argument("--queue", type=positive, metavar="N", dest="places",
                        help="how many inferences may wait between two stages (default: the most copies of a stage)")
    parser.add_argument("--timeout", type=positive, default=60, metavar="SECONDS",
                        help="give up when a device has not answered for so long (default 60)")
    parser.add_argument("--per-stage", action="store_true", help="time each stage alone, too")
    parser.add_argument("--format", choices=list(FORMATS), default="text",
                        help="how to print (default text); csv prints what --per-stage measures")
    parser.add_argument("--seed", type=int, default=0, help="seed of the random inputs (default 0)")
    parser.add_argument("--folder", default=HERE,
                        help="where schedule.json and the stages are (default: where this script is)")
    args = parser.parse_args(argv)
    if args.format == "csv" and not args.per_stage:
        parser.error("--format csv prints the time of each stage alone: give --per-stage, too")
    if args.cpu and args.device:
        parser.error("--cpu runs no Edge TPUs: leave --device out")
    return args


def positive(text):
    number = int(text)
    if number < 1:
        raise argparse.ArgumentTypeError("must be at least 1")
    return number


def mean_and_deviation(text):
    mean, deviation = map(float, text.split(","))
    if not deviation > 0:
        raise argparse.ArgumentTypeError("STD must be above 0")
    return mean, deviation


def main(argv=None):
    args = parse(argv)
    pipeline = None
    # What libraries print, from C too, must not get between the lines of the result.
    out = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)
    try:
        # Ends a device that hangs with Python's lock held, and says where; where it is not held, Pipeline does.
        faulthandler.dump_traceback_later(args.timeout + 5, exit=True)
        pipeline = Pipeline(args.folder, args.device, args.cpu, places=args.places, timeout=args.timeout)
        faulthandler.cancel_dump_traceback_later()
        signal.signal(signal.SIGINT, signal.default_int_handler)
        report = measure(pipeline, make_inputs(pipeline.inputs, args), args)
        out.write(FORMATS[args.format](report, pipeline.schedule["stages"]) + "\n")
        out.close()
        status = 0
    except Failure as failure:
        print("run_pipeline.py: error: {}".format(failure), file=sys.stderr)
        status = 1
    except OSError as error:
        print("run_pipeline.py: error: standard output: {}".format(error.strerror), file=sys.stderr)
        status = 1
    except KeyboardInterrupt:
        print("run_pipeline.py: interrupted", file=sys.stderr)
        status = 130
    if status or not pipeline.close():
        sys.stderr.flush()
        os._exit(status)  # At once: a device that hangs never lets go of its thread.
    return status


if __name__ == "__main__":
    sys.exit(main())
