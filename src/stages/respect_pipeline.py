"""Runs the stages of a folder that `respect compile` wrote as a pipeline: each copy of a stage on a device of its own.

Part of run_pipeline.py beside it, from which programs import it, too. Needs Python 3.7 or newer, numpy, and PyCoral,
ai-edge-litert or tflite-runtime.
"""

import collections
import ctypes
import importlib
import itertools
import json
import os
import re
import shlex
import sys
import threading
import time

try:
    import numpy as np
except ImportError:
    np = None  # Pipeline says so, and --help needs none.

HERE = os.path.dirname(os.path.abspath(__file__))
LIBRARY = {"darwin": "libedgetpu.1.dylib", "win32": "edgetpu.dll"}.get(sys.platform, "libedgetpu.so.1")
# How the runtime calls the devices that schedule.json names.
KINDS = {"usb3": "usb", "usb3-std": "usb", "pcie": "pci", "pcie-std": "pci", "dev-board": "pci"}


class Failure(Exception):
    """Something that the user has to put right."""


class StageFailure(Failure):
    """A stage that failed or hangs: its number, its device, and the number of the request, None while it loads."""

    def __init__(self, message, stage, device, request):
        super().__init__(message)
        self.stage, self.device, self.request = stage, device, request


# ---- the engine: a thread for each device, and bounded queues between stages

class Result(dict):
    """The outputs of one inference by name; `seconds` is the time from the first queue to the end of the last stage."""

    seconds = None


class Worker:
    """A device: the thread that runs its copy of a stage, and what the others may know of it."""

    def __init__(self, stage, label, device, load):
        self.stage, self.label, self.device, self.load = stage, label, device, load
        self.loaded = None
        self.busy = None  # What it is at, and since when.
        self.times = collections.deque(maxlen=10000)  # The seconds of its inferences, the latest ones.
        self.thread = None

    def failure(self, what, request=None):
        return StageFailure("{} {}".format(self.label, what), self.stage, self.device, request)


class Request:
    """An inference under way: the tensors that later stages read."""

    def __init__(self, values):
        self.values, self.number, self.start = values, None, None


