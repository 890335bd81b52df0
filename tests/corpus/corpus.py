"""Takes every .tflite file of some folders through the tool, and tells what came of each.

    corpus.py PATH [PATH...] [--format text|json] [--respect BIN] [--jobs J] [--samples K] [--seconds S]

Each model is inspected; cut into 2, 3 and 4 stages and into as many as it has room for; the stages are verified, and
run against the whole model in the interpreter, with plain buffers and with such as Coral's runner gives; and it is
written as a module of MLIR and read back. The table has a row for each model. An outcome is explained if the stages
compute what the whole model computes, if the tool says why the model is refused, or if the interpreter cannot run the
model either. Progress is on stderr.

Exit status: 0 everything is explained, 1 something is not, 2 nothing to do.
"""

import argparse
import collections
import concurrent.futures
import json
import os
import sys

import judge

COLUMNS = ["inspect", "2", "3", "4", "most", "verify", "chain", "read-only", "import", "export", "round trip"]
REPOSITORY = os.path.normpath(os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", ".."))


def models(paths):
    """The files, and those below the folders, in order."""
    found = []
    for path in map(os.path.abspath, paths):
        if os.path.isdir(path):
            below = [os.path.join(at, name) for at, _, names in os.walk(path) for name in names]
            found += sorted(name for name in below if name.endswith(".tflite"))
        elif os.path.isfile(path):
            found.append(path)
        else:
            sys.exit("corpus.py: no such file or folder: %s" % path)
    return found


def table(rows):
    """The rows as text, with a line for each column's width."""
    cells = [["model", *COLUMNS, "outcome"]]
    common = os.path.commonpath([os.path.dirname(row["model"]) for row in rows])
    for row in rows:
        steps = [row["steps"].get(column, "-") for column in COLUMNS]
        cells.append([os.path.relpath(row["model"], common), *steps, row["outcome"]])
    widths = [max(len(line[i]) for line in cells) for i in range(len(cells[0]))]
    return "\n".join("  ".join(cell.ljust(width) for cell, width in zip(line, widths)).rstrip() for line in cells)


def counts(rows):
    return dict(collections.Counter(row["outcome"] for row in rows).most_common())


def findings(rows):
    for row in rows:
        for found in row["unexplained"]:
            command = "\n  " + found["command"] if found["command"] else ""
            yield "%s: %s: %s: %s%s" % (row["model"], found["step"], found["what"], found["why"], command)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("paths", metavar="PATH", nargs="+", help="a .tflite file, or a folder with such below it")
    parser.add_argument("--format", choices=["text", "json"], default="text")
    parser.add_argument("--respect", metavar="BIN", default=os.path.join(REPOSITORY, "target/release/respect"))
    parser.add_argument("--jobs", metavar="J", type=int, default=2, help="models at a time (default 2)")
    parser.add_argument("--samples", metavar="K", type=int, default=2, help="random inputs for each (default 2)")
    parser.add_argument("--seconds", metavar="S", type=int, default=60, help="for each run of the tool (default 60)")
    parser.add_argument("--plain-buffers", action="store_true",
                        help="leave out the runs with read-only buffers, which need tflite-runtime")
    parser.add_argument("--gigabytes", metavar="G", type=int, default=4, help="of memory for it (default 4)")
    args = parser.parse_args()
    if not os.access(args.respect, os.X_OK):
        sys.exit("corpus.py: no program %s: run make build, or give --respect" % args.respect)
    paths = models(args.paths)
    if not paths:
        print("corpus.py: no .tflite file in %s" % ", ".join(args.paths), file=sys.stderr)
        return 2

    tflite_python = os.environ.get("RESPECT_TFLITE_PYTHON", os.path.join(REPOSITORY, ".venv-tflite/bin/python"))
    if args.plain_buffers:
        tflite_python = None
    elif not os.access(tflite_python, os.X_OK):
        sys.exit("corpus.py: no program %s, which runs stages with read-only buffers: run tools/setup test, or give "
                 "--plain-buffers" % tflite_python)
    of_all = judge.Judge(
        os.path.abspath(args.respect), sys.executable, tflite_python, args.samples, args.seconds, args.gigabytes)
    rows = []
    with concurrent.futures.ThreadPoolExecutor(args.jobs) as pool:
        for row in pool.map(of_all.judge, paths):
            rows.append(row)
            progress = "%d of %d: %s: %s" % (len(rows), len(paths), row["model"], row["outcome"])
            print(progress, file=sys.stderr, flush=True)
    unexplained = sum(bool(row["unexplained"]) for row in rows)
    if args.format == "json":
        print(json.dumps({"models": rows, "counts": counts(rows), "unexplained": unexplained}, indent=1))
    else:
        print(table(rows))
        print()
        for outcome, count in counts(rows).items():
            print("%5d  %s" % (count, outcome))
        for text in findings(rows):
            print("\n" + text)
    return 1 if unexplained else 0


if __name__ == "__main__":
    sys.exit(main())
