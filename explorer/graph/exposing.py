"""Fields that a group exposes: a use that sets some of them runs the group's graph with these values.

Weights stay apart from this: every use has its own, at the same addresses whatever it sets.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping, Sequence
from typing import TypeAlias

import msgspec

from explorer.graph.edits import Batch, Edit, EditProblem, SetExposed, SetField
from explorer.graph.marks import Exposed
from explorer.graph.model import GROUP_PREFIX, FieldValue, Graph, Node, NodeId
from explorer.graph.names import unique, why_not
from explorer.graph.sharing import linked

Values: TypeAlias = Mapping[str, FieldValue]
MOST = 50
"""Fields that one group may expose; a form of more is no help to anybody."""
MOST_SET = 1_000
"""Nodes that one of them may set."""


def key_of(values: Values) -> Hashable:
    """Something equal for equal values: True is not 1."""
    return tuple((name, type(value), value) for name, value in sorted(values.items()))


def refusal(name: str, graph: Graph, values: Values) -> str | None:
    """Say why the values of a use of a group cannot be, or return None; the blocks inside judge the rest."""
    known = [row.name for row in graph.exposed]
    for field, value in values.items():
        if field not in known:
            has = ", ".join(known) or "none"
            return f"has no field “{field[:60]}”; the group {name} exposes {has}."
        if isinstance(value, str) and value.startswith(GROUP_PREFIX):
            return f"cannot give “{field}” a group; wrap another group inside {name} instead."
    return None


def overrides(graph: Graph, values: Values) -> dict[NodeId, dict[str, FieldValue]]:
    """What values set inside a group, by node; nodes that run one module are set together."""
    found: dict[NodeId, dict[str, FieldValue]] = {}
    for row in graph.exposed:
        if row.name not in values:
            continue
        for node_id, field in row.sets:
            for each in linked(graph, node_id) if node_id in graph else ():
                found.setdefault(each, {})[field] = values[row.name]
    return found


def with_values(graph: Graph, values: Values) -> Graph:
    """The graph of a group as a use with these values runs it; the group's own graph without any."""
    return Specialised(graph, values).graph if values else graph


class Specialised:
    """A copy of a group's graph with the values of a use, kept up to date.

    Attributes:
        graph: the copy, always the same object: flows hold it, and stay where nothing in it is another.

    """

    def __init__(self, source: Graph, values: Values) -> None:
        self.source, self.values = source, values
        self.graph = source.copy()
        self._exposed, self._mark = source.exposed, source.mark()
        self._set = overrides(source, values)
        for node_id in self._set:
            self.graph.put(self._valued(node_id))

    def _valued(self, node_id: NodeId) -> Node:
        node = self.source[node_id]
        given = self._set.get(node_id)
        return node if given is None else msgspec.structs.replace(node, fields={**node.fields, **given})

    def follow(self) -> None:
        """Take in what was changed in the group."""
        source, graph, before = self.source, self.graph, self._set
        changes = source.changes_since(self._mark)
        if changes is None or changes or source.exposed != self._exposed:
            self._exposed, self._mark = source.exposed, source.mark()
            self._set = overrides(source, self.values)
            wired = (
                changes is None
                or changes.wires
                or any(n not in graph or n not in source for n in changes.nodes)
            )
            if wired or changes is None:
                self._refill()
            else:
                for node_id in {*changes.nodes, *changes.shown, *before, *self._set}:
                    if node_id in source:
                        graph.put(self._valued(node_id))
        graph.exposed, graph.origin = source.exposed, source.origin
        graph.frames, graph.notes = dict(source.frames), dict(source.notes)
        graph.dots = dict(source.dots)

    def _refill(self) -> None:
        """Write everything anew, in the order of the group."""
        for node_id in list(self.graph):
            self.graph.drop(node_id)
        for node in self.source.nodes:
            self.graph.put(self._valued(node.id), self.source.register.place[node.id])
        for edge in self.source.edges:
            self.graph.connect(edge)


