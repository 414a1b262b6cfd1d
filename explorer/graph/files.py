"""Designs on disk: `NAME.arch.json`, strict, versioned, with bounds checked before anything is built.

Opening a file runs nothing. Every refusal is one sentence with the place in the file.
"""

from __future__ import annotations

import os
import re
import stat
from collections.abc import Callable, Container
from graphlib import CycleError, TopologicalSorter
from pathlib import Path
from typing import Any

import msgspec

from explorer.atomic import replace_file
from explorer.bounds import DESIGN_BYTES, JSON_DEPTH, NAME_LENGTH, NODES, WIRES, shown
from explorer.graph.design_text import FORMAT, VERSION, DesignText
from explorer.graph.document import Document
from explorer.graph.dots import Dots, setting
from explorer.graph.edits import (
    AddNode,
    Connect,
    DefineGroup,
    Edit,
    EditProblem,
    SetExposed,
    SetFrame,
    SetName,
    SetNote,
    SetOrigin,
    SetSetting,
    SetShares,
)
from explorer.graph.limits import checked_node
from explorer.graph.marks import Exposed, Frame, Note, Origin
from explorer.graph.model import ROOT, Edge, FieldValue, Node, NodeId, Position, groups_in
from explorer.graph.names import why_not

SUFFIX = ".arch.json"
_BRACKETS = re.compile(rb'"(?:[^"\\]|\\.)*+"?|[\[\]{}]', re.DOTALL)
"""Brackets, and whole texts so that brackets inside them are skipped; linear whatever comes."""


_AT = re.compile(r" - at (?:`key` in )?`?(\$[^`]*)`?")
_KIND = re.compile(r"\b(str|int|float|bool|array|object|null)\b")
KINDS = {
    "str": "a text",
    "int": "a whole number",
    "float": "a number",
    "bool": "true or false",
    "array": "a list",
    "object": "a table",
    "null": "nothing",
}
_ROW = re.compile(r"(node|wire|frame|note|dot)s\[(\d+)\]")


class FileProblem(ValueError):
    """A file that cannot be opened or saved; the text is a sentence with the place."""


class _NodeRow(msgspec.Struct, omit_defaults=True, forbid_unknown_fields=True):
    id: NodeId
    block: str
    fields: dict[str, bool | int | float | str | list[int | float | str] | None] = {}
    pos: Position = (0.0, 0.0)
    title: str = ""
    muted: bool = False
    frozen: bool = False
    collapsed: bool = False
    shares: NodeId = ""


class _GraphRow(msgspec.Struct, omit_defaults=True, forbid_unknown_fields=True):
    nodes: list[_NodeRow] = []
    wires: list[tuple[NodeId, str, NodeId, str]] = []
    frames: list[Frame] = []
    notes: list[Note] = []
    dots: list[Dots] = []
    exposed: list[Exposed] = []
    origin: Origin | None = None


class _Head(msgspec.Struct):
    """What is read first; the rest is skipped without being built."""

    format: Any = None
    version: Any = None


class _File(msgspec.Struct, omit_defaults=True, forbid_unknown_fields=True):
    format: str
    version: int
    name: str
    graph: _GraphRow
    groups: dict[str, _GraphRow] = {}
    settings: dict[str, bool | int | float | str | list[int | float | str] | None] = {}


MIGRATIONS: dict[int, Callable[[dict[str, Any]], dict[str, Any]]] = {}
"""From version n to n + 1, on the plain JSON value, where more has changed than what may be left out."""


def encode(document: Document) -> bytes:
    """Write a document as JSON text; who writes the same one often keeps a `DesignText`."""
    return DesignText().of(document)


def decode(data: bytes) -> Document:
    """Read a document from JSON text.

    Raises:
        FileProblem: not a design, a newer version, too large, or inconsistent.

    """
    refuse_hostile(data)
    version = _version(_decode(data, _Head))
    if MIGRATIONS and version < VERSION:
        value = _decode(data, dict[str, Any])
        for step in range(version, VERSION):
            value = MIGRATIONS.get(step, dict)(value)
        data = msgspec.json.encode(value)
    return _document(_decode(data, _File))


def load(path: str | os.PathLike[str]) -> Document:
    """Read a design file; raises `FileProblem` naming the file."""
    name = Path(path).name
    try:
        data = _read(path)
        return decode(data)
    except FileProblem as problem:
        raise FileProblem(f"{name}: {problem}") from None
    except OSError as problem:
        raise FileProblem(f"{name} cannot be read: {problem.strerror or problem}.") from None
    except ValueError:
        raise FileProblem(f"“{name[:60]!r}” is no name that a file can have.") from None


