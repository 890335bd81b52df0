"""From a model to stages through Google's converter and the stock mlir-opt, with RESPECT's passes between them.

    litert_converter_flow.py MODEL.tflite OUT_DIR --stages N [--plugin librespect_passes.so] [--mlir-opt PATH]

1. `litert-converter` reads the flatbuffer as a module of the `tfl` dialect and prints it in generic form, with its
   locations: they hold the tensors' names, which join the stages.
2. `mlir-opt` schedules and outlines it: the plugin needs no `tfl` dialect.
3. `litert-converter` reads the result back, and writes each stage's function as a model of its own,
   OUT_DIR/NAME_segment_I_of_N.tflite.

Needs Python 3.10 or newer with `pip install litert-converter`.
"""

import argparse
import pathlib
import subprocess
import sys

from litert_converter.mlir import ir
from litert_converter.tools.model_utils.transform import get_ir_context, model_utils_ext, write_flatbuffer

ROOT = pathlib.Path(__file__).resolve().parent.parent
STAGE = "respect.stage"


def main():
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument("model", type=pathlib.Path)
    arguments.add_argument("out_dir", type=pathlib.Path)
    arguments.add_argument("--stages", type=int, required=True)
    arguments.add_argument("--plugin", type=pathlib.Path, default=ROOT / "target/release/librespect_passes.so")
    arguments.add_argument("--mlir-opt", default="/usr/lib/llvm-22/bin/mlir-opt")
    arguments = arguments.parse_args()
    context = get_ir_context()
    module = model_utils_ext.flatbuffer_to_mlir(arguments.model.read_bytes(), context)
    with context:
        text = module.operation.get_asm(print_generic_op_form=True, enable_debug_info=True)
    outlined = run_passes(text, arguments)
    arguments.out_dir.mkdir(parents=True, exist_ok=True)
    with context:
        for stage in range(arguments.stages):
            name = f"{arguments.model.stem}_segment_{stage}_of_{arguments.stages}.tflite"
            (arguments.out_dir / name).write_bytes(stage_model(outlined, stage))


def run_passes(text, arguments):
    """The module after scheduling and outlining."""
    command = [
        arguments.mlir_opt,
        f"--load-pass-plugin={arguments.plugin}",
        "--allow-unregistered-dialect",
        f"--pass-pipeline=builtin.module(respect-pipeline{{stages={arguments.stages}}})",
        "--mlir-print-op-generic",
        "--mlir-print-debuginfo",
    ]
    run = subprocess.run(command, input=text, capture_output=True, text=True, check=False)
    if run.returncode:
        sys.exit(run.stderr)
    return run.stdout


def stage_model(outlined, stage):
    """The flatbuffer of a stage: the module without the other functions, and the stage's function as its main."""
    module = ir.Module.parse(outlined)
    for function in list(module.body.operations):
        attributes = function.operation.attributes
        # `#respect.stage<0 of 2>`: without the dialect it is known by its text.
        if STAGE not in attributes or not str(attributes[STAGE]).startswith(f"#{STAGE}<{stage} of "):
            function.operation.erase()
            continue
        attributes["sym_name"] = ir.StringAttr.get("main")
        attributes["sym_visibility"] = ir.StringAttr.get("public")
    return write_flatbuffer(module)


if __name__ == "__main__":
    main()
