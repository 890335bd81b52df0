"""lit's configuration: each .test file runs the tool and checks what it prints. Run by `make test`."""

import os

import lit.formats

config.name = "respect"
config.test_format = lit.formats.ShTest(execute_external=False)
config.suffixes = [".test"]
config.excludes = ["Inputs"]
config.test_source_root = os.path.dirname(__file__)
config.test_exec_root = os.path.join(config.test_source_root, "..", "target", "lit")
config.substitutions.append(("%respect", os.environ["RESPECT"]))
config.environment["PATH"] = os.environ["PATH"]
