"""Does the run over a corpus find what it is there to find?

    test_corpus.py RESPECT MODEL.tflite

RESPECT is the tool, and MODEL a small model without branches that it cuts. In the tool's place come programs that are
wrong in one way each.
"""

import os
import stat
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "..", "interpreter"))
import judge
import test_chain

REAL = 'done = subprocess.run([%r, *sys.argv[1:]]).returncode\n'
SPOILT = """
if sys.argv[1] == "compile" and done == 0:
    folder = sys.argv[sys.argv.index("-o") + 1]
    for name in os.listdir(folder):
        if "_segment_0_of_2" in name:
            model = test_chain.read(os.path.join(folder, name))
            test_chain.flip_weights(model)
            test_chain.write(model, os.path.join(folder, name))
"""
RENAMED = """
if sys.argv[1] == "export" and done == 0:
    model = test_chain.read(sys.argv[sys.argv.index("-o") + 1])
    test_chain.rename(model, int(model.subgraphs[0].outputs[0]), "another")
    test_chain.write(model, sys.argv[sys.argv.index("-o") + 1])
"""

# A program in the place of the tool, and the (step, finding) that has to come of it.
WRONG = [
    ("print(\"thread 'main' panicked at src/a.rs:1\", file=sys.stderr); done = 1", ("inspect", "crash")),
    ("done = 2", ("most", "crash")),
    ("os.abort()", ("import", "crash")),
    ("import time; subprocess.Popen(['sleep', '60']); time.sleep(60)", ("inspect", "timeout")),
    ("done = 0; bytearray(3 << 30)", ("inspect", "no reason")),
    ("print('error: this is not possible', file=sys.stderr); done = 1", ("most", "no reason")),
    ("print(\"error: 9 stages, but 'x': use at most 1\", file=sys.stderr); done = 1", ("most", "room")),
    (REAL + SPOILT, ("chain", "DIFFERENT")),
    (REAL + SPOILT, ("verify", "unsound")),
    (REAL + RENAMED, ("round trip", "DIFFERENT")),
    (REAL, None),
]


def program(folder, text, real):
    """A program of this text."""
    path = os.path.join(folder, "respect")
    modules = "import os, subprocess, sys\nsys.path.insert(0, %r)\nimport test_chain\n" % os.path.join(
        HERE, "..", "interpreter")
    text = text % real if "%r" in text else text
    with open(path, "w") as file:
        file.write("#!%s\n%sdone = 0\n%s\nsys.exit(done)\n" % (sys.executable, modules, text))
    os.chmod(path, os.stat(path).st_mode | stat.S_IXUSR)
    return path


def main(real, model):
    for text, finding in WRONG:
        with tempfile.TemporaryDirectory() as folder:
            seconds = 3 if "sleep" in text else 60
            row = judge.Judge(program(folder, text, real), sys.executable, None, 1, seconds, 2).judge(model)
            found = {(found["step"], found["what"]) for found in row["unexplained"]}
            assert finding is None or finding in found, (text, finding, row)
            assert finding is not None or (not found and row["outcome"] == "sound"), row
            assert finding is None or row["outcome"].startswith("UNEXPLAINED"), row

    # The whole of it, as a user calls it.
    command = [sys.executable, os.path.join(HERE, "corpus.py"), "--respect", real]
    assert subprocess.run(command + [HERE], capture_output=True).returncode == 2
    done = subprocess.run(command + [model], capture_output=True, text=True)
    assert done.returncode == 0 and "    1  sound" in done.stdout, done
    print("ok: %d programs judged as they should be" % len(WRONG))


if __name__ == "__main__":
    main(*map(os.path.abspath, sys.argv[1:]))