class Engine:
    """Stages that work at the same time, each on one device or several.

    `stages` holds, for each stage, a (label, device, load) for each of its copies: load() is called in the device's own
    thread, and returns an object with `inputs` and `outputs` (lists of Tensor), run(values), which takes and returns
    arrays by name, and `seconds`, what the last run took. Between two stages wait at most `places` inferences, by default
    as many as a stage has copies, which may end together, and at most `ahead` are under way or not taken by pop. A device that does not answer for `timeout` seconds is a failure.
    """

    def __init__(self, stages, places=None, ahead=None, timeout=60):
        self.timeout, self.places = timeout, places or max(len(copies) for copies in stages)
        self.ahead = ahead or 8 + 4 * sum(len(copies) + self.places for copies in stages)
        lock = self._lock = threading.Lock()
        self._queues = [collections.deque() for _ in stages]
        self._work = [threading.Condition(lock) for _ in stages]  # A queue has an inference.
        self._room = [threading.Condition(lock) for _ in stages]  # A queue has a place.
        self._credit = threading.Condition(lock)  # Less is under way.
        self._news = threading.Condition(lock)  # A device is loaded, or a result is there.
        self._done = {}  # Results by number: copies may overtake each other, and pop keeps the order.
        self._pushed = self._popped = 0
        self._finished = False
        self._failure = None
        self.workers = [Worker(i, *copy) for i, copies in enumerate(stages) for copy in copies]
        try:
            for worker in self.workers:
                self._load(worker)
            self._join_stages(len(stages))
        except BaseException:
            self.close()
            raise

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def push(self, inputs):
        """Adds an inference: {name: array}, a list of arrays in the order of `inputs`, or the array of the only one.

        Waits while `ahead` inferences are under way or not taken: pop some first, or pop in another thread.
        """
        request = Request(self._checked(inputs))
        with self._lock:
            self._wait(self._credit, lambda: self._pushed - self._popped < self.ahead)
            self._wait(self._room[0], lambda: len(self._queues[0]) < self.places)
            request.number, request.start = self._pushed, time.perf_counter()
            self._pushed += 1
            self._put(0, request)

    def pop(self):
        """The next Result, in the order of push; waits for it. None after finish(), when there are no more."""
        with self._lock:
            self._wait(self._news, lambda: self._popped in self._done or (
                self._finished and self._popped == self._pushed))
            result = self._done.pop(self._popped, None)
            if result is not None:
                self._popped += 1
                self._credit.notify()
            return result

    def finish(self):
        """Says that nothing more will be pushed."""
        with self._lock:
            self._finished = True
            self._news.notify_all()

    def run(self, many):
        """Yields the Result of each of `many` inputs, in order, as they come.

        A thread takes the inputs, as fast as the pipeline and whoever takes the results allow. To leave the loop early
        closes the pipeline.
        """

        def feed():
            try:
                for inputs in many:
                    self.push(inputs)
                self.finish()
            except BaseException as error:  # Also one of the caller's own, who hears of it from pop.
                self._fail(error)

        threading.Thread(target=feed, daemon=True).start()
        complete = False
        try:
            for result in iter(self.pop, None):
                yield result
            complete, self._finished = True, False
        finally:
            if not complete:
                self.close()

    def close(self, seconds=2):
        """Ends the devices' threads, without waiting for one that hangs; returns whether all have ended."""
        self._fail(Failure("the pipeline is closed"))
        end = time.monotonic() + seconds
        for worker in self.workers:
            if worker.thread:
                worker.thread.join(max(0, end - time.monotonic()))
        return not any(worker.thread and worker.thread.is_alive() for worker in self.workers)

    def _load(self, worker):
        # One after the other: a USB device gets its firmware now, and comes back under another address.
        worker.busy = "is not loaded", None, time.monotonic()
        worker.thread = threading.Thread(target=self._serve, args=(worker,), daemon=True)
        worker.thread.start()
        with self._lock:
            self._wait(self._news, lambda: worker.loaded)

    def _serve(self, worker):
        """What a device's thread does until the pipeline ends."""
        number, stage = None, worker.stage
        try:
            loaded = worker.load()
            with self._lock:
                worker.loaded, worker.busy = loaded, None
                self._news.notify_all()
            while True:
                number = None
                with self._lock:
                    self._wait(self._work[stage], lambda: self._queues[stage])
                    request = self._queues[stage].popleft()
                    self._room[stage].notify()
                    number = request.number
                    worker.busy = "is still at request {}".format(number), number, time.monotonic()
                made = loaded.run(request.values)
                with self._lock:
                    worker.busy = None
                    worker.times.append(loaded.seconds)
                    self._hand_on(stage, request, made)
                del request, made  # An idle device holds no tensors.
        except Failure as failure:
            self._fail(failure)
        except Exception as error:  # Whatever a kernel or a delegate raises: it must end the pipeline, not the thread.
            what = "cannot be loaded" if number is None else "failed at request {}".format(number)
            self._fail(worker.failure("{}: {}".format(what, str(error).strip() or repr(error)), number))

    def _hand_on(self, stage, request, made):
        """Passes on what a stage made, with what later stages read; the lock is held."""
        if stage + 1 == len(self._queues):
            result = Result(made)
            result.seconds = time.perf_counter() - request.start
            self._done[request.number] = result
            self._news.notify_all()
            return
        request.values.update(made)
        request.values = {name: request.values[name] for name in self._needed[stage]}
        self._wait(self._room[stage + 1], lambda: len(self._queues[stage + 1]) < self.places)
        self._put(stage + 1, request)

    def _put(self, stage, request):
        self._queues[stage].append(request)
        self._work[stage].notify()

    def _wait(self, condition, ready):
        """Waits, with the lock held, until `ready()`; raises what has ended the pipeline, or that a device hangs."""
        while True:
            if self._failure:
                raise self._failure
            if ready():
                return
            now = time.monotonic()
            busy = [worker for worker in self.workers if worker.busy]
            oldest = min(busy, key=lambda worker: worker.busy[2], default=None)
            left = self.timeout - (now - oldest.busy[2] if oldest else 0)
            if left <= 0:
                what, number, _ = oldest.busy
                raise oldest.failure("{} after {} s; if it hangs, unplug the Edge TPU and plug it in again, and if it "
                                     "is slow, give it more --timeout".format(what, self.timeout), number)
            condition.wait(left)

    def _fail(self, failure):
        with self._lock:
            self._failure = self._failure or failure
            for condition in itertools.chain(self._work, self._room, (self._credit, self._news)):
                condition.notify_all()

    def _join_stages(self, count):
        """Finds stages that do not belong together, and which tensors are needed after each."""
        firsts = [next(worker for worker in self.workers if worker.stage == i) for i in range(count)]
        self.inputs, self.outputs = firsts[0].loaded.inputs, firsts[-1].loaded.outputs
        known = {tensor.name: tensor for tensor in self.inputs}
        for worker in firsts:
            for tensor in worker.loaded.inputs:
                made = known.get(tensor.name)
                if made is None:
                    raise worker.failure("reads '{}', which no stage before it writes: these stages are not of one "
                                         "model".format(tensor.name))
                if made[2:] != tensor[2:]:
                    raise worker.failure("reads '{}' as {}, and what comes is {}: these stages are not of one "
                                         "model".format(tensor.name, tensor.describe(), made.describe()))
            known.update((tensor.name, tensor) for tensor in worker.loaded.outputs)
        reads = [{tensor.name for tensor in worker.loaded.inputs} for worker in firsts]
        held, self._needed = set(reads[0]), []
        for i, worker in enumerate(firsts):
            written = {tensor.name for tensor in worker.loaded.outputs}
            later = set().union(*reads[i + 1:])
            if i + 1 < count and not written <= later:
                raise worker.failure("writes '{}', which no stage after it reads: these stages are not of one "
                                     "model".format(min(written - later)))
            held = (held | written) & later
            self._needed.append(sorted(held))

    def _checked(self, inputs):
        """The arrays of an inference by name: copies, so that the caller may use buffers again."""
        if not isinstance(inputs, dict):
            listed = inputs if isinstance(inputs, (list, tuple)) else [inputs]
            if len(listed) != len(self.inputs):
                raise Failure("{} arrays, and the model has {} inputs".format(len(listed), len(self.inputs)))
            inputs = {tensor.name: value for tensor, value in zip(self.inputs, listed)}
        values = {}
        for tensor in self.inputs:
            value = inputs.get(tensor.name)
            if value is None or len(inputs) != len(self.inputs):
                raise Failure("the inputs {}, and the model takes {}".format(
                    sorted(inputs), ", ".join(tensor.name for tensor in self.inputs)))
            value = np.array(value, order="C")
            if (value.dtype, value.shape) != (tensor.dtype, tensor.shape):
                raise Failure("an array of {}{}, and '{}' takes {}".format(
                    value.dtype.name, list(value.shape), tensor.name, tensor.describe()))
            values[tensor.name] = value
        return values


