"""Does the engine of run_pipeline.py give results as often as `respect simulate` says?

    sleeping_stages.py RESPECT [--real]

The stages sleep. Without --real they do so in virtual time, which is exact and takes none: a test. With it they sleep
in truth, and the table is what threads and queues add on this machine. RESPECT is the program. Exit status 1 if any
pipeline is more than 5 % off in virtual time.
"""

import argparse
import json
import os
import random
import subprocess
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "src", "stages"))
import respect_pipeline  # noqa: E402
import virtual_time  # noqa: E402

MOST_OFF = 0.05
# Milliseconds of the stages, copies of each, and places between two.
SHAPES = [
    ([20], [1], 1), ([30], [4], 1), ([10, 20, 10], [1, 1, 1], 1), ([20, 20, 20, 20], [1, 1, 1, 1], 1),
    ([15, 45, 15], [1, 3, 1], 1), ([15, 45, 15], [1, 3, 1], 4), ([40, 10], [3, 1], 1), ([12, 50], [1, 4], 2),
    ([30, 20, 40], [3, 2, 4], 1), ([60, 25, 35, 10], [4, 2, 3, 1], 2), ([17, 29, 23], [2, 3, 2], 1),
    ([17, 29, 23], [2, 3, 2], 3),
]
INFERENCES = {False: 400, True: 100}


class Sleeper:
    """A stage that takes its time, and passes on what it gets."""

    def __init__(self, stage, seconds):
        self.seconds = seconds
        self.inputs, self.outputs = [tensor("t%d" % stage)], [tensor("t%d" % (stage + 1))]

    def run(self, values):
        respect_pipeline.time.sleep(self.seconds)
        return {self.outputs[0].name: values[self.inputs[0].name]}


def tensor(name):
    return respect_pipeline.Tensor(name, 0, respect_pipeline.np.dtype("int64"), (), 0.0, 0)


def shapes(real):
    """Those above and, where they take no time, many at random."""
    rng = random.Random(17)
    count = 0 if real else 200
    for _ in range(count):
        stages = rng.randint(1, 5)
        # Uneven, so that few things end at one moment: of those, threads decide which is first.
        yield ([rng.uniform(1, 50) for _ in range(stages)], [rng.choice([1, 1, 2, 3, 5]) for _ in range(stages)],
               rng.randint(1, 4))
    for times, copies, places in SHAPES:
        yield (times if real else [ms * rng.uniform(0.99, 1.01) for ms in times], copies, places)


def interval(times, copies, places, inferences):
    """Seconds from result to result, in the middle of a run; fails unless the results keep their order."""
    stages = [[("stage %d" % i, "device %d" % j, lambda i=i, ms=ms: Sleeper(i, ms / 1000)) for j in range(count)]
              for i, (ms, count) in enumerate(zip(times, copies))]
    ends = []
    with respect_pipeline.Engine(stages, places=places) as engine:
        for number, result in enumerate(engine.run(range(inferences))):
            assert list(result.values()) == [number], (number, result)
            ends.append(respect_pipeline.time.perf_counter())
    skipped = inferences // 4  # Until the pipeline is full, and while it becomes empty.
    return (ends[-skipped] - ends[skipped]) / (inferences - 2 * skipped)


def predicted(respect, times, copies, places):
    """The same by the simulator."""
    command = [respect, "simulate", "--stage-ms", ",".join(map(str, times)), "--copies", ",".join(map(str, copies)),
               "--queue", str(places), "--format", "json"]
    return json.loads(subprocess.run(command, check=True, stdout=subprocess.PIPE).stdout)["period_us"] / 1e6


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("respect")
    parser.add_argument("--real", action="store_true")
    args = parser.parse_args()
    if not args.real:
        virtual_time.use(respect_pipeline)
    worst = 0
    print("stages, ms             copies          places  simulated  measured     off")
    for times, copies, places in shapes(args.real):
        want = predicted(args.respect, times, copies, places)
        found = interval(times, copies, places, INFERENCES[args.real])
        off = found / want - 1
        worst = max(worst, abs(off))
        print("%-22s %-15s %6d  %6.2f ms  %5.2f ms  %5.1f %%" % (
            ",".join("%.4g" % ms for ms in times), ",".join(map(str, copies)), places, 1e3 * want, 1e3 * found, 100 * off))
    print("at most %.1f %% off" % (100 * worst))
    return int(worst > MOST_OFF and not args.real)


if __name__ == "__main__":
    sys.exit(main())
