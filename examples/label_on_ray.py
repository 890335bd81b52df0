#!/usr/bin/env python3
"""Labels graphs on a Ray cluster: the shards of `respect label` as tasks, their labels in one file at the end.

    python3 examples/label_on_ray.py -o labels.jsonl --shards 64 --address auto -- \\
        --count 100000 --nodes 20..80 --stages 4,5,6 --objective memory,latency

What follows `--` are options of `respect label`, without --shard, --jobs, -o and --format; a list of graphs is named by a path that
every node can read. So can every node run `--respect` and write the folder of shards, `LABELS.shards` beside the file.
After a failure give the same command again: finished shards stay, and begun ones go on where they stopped.
"""

import argparse
import contextlib
import heapq
import json
import os
import subprocess
import sys
from pathlib import Path

import ray


def label(respect: str, options: list[str], shard: int, shards: int, jobs: int, output: str) -> str:
    """Labels one shard, on the node that Ray chose; returns what went wrong."""
    command = [respect, "label", *options, "--shard", f"{shard}/{shards}", "--jobs", str(jobs), "-o", output]
    done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False)
    # A process that a signal ended was not at fault; it is an exception, so that Ray tries again.
    done.returncode >= 0 or done.check_returncode()
    return "" if done.returncode == 0 else done.stderr.strip() or f"exit status {done.returncode}"


def join(paths: list[Path], output: Path) -> None:
    """Writes the labels of all shards in the order of the graphs, as a run without shards does."""
    partial = output.with_name(output.name + ".partial")
    with contextlib.ExitStack() as stack, partial.open("wb") as joined:
        files = [stack.enter_context(path.open("rb")) for path in paths]
        joined.writelines(heapq.merge(*files, key=lambda line: json.loads(line)["number"]))
        joined.flush()
        os.fsync(joined.fileno())
    partial.replace(output)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("-o", "--output", type=Path, required=True, help="the file of labels to write")
    parser.add_argument("--shards", type=int, required=True, help="how many; some for every node, to spread the load")
    parser.add_argument("--address", help="the cluster's, or auto; without it one is started on this machine")
    parser.add_argument("--jobs", type=int, default=1, help="cores that a shard takes (default: 1)")
    parser.add_argument("--respect", default="respect", help="the program, on every node")
    parser.add_argument("options", nargs="+", help="options of `respect label`, after --")
    arguments = parser.parse_args()
    if arguments.shards < 1 or arguments.jobs < 1:
        parser.error("--shards and --jobs are at least 1")

    folder = arguments.output.absolute().with_name(arguments.output.name + ".shards")
    folder.mkdir(parents=True, exist_ok=True)
    paths = [folder / f"labels-{shard}-of-{arguments.shards}.jsonl" for shard in range(arguments.shards)]

    ray.init(address=arguments.address, log_to_driver=False)
    task = ray.remote(num_cpus=arguments.jobs, max_retries=3, retry_exceptions=True)(label)
    work = {
        task.remote(arguments.respect, arguments.options, shard, len(paths), arguments.jobs, str(path)): shard
        for shard, path in enumerate(paths)
    }
    waiting, failed = list(work), False
    while waiting:
        [ready], waiting = ray.wait(waiting)
        try:
            complaint = ray.get(ready)
        except ray.exceptions.RayError as error:
            complaint = str(error)
        failed |= bool(complaint)
        print(f"shard {work[ready]}: {complaint or 'done'}", file=sys.stderr)
    if failed:
        return 1
    join(paths, arguments.output)
    return 0


if __name__ == "__main__":
    sys.exit(main())