class Tensor(collections.namedtuple("Tensor", "name index dtype shape scale zero_point")):
    """An input or output: its values are (integer - zero_point) * scale, where scale is not 0."""

    def describe(self):
        quantized = ", scale {:g}, zero point {}".format(self.scale, self.zero_point) if self.scale else ""
        return "{}{}{}".format(self.dtype.name, list(self.shape), quantized)


def tensors(details):
    """The tensors of an interpreter's details; what has no name of its own gets one."""
    names = [d["name"] for d in details]
    named = [n if n and names.count(n) == 1 else "{}:{}".format(n, i) for i, n in enumerate(names)]
    return [Tensor(name, d["index"], np.dtype(d["dtype"]), tuple(int(n) for n in d["shape"]), *d["quantization"])
            for name, d in zip(named, details)]


class Loaded:
    """A stage in an interpreter."""

    seconds = None

    def __init__(self, interpreter):
        interpreter.allocate_tensors()
        self.interpreter = interpreter
        self.inputs = tensors(interpreter.get_input_details())
        self.outputs = tensors(interpreter.get_output_details())

    def run(self, values):
        for tensor in self.inputs:
            self.interpreter.set_tensor(tensor.index, values[tensor.name])
        start = time.perf_counter()
        self.interpreter.invoke()
        self.seconds = time.perf_counter() - start
        return {tensor.name: self.interpreter.get_tensor(tensor.index) for tensor in self.outputs}


# ---- the folder, and the devices

