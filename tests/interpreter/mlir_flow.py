"""Do RESPECT and Google's converter understand each other's modules?

    mlir_flow.py RESPECT MLIR_OPT MODEL.tflite [MODEL.tflite...]

For every model:
- RESPECT's module is read by Google's converter, whose model computes what the file computes, to the bit;
- RESPECT's model of Google's module computes what the file computes, to the bit;
- RESPECT's module and Google's, both printed by the stock mlir-opt in generic form, are equal operation by operation:
  names, operands, attributes, types, values and locations, but for the differences that docs/mlir.md lists.

Exit status: 0 all of it holds, 1 something does not.
"""

import os
import re
import subprocess
import sys
import tempfile

import numpy as np
from litert_converter.mlir import ir
from litert_converter.tools.model_utils import transform

HERE = os.path.dirname(os.path.abspath(__file__))


class Failure(Exception):
    """What does not hold."""


def run(*command):
    """Runs a command and returns what it prints."""
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise Failure("%s: exit %d: %s" % (" ".join(command), done.returncode, done.stderr.strip()[-600:]))
    return done.stdout


def google_dump(model, path):
    """Google's module of a model, in generic form with all weights and locations."""
    context = transform.get_ir_context()
    with open(model, "rb") as file:
        module = transform.model_utils_ext.flatbuffer_to_mlir(file.read(), context)
    with context, open(path, "w", encoding="utf-8") as file:
        file.write(module.operation.get_asm(print_generic_op_form=True, enable_debug_info=True))


def google_export(path, model):
    """Google's model of a module."""
    context = transform.get_ir_context()
    with context, open(path, encoding="utf-8") as file:
        transform.write_flatbuffer(ir.Module.parse(file.read()), model)


def same(one, other):
    """Fails unless both models compute the same, to the bit."""
    run(sys.executable, os.path.join(HERE, "chain.py"), "--export-pair", one, other)


DTYPES = {"i8": "<i1", "ui8": "<u1", "i16": "<i2", "i32": "<i4", "i64": "<i8", "f32": "<f4", "f16": "<f2",
          "i1": "?", "f64": "<f8", "ui32": "<u4", "ui16": "<u2", "ui64": "<u8"}
DENSE = re.compile(r'value = dense(_resource)?<("[^"]*"|[^>]*)> : tensor<((?:\d+x)*)(\w+)>')


def canonical(match, resources):
    """A constant's value, however it was written, as its bytes."""
    is_resource, text, dims, element = match.groups()
    shape = [int(dim) for dim in dims.split("x") if dim]
    dtype = np.dtype(DTYPES[element])
    if is_resource:
        data = resources[text]
    elif text.startswith('"0x'):
        data = bytes.fromhex(text[3:-1])
    else:
        numbers = re.findall(r"[^\s,\[\]]+", text)
        number = {"?": lambda t: t == "true"}.get(dtype.char, float if dtype.kind == "f" else int)
        if dtype.kind == "f" and any(n.startswith("0x") for n in numbers):
            raw = [int(n, 16) for n in numbers]
            data = np.array(raw, dtype="<u%d" % dtype.itemsize).tobytes()
        else:
            data = np.array([number(n) for n in numbers], dtype=dtype).tobytes()
    size = int(np.prod(shape)) * dtype.itemsize
    if 0 < len(data) < size:
        data *= size // len(data)
    return "value = <%s %s %s>" % (shape, element, data.hex())


def without_numbered(name):
    """A name as Google's importer has it: without parts that only number an earlier one, as a;a_1 or a;a1 do."""
    parts = []
    for part in name.split(";"):
        if not any(earlier and re.fullmatch(re.escape(earlier) + r"_?\d+", part) for earlier in parts):
            parts.append(part)
    return ";".join(parts)


def as_google_has_it(place):
    """A location with such names; equal ones of several results are one."""
    match = re.fullmatch(r'(fused<"[^"]*">)\[(?:fused\[)?("[^"]*"(?:, "[^"]*")*)\]?\]', place)
    if not match:
        return place
    names = dict.fromkeys(without_numbered(name) for name in re.findall(r'"([^"]*)"', match.group(2)))
    quoted = ", ".join('"%s"' % name for name in names)
    return "%s[%s]" % (match.group(1), quoted if len(names) == 1 else "fused[%s]" % quoted)


LINE = re.compile(r'^ *(?:(%\w+)(?::(\d+))? = )?"([^"]+)"\(([^)]*)\)(.*) loc\((.*)\)$')