def save(document: Document, path: str | os.PathLike[str]) -> None:
    """Write a design file so that either the old or the new one is there, whatever happens."""
    write_atomically(path, encode(document))


def write_atomically(path: str | os.PathLike[str], data: bytes) -> None:
    """Write a file as a whole or not at all; raises `FileProblem` with a sentence."""
    try:
        replace_file(path, data)
    except OSError as problem:
        name, words = Path(path).name, problem.strerror or str(problem)
        raise FileProblem(f"{name} was not saved: {words}. The design is safe here.") from None


def _read(path: str | os.PathLike[str]) -> bytes:
    if not stat.S_ISREG(os.stat(path).st_mode):  # opening a device may have effects of its own
        raise FileProblem("this is not a file.")
    handle = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0))
    with os.fdopen(handle, "rb") as file:
        facts = os.fstat(file.fileno())
        if not stat.S_ISREG(facts.st_mode):
            raise FileProblem("this is not a file.")
        if facts.st_size > DESIGN_BYTES:
            raise FileProblem(
                f"with {facts.st_size:,} bytes it is larger than a design can be ({DESIGN_BYTES:,})."
            )
        return file.read(DESIGN_BYTES + 1)


def refuse_hostile(data: bytes) -> None:
    """Raise `FileProblem` for text that is too long or too deeply nested, before it is parsed."""
    if len(data) > DESIGN_BYTES:
        raise FileProblem(f"with {len(data):,} bytes it is larger than a design can be ({DESIGN_BYTES:,}).")
    if not data.strip():
        raise FileProblem("the file is empty.")
    if data.count(b"[") + data.count(b"{") <= JSON_DEPTH:
        return
    depth = 0
    for found in _BRACKETS.finditer(data):
        mark = found[0]
        if mark in (b"[", b"{"):
            depth += 1
            if depth > JSON_DEPTH:
                raise FileProblem(
                    f"it is nested deeper than {JSON_DEPTH} levels at byte {found.start():,}; no design is."
                )
        elif mark in (b"]", b"}"):
            depth -= 1


def _decode(data: bytes, type_: Any) -> Any:
    try:
        return msgspec.json.decode(data, type=type_)
    except msgspec.DecodeError as problem:
        raise FileProblem(f"it is no design: {_words(str(problem))}.") from None
    except (RecursionError, ValueError, OverflowError) as problem:
        raise FileProblem(f"it is no design: {problem}.") from None


def _words(text: str) -> str:
    found = _AT.search(text)
    plain = text[: found.start()] if found else text
    plain = _KIND.sub(lambda kind: KINDS.get(kind[1], kind[0]), plain[:1].lower() + plain[1:])
    plain = plain.replace("jSON", "its JSON")
    at = f", at {_place(found[1])}" if found else ""
    return plain.rstrip(".").replace("`", "")[:300] + at


def _place(path: str) -> str:
    """Where `$.graph.nodes[3].fields.kernel` is, for people: `fields.kernel of node 4 of the design`."""
    place, rest = "", path.removeprefix("$").lstrip(".")
    for inside, words in (("groups[...]", "a group"), ("groups", "the groups"), ("graph", "the design")):
        if rest.startswith(inside):
            place, rest = words, rest.removeprefix(inside).lstrip(".")
            break
    if row := _ROW.match(rest):
        place = f"{row[1]} {int(row[2]) + 1} of {place or 'the file'}"
        rest = rest[row.end() :].lstrip(".")
    rest = rest.replace("[...]", "").replace("[", " ").replace("]", "")
    return f"{shown(rest)} of {place}" if rest and place else shown(rest) or place or "its beginning"


def _version(head: _Head) -> int:
    """The version of a file that is one of ours and not too new."""
    if head.format != FORMAT:
        raise FileProblem("it is JSON, but no design of this program (its “format” says otherwise).")
    version = head.version
    if not isinstance(version, int) or isinstance(version, bool) or version < 1:
        raise FileProblem("its version is no whole number from 1 up.")
    if version > VERSION:
        raise FileProblem(
            f"it was written by a newer program (file version {version}, this one reads up to {VERSION}). "
            "Update the program to open it."
        )
    return version


