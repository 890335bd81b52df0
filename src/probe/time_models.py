#!/usr/bin/env python3
"""Times the models in this folder on an Edge TPU, for `respect calibrate times.csv`.

The models are those of models.json beside this script, each compiled by itself: `sh compile.sh`. Needs Python 3.7 or
newer, numpy, the Edge TPU runtime, and tflite-runtime (which PyCoral brings) or ai-edge-litert.
"""

EXAMPLES = """\
examples:
  python3 time_models.py                        200 inferences of each model, on the first Edge TPU found
  python3 time_models.py --device usb:1         on the second on USB
  python3 time_models.py --inferences 1000 --force
                                                surer medians, in place of those that were measured before
  python3 time_models.py --cpu -o cpu.csv       the models as they are, on the CPU: to try this script without a device
"""

import argparse
import csv
import json
import os
import re
import shlex
import statistics
import sys
import tempfile
import time

# Inferences that are not counted: the first sends the parameters, and the next ones find the host's clock low.
WARM_UP = 10
LIBRARIES = ("tflite_runtime.interpreter", "ai_edge_litert.interpreter")


class Failure(Exception):
    """Something that the user has to put right."""


def main(argv=None):
    args = parse(argv)
    try:
        output = args.output or os.path.join(args.folder, "times.csv")
        if os.path.exists(output) and not args.force:
            raise Failure("{} exists: give another file with -o, or --force to replace it".format(output))
        if not os.access(os.path.dirname(os.path.abspath(output)), os.W_OK):
            raise Failure("{}: there is no such folder, or it can't be written to".format(output))
        base, models = read_list(args.folder, args.cpu)
        np, library = import_libraries()
        delegate = None if args.cpu else load_delegate(library, args)
        rows = []
        for number, (model, path) in enumerate(models, 1):
            times = time_model(np, library, path, delegate, args)
            rows.append((relative(model, args.folder, output), statistics.median(times)))
            print("{:3} of {}  {}: {:.3f} ms, nine in ten below {:.3f} ms".format(
                number, len(models), model, rows[-1][1], sorted(times)[len(times) * 9 // 10]), flush=True)
        write(output, rows)
    except Failure as failure:
        print("time_models.py: error: {}".format(failure), file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("time_models.py: interrupted: nothing was written", file=sys.stderr)
        return 130
    print("wrote {}; now: respect calibrate {} --base {} -o my_host.toml".format(
        output, shlex.quote(output), shlex.quote(base)))
    if args.cpu:
        print("these are times of this machine's CPU, to try it all: the device file is not that of an Edge TPU")
    return 0


def parse(argv):
    parser = argparse.ArgumentParser(
        description=__doc__, epilog=EXAMPLES, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("-o", "--output", metavar="FILE.csv", help="what to write (default times.csv in the folder)")
    parser.add_argument("--force", action="store_true", help="replace the file of times")
    parser.add_argument("--inferences", type=positive, default=200, metavar="K",
                        help="how many inferences of each model to measure (default 200)")
    parser.add_argument("--device", metavar="NAME", help="the Edge TPU, such as usb, usb:1 or pci:0 (default: any)")
    parser.add_argument("--delegate", default="libedgetpu.so.1", metavar="LIBRARY",
                        help="the Edge TPU runtime (default libedgetpu.so.1)")
    parser.add_argument("--cpu", action="store_true", help="run the models that are not compiled, on the CPU")
    parser.add_argument("--folder", default=os.path.dirname(os.path.abspath(__file__)),
                        help="where models.json and the models are (default: where this script is)")
    return parser.parse_args(argv)


def positive(text):
    number = int(text)
    if number < 1:
        raise argparse.ArgumentTypeError("must be at least 1")
    return number


def read_list(folder, cpu):
    """The device to refit, and the models of models.json, each with the path of the file to run."""
    path = os.path.join(folder, "models.json")
    try:
        with open(path, encoding="utf-8") as file:
            said = json.load(file)
        base, models = said["base"], [entry["file"] for entry in said["models"]]
        if os.path.isfile(os.path.join(folder, base)):
            base = os.path.join(folder, base)
    except OSError as error:
        raise Failure("{}: {}".format(path, error.strerror))
    except (ValueError, KeyError, TypeError) as error:
        raise Failure("{} is not what `respect probe` writes: {!r}".format(path, error))
    paths = [model if cpu else re.sub(r"\.tflite$", "_edgetpu.tflite", model) for model in models]
    paths = [os.path.join(folder, path) for path in paths]
    missing = [os.path.basename(path) for path in paths if not os.path.isfile(path)]
    if missing:
        raise Failure("{} of {} models are missing, {} for one; to compile them, on x86-64 Linux: sh {}".format(
            len(missing), len(models), missing[0], os.path.join(folder, "compile.sh")))
    return base, list(zip(models, paths))


def import_libraries():
    """numpy, and the first interpreter that is installed."""
    try:
        import numpy
    except ImportError:
        raise Failure("numpy is missing: install python3-numpy, or run `python3 -m pip install numpy`")
    import importlib
    reasons = []
    for name in LIBRARIES:
        try:
            return numpy, importlib.import_module(name)
        except ImportError as error:
            reasons.append(str(error))
    raise Failure("there is no interpreter ({}). Install python3-pycoral from Coral's package repository "
                  "(https://coral.ai/software), or run `python3 -m pip install ai-edge-litert`".format("; ".join(reasons)))


def load_delegate(library, args):
    """The delegate that runs compiled models on the device."""
    try:
        return library.load_delegate(args.delegate, {"device": args.device} if args.device else {})
    except (OSError, ValueError, RuntimeError) as error:
        raise Failure("{} cannot be loaded, or finds no Edge TPU ({}): install libedgetpu1-std or libedgetpu1-max, see "
                      "https://coral.ai/software, and plug the device in".format(args.delegate, str(error).strip()))


def time_model(np, library, path, delegate, args):
    """The milliseconds of each inference, without setting inputs and reading outputs on the host."""
    try:
        interpreter = library.Interpreter(
            model_path=path, num_threads=1, experimental_delegates=[delegate] if delegate else None)
        interpreter.allocate_tensors()
        rng = np.random.RandomState(0)
        for details in interpreter.get_input_details():
            limits = np.iinfo(details["dtype"])
            values = rng.randint(limits.min, limits.max + 1, size=details["shape"])
            interpreter.set_tensor(details["index"], values.astype(details["dtype"]))
        times = []
        for number in range(WARM_UP + args.inferences):
            start = time.perf_counter()
            interpreter.invoke()
            times.append(1000 * (time.perf_counter() - start))
        return times[WARM_UP:]
    except (ValueError, RuntimeError) as error:
        raise Failure("{} cannot be run: {}".format(path, str(error).strip()))


def relative(model, folder, output):
    """The model's path from the folder of the times, where `respect calibrate` looks for it."""
    return os.path.relpath(os.path.join(folder, model), os.path.dirname(os.path.abspath(output)))


def write(path, rows):
    """Writes the times: the file appears whole or not at all."""
    folder = os.path.dirname(os.path.abspath(path))
    part = None
    try:
        with tempfile.NamedTemporaryFile("w", dir=folder, delete=False, newline="", encoding="utf-8") as file:
            part = file.name
            table = csv.writer(file, lineterminator="\n")
            table.writerow(["model", "value_ms"])
            table.writerows((model, "{:.6f}".format(ms)) for model, ms in rows)
        os.chmod(part, 0o644)
        os.replace(part, path)
    except OSError as error:
        if part is not None:
            os.unlink(part)
        raise Failure("{}: {}".format(path, error.strerror))


if __name__ == "__main__":
    sys.exit(main())