class Copies:
    """The copies of groups for uses with values; flows hold them, so that each stays one object."""

    def __init__(self, most: int = 256) -> None:
        self._most = most
        self._held: dict[Hashable, Specialised] = {}

    def of(self, source: Graph, values: Values) -> Graph:
        """What a use with these values runs; the group's own graph without any."""
        if not values:
            return source
        key = (id(source), key_of(values))  # the copy holds its source, so that no other one has its id
        held = self._held.pop(key, None) or Specialised(source, dict(values))
        self._held[key] = held  # the one asked for last stands last
        if len(self._held) > self._most:
            del self._held[next(iter(self._held))]
        return held.graph

    def follow(self) -> None:
        """Take in what has changed in their groups."""
        for held in self._held.values():
            held.follow()

    def forget(self) -> None:
        """Begin anew."""
        self._held.clear()


# edits


def expose(graph: Graph, scope: str, sets: Sequence[tuple[NodeId, str]], name: str = "") -> Batch:
    """Let a group expose fields of nodes inside it as one field.

    Args:
        graph: of the group. scope: its name.
        sets: pairs of a node and the name of its field; all of them get the value.
        name: of the exposed field; that of the inner field without one, with the node's where it is taken.

    Raises:
        EditProblem: nothing to expose, or it is exposed already.

    """
    if not sets:
        raise EditProblem("Select the blocks whose field the group is to expose.")
    taken = {pair: row.name for row in graph.exposed for pair in row.sets}
    for pair in sets:
        if pair in taken:
            raise EditProblem(f"{pair[0]}.{pair[1]} is exposed already, as “{taken[pair]}”.")
    names = {row.name for row in graph.exposed}
    node_id, field = sets[0]
    wanted = name or (field if field not in names else f"{node_id}_{field}")
    found = name or unique(wanted, names)
    return Batch((SetExposed(found, Exposed(found, tuple(sets)), scope),))


def hide(uses: Iterable[tuple[str, Node]], scope: str, name: str) -> Batch:
    """Let a group expose a field no more; its `uses` (scope and node) lose the values that they set."""
    edits: list[Edit] = [
        SetField(node.id, name, None, where)
        for where, node in uses
        if name in node.fields and node.group == scope
    ]
    return Batch((*edits, SetExposed(name, None, scope)))


def without(graph: Graph, gone: Iterable[NodeId], scope: str) -> list[Edit]:
    """The edits after which no exposed field sets a node that goes."""
    leaving, edits = set(gone), list[Edit]()
    for row in graph.exposed:
        left = tuple(pair for pair in row.sets if pair[0] not in leaving)
        if left != row.sets:
            edits.append(SetExposed(row.name, Exposed(row.name, left) if left else None, scope))
    return edits


def moved_inside(graph: Graph, chosen: Iterable[NodeId], use: NodeId, group: str, scope: str) -> list[Edit]:
    """The edits that pass exposed fields on to nodes which have moved into a new group, used once."""
    inside, edits = set(chosen), list[Edit]()
    for row in graph.exposed:
        within = tuple(pair for pair in row.sets if pair[0] in inside)
        if within:
            stay = tuple(pair for pair in row.sets if pair[0] not in inside)
            edits.append(SetExposed(row.name, Exposed(row.name, within), group))
            edits.append(SetExposed(row.name, Exposed(row.name, (*stay, (use, row.name))), scope))
    return edits


def refuse_bad(row: Exposed, graph: Graph) -> None:
    """Raise `EditProblem` for an exposed field that no group could have."""
    if reason := why_not(row.name):
        raise EditProblem(f"An exposed field needs another name: {reason}")
    others = [other for other in graph.exposed if other.name != row.name]
    if len(others) >= MOST:
        raise EditProblem(f"A group exposes at most {MOST} fields.")
    if not row.sets or len(row.sets) > MOST_SET:
        raise EditProblem(f"“{row.name}” has to set 1 to {MOST_SET:,} fields of the group.")
    taken = {pair for other in others for pair in other.sets}
    for node_id, field in row.sets:
        if node_id not in graph:
            raise EditProblem(f"“{row.name}” sets {node_id[:60]}, which is not in the group.")
        if not field or len(field) > 64:
            raise EditProblem(f"“{row.name}” sets a field of {node_id} without a proper name.")
        if (node_id, field) in taken:
            raise EditProblem(f"{node_id}.{field} is exposed twice.")
    if len(set(row.sets)) != len(row.sets):
        raise EditProblem(f"“{row.name}” sets a field twice.")
