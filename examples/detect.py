#!/usr/bin/env python3
"""Finds objects in images by a detector that `respect compile` cut into stages.

    detect.py STAGES FILE... [--cpu] [--threshold SCORE] [--labels FILE]

STAGES is the folder; the model's last operator is TFLite_Detection_PostProcess, as in Coral's SSD and EfficientDet-Lite
models. A FILE is an image (which takes Pillow) or an array of the model's input (.npy). For each object a line of JSON
is printed: the file, the class, its label, the score, and the box from 0 to 1 as top, left, bottom, right.
"""

import argparse
import json
import os
import sys

import numpy as np


def objects(outputs, threshold):
    """The objects among the outputs of TFLite_Detection_PostProcess: (class, score, box), the best first.

    The operator makes boxes, classes, scores and their count. Models that TensorFlow 2 converted may return scores,
    boxes, count and classes: the count is the one of a single value.
    """
    arrays = [np.asarray(array) for array in outputs.values()]
    order = (0, 1, 2, 3) if arrays[3].size == 1 else (1, 3, 0, 2)
    boxes, classes, scores, count = (arrays[i] for i in order)
    found = zip(classes.ravel(), scores.ravel(), boxes.reshape(-1, 4))
    real = list(found)[:int(count.ravel()[0])]  # What comes after is not filled in.
    return [(int(kind), float(score), box.tolist()) for kind, score, box in real if score >= threshold]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("stages")
    parser.add_argument("files", nargs="+")
    parser.add_argument("--cpu", action="store_true", help="run on the CPU, without Edge TPUs")
    parser.add_argument("--threshold", type=float, default=0.5, help="the lowest score to print (default 0.5)")
    parser.add_argument("--labels", help="a file with the label of class 0 in its first line, and so on")
    args = parser.parse_args()
    labels = []
    if args.labels:
        with open(args.labels, encoding="utf-8") as file:
            labels = file.read().splitlines()

    # The scripts lie in every folder of stages.
    sys.path.insert(0, os.path.abspath(args.stages))
    from run_pipeline import Failure, Pipeline, read_input

    try:
        with Pipeline(args.stages, cpu=args.cpu) as pipeline:
            if len(pipeline.outputs) != 4:
                raise Failure("{}: {} outputs, and a detector's are boxes, classes, scores and count".format(
                    args.stages, len(pipeline.outputs)))
            frames = (read_input(path, pipeline.inputs[0])[0] for path in args.files)
            for path, outputs in zip(args.files, pipeline.run(frames)):
                for kind, score, box in objects(outputs, args.threshold):
                    label = labels[kind] if kind < len(labels) else None
                    print(json.dumps({"file": path, "class": kind, "label": label, "score": score, "box": box}))
    except (Failure, OSError, ValueError) as error:
        sys.exit("detect.py: error: {}".format(error))


if __name__ == "__main__":
    main()
