"""The pipeline, as in `pycoral.pipeline.pipelined_model_runner`: one thread a segment, queues between them.

It holds segments to the contract in `tests/interpreter/coral_runner.py`, and where libcoral's CHECK would abort
the process, it aborts the process. More habits of the original are kept, for callers have to live with them:
tensors must be pushed in the order of the first segment's inputs; `pop` raises ValueError for outputs wider
than a byte, because the array made of them counts bytes where it should count elements (pycoral issue 36), and KeyError
for names outside ASCII, which it decodes as Latin-1; when a segment fails while the one before it waits to hand
something on, push and pop never return; and the destructor pushes once more, which prints two lines to standard output
or, with STANDIN_PYCORAL=2.0.0, raises (pycoral issue 43).
"""

import collections
import os
import resource
import sys
import threading

import numpy as np

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "..", "interpreter"))
import coral_runner  # noqa: E402


def _abort(error):
    sys.stderr.write("F standin/pipelined_model_runner.cc] Check failed: %s\n" % error)
    sys.stderr.flush()
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    os.abort()


class _Queue:
    """A queue whose bound may change, and whose readers can be sent home."""

    def __init__(self, bound=None):
        self.items = collections.deque()
        self.bound = bound
        self.stopped = False
        self.changed = threading.Condition()

    def set_bound(self, bound):
        with self.changed:
            self.bound = bound
            self.changed.notify_all()

    def push(self, item):
        with self.changed:
            self.changed.wait_for(lambda: self.bound is None or len(self.items) < self.bound)
            self.items.append(item)
            self.changed.notify_all()

    def wait(self):
        """The next item, or None once the queue is stopped and empty."""
        with self.changed:
            self.changed.wait_for(lambda: self.items or self.stopped)
            item = self.items.popleft() if self.items else None
            self.changed.notify_all()
            return item

    def stop(self):
        with self.changed:
            self.stopped = True
            self.changed.notify_all()


class _Runner:
    """What is native code in the original."""

    def __init__(self, interpreters):
        self.runner = coral_runner.CoralRunner([coral_runner.Segment(i) for i in interpreters])
        count = len(interpreters)
        self.queues = [_Queue()] + [_Queue(bound=1) for _ in range(count - 1)] + [_Queue()]
        self.error = None
        self.on = True
        self.lock = threading.Lock()
        self.threads = [threading.Thread(target=self._run, args=(i,), daemon=True) for i in range(count)]
        for thread in self.threads:
            thread.start()

    def SetInputQueueSize(self, size):
        self.queues[0].set_bound(size)

    def SetOutputQueueSize(self, size):
        self.queues[-1].set_bound(size)

    def _run(self, i):
        while True:
            held = self.queues[i].wait()
            if held is None:
                return
            try:
                held = self.runner.step(i, held)
            except (RuntimeError, ValueError, KeyError) as error:
                self.error = self.error or "Segment %d runner error: %s" % (i, error)
                held = {}
            self.queues[i + 1].push(held)
            if not held:
                return

    def _shut_down(self):
        with self.lock:
            if not self.on:
                raise RuntimeError("Pipeline was turned off before.")
            self.on = False
            for queue, thread in zip(self.queues, self.threads):
                queue.stop()
                thread.join()
            self.queues[-1].stop()

    def _raise_error(self):
        if self.error:
            if self.on:
                self._shut_down()
            raise RuntimeError(self.error)

    def Push(self, tensors):
        self._raise_error()
        if not tensors:
            self._shut_down()
            return
        if not self.on:
            raise RuntimeError("Pipeline was turned off before.")
        try:
            held = self.runner.start({name: np.array(value) for name, value in tensors.items()})
        except coral_runner.ContractError as error:
            _abort(error)
        self.queues[0].push(held)

    def Pop(self):
        held = self.queues[-1].wait()
        if held is None:
            return None
        self._raise_error()
        try:
            outputs = self.runner.finish(held)
        except coral_runner.ContractError as error:
            _abort(error)
        return {name.encode("utf-8").decode("latin-1"): self._as_the_original_does(value)
                for name, value in outputs.items()}

    @staticmethod
    def _as_the_original_does(value):
        """As many elements as there are bytes, one byte apart; the last ones reach behind the end."""
        padded = value.tobytes() + bytes(value.dtype.itemsize)
        return np.ndarray(shape=(value.nbytes,), dtype=value.dtype, buffer=padded, strides=(1,))


class PipelinedModelRunner:
    """Runs segments, one interpreter each, with its tensors allocated, as a pipeline."""

    def __init__(self, interpreters):
        self._runner = None
        if not interpreters:
            raise ValueError("At least one interpreter expected")
        try:
            self._runner = _Runner(interpreters)
        except coral_runner.ContractError as error:
            if error.by == "pycoral":
                raise ValueError(str(error))
            _abort(error)
        self._interpreters = interpreters
        self._input_types = {d["name"]: d["dtype"] for d in interpreters[0].get_input_details()}
        self._output_shapes = {d["name"]: d["shape"] for d in interpreters[-1].get_output_details()}

    def __del__(self):
        if not self._runner:
            return
        if os.environ.get("STANDIN_PYCORAL") == "2.0.0":
            self.push({})
        else:
            try:
                print("Push empty request to stop the pipeline...")
                self.push({})
            except RuntimeError:
                print("The pipeline has already been closed successfully.")
                return
        left = 0
        while self.pop():
            left += 1
        if left:
            print("WARNING: {} unconsumed results in the pipeline during destruction!".format(left))

    def set_input_queue_size(self, size):
        self._runner.SetInputQueueSize(size)

    def set_output_queue_size(self, size):
        self._runner.SetOutputQueueSize(size)

    def push(self, input_tensors):
        """Pushes {name: array}; an empty dict says that no more will come, and waits for the segments to finish."""
        if input_tensors and len(input_tensors) != len(self._input_types):
            raise ValueError("Expected input of length {}, but got {}".format(
                len(self._input_types), len(input_tensors)))
        for name, tensor in input_tensors.items():
            if not isinstance(tensor, np.ndarray) or tensor.dtype != self._input_types[name]:
                raise ValueError("Input should be a list of numpy array of type {}".format(self._input_types[name]))
        self._runner.Push(input_tensors)

    def pop(self):
        """Waits for a result, {name: array}; None when all have been returned."""
        result = self._runner.Pop()
        if result:
            result = {name: value.reshape(self._output_shapes[name]) for name, value in result.items()}
        return result

    def interpreters(self):
        return self._interpreters
