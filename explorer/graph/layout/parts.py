"""A level taken apart: what follows one another, what stands side by side, and knots that are neither."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from explorer.graph.model import Graph, NodeId
from explorer.graph.running_order import running_order

DEEPEST = 40
"""Branches within branches that are taken apart; what is deeper counts as a knot."""


@dataclass(frozen=True)
class Leaf:
    """One node, through which everything goes."""

    node: NodeId

    def nodes(self) -> Iterator[NodeId]:
        """The node."""
        yield self.node


@dataclass(frozen=True)
class Series:
    """Parts that follow one another."""

    parts: tuple[Part, ...]

    def nodes(self) -> Iterator[NodeId]:
        """All nodes, in running order."""
        for part in self.parts:
            yield from part.nodes()


@dataclass(frozen=True)
class Parallel:
    """Branches side by side, no wire between them, in the order in which they are joined."""

    branches: tuple[Part, ...]

    def nodes(self) -> Iterator[NodeId]:
        """All nodes, branch after branch."""
        for branch in self.branches:
            yield from branch.nodes()


@dataclass(frozen=True)
class Knot:
    """Nodes that can't be taken apart further, in running order."""

    members: tuple[NodeId, ...]

    def nodes(self) -> Iterator[NodeId]:
        """All nodes."""
        yield from self.members


Part: TypeAlias = "Leaf | Series | Parallel | Knot"


def parts_of(graph: Graph) -> Part:
    """Take a level apart; one with circles is a knot."""
    order, circles = running_order(graph)
    if circles or not order:
        return Knot(tuple(graph))
    return _Taking(graph).part(order, 0)


class _Taking:
    def __init__(self, graph: Graph) -> None:
        self._graph = graph

    def part(self, order: Sequence[NodeId], depth: int) -> Part:
        """Return the part that some nodes make, which are given in running order."""
        if len(order) == 1:
            return Leaf(order[0])
        cuts = self._cuts(order)
        if not cuts:
            return self._side_by_side(order, depth)
        parts: list[Part] = []
        start = 0
        for cut in cuts:
            if start < cut:
                parts.append(self._side_by_side(order[start:cut], depth))
            parts.append(Leaf(order[cut]))
            start = cut + 1
        if start < len(order):
            parts.append(self._side_by_side(order[start:], depth))
        return Series(tuple(parts)) if len(parts) > 1 else parts[0]

    def _cuts(self, order: Sequence[NodeId]) -> list[int]:
        """Places of the nodes through which everything goes: no wire leads past them."""
        place = {node_id: number for number, node_id in enumerate(order)}
        end = len(order)
        starts = [i for i, n in enumerate(order) if place.keys().isdisjoint(self._graph.predecessors(n))]
        cuts, reach = [], starts[-1]
        for number, node_id in enumerate(order):
            if reach <= number:
                cuts.append(number)
            after = [place[s] for s in self._graph.successors(node_id) if s in place]
            reach = max(reach, *after) if after else end
        return cuts

    def _side_by_side(self, order: Sequence[NodeId], depth: int) -> Part:
        if len(order) == 1:
            return Leaf(order[0])
        branches = self._components(order)
        if depth >= DEEPEST:
            return Knot(tuple(order))
        if len(branches) == 1:
            # taken out of what is round it, it may have nodes through which everything goes
            return self.part(order, depth + 1) if self._cuts(order) else Knot(tuple(order))
        branches.sort(key=self._rank)  # those that are joined at equal ports stay in running order
        return Parallel(tuple(self.part(branch, depth + 1) for branch in branches))

    def _components(self, order: Sequence[NodeId]) -> list[list[NodeId]]:
        """Nodes that hang together, each group in running order."""
        left, found = set(order), {}
        for number, first in enumerate(order):
            if first not in left:
                continue
            left.discard(first)
            ahead = [first]
            while ahead:
                node_id = ahead.pop()
                found[node_id] = number
                for other in self._neighbours(node_id):
                    if other in left:
                        left.discard(other)
                        ahead.append(other)
        groups: dict[int, list[NodeId]] = {}
        for node_id in order:
            groups.setdefault(found[node_id], []).append(node_id)
        return list(groups.values())

    def _neighbours(self, node_id: NodeId) -> Iterable[NodeId]:
        yield from self._graph.successors(node_id)
        yield from self._graph.predecessors(node_id)

    def _rank(self, branch: Collection[NodeId]) -> tuple[int, str]:
        """Branches stand in the order of the ports at which they are joined, else as they were written."""
        inside = set(branch)
        ports = (
            (len(edge.into), edge.into)
            for node_id in branch
            for edge in self._graph.out_of(node_id)
            if edge.dst not in inside
        )
        return min(ports, default=(0, ""))
