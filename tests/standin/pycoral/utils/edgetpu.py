"""Devices and interpreters, as in `pycoral.utils.edgetpu`."""

import os
import re
import time

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


class _SlowInterpreter(Interpreter):
    """An interpreter that takes its time, as a device would."""

    def __init__(self, delay, **arguments):
        super().__init__(**arguments)
        self._delay = delay

    def invoke(self):
        super().invoke()
        time.sleep(self._delay)


def make_interpreter(model_path_or_content, device=None):
    """An interpreter for a path or the bytes of a model, on `device`: None, ":N", "usb", "usb:N", "pci" or "pci:N"."""
    match = re.match(r"^(usb|pci|)(?::(\d+))?$", device or "")
    candidates = [d for d in list_edge_tpus() if match and match.group(1) in ("", d["type"])]
    if not match or int(match.group(2) or 0) >= len(candidates) or "STANDIN_NO_DELEGATE" in os.environ:
        raise ValueError("Failed to load delegate from libedgetpu.so.1\n")
    delay = 0.0
    arguments = {"num_threads": 1, "experimental_op_resolver_type": OpResolverType.BUILTIN_WITHOUT_DEFAULT_DELEGATES}
    if isinstance(model_path_or_content, bytes):
        arguments["model_content"] = model_path_or_content
    else:
        arguments["model_path"] = model_path_or_content
        segment = re.search(r"_segment_(\d+)_of_", os.path.basename(model_path_or_content))
        delays = os.environ.get("STANDIN_STAGE_MS", "")
        if segment and delays:
            delay = float(delays.split(",")[int(segment.group(1))]) / 1000
    return _SlowInterpreter(delay, **arguments)
