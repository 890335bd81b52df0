"""Converts models to TOSA: `to_tosa.py FOLDER MODEL...` writes FOLDER/NAME.mlir of each NAME.tflite with Arm's converter."""

import pathlib
import sys

import tosa_converter_for_tflite as converter

folder, models = pathlib.Path(sys.argv[1]), map(pathlib.Path, sys.argv[2:])
for model in models:
    module = folder / f"{model.stem}.mlir"
    converter.tflite_flatbuffer_to_tosa_mlir(str(model), str(module), converter.TosaConverterOutputFormat.Text)
