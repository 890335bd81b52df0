"""Does the engine of run_pipeline.py keep its word, whatever its stages do?

    test_engine.py

Stages are pieces of Python here. Where time matters it is virtual (virtual_time.py), so that threads which wait for
each other are found, and a consumer can take as long as it likes.
"""

import os
import random
import subprocess
import sys
import threading

import numpy as np

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "src", "stages"))
import respect_pipeline  # noqa: E402
import virtual_time  # noqa: E402
from respect_pipeline import Engine, Failure, StageFailure, Tensor  # noqa: E402


class Stage:
    """Takes and makes arrays by name; `work(values)` may take its time or fail."""

    seconds = 0.0

    def __init__(self, inputs, outputs, work=lambda values: None):
        self.inputs, self.outputs = ([Tensor(n, 0, np.dtype("int64"), (), 0.0, 0) for n in names]
                                     for names in (inputs, outputs))
        self.work = work
        self.seen = []

    def run(self, values):
        self.seen.append(sorted(values))
        self.work(values)
        total = sum(int(values[tensor.name]) for tensor in self.inputs)
        return {tensor.name: np.array(total) for tensor in self.outputs}


def engine(*stages, **options):
    """Stages, lists of their copies, on devices with names."""
    return Engine([[("stage %d" % i, "device %d.%d" % (i, j), lambda stage=stage: stage)
                    for j, stage in enumerate(copies)] for i, copies in enumerate(stages)], **options)


def chain(copies, work=lambda stage, values: None):
    return [[Stage(["t%d" % i], ["t%d" % (i + 1)], lambda values, i=i: work(i, values)) for _ in range(count)]
            for i, count in enumerate(copies)]


def check_tensors_leave_after_their_last_reader():
    """A model input is read by stages 0 and 2, and what stage 0 makes by 1 and 3."""
    stages = [Stage(["x", "w"], ["a"]), Stage(["a"], ["b"]), Stage(["b", "x"], ["c"]), Stage(["c", "a"], ["y"])]
    with engine(*([stage] for stage in stages)) as pipeline:
        for number, result in enumerate(pipeline.run([number, 1] for number in range(30))):
            assert dict(result) == {"y": np.array(3 * number + 2)}, (number, result)
        assert result.seconds >= 0
    assert [stage.seen[0] for stage in stages] == [["w", "x"], ["a", "x"], ["a", "b", "x"], ["a", "c"]]


def check_failures():
    """A stage that fails at any request ends the pipeline, and says where, to whoever pushes, pops and closes."""
    for copies in ([1], [1, 1, 1], [3, 1, 2], [2, 4]):
        for stage in range(len(copies)):
            for request in (0, 1, 2, 7, 19):
                def work(i, values):
                    if i == stage and values["t%d" % i] == request:
                        raise OSError("unplugged")

                pipeline = engine(*chain(copies, work))
                results = []
                try:
                    for result in pipeline.run(range(20)):
                        results.append(int(*result.values()))
                    raise AssertionError("no failure")
                except StageFailure as failure:
                    assert (failure.stage, failure.request) == (stage, request), vars(failure)
                    assert failure.device.startswith("device %d." % stage), failure.device
                    assert str(failure) == "stage %d failed at request %d: unplugged" % (stage, request), failure
                    for call in (lambda: pipeline.push(1), pipeline.pop):
                        try:
                            call()
                            raise AssertionError("no failure")
                        except StageFailure as again:
                            assert again is failure
                assert results == list(range(len(results))) and len(results) <= request, results
                assert pipeline.close(), "all threads end"