class Pipeline(Engine):
    """The stages of a folder that `respect compile` wrote, on Edge TPUs, or on the CPU if `cpu` is true.

    `device` names one for each copy of each stage, such as ["usb:0", "pci:0"]; without it PCIe ones come first. A
    Pipeline is used by `with`, or closed. It has `inputs` and `outputs`, lists of Tensor, and `devices`. Mistakes and
    failures are raised as Failure; a stage's are StageFailure, with `stage`, `device` and `request`.
    """

    def __init__(self, folder=HERE, device=None, cpu=False, **options):
        if np is None:
            raise Failure("numpy is missing: install python3-numpy, or run `python3 -m pip install numpy`")
        self.schedule = read_schedule(folder)
        self.files = stage_files(folder, self.schedule["stages"], cpu)
        # On the CPU any will do.
        slots = [(i, None if cpu else kind) for i, entry in enumerate(self.schedule["stages"])
                 for kind in wanted_devices(entry)]
        backend = find_backend(cpu)
        found = [("cpu", "")] * len(slots) if cpu else backend.devices()
        self.devices = choose_devices(found, slots, device)
        stages = [[] for _ in self.files]
        for (i, _), name in zip(slots, self.devices):
            path = os.path.join(folder, self.files[i])
            stages[i].append(("{} on {}".format(self.files[i], name), name,
                              lambda path=path, name=name: Loaded(backend.interpreter(path, name))))
        super().__init__(stages, **options)


def read_schedule(folder):
    """schedule.json, as far as it is needed here."""
    path = os.path.join(folder, "schedule.json")
    try:
        with open(path, encoding="utf-8") as file:
            schedule = json.load(file)
        count = schedule["stage_count"]
        listed = len([entry["file"] for entry in schedule["stages"]])
        for i, entry in enumerate(schedule["stages"]):
            copies, devices = entry.get("copies", 1), entry.get("devices", [])
            if not 1 <= copies <= 64 or len(devices) not in (0, copies):
                raise Failure("{}: stage {} has {} copies and names {} devices".format(path, i, copies, len(devices)))
    except OSError as error:
        raise Failure("{}: {}".format(path, error.strerror))
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise Failure("{} is not what `respect compile` writes: {!r}".format(path, error))
    if count != listed or not listed:
        raise Failure("{} speaks of {} stages and lists {}".format(path, count, listed))
    return schedule


def stage_files(folder, entries, cpu):
    """The file names of the stages, compiled unless they run on the CPU."""
    files, missing = [], []
    for entry in entries:
        # The user may have run the compiler after `respect` wrote the schedule.
        compiled = entry.get("compiled_file") or re.sub(r"\.tflite$", "_edgetpu.tflite", entry["file"])
        files.append(entry["file"] if cpu else compiled)
        if not os.path.isfile(os.path.join(folder, files[-1])):
            missing.append(files[-1] if cpu else compile_command(entry, folder))
    if missing and cpu:
        raise Failure("{}: there is no {}".format(folder, missing[0]))
    if missing:
        raise Failure("{} of {} stages are not compiled for the Edge TPU yet. To compile them:\n{}\nOr run them on the "
                      "CPU as they are: --cpu".format(len(missing), len(entries), "\n".join("  " + c for c in missing)))
    return files


def compile_command(entry, folder):
    """The command line that compiles a stage: the schedule's own, where it has one."""
    command = entry.get("compile_command")
    if not command:
        command = ["edgetpu_compiler", "--show_operations", "--out_dir", folder, os.path.join(folder, entry["file"])]
    return command if isinstance(command, str) else " ".join(shlex.quote(word) for word in command)


def wanted_devices(entry):
    """The name of the device that each copy of a stage is meant for; None where any will do."""
    return entry.get("devices") or [None] * entry.get("copies", 1)


