"""What a document may hold: as much as a file can, and groups that do not contain themselves."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

from explorer.graph.edits import EditProblem
from explorer.graph.model import ROOT, FieldValue, Graph, Node, Position

LONGEST_NAME = 200
LONGEST_TEXT = 10_000
LONGEST_LIST = 100
FARTHEST = 1e9
LARGEST = 1e300
"""What a file can hold; a document never holds more, so that every design can be saved and opened."""


def checked_node(node: Node) -> Node:
    """The node with empty fields left out; raises `EditProblem` for what no file could hold."""
    refuse_nowhere(node.pos)
    refuse_text(node.title)
    if len(node.block) > LONGEST_NAME or len(node.fields) > LONGEST_LIST:
        raise EditProblem(f"{node.id}: no block has so long a name or so many fields.")
    for name, value in node.fields.items():
        refuse_text(name)
        refuse_unwritable(value)
    if None in node.fields.values():
        kept = {key: value for key, value in node.fields.items() if value is not None}
        return msgspec.structs.replace(node, fields=kept)
    return node


def refuse_nowhere(pos: Position) -> None:
    """Raise `EditProblem` for a place off any canvas."""
    if not all(abs(n) < FARTHEST for n in pos):
        raise EditProblem(f"{pos[0]:g}, {pos[1]:g} is nowhere on a canvas.")


def refuse_text(text: str) -> None:
    """Raise `EditProblem` for a text that no file could hold."""
    if len(text) > LONGEST_TEXT:
        raise EditProblem(f"A text has at most {LONGEST_TEXT:,} characters, this one has {len(text):,}.")
    if not text.isascii() and any("\ud800" <= letter <= "\udfff" for letter in text):
        raise EditProblem("A text holds half a letter that no file can hold.")


def refuse_unwritable(value: FieldValue) -> None:
    """Raise `EditProblem` for a value that no file could hold."""
    parts = value if isinstance(value, tuple) else (value,)
    if len(parts) > LONGEST_LIST:
        raise EditProblem(f"A list has at most {LONGEST_LIST} values, this one has {len(parts):,}.")
    for part in parts:
        if isinstance(part, str):
            refuse_text(part)
        elif isinstance(part, int | float) and not abs(part) < LARGEST:
            raise EditProblem("A number has to be finite and smaller than 10³⁰⁰.")


def refuse_bad_use(node: Node, scope: str, graphs: Mapping[str, Graph]) -> None:
    """Raise `EditProblem` where a group is missing that a node uses, or would contain itself."""
    for group in node.groups:
        if group not in graphs and group != scope:
            raise EditProblem(f"There is no group called “{group}” in this design.")
    if scope == ROOT:
        return
    waiting, seen = list(node.groups), set[str]()
    while waiting:
        name = waiting.pop()
        if name == scope:
            raise EditProblem(f"The group “{scope}” cannot contain itself.")
        if name in graphs and name not in seen:
            seen.add(name)
            waiting.extend(graphs[name].register.groups)
