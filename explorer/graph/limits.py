"""What a document may hold: as much as a file can, and groups neither endless nor too deep."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TypeAlias

import msgspec

from explorer.bounds import (
    FARTHEST,
    FIELDS,
    LARGEST_FLOAT,
    LARGEST_INT,
    LIST_LENGTH,
    NAME_LENGTH,
    NESTED_GROUPS,
    NODES,
    TEXT_LENGTH,
    shown,
)
from explorer.graph.edits import EditProblem
from explorer.graph.model import ROOT, Edge, FieldValue, Graph, Node, Position
from explorer.graph.names import why_not

Heights: TypeAlias = dict[str, int]


def checked_node(node: Node) -> Node:
    """The node with empty fields left out; raises `EditProblem` for what no file could hold."""
    refuse_nowhere(node.pos)
    refuse_text(node.title)
    if len(node.block) > NAME_LENGTH or len(node.fields) > FIELDS:
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
    if len(text) > TEXT_LENGTH:
        raise EditProblem(f"A text has at most {TEXT_LENGTH:,} characters, this one has {len(text):,}.")
    if not text.isascii() and any("\ud800" <= letter <= "\udfff" for letter in text):
        raise EditProblem("A text holds half a letter that no file can hold.")


def refuse_unwritable(value: FieldValue) -> None:
    """Raise `EditProblem` for a value that no file could hold."""
    parts = value if isinstance(value, tuple) else (value,)
    if len(parts) > LIST_LENGTH:
        raise EditProblem(f"A list has at most {LIST_LENGTH} values, this one has {len(parts):,}.")
    for part in parts:
        if isinstance(part, str):
            refuse_text(part)
        elif isinstance(part, float) and not abs(part) < LARGEST_FLOAT:
            raise EditProblem("A number has to be finite and smaller than 10³⁰⁰.")
        elif isinstance(part, int) and not abs(part) <= LARGEST_INT:
            raise EditProblem("A whole number lies between −2⁶³ and 2⁶³; this one does not.")


def refuse_full(count: int, scope: str) -> None:
    """Raise `EditProblem` where a level of so many nodes takes no other one."""
    if count >= NODES:
        where = f"The group “{scope}”" if scope else "The design"
        raise EditProblem(f"{where} has {count:,} nodes; {NODES:,} on one level are the limit. Use groups.")


def refuse_bad_use(node: Node, scope: str, graphs: Mapping[str, Graph]) -> None:
    """Raise `EditProblem` where a group is missing that a node uses, contains itself, or goes too deep."""
    if not node.groups:
        return
    for group in node.groups:
        if group not in graphs and group != scope:
            raise EditProblem(f"There is no group called “{shown(group)}” in this design.")
    if scope == ROOT:
        return
    if scope in node.groups or scope in below(node.groups, graphs):
        raise EditProblem(f"The group “{scope}” cannot contain itself.")
    heights = dict[str, int]()
    inside = max(height(group, graphs, heights) for group in node.groups)
    _refuse_deep(node.id, inside + _height_above(scope, graphs))


def refuse_loose_ends(name: str, nodes: Sequence[Node], edges: Iterable[Edge]) -> None:
    """Raise `EditProblem` for too many nodes, names that are none or stand twice, and wires to nowhere."""
    refuse_full(len(nodes) - 1, name)
    ids = {node.id for node in nodes}
    if len(ids) < len(nodes):
        raise EditProblem(f"Two nodes of the group “{name}” have the same name.")
    for edge in edges:
        if edge.src not in ids or edge.dst not in ids:
            raise EditProblem(f"A wire of the group “{name}” ends at no node of it.")
    for node in nodes:
        if reason := why_not(node.id):
            raise EditProblem(reason)


def refuse_bad_group(name: str, nodes: Iterable[Node], graphs: Mapping[str, Graph], heights: Heights) -> None:
    """Like `refuse_bad_use` for all nodes of a group that is new, so that nothing uses it yet."""
    for group in {group for node in nodes for group in node.groups}:
        if group == name:
            raise EditProblem(f"The group “{name}” cannot contain itself.")
        if group not in graphs:
            raise EditProblem(f"There is no group called “{shown(group)}” in this design.")
        _refuse_deep(name, 1 + height(group, graphs, heights))


def _refuse_deep(name: str, levels: int) -> None:
    if levels > NESTED_GROUPS:
        raise EditProblem(
            f"With “{name}” groups would be nested {levels} levels deep; {NESTED_GROUPS} is the limit. "
            "Unpack one of them first."
        )


def height(name: str, graphs: Mapping[str, Graph], known: Heights) -> int:
    """Levels of groups from this one down, itself among them; what is worked out is noted in `known`."""
    if name not in known:
        inner = graphs[name].register.groups if name in graphs else ()
        known[name] = 1 + max((height(group, graphs, known) for group in inner), default=0)
    return known[name]


def below(groups: Iterable[str], graphs: Mapping[str, Graph]) -> set[str]:
    """Names of all groups that these use, and that those use in turn."""
    waiting, seen = list(groups), set[str]()
    while waiting:
        name = waiting.pop()
        if name in graphs and name not in seen:
            seen.add(name)
            waiting.extend(graphs[name].register.groups)
    return seen


def _height_above(scope: str, graphs: Mapping[str, Graph]) -> int:
    """Levels of groups round a group, itself among them, the longest way up; stops above the limit."""
    level, count = {scope}, 0
    while level and count <= NESTED_GROUPS:
        count += 1
        level = {
            name for name, graph in graphs.items() if name != ROOT and level & set(graph.register.groups)
        }
    return count
