"""Does examples/detect.py print what a detector reports?

    test_detect.py WHOLE.tflite STAGES

WHOLE is a model that ends in TFLite_Detection_PostProcess, STAGES a folder that `respect compile` wrote of it.
"""

import json
import os
import subprocess
import sys
import tempfile

import numpy as np

import coral_runner

EXAMPLE = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "examples", "detect.py")
sys.path.insert(0, os.path.dirname(EXAMPLE))
import detect  # noqa: E402


def main(whole, stages):
    model = coral_runner.load(whole)
    rng = np.random.default_rng(3)
    scratch = tempfile.mkdtemp()
    files, wanted = [], []
    for i in range(3):
        files.append(os.path.join(scratch, "%d.npy" % i))
        image = rng.standard_normal(model.inputs[0].shape).astype(np.float32)
        np.save(files[-1], image)
        boxes, classes, scores, count = model.run({model.inputs[0].name: image}).values()
        for j in range(int(count[0])):
            if scores[0, j] >= 0.1:
                wanted.append((files[-1], int(classes[0, j]), float(scores[0, j]), boxes[0, j].tolist()))
    assert wanted, "the model finds nothing"
    labels = os.path.join(scratch, "labels.txt")
    with open(labels, "w") as file:
        file.write("person\n")
    command = [sys.executable, EXAMPLE, stages, "--cpu", "--threshold", "0.1", "--labels", labels]
    said = subprocess.run(command + files, check=True, stdout=subprocess.PIPE, text=True).stdout
    found = [json.loads(line) for line in said.splitlines()]
    assert [(f["file"], f["class"], f["score"], f["box"]) for f in found] == wanted, (found, wanted)
    assert all(f["label"] == ("person" if f["class"] == 0 else None) for f in found), found
    refused = subprocess.run(command + ["none.npy"], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    assert refused.returncode == 1 and refused.stderr.startswith("detect.py: error: "), refused

    # Both orders of outputs, and what is behind the count.
    boxes, classes = np.arange(12.0).reshape(1, 3, 4), np.array([[7.0, 2.0, 9.0]])
    scores, count = np.array([[0.9, 0.6, 0.8]]), np.array([2.0])
    expected = [(7, 0.9, [0, 1, 2, 3]), (2, 0.6, [4, 5, 6, 7])]
    for outputs in ((boxes, classes, scores, count), (scores, boxes, count, classes)):
        assert detect.objects(dict(enumerate(outputs)), 0.5) == expected, outputs
    print("ok")


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    main(*sys.argv[1:])