def check_mistakes():
    """What a caller does wrong is told."""
    for inputs in (np.zeros(2, np.int64), 1.5, [1, 2], {"t1": 1}, {"t0": 1, "t1": 2}, {}):
        with engine(*chain([1])) as pipeline:
            try:
                pipeline.push(inputs)
                raise AssertionError("%r was taken" % (inputs,))
            except Failure as failure:
                assert "t0" in str(failure) or "1 inputs" in str(failure), failure
    # An error of the caller's own, while inputs are taken.
    pipeline = engine(*chain([2, 1]))
    try:
        list(pipeline.run(1 // (3 - number) for number in range(9)))
        raise AssertionError("no error")
    except ZeroDivisionError:
        assert pipeline.close()
    # Leaving early closes.
    pipeline = engine(*chain([2, 1]))
    for _ in pipeline.run(range(10 ** 9)):
        break
    try:
        pipeline.pop()
        raise AssertionError("a closed pipeline goes on")
    except Failure as failure:
        assert "closed" in str(failure), failure
    for stages, part in (([Stage(["a"], ["b", "e"]), Stage(["b"], ["d"])], "writes 'e'"),
                         ([Stage(["a"], ["b"]), Stage(["b", "c"], ["d"])], "reads 'c'")):
        try:
            engine(*([stage] for stage in stages))
            raise AssertionError("stages of two models")
        except Failure as failure:
            assert part in str(failure) and "not of one model" in str(failure), failure


def check_hangs():
    """A device that does not answer is named, by the one who waits, and the others end."""
    forever = threading.Event()
    for stage in range(3):
        pipeline = engine(*chain([1, 2, 1], lambda i, values: i == stage and values["t%d" % i] == 5 and forever.wait()),
                          timeout=0.5)
        try:
            list(pipeline.run(range(50)))
            raise AssertionError("no failure")
        except StageFailure as failure:
            assert (failure.stage, failure.request) == (stage, 5), failure
            assert "is still at request 5 after 0.5 s" in str(failure), failure
        assert not pipeline.close(seconds=0.1), "the one that hangs does not end"
    forever.set()


def check_virtual():
    """In virtual time: nobody waits for ever, order is kept, and a slow consumer only slows."""
    clock = virtual_time.use(respect_pipeline)
    rng = random.Random(17)
    for _ in range(150):
        copies = [rng.randint(1, 4) for _ in range(rng.randint(1, 5))]
        slowest = 30
        pipeline = engine(*chain(copies, lambda i, values: clock.sleep(rng.randint(0, slowest))),
                          places=rng.randint(1, 3), ahead=rng.choice([None, 1, 2, 5]))
        taken, pause = [], rng.choice([0, 0, 5, 500])

        def inputs():
            for number in range(60):
                taken.append(number)
                yield number
                clock.sleep(rng.choice([0, 0, 40]))

        with pipeline:
            for number, result in enumerate(pipeline.run(inputs())):
                assert list(result.values()) == [number], (copies, number, result)
                # What is under way, what was popped, and one that waits to be pushed.
                assert len(taken) <= number + 2 + pipeline.ahead, (len(taken), number, pipeline.ahead)
                clock.sleep(pause)
            assert number == 59
    # A consumer slower than every stage sets the pace, and a copy that is three times slower does its share.
    for times, pause, want in (([[10]], 50, 50), ([[10, 30]], 0, 7.5), ([[10, 30, 30], [6]], 0, 6),
                               ([[5], [10, 30], [3]], 0, 7.5)):
        stages = [[Stage(["t%d" % i], ["t%d" % (i + 1)], lambda values, t=t: clock.sleep(t)) for t in copies]
                  for i, copies in enumerate(times)]
        ends = []
        with engine(*stages) as pipeline:
            for _ in pipeline.run(range(400)):
                clock.sleep(pause)
                ends.append(clock.now)
        found = (ends[300] - ends[100]) / 200
        assert abs(found / want - 1) < 0.05, (times, found, want)


def main():
    if sys.argv[1:] == ["--virtual"]:
        return check_virtual()
    check_tensors_leave_after_their_last_reader()
    check_failures()
    check_mistakes()
    check_hangs()
    subprocess.run([sys.executable, __file__, "--virtual"], check=True, timeout=300)
    print("ok")


if __name__ == "__main__":
    main()
