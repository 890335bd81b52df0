# Behaviour of the command line and of the passes, one to a file. `make test` runs it; by hand:
#   make build && lit lit
import os
import sys

import lit.formats

root = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
llvm = os.path.join(os.environ.get("MLIR_SYS_220_PREFIX", "/usr/lib/llvm-22"), "bin")
target = os.path.join(root, os.environ.get("CARGO_TARGET_DIR", "target"))
built = os.path.join(target, os.environ.get("RESPECT_PROFILE", "debug"))


def needed(path):
    if not os.path.exists(path):
        lit_config.fatal(f"{path} is missing: run 'make build' or 'tools/setup test'")
    return path


config.name = "respect"
config.test_format = lit.formats.ShTest(execute_external=False)
config.suffixes = [".test", ".mlir"]
config.test_source_root = os.path.dirname(os.path.abspath(__file__))
config.test_exec_root = os.path.join(target, "lit")
config.environment["PATH"] = os.pathsep.join([llvm, os.environ["PATH"]])
for tool in ["FileCheck", "not", "mlir-opt", "split-file"]:
    needed(os.path.join(llvm, tool))

plugin = needed(os.path.join(built, "librespect_passes.so"))
opt = f"{os.path.join(llvm, 'mlir-opt')} --load-pass-plugin={plugin} --allow-unregistered-dialect"
config.substitutions.append(("%respect-opt", opt))
respect = os.environ.get("RESPECT", needed(os.path.join(built, "respect")))
config.substitutions.append(("%respect-mlir", needed(respect + "-mlir")))
config.substitutions.append(("%respect", respect))
config.substitutions.append(("%plugin", plugin))
config.substitutions.append(("%python", f'"{sys.executable}"'))
config.substitutions.append(("%standin", os.path.join(built, "examples", "edgetpu_compiler")))
config.substitutions.append(("%models", os.path.join(root, "test-data", "models")))
