"""Runs a program that may hang, eat memory or die, so that whoever runs it goes on."""

import os
import signal
import subprocess
from dataclasses import dataclass

PRINTED = 64 << 20  # of what a program prints, this many bytes are kept


@dataclass(frozen=True)
class Ended:
    """How a program ended: its exit status (negative: a signal; None: it was out of time), and what it printed."""

    status: int | None
    out: str
    err: str

    def failure(self):
        """What is wrong with this end whatever the input was: a word and a sentence, or None."""
        last = self.err.strip().splitlines()[-1:] or [""]
        if self.status is None:
            return "timeout", "out of time"
        if self.status < 0:
            return "crash", "ended by %s: %s" % (signal.Signals(-self.status).name, last[0])
        if "panicked at" in self.err:
            return "crash", self.err[self.err.index("panicked at"):][:300]
        if self.status not in (0, 1):
            return "crash", "exit status %d: %s" % (self.status, last[0])
        return None


def run(command, seconds, gigabytes, stdin=None, env=None):
    """Runs a command in a session of its own, all of which ends with it. stdin and env are its input and variables."""
    limits = 'ulimit -c 0; ulimit -v %d; exec "$@"' % (gigabytes << 20)
    process = subprocess.Popen(
        ["/bin/sh", "-c", limits, "sh", *map(str, command)], stdin=subprocess.PIPE if stdin else subprocess.DEVNULL,
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, start_new_session=True, env={**os.environ, **(env or {})})
    status, out, err = None, b"", b""
    try:
        out, err = process.communicate(stdin.encode() if stdin else None, seconds)
        status = process.returncode
    except subprocess.TimeoutExpired:
        pass
    finally:
        try:
            os.killpg(process.pid, signal.SIGKILL)  # what it left behind too
        except ProcessLookupError:
            pass
        if status is None:
            process.communicate()
    return Ended(status, *(text[:PRINTED].decode(errors="replace") for text in (out, err)))