def operations(text, is_ours):
    """The operations of a printed module: each as the facts that must be equal."""
    body, _, tail = text.partition("\n{-#")
    resources = {key: bytes.fromhex(data[8:]) for key, data in re.findall(r'(\w+): "0x([0-9A-F]*)"', tail)}
    aliases = dict(re.findall(r"^(#loc\d*) = loc\((.*)\)$", text, re.MULTILINE))
    found, names = [], {}

    def spelt_out(place):
        return re.sub(r"#loc\d*", lambda alias: spelt_out(aliases[alias.group()]), place)

    for line in body.splitlines():
        line = DENSE.sub(lambda match: canonical(match, resources), line)
        match = LINE.match(line)
        if is_ours and not match:
            line = re.sub(r'respect\.metadata = \[\[.*?\]\], ', "", line)
        if not match:
            line = re.sub(r"#loc\d*", lambda alias: spelt_out(alias.group()), re.sub(r"^\s*(#loc.*)?", "", line))
            found += [("line", line)] if line else []
            continue
        result, _, name, operands, rest, place = match.groups()
        place = spelt_out(place)
        if is_ours:
            place = as_google_has_it(place)
            # What the dialect has no place for, RESPECT keeps in attributes of its own.
            rest = re.sub(r" \{respect\.[^{}]*(\{[^{}]*\})?[^{}]*\}(?= :)", "", rest)
        operands = [names.get(o.split("#")[0], o.split("#")[0]) + o[len(o.split("#")[0]):]
                    for o in operands.split(", ") if o]
        if result:
            names[result] = place if name != "tfl.no_value" else "none"
        found.append((name, operands, rest, place))
    return found


def compare(ours, google):
    """Fails at the first operation that differs."""
    ours, google = operations(ours, True), operations(google, False)
    # Google's importer gives a constant that several operations use a copy of another storage range for one of them.
    places = [operation[-1] for operation in google if operation[0].startswith("tfl.pseudo")]
    copied = {place for place in places if places.count(place) > 1}
    # Such ranges then differ wherever the constant is used: only there are they left out of account.
    wide = lambda text: re.sub(r"uniform<([iu]\d+)<-?\d+:\d+>", r"uniform<\1", text)
    kept, seen = [], set()
    for operation in google:
        if operation[-1] in copied and operation[0].startswith("tfl.pseudo"):
            if operation[-1] in seen:
                continue
            seen.add(operation[-1])
        kept.append(operation)
    for mine, theirs in zip(ours, kept):
        touches = mine[-1] in copied or len(mine) == 4 and any(operand in copied for operand in mine[1])
        if touches:
            mine, theirs = [tuple(wide(str(fact)) for fact in side) for side in (mine, theirs)]
        if mine != theirs:
            at = next((i for i, (a, b) in enumerate(zip(mine, theirs)) if a != b), 0)
            a, b = str(mine[at]), str(theirs[at])
            start = max(0, next((i for i, (x, y) in enumerate(zip(a, b)) if x != y), min(len(a), len(b))) - 60)
            raise Failure("%s differs: ours …%s… Google's …%s…" %
                          (mine[0], a[start:start + 200], b[start:start + 200]))
    if len(ours) != len(kept):
        raise Failure("%d operations, Google has %d" % (len(ours), len(kept)))
    return len(ours)


def check(respect, mlir_opt, model, folder):
    """Checks one model."""
    paths = {name: os.path.join(folder, name) for name in
             ("ours.mlir", "google.mlir", "ours.tflite", "google.tflite")}
    run(respect, "import", model, "-o", paths["ours.mlir"])
    google_dump(model, paths["google.mlir"])
    opt = [mlir_opt, "--allow-unregistered-dialect", "--mlir-print-op-generic", "--mlir-print-debuginfo"]
    count = compare(run(*opt, paths["ours.mlir"]), run(*opt, paths["google.mlir"]))
    google_export(paths["ours.mlir"], paths["google.tflite"])
    same(model, paths["google.tflite"])
    run(respect, "export", paths["google.mlir"], "-o", paths["ours.tflite"])
    same(model, paths["ours.tflite"])
    return count


def main():
    """Checks every model."""
    respect, mlir_opt, *models = sys.argv[1:]
    failed = not models
    for model in models:
        with tempfile.TemporaryDirectory() as folder:
            try:
                print("%s: %d lines agree" % (model, check(respect, mlir_opt, model, folder)), flush=True)
            except Failure as failure:
                failed = True
                print("%s: %s" % (model, failure), flush=True)
    return int(failed)


if __name__ == "__main__":
    sys.exit(main())