def choose_devices(found, slots, wanted):
    """A device for each of `slots`, which are stages with what they are meant for: "usb:0" is the first of type usb."""
    counts, numbered = collections.Counter(), []
    for kind, path in sorted(found, key=lambda device: device[0]):  # PCIe before USB.
        numbered.append(("{}:{}".format(kind, counts[kind]), path))
        counts[kind] += 1
    listing = ", ".join("{} ({})".format(*device) for device in numbered) or "none"
    names = [name for name, _ in numbered]
    if wanted is not None:
        if len(wanted) != len(slots):
            raise Failure("--device names {} Edge TPUs, and the stages need {}. Without one: {}".format(
                len(wanted), len(slots), bare_stages(slots[len(wanted):])))
        for name in wanted:
            if name not in names:
                raise Failure("--device: there is no {}. Found: {}".format(name, listing))
            if wanted.count(name) > 1:
                raise Failure("--device: {} is named twice; every copy of a stage needs an Edge TPU of its own".format(
                    name))
        return wanted
    chosen = [None] * len(slots)
    for is_any in (False, True):  # Those who want a certain kind choose first.
        for i, (_, wish) in enumerate(slots):
            kind = KINDS.get(wish)
            if (kind is None) == is_any:
                fitting = [name for name in names if kind in (None, name.split(":")[0]) and name not in chosen]
                chosen[i] = fitting[0] if fitting else None
    without = [slot for slot, device in zip(slots, chosen) if device is None]
    if without:
        raise Failure("{} stages need {} Edge TPUs. Found {}: {}.\nWithout one: {}.\nPlug in more, cut the model anew "
                      "(respect compile MODEL --stages {}), or run the stages on the CPU: --cpu".format(
                          len({i for i, _ in slots}), len(slots), len(names), listing, bare_stages(without),
                          max(1, len(names))))
    return chosen


def bare_stages(slots):
    return ", ".join("stage {}{}".format(i, " ({})".format(wish) if wish else "") for i, wish in slots) or "none"


class PyCoral:
    """Edge TPUs through PyCoral."""

    def __init__(self):
        self.edgetpu = importlib.import_module("pycoral.utils.edgetpu")

    def devices(self):
        return [(device["type"], device["path"]) for device in self.edgetpu.list_edge_tpus()]

    def interpreter(self, path, device):
        return self.edgetpu.make_interpreter(path, device)


class LiteRt:
    """The CPU, or Edge TPUs by their own library, through ai-edge-litert or tflite-runtime."""

    def __init__(self, package):
        self.package = importlib.import_module(package + ".interpreter")

    def devices(self):
        class Device(ctypes.Structure):
            _fields_ = [("type", ctypes.c_int), ("path", ctypes.c_char_p)]  # struct edgetpu_device of edgetpu_c.h

        try:
            library = ctypes.CDLL(LIBRARY)
        except OSError as error:
            raise Failure(NO_RUNTIME.format(error))
        library.edgetpu_list_devices.restype = ctypes.POINTER(Device)
        count = ctypes.c_size_t()
        listed = library.edgetpu_list_devices(ctypes.byref(count))
        devices = [(("pci", "usb")[listed[i].type], listed[i].path.decode()) for i in range(count.value)]
        if listed:
            library.edgetpu_free_devices(listed)
        return devices

    def interpreter(self, path, device):
        # One thread and the plain kernels: what stays on the CPU has the same bits however the model is cut.
        plain = self.package.OpResolverType.BUILTIN_WITHOUT_DEFAULT_DELEGATES
        on_cpu = device.startswith("cpu:")
        delegates = None if on_cpu else [self.package.load_delegate(LIBRARY, {"device": device})]
        return self.package.Interpreter(model_path=path, num_threads=1, experimental_delegates=delegates,
                                        experimental_op_resolver_type=plain)


NO_RUNTIME = ("the Edge TPU runtime is missing ({}): install libedgetpu1-std or libedgetpu1-max, see "
              "https://coral.ai/software. Without Edge TPUs: --cpu")


def find_backend(cpu):
    """What runs the stages: the first of three packages that can be imported, or advice."""
    errors = []
    for make, arguments in [(PyCoral, ())] * (not cpu) + [(LiteRt, ("ai_edge_litert",)), (LiteRt, ("tflite_runtime",))]:
        try:
            return make(*arguments)
        except ImportError as error:
            if "libedgetpu" in str(error):
                raise Failure(NO_RUNTIME.format(error))
            errors.append(error)
    lines = ["no package that runs TensorFlow Lite models can be imported by Python {}.{}: {}.".format(
        *sys.version_info[:2], "; ".join(map(str, errors))),
        "Install ai-edge-litert (Python 3.9 and later: `python3 -m pip install ai-edge-litert`), tflite-runtime (up to "
        "3.11) or PyCoral: python3-pycoral from https://coral.ai/software."]
    if getattr(errors[0], "name", None) == "pycoral.utils":
        lines.append("The package 'pycoral' that is installed is another program of that name, which `pip install "
                     "pycoral` brings. Remove it: python3 -m pip uninstall pycoral")
    raise Failure("\n".join(lines))
