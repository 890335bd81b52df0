"""Takes one model through the tool and the interpreters, and says what came of it.

The steps are those of a user: inspect, compile, verify, run; import and export. The stages run twice: with plain
buffers, and with the new read-only ones that Coral's runner gives for each inference. What each step may answer is
known, so that everything else is a finding: a difference, a crash, a program out of time, a refusal without a reason.
"""

import json
import os
import re
import shutil
import tempfile
from dataclasses import dataclass

import limited
import reasons

HERE = os.path.dirname(os.path.abspath(__file__))
INTERPRETER = os.path.join(HERE, "..", "interpreter")
STAGES = (2, 3, 4)
COMPILED = b"edgetpu-custom-op"  # the operator that Google's compiler makes of all it takes


@dataclass(frozen=True)
class Judge:
    """What is run, on how many inputs, and how long a run of the tool may take."""

    respect: str
    python: str
    tflite_python: str | None  # with tflite-runtime, whose interpreter takes read-only buffers; None: without them
    samples: int
    seconds: int
    gigabytes: int

    def tool(self, *arguments):
        return limited.run([self.respect, *arguments], self.seconds, self.gigabytes)

    def script(self, python, name, *arguments, stdin=None):
        command = [python, os.path.join(INTERPRETER, name), *arguments]
        environment = {"PYTHONDONTWRITEBYTECODE": "1", "TF_CPP_MIN_LOG_LEVEL": "2"}
        return limited.run(command, 10 * self.seconds, 3 * self.gigabytes, stdin, environment)

    def judge(self, path):
        """A row of the table."""
        scratch = tempfile.mkdtemp(prefix="respect-corpus-")
        try:
            return Row(self, path, scratch).fill()
        finally:
            shutil.rmtree(scratch, ignore_errors=True)


