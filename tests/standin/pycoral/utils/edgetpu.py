"""Devices and interpreters, as in `pycoral.utils.edgetpu`; `pycoral/__init__.py` says what the environment may ask for."""

import collections
import itertools
import os
import re
import time

from ai_edge_litert import schema_py_generated as schema
from ai_edge_litert.interpreter import Interpreter, OpResolverType


def get_runtime_version():
    return "stand-in"


def list_edge_tpus():
    """A list of {"type": "usb" or "pci", "path": ...}."""
    kinds = [k for k in os.environ.get("STANDIN_EDGE_TPUS", ",".join(["usb"] * 8)).split(",") if k]
    counts = {}
    found = []
    for kind in kinds:
        number = counts[kind] = counts.get(kind, -1) + 1
        path = "/dev/apex_%d" % number if kind == "pci" else "/sys/bus/usb/devices/2-%d" % (number + 1)
        found.append({"type": kind, "path": path})
    return found


def _print(text):
    os.write(1, b"INFO: " + text.encode() + b"\n")  # As the original's native code might, behind Python's back.


class _Device(Interpreter):
    """An interpreter that takes its time, as a device would, fails, hangs and prints as one."""

    inferences = collections.defaultdict(lambda: itertools.count(1))  # Of each segment, on all its devices.

    def __init__(self, segment, **arguments):
        super().__init__(**arguments)
        self._segment = segment
        delays = os.environ.get("STANDIN_STAGE_MS", "")
        self._delay = float(delays.split(",")[segment]) / 1000 if delays and segment is not None else 0.0
        _print("a delegate was made")
        if self._is_asked_for("STANDIN_HANG", 0):
            time.sleep(3600)

    def _is_asked_for(self, name, inference):
        segment, _, first = os.environ.get(name, "").partition(":")
        return segment == str(self._segment) and inference >= int(first)

    def invoke(self):
        inference = next(self.inferences[self._segment])
        _print("inference %d of segment %s" % (inference, self._segment))
        if self._is_asked_for("STANDIN_FAIL", inference):
            raise RuntimeError("Node number 0 (EdgeTpuDelegateForCustomOp) failed to invoke.")
        if self._is_asked_for("STANDIN_HANG", inference):
            time.sleep(3600)
        super().invoke()
        time.sleep(self._delay)


_TAKEN = set()


def model_inside(content):
    """The model that a file of the stand-in for the compiler holds for us, who have no Edge TPU; or the file itself."""
    try:
        model = schema.Model.GetRootAsModel(content, 0)
        for i in range(model.MetadataLength()):
            if model.Metadata(i).Name() == b"standin_model":
                return model.Buffers(model.Metadata(i).Buffer()).DataAsNumpy().tobytes()
    except Exception:
        pass  # The interpreter says what is wrong with a damaged file.
    return content


def make_interpreter(model_path_or_content, device=None):
    """An interpreter for a path or the bytes of a model, on `device`: None, ":N", "usb", "usb:N", "pci" or "pci:N"."""
    match = re.match(r"^(usb|pci|)(?::(\d+))?$", device or "")
    candidates = [d for d in list_edge_tpus() if match and match.group(1) in ("", d["type"])]
    if not match or int(match.group(2) or 0) >= len(candidates) or "STANDIN_NO_DELEGATE" in os.environ:
        raise ValueError("Failed to load delegate from libedgetpu.so.1\n")
    path = candidates[int(match.group(2) or 0)]["path"]
    if path in _TAKEN:
        raise ValueError("Failed to load delegate from libedgetpu.so.1: %s is in use\n" % path)
    _TAKEN.add(path)
    segment = None
    arguments = {"num_threads": 1, "experimental_op_resolver_type": OpResolverType.BUILTIN_WITHOUT_DEFAULT_DELEGATES}
    content = model_path_or_content
    if not isinstance(content, bytes):
        with open(model_path_or_content, "rb") as file:
            content = file.read()
        named = re.search(r"_segment_(\d+)_of_", os.path.basename(model_path_or_content))
        segment = int(named.group(1)) if named else None
    return _Device(segment, model_content=model_inside(content), **arguments)
