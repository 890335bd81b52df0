#!/usr/bin/env python3
"""Make the ten ImageNet models of the RESPECT paper, in full int8.

The architectures are those of keras.applications. Their weights are random,
because partitioning depends on the shapes of the weights, not on their values.
The files are large (8 to 62 MB), so they are not kept in the repository; what
is kept is the graph of each, which `respect graph` writes.

    make_imagenet.py --out DIR                   make what is not in DIR yet
    make_imagenet.py --out DIR --respect BIN     and then imagenet/NAME.json
    make_imagenet.py --out DIR ResNet50          only this model
"""

import argparse
import pathlib
import subprocess
import time

from conversion import convert, keras_module, randomise, settle
from make_models import HERE

import tf_keras as keras  # after conversion, which sets its environment

SIZES = {
    "ResNet50": 224,
    "ResNet152": 224,
    "Xception": 299,
    "ResNet101": 224,
    "ResNet101V2": 224,
    "ResNet152V2": 224,
    "DenseNet121": 224,
    "DenseNet169": 224,
    "DenseNet201": 224,
    "InceptionResNetV2": 299,
}


def make(name: str) -> bytes:
    keras.backend.clear_session()
    size = SIZES[name]
    image = keras.Input(batch_shape=(1, size, size, 3), name="image")
    build = getattr(keras.applications, name)
    model = build(weights=None, include_top=True, input_tensor=image)
    randomise(model, name)
    settle(model, name)
    return convert(keras_module(model), name, sample_count=2)


def run(description: str, models, make, folder: str) -> None:
    """Make the models that the command line names, and their graphs in a folder beside this file."""
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument("names", nargs="*", metavar="NAME", help="only these models")
    parser.add_argument("--out", type=pathlib.Path, required=True, metavar="DIR")
    parser.add_argument(
        "--respect",
        type=pathlib.Path,
        metavar="BIN",
        help=f"the respect program; writes the graph of each model to {folder}/",
    )
    arguments = parser.parse_args()
    unknown = set(arguments.names) - set(models)
    if unknown:
        parser.error(f"no such model: {', '.join(sorted(unknown))}")
    names = arguments.names or list(models)

    arguments.out.mkdir(parents=True, exist_ok=True)
    for number, name in enumerate(names, 1):
        path = arguments.out / f"{name}.tflite"
        start = time.monotonic()
        if path.exists():
            note = "is there"
        else:
            unfinished = path.with_suffix(".part")
            unfinished.write_bytes(make(name))
            unfinished.replace(path)
            note = f"made in {time.monotonic() - start:.0f} s"
        print(f"{number}/{len(names)} {name}: {path.stat().st_size} bytes, {note}", flush=True)

    if arguments.respect:
        graphs = HERE / folder
        graphs.mkdir(exist_ok=True)
        for name in names:
            command = [arguments.respect.resolve(), "graph", arguments.out / f"{name}.tflite"]
            subprocess.run([*command, "-o", graphs / f"{name}.json"], check=True)


if __name__ == "__main__":
    run("Make the ImageNet models of the paper.", SIZES, make, "imagenet")