class Row:
    """One model: what each step answered, and what is unexplained."""

    def __init__(self, judge, path, scratch):
        self.judge, self.path, self.scratch = judge, path, scratch
        self.steps, self.found, self.refusal, self.why = {}, [], None, ""
        self.options, self.on_cpu = [], ""

    def fill(self):
        self.inspect()
        folders = self.compile()
        self.chain(folders)
        self.read_only(folders)
        self.round_trip()
        self.compiled()
        return {"model": self.path, "bytes": os.path.getsize(self.path), "steps": self.steps,
                "outcome": self.outcome(), "why": self.why, "unexplained": self.found}

    def outcome(self):
        if self.found:
            return "UNEXPLAINED: " + self.found[0]["what"]
        if self.refusal:
            return "refused: " + self.refusal
        if "unusable" in (self.steps.get("chain"), self.steps.get("round trip")):
            return "reference unusable"
        return "sound with plain buffers alone" if self.steps.get("read-only") == "unusable" else "sound"

    def note(self, step, answer):
        self.steps[step] = answer

    def find(self, step, what, why, command=None):
        """Something that is not explained."""
        self.note(step, what)
        self.found.append({"step": step, "what": what, "why": why, "command": command or ""})

    def run(self, step, *arguments):
        """Runs the tool; returns how it ended, or None where that is a finding."""
        ended = self.judge.tool(*arguments)
        command = " ".join(["respect", *map(str, arguments)]).replace(self.scratch, "/tmp/corpus")
        failure = ended.failure()
        if failure:
            return self.find(step, *failure, command)
        if ended.status == 1 and step != "verify" and not reasons.kind_of(ended.err):
            return self.find(step, "no reason", ended.err.strip()[:600], command)
        self.note(step, "ok" if ended.status == 0 else "refused")
        return ended

    def inspect(self):
        ended = self.run("inspect", "inspect", self.path, "--format", "json")
        if ended and ended.status == 1:
            self.why = ended.err.strip()
        elif ended:
            try:
                self.on_cpu = ",".join(str(operator["index"]) for operator in json.loads(ended.out)["unmapped"])
            except ValueError as error:
                self.find("inspect", "no JSON", str(error))

    def compile(self):
        """Cuts the model at every number of stages that is asked of it; returns the folders that came of it."""
        asked = self.cut("most", 100_000)
        if asked is None:
            return []
        if asked.status == 1 and reasons.kind_of(asked.err) == "not for an Edge TPU":
            self.refusal, self.why = "not for an Edge TPU", asked.err.strip()
            self.options = ["--allow-cpu"]
            asked = self.cut("most", 100_000)
        room = re.search(r"use at most (\d+)", asked.err) if asked else None
        if not room:
            return self.refused(asked)
        room = int(room[1])
        self.enough(room)
        if room == 1 and not self.refusal:
            self.refused(asked)
        folders = []
        for stages in sorted({*STAGES, room}):
            step = "most" if stages == room and stages not in STAGES else str(stages)
            ended = self.cut(step, stages)
            if ended is None:
                continue
            if ended.status == 0 and stages <= room:
                folders.append(self.folder(stages))
            elif (ended.status == 0) != (stages <= room):
                self.find(step, "room", "room for %d, %d stages: %s" % (room, stages, ended.err.strip()))
        self.note("most", str(room))
        for folder in folders:
            self.verify(folder)
        return folders

    def refused(self, ended):
        """The model as a whole is refused: that is its outcome."""
        if ended is not None and not self.found:
            self.refusal, self.why = reasons.kind_of(ended.err), ended.err.strip()
        return []

    def compiled(self):
        """What Google's compiler has made is refused as that, whatever else may be said of it."""
        with open(self.path, "rb") as file:
            if COMPILED in file.read() and self.refusal != "already compiled":
                self.find("most", "compiled", "it is compiled already, and not refused for that: " + self.why)

    def folder(self, stages):
        return os.path.join(self.scratch, str(stages))

    def cut(self, step, stages):
        return self.run(step, "compile", self.path, "--no-compile", "--stages", str(stages), "-o",
                        self.folder(stages), *self.options)

    def enough(self, room):
        """The order of the file alone may leave room for more stages than the tool finds: that is a finding."""
        ended = limited.run([self.judge.python, os.path.join(HERE, "room.py"), self.path], self.judge.seconds,
                            2 * self.judge.gigabytes)
        if (ended.status or 0) > 0:
            return self.find("most", "crash", "room.py: " + ended.err.strip()[-600:])
        # The interpreter may die of a model, and says nothing of it then.
        bound = int(ended.out) if ended.status == 0 else 1
        if room < bound:
            self.find("most", "room", "the interpreter leaves room for %d stages at least, and this says %d" %
                      (bound, room), "tests/corpus/room.py " + self.path)

    def verify(self, folder):
        ended = self.run("verify", "verify", folder)
        if ended and ended.status != 0:
            self.find("verify", "unsound", ended.out.strip() + ended.err.strip())

    def chain(self, folders):
        """The stages against the whole, to the bit."""
        if folders:
            self.compare("chain", "--batch", stdin="\t".join([self.path, *folders]) + "\n")

    def limits(self):
        """What a run of the stages may take."""
        judge = self.judge
        return ["--samples", judge.samples, "--seconds", 4 * judge.seconds, "--gigabytes", 3 * judge.gigabytes]

    def compare(self, step, *options, stdin):
        ended = self.judge.script(self.judge.python, "chain.py", *options, *self.limits(), stdin=stdin)
        failure = ended.failure()
        if failure:
            return self.find(step, *failure)
        answer = json.loads(ended.out)
        ended = re.search(r"ended with status (1|-14)$", answer["whole"] or "")
        if ended:  # neither of which an unusable model does
            return self.find(step, "timeout" if ended[1] == "-14" else "crash", answer["whole"])
        if answer["whole"]:
            self.why = self.why or answer["whole"]
            return self.note(step, "unusable")
        self.note(step, "same")
        self.stages_differ(step, answer["folders"])

    def stages_differ(self, step, answers):
        for answer in answers:
            if not answer["ok"]:
                what = "timeout" if answer["why"].endswith("ended with status -14") else "DIFFERENT"
                self.find(step, what, "%s stages: %s" % (os.path.basename(answer["dir"]), answer["why"]))

    def read_only(self, folders):
        """The same with the buffers that Coral's runner gives, for what stays on the CPU."""
        if not folders or not self.judge.tflite_python or self.steps["chain"] == "unusable":
            return
        ended = self.judge.script(self.judge.tflite_python, "readonly_runner.py", self.path, *folders, "--cpu",
                                  self.on_cpu, *self.limits())
        failure = ended.failure()
        if failure:
            return self.find("read-only", *failure)
        if ended.status != 0:  # this interpreter is older, and may not know an operator
            return self.note("read-only", "unusable")
        whole, *answers = map(json.loads, ended.out.splitlines())
        self.note("read-only", "unusable" if whole["differs"] is None else "same")
        if whole["differs"] is not None:
            self.stages_differ("read-only", answers)

    def round_trip(self):
        """As a module and back, which computes the same."""
        module, copy = (os.path.join(self.scratch, name) for name in ("module.mlir", "copy.tflite"))
        imported = self.run("import", "import", self.path, "-o", module)
        if imported is None or imported.status == 1:
            return
        exported = self.run("export", "export", module, "-o", copy)
        if exported is not None and exported.status == 0:
            self.compare("round trip", "--batch", "--export-pair", stdin="%s\t%s\n" % (self.path, copy))
