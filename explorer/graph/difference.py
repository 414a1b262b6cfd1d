"""What differs between two designs: what was added, removed, given other fields, and what follows from it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from difflib import SequenceMatcher
from typing import Literal

from explorer.graph.document import Document
from explorer.graph.flow import Flow, NodeFlow
from explorer.graph.model import Edge, FieldValue, Graph, Node, NodeId
from explorer.graph.resolve import Resolver
from explorer.graph.tensor import Tensor

Kind = Literal["added", "removed", "fields", "shapes"]
"""Added: only in the second. Removed: only in the first. Fields: the cause. Shapes: what follows."""
FEW = 0.3
"""Below this share of matched nodes two designs are too different to be laid side by side."""


@dataclass(frozen=True)
class Change:
    """One thing about a node that is another: its name, what it was, what it is."""

    name: str
    before: str
    after: str


@dataclass(frozen=True)
class Row:
    """One node that differs.

    Attributes:
        kind: how. first, second: its address in either design, empty where it is missing.
        block: id of its block (of the second design where it has both).
        changes: what is another. parameters: how many more the second design has here.

    """

    kind: Kind
    first: str
    second: str
    block: str
    changes: tuple[Change, ...] = ()
    parameters: int = 0

    @property
    def address(self) -> str:
        """Where it stands, in the second design if it is there."""
        return self.second or self.first


@dataclass(frozen=True)
class Totals:
    """Sums of one design."""

    nodes: int
    parameters: int
    macs: int


@dataclass(frozen=True)
class Difference:
    """Everything that differs.

    Attributes:
        rows: in the order of the flow. matches: addresses of nodes that correspond, first to second.
        wires: those that only the first (`gone`) and only the second (`new`) design has, between nodes
            that both have. same: how many nodes are alike. first, second: totals.

    """

    rows: tuple[Row, ...]
    matches: Mapping[str, str]
    gone: tuple[Edge, ...]
    new: tuple[Edge, ...]
    same: int
    first: Totals
    second: Totals
    names: tuple[str, str] = field(default=("", ""))

    @property
    def is_none(self) -> bool:
        """Whether both run the same network."""
        return not self.rows and not self.gone and not self.new

    @property
    def is_comparable(self) -> bool:
        """Whether enough corresponds to show the designs side by side."""
        most = max(self.first.nodes, self.second.nodes)
        return not most or len(self.matches) >= FEW * most

    def count(self, kind: Kind) -> int:
        """How many rows are of a kind."""
        return sum(row.kind == kind for row in self.rows)


def difference(first: Document, second: Document, resolver: Resolver) -> Difference:
    """Compare two designs, groups included; positions, titles and frames do not count."""
    return of_flows((first, resolver.resolve(first)), (second, resolver.resolve(second)))


def of_flows(first: tuple[Document, Flow], second: tuple[Document, Flow]) -> Difference:
    """Compare two designs whose flows are known."""
    (a, flow_a), (b, flow_b) = first, second
    level = _Level(a, b)
    rows = level.compare(flow_a, flow_b, "", "")
    gone, new = _wires(flow_a.graph, flow_b.graph, level.top)
    return Difference(
        tuple(rows),
        level.matches,
        gone,
        new,
        level.same,
        Totals(len(a.root), flow_a.parameters, flow_a.macs),
        Totals(len(b.root), flow_b.parameters, flow_b.macs),
        (a.name, b.name),
    )


def matched(
    first: Graph, second: Graph, order: tuple[Sequence[NodeId], Sequence[NodeId]]
) -> dict[NodeId, NodeId]:
    """Which nodes of two levels correspond: by id, else by block and place in the flow."""
    found = {name: name for name in first if name in second}
    left = [name for name in order[0] if name not in found]
    taken = set(found.values())
    right = [name for name in order[1] if name not in taken]
    kinds = [first[name].block for name in left], [second[name].block for name in right]
    for a, b, size in SequenceMatcher(None, *kinds, autojunk=False).get_matching_blocks():
        found.update(zip(left[a : a + size], right[b : b + size], strict=True))
    return found


class _Level:
    """Compares level by level and gathers what corresponds."""

    def __init__(self, first: Document, second: Document) -> None:
        self._first, self._second = first, second
        self.matches: dict[str, str] = {}
        self.top: dict[NodeId, NodeId] = {}
        self.same = 0

    def compare(self, a: Flow, b: Flow, left: str, right: str) -> list[Row]:
        """Rows of a level and of the groups on it, in the order of the second flow."""
        pairs = matched(a.graph, b.graph, (a.order or tuple(a.graph), b.order or tuple(b.graph)))
        if not left and not right:
            self.top = pairs
        self.matches.update({left + one: right + other for one, other in pairs.items()})
        rows = [self._removed(a, name, left) for name in a.order if name not in pairs]
        back = {other: one for one, other in pairs.items()}
        for name in b.order or tuple(b.graph):
            if name not in back:
                rows.append(self._added(b, name, right))
            else:
                rows += self._pair(a, b, back[name], name, left, right)
        return _in_order(rows, a, left)

    def _removed(self, flow: Flow, name: NodeId, prefix: str) -> Row:
        node = flow.nodes.get(name)
        return Row(
            "removed", prefix + name, "", flow.graph[name].block, (), -(node.parameters if node else 0)
        )

    def _added(self, flow: Flow, name: NodeId, prefix: str) -> Row:
        parameters = flow.nodes[name].parameters if name in flow.nodes else 0
        return Row("added", "", prefix + name, flow.graph[name].block, (), parameters)

    def _pair(self, a: Flow, b: Flow, one: NodeId, other: NodeId, left: str, right: str) -> list[Row]:
        before, after = a.graph[one], b.graph[other]
        known, knows = a.nodes.get(one), b.nodes.get(other)
        more = (knows.parameters if knows else 0) - (known.parameters if known else 0)
        inner = (known.inner if known else None, knows.inner if knows else None)
        if before.group is not None and after.group is not None and inner[0] and inner[1]:
            return self.compare(inner[0], inner[1], f"{left}{one}.", f"{right}{other}.")
        changes = _fields(before, after)
        if changes:
            return [Row("fields", left + one, right + other, after.block, changes, more)]
        follows = _shapes(known, knows)
        if follows:
            return [Row("shapes", left + one, right + other, after.block, follows, more)]
        self.same += 1
        return []


def _in_order(rows: list[Row], a: Flow, prefix: str) -> list[Row]:
    """Removed nodes stand where they stood: before the row of the next node that both have."""
    removed = [row for row in rows if row.kind == "removed" and row.first.startswith(prefix)]
    others = [row for row in rows if row not in removed]
    places = {prefix + name: number for number, name in enumerate(a.order)}
    result: list[Row] = []
    for row in others:
        at = places.get(row.first.partition(".")[0] if not prefix else row.first)
        while at is not None and removed and places.get(removed[0].first, 0) < at:
            result.append(removed.pop(0))
        result.append(row)
    return result + removed


def _fields(before: Node, after: Node) -> tuple[Change, ...]:
    changes = []
    if before.block != after.block and before.group is None:
        changes.append(Change("block", before.block, after.block))
    for name in dict.fromkeys([*before.fields, *after.fields]):
        was, is_ = before.fields.get(name), after.fields.get(name)
        if was != is_:
            changes.append(Change(name, written(was), written(is_)))
    for flag in ("muted", "frozen"):
        if getattr(before, flag) != getattr(after, flag):
            changes.append(Change(flag, _switch(getattr(before, flag)), _switch(getattr(after, flag))))
    if before.shares != after.shares:
        changes.append(Change("shares", before.shares or "its own", after.shares or "its own"))
    return tuple(changes)


def _shapes(before: NodeFlow | None, after: NodeFlow | None) -> tuple[Change, ...]:
    if before is None or after is None:
        return ()
    changes = []
    for name, old, new in (("output", before.outputs, after.outputs), ("input", before.inputs, after.inputs)):
        was, is_ = _spelled(old.values()), _spelled(new.values())
        if was != is_:
            changes.append(Change(name, was, is_))
            if name == "output":
                break
    if before.parameters != after.parameters:
        changes.append(Change("parameters", f"{before.parameters:,}", f"{after.parameters:,}"))
    return tuple(changes)


def _spelled(tensors: Iterable[Tensor | None]) -> str:
    return ", ".join(tensor.text if tensor is not None else "?" for tensor in tensors)


def written(value: FieldValue) -> str:
    """A field's value for people: 5×5, on, nothing said."""
    if value is None:
        return "as usual"
    if isinstance(value, bool):
        return _switch(value)
    return "×".join(map(str, value)) if isinstance(value, tuple) else str(value)


def _switch(on: bool) -> str:
    return "on" if on else "off"


def _wires(
    first: Graph, second: Graph, pairs: Mapping[NodeId, NodeId]
) -> tuple[tuple[Edge, ...], tuple[Edge, ...]]:
    """Wires of the top level between nodes that both have, which only one of them has."""
    both = set(pairs.values())
    theirs = {edge for edge in second.edges if edge.src in both and edge.dst in both}
    mine = {
        Edge(pairs[edge.src], edge.out, pairs[edge.dst], edge.into): edge
        for edge in first.edges
        if edge.src in pairs and edge.dst in pairs
    }
    gone = tuple(edge for moved, edge in mine.items() if moved not in theirs)
    return gone, tuple(sorted(theirs - mine.keys()))


def joined(rows: Sequence[Row]) -> list[tuple[Row, ...]]:
    """Rows that say the same of neighbours, together: equal consequences of one cause are one line."""
    groups: list[tuple[Row, ...]] = []
    for row in rows:
        last = groups[-1][0] if groups else None
        if last is not None and row.kind == last.kind == "shapes" and row.changes == last.changes:
            groups[-1] = (*groups[-1], row)
        else:
            groups.append((row,))
    return groups