def _document(rows: _File) -> Document:
    document = Document()
    edits: list[Edit] = [SetName(rows.name[:NAME_LENGTH])]
    for name in _inner_first(rows):
        row, where = rows.groups[name], f"the group “{shown(name)}”"
        if reason := why_not(name):
            raise FileProblem(f"{where} has a bad name: {reason}")
        nodes, edges = _checked(row, where, rows.groups)
        edits.append(DefineGroup(name, tuple(nodes), tuple(edges)))
        edits += [SetFrame(frame.id, frame, name) for frame in row.frames]
        edits += [SetNote(note.id, note, name) for note in row.notes]
        edits += setting(row.dots, name)
        edits += [SetExposed(each.name, each, name) for each in row.exposed]
        edits += [SetOrigin(row.origin, name)] if row.origin is not None else []
    nodes, edges = _checked(rows.graph, "the design", rows.groups)
    if rows.graph.exposed or rows.graph.origin is not None:
        raise FileProblem("the design itself says what it exposes or where it came from; only a group may.")
    edits += [AddNode(msgspec.structs.replace(node, shares="")) for node in nodes]
    edits += [SetShares(node.id, node.shares) for node in nodes if node.shares]  # an owner may stand behind
    edits += [Connect(edge) for edge in edges]
    edits += [SetFrame(frame.id, frame, ROOT) for frame in rows.graph.frames]
    edits += [SetNote(note.id, note, ROOT) for note in rows.graph.notes]
    edits += setting(rows.graph.dots, ROOT)
    edits += [SetSetting(key, _value(value)) for key, value in rows.settings.items()]
    try:
        for edit in edits:
            document.apply(edit)
    except ValueError as problem:
        raise FileProblem(f"{_words(str(problem))}.") from None
    document.revision = 0
    return document


def _inner_first(rows: _File) -> list[str]:
    """The groups in an order in which each comes after those it uses."""
    uses = {
        name: {group for node in row.nodes for group in groups_in(node.block, node.fields)}
        & rows.groups.keys()
        for name, row in rows.groups.items()
    }
    try:
        return list(TopologicalSorter(uses).static_order())
    except CycleError as problem:
        circle = " → ".join(name[:60] for name in problem.args[1][:8])
        raise FileProblem(f"a group contains itself: {circle}. Take one of these uses out.") from None


def _checked(row: _GraphRow, where: str, groups: Container[str]) -> tuple[list[Node], list[Edge]]:
    """The nodes and wires of a level, after the checks that a schema cannot make."""
    if len(row.nodes) > NODES or len(row.wires) > WIRES:
        raise FileProblem(
            f"{where} has {len(row.nodes):,} nodes and {len(row.wires):,} wires; "
            f"{NODES:,} and {WIRES:,} are the limits."
        )
    seen: dict[str, int] = {}
    nodes = []
    for number, node in enumerate(row.nodes):
        place = f"node {number + 1} of {where}"
        if node.id in seen:
            raise FileProblem(
                f"{place} has the id “{shown(node.id)}”, which node {seen[node.id] + 1} has too."
            )
        if reason := why_not(node.id):
            raise FileProblem(f"{place} has a bad id: {reason}")
        for group in groups_in(node.block, node.fields):
            if group not in groups:
                raise FileProblem(f"{place} uses the group “{shown(group)}”, which is not in the file.")
        seen[node.id] = number
        fields = {key: _value(value) for key, value in node.fields.items()}
        made = Node(
            node.id,
            node.block,
            fields,
            node.pos,
            node.title,
            node.muted,
            node.frozen,
            node.collapsed,
            node.shares,
        )
        try:
            nodes.append(checked_node(made))
        except EditProblem as problem:
            raise FileProblem(f"{place}: {problem}") from None
    edges = []
    for number, wire in enumerate(row.wires):
        for end in (wire[0], wire[2]):
            if end not in seen:
                raise FileProblem(
                    f"wire {number + 1} of {where} ends at “{shown(end)}”, which is no node there."
                )
        edges.append(Edge(*wire))
    if len(set(edges)) != len(edges):
        raise FileProblem(f"{where} has the same wire twice.")
    frames, notes = [frame.id for frame in row.frames], [note.id for note in row.notes]
    if len({bent.wire for bent in row.dots}) != len(row.dots):
        raise FileProblem(f"{where} has the dots of a wire twice.")
    exposed = [each.name for each in row.exposed]
    for kind, ids in (("frames", frames), ("notes", notes), ("exposed fields", exposed)):
        if len(set(ids)) != len(ids):
            raise FileProblem(f"{where} has two {kind} with the same name.")
    return nodes, edges


def _value(value: Any) -> FieldValue:
    result: FieldValue = tuple(value) if isinstance(value, list) else value
    return result
