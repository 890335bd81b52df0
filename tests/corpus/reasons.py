"""What a refusal may say: the kinds of reasons, and how each is known by its words.

A refusal that fits none is unexplained, and so is one which tells nothing of the model: "cannot be cut" names the
tensors or operations that forbid it.
"""

import re

NAMED = r"('[^']|\(\d+|operations? \d|tensors? \d)"  # a tensor by its name, or an operation by its number

# (kind, what its message matches), the first that fits counts.
KINDS = [
    ("already compiled", r"already compiled|compiled already"),
    ("not a model", r"not a TensorFlow Lite file|damaged file|[Ii]nconsistent model|cut short"),
    ("not for an Edge TPU", r"--allow-cpu"),
    ("shape known at run time only", r"known at run time only.*" + NAMED),
    ("one operation", r"has only one operation"),
    ("control flow or shared state", r"(several subgraphs|subgraphs|resource|state)"),
    ("more stages than room", r"use at most (?!1\b)\d+"),
    ("cannot be cut", NAMED + r".*use at most 1\b|use at most 1\b.*" + NAMED),
    ("not for MLIR", r"which the tfl dialect can't express"),
    ("too large to read", r"is longer than \d+ bytes|is accepted"),
]


def kind_of(complaint):
    """The kind of a refusal, or None where it gives no reason that is known here."""
    text = " ".join(complaint.split())
    if not text.startswith("error: "):
        return None
    return next((kind for kind, words in KINDS if re.search(words, text)), None)
