"""Do stages with copies compute what the whole model computes, in order, however many are under way?

    test_deployments.py WHOLE.tflite STAGES

STAGES is a folder that `respect compile` wrote. Its stages, not compiled, run on the CPU in the engine of
run_pipeline.py with several patterns of copies; outputs are compared with the whole model's by their bytes.
"""

import json
import os
import queue
import shutil
import sys
import tempfile
import threading

import numpy as np

import coral_runner

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "src", "stages"))
from run_pipeline import Pipeline  # noqa: E402

INFERENCES = 24


def with_copies(folder, copies, scratch):
    """A copy of the folder in which stages have so many copies, on devices of two kinds."""
    made = os.path.join(scratch, "-".join(map(str, copies)))
    shutil.copytree(folder, made)
    path = os.path.join(made, "schedule.json")
    with open(path) as file:
        schedule = json.load(file)
    for stage, count in zip(schedule["stages"], copies):
        stage["copies"] = count
        stage["devices"] = (["usb3", "pcie"] * count)[:count]
    with open(path, "w") as file:
        json.dump(schedule, file)
    return made


def samples(inputs):
    """Inputs that differ from each other."""
    rng = np.random.default_rng(17)
    return [{t.name: rng.integers(0, 8, size=t.shape).astype(t.dtype) for t in inputs} for _ in range(INFERENCES)]


def same(results, wanted):
    results = list(results)
    assert len(results) == len(wanted), len(results)
    for number, (result, want) in enumerate(zip(results, wanted)):
        assert list(result) == list(want), (list(result), list(want))
        for name, value in want.items():
            assert result[name].dtype == value.dtype and result[name].tobytes() == value.tobytes(), (number, name)


def check(whole, folder):
    reference = coral_runner.load(whole)
    given = samples(reference.inputs)
    wanted = [reference.run(values) for values in given]
    reference.reset()
    assert wanted[0].keys() and any(
        wanted[0][name].tobytes() != wanted[1][name].tobytes() for name in wanted[0]), "the inputs make no difference"

    # At full load, by every way in.
    with Pipeline(folder, cpu=True, places=2) as pipeline:
        assert len(pipeline.devices) == sum(entry.get("copies", 1) for entry in pipeline.schedule["stages"])
        same(pipeline.run(given), wanted)
        same(pipeline.run([list(values.values()) for values in given]), wanted)
        if len(reference.inputs) == 1:
            same(pipeline.run(values[reference.inputs[0].name] for values in given), wanted)
        # One thread that pushes and one that pops.
        results = queue.Queue()
        popper = threading.Thread(target=lambda: [results.put(result) for result in iter(pipeline.pop, None)])
        popper.start()
        for values in given:
            pipeline.push(values)
        pipeline.finish()
        popper.join()
        same([results.get() for _ in given], wanted)
        assert not pipeline._done and not any(pipeline._queues), "nothing is held for nobody"
        assert pipeline.close()


def main(whole, folder):
    with open(os.path.join(folder, "schedule.json")) as file:
        stages = len(json.load(file)["stages"])
    scratch = tempfile.mkdtemp()
    try:
        for pattern in ([1], [2], [3, 2, 1], [1, 4, 2]):
            copies = (pattern * stages)[:stages]
            made = with_copies(folder, copies, tempfile.mkdtemp(dir=scratch))
            check(whole, made)
    finally:
        shutil.rmtree(scratch)
    print("ok: %s" % whole)


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    main(*sys.argv[1:])
