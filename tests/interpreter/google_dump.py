"""Google's module of a model, in generic form with all weights and locations.

    google_dump.py MODEL.tflite DUMP.mlir

Exit status: 0 written; anything else where Google's converter does not take the model, which it says itself.
"""

import sys

import mlir_flow

if __name__ == "__main__":
    mlir_flow.google_dump(*sys.argv[1:])
