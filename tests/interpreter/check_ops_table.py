"""Compares the table of operators with the schema bindings that ai-edge-litert ships.

Reads the table from standard input, one JSON row a line, as `dump_json` prints it. Prints every difference and
exits with 1 if there is one.

The generated bindings hold no description of the schema, so this calls them on stand-ins that note what they
are asked for: a builder, for slot, type and default of what gets written, and a buffer, for the same of what
gets read. The bindings do not say which operator uses which options table, nor which enum a number belongs to.
"""

import json
import re
import sys

from ai_edge_litert import schema_py_generated as schema

UNIONS = ("BuiltinOptions", "BuiltinOptions2")


class Differences:
    """Collects what differs."""

    def __init__(self):
        self.found = []

    def expect(self, what, table, bindings):
        """Notes a difference unless table and bindings agree, also in type: `True` is not 1."""
        if (type(table), table) != (type(bindings), bindings):
            self.found.append(f"{what}: the table says {table!r}, the schema says {bindings!r}")

    def expect_same_names(self, what, table, bindings):
        """Notes the names that only one side knows, and returns those that both do, in order."""
        self.found += [f"{what}: {name} is not in the schema" for name in table if name not in bindings]
        self.found += [f"{what}: {name} is missing in the table" for name in bindings if name not in table]
        return [name for name in table if name in bindings]


class Builder:
    """A stand-in for the flatbuffer builder: notes the one field, or the number of fields, it is given."""

    def __init__(self):
        self.fields = None
        self.written = None

    def StartObject(self, fields):  # the name is the library's
        self.fields = fields

    def __getattr__(self, method):
        kind = re.fullmatch(r"Prepend(\w+)Slot", method)
        if kind is None:
            raise AttributeError(method)

        def note(slot, _value, default):
            self.written = (slot, kind[1].lower(), default)

        return note


class Buffer:
    """A stand-in for a table in a buffer: notes what a reader asks for."""

    Pos = 0

    def __init__(self, holds_field):
        self.holds_field = holds_field
        self.vtable_offset = None
        self.kind = None

    def Offset(self, vtable_offset):
        self.vtable_offset = vtable_offset
        return 4 if self.holds_field else 0

    def Get(self, flags, _place):
        element = flags.__name__.removesuffix("Flags").lower()
        self.kind = f"[{element}]" if self.kind == "vector" else element
        return flags.py_type(0)

    def Vector(self, _offset):
        self.kind = "vector"
        return 0

    def VectorLen(self, _offset):
        return 0

    def String(self, _place):
        self.kind = "string"
        return b""


def read(table, field, holds_field):
    """Calls the reader of a field; returns its value and the stand-in that it read from."""
    reader = getattr(schema, table)()
    reader._tab = buffer = Buffer(holds_field)
    method = getattr(reader, field)
    takes_index = method.__func__.__code__.co_argcount == 2
    return (method(0) if takes_index else method()), buffer


def constants(enum):
    """The values of an enum of the bindings by their names."""
    return {name: value for name, value in vars(getattr(schema, enum)).items() if not name.startswith("_")}


def table_size(table):
    """The number of slots that a table of the schema has, deprecated ones included."""
    builder = Builder()
    getattr(schema, f"{table}Start")(builder)
    return builder.fields


def fields_of(table):
    """The names of the fields that the bindings can write."""
    writer = re.compile(rf"{table}Add(\w+)")
    return [match[1] for match in map(writer.fullmatch, vars(schema)) if match]


def camel_case(name):
    return "".join(part.capitalize() for part in name.split("_"))


def check_operators(rows, diff):
    bindings = constants("BuiltinOperator")
    table = {row["name"]: row for row in rows}
    diff.expect("operators: number of rows", len(rows), len(table))
    for name in diff.expect_same_names("operators", table, bindings):
        diff.expect(f"{name}: code", table[name]["code"], bindings[name])


def check_field(options, row, diff):
    what = f"{options}.{row['name']}"
    name = camel_case(row["name"])
    builder = Builder()
    getattr(schema, f"{options}Add{name}")(builder, 1)
    slot, written, default = builder.written
    diff.expect(f"{what}: slot", row["slot"], slot)
    _, full = read(options, name, holds_field=True)
    diff.expect(f"{what}: place in the vtable", 4 + 2 * row["slot"], full.vtable_offset)
    diff.expect(f"{what}: type", row["type"], full.kind)
    if written != "uoffsettrelative":
        diff.expect(f"{what}: type when written", row["type"], written)
        absent, _ = read(options, name, holds_field=False)
        expected = bool(absent) if row["type"] == "bool" else absent
        diff.expect(f"{what}: default", row["default"], expected)
        diff.expect(f"{what}: default when written", row["default"], type(expected)(default))
    else:
        diff.expect(f"{what}: default", row["default"], None)


def check_options(rows, operators, enums, diff):
    for union in UNIONS:
        bindings = {name: number for name, number in constants(union).items() if number != 0}
        if union == "BuiltinOptions2":
            bindings = {name: number for name, number in bindings.items() if not name.startswith("Stable")}
        table = {row["name"]: row for row in rows if row["union"] == union}
        for name in diff.expect_same_names(union, table, bindings):
            diff.expect(f"{name}: number in {union}", table[name]["union_type"], bindings[name])
            fields = {camel_case(field["name"]): field for field in table[name]["fields"]}
            diff.expect(f"{name}: number of fields", len(table[name]["fields"]), len(fields))
            for field in diff.expect_same_names(name, fields, fields_of(name)):
                check_field(name, fields[field], diff)
            slots = [field["slot"] for field in table[name]["fields"]]
            if slots and max(slots) >= table_size(name):
                diff.found.append(f"{name}: slot {max(slots)} of {table_size(name)}")
    known = {row["name"] for row in rows}
    diff.expect("options: number of rows", len(rows), len(known))
    for row in operators:
        if row["options"] is not None and row["options"] not in known:
            diff.found.append(f"{row['name']}: its {row['options']} are not in the table")
    for field in (field for row in rows for field in row["fields"]):
        if field["enum"] is not None and field["enum"] not in enums:
            diff.found.append(f"{field['name']}: its {field['enum']} is not in the table")


def check_enum(row, diff):
    bindings = constants(row["name"])
    table = {name: value for value, name in row["values"]}
    for name in diff.expect_same_names(row["name"], table, bindings):
        diff.expect(f"{row['name']}.{name}", table[name], bindings[name])


def main():
    rows = {"operator": [], "options": [], "enum": []}
    for line in sys.stdin:
        row = json.loads(line)
        rows[row["row"]].append(row)
    diff = Differences()
    check_operators(rows["operator"], diff)
    check_options(rows["options"], rows["operator"], {row["name"] for row in rows["enum"]}, diff)
    for row in rows["enum"]:
        check_enum(row, diff)
    for line in diff.found:
        print(line)
    fields = sum(len(row["fields"]) for row in rows["options"])
    counts = f"{len(rows['operator'])} operators, {len(rows['options'])} options tables, {fields} fields"
    print(f"{counts}, {len(rows['enum'])} enums: {len(diff.found)} differences")
    return 1 if diff.found else 0


if __name__ == "__main__":
    sys.exit(main())
