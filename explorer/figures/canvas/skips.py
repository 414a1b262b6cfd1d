"""Which wires are skips: those that another, longer way leads round."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Collection, Iterable, Mapping

from explorer.graph.model import Edge, Graph, NodeId

MOST = 400
"""A wire that spans more of the running order is taken for an ordinary one."""
MOST_WIRES = 1_000
"""So is one with more wires on the ways between its ends."""
MOST_AT_END = 64
"""So is one of many that leave a node, or arrive at one: where each of 250 nodes is wired to all before it
there are thirty thousand wires, which nobody could tell apart above the blocks either."""
LOST = -1
"""Place of a node in a circle, which never runs."""


class Skips:
    """The nodes that wires pass by, found when they are asked for."""

    def __init__(self, graph: Graph, ranks: Mapping[NodeId, int]) -> None:
        self._graph, self._ranks = graph, ranks
        self._found: dict[Edge, tuple[NodeId, ...]] = {}

    def over(self, edge: Edge) -> tuple[NodeId, ...]:
        """Return the nodes a wire passes by; empty when it is no skip."""
        found = self._found.get(edge)
        if found is None:
            is_near = self.is_possible(edge) and _is_near(edge, self._ranks)
            found = self._found[edge] = _between(self._graph, self._ranks, edge) if is_near else ()
        return found

    def is_possible(self, edge: Edge) -> bool:
        """Return whether another way is looked for from the wire's source to its target."""
        ends = self._graph.in_degree(edge.dst), self._graph.out_degree(edge.src)
        return min(ends) >= 2 and max(ends) <= MOST_AT_END

    def follow(self, ranks: Mapping[NodeId, int], touched: Collection[NodeId]) -> set[Edge]:
        """Take changes in; returns the wires known so far that may be skips now, or no longer are.

        Args:
            ranks: the running order now.
            touched: nodes at which a wire has come or gone, and nodes that are gone.

        """
        before, self._ranks = self._ranks, ranks
        if not touched:
            return set()
        then, now = _Places(touched, before), _Places(touched, ranks)
        start = min(then.least, now.least)  # nothing before it runs at another time
        stale = set[Edge]()
        for edge in self._found:
            a, b = before.get(edge.src, LOST), before.get(edge.dst, LOST)
            if a != LOST and LOST < b < start:
                continue
            c, d = ranks.get(edge.src, LOST), ranks.get(edge.dst, LOST)
            if a > then.most and c > now.most and b - a == d - c and LOST not in (b, d):
                continue
            spans = then.any_in(a, b) or now.any_in(c, d)
            if spans or LOST in (a, b, c, d) or _is_near(edge, before) != _is_near(edge, ranks):
                stale.add(edge)
        for edge in stale:
            del self._found[edge]
        return stale


def _is_near(edge: Edge, ranks: Mapping[NodeId, int]) -> bool:
    first, last = ranks.get(edge.src), ranks.get(edge.dst)
    return first is not None and last is not None and 1 < last - first <= MOST


class _Places:
    """Where some nodes stand in the running order."""

    def __init__(self, nodes: Iterable[NodeId], ranks: Mapping[NodeId, int]) -> None:
        self._places = sorted(ranks[node_id] for node_id in nodes if node_id in ranks)
        self.least = self._places[0] if self._places else len(ranks)
        self.most = self._places[-1] if self._places else LOST

    def any_in(self, first: int, last: int) -> bool:
        """Return whether one of them lies between two places, or at one."""
        if last < self.least or first > self.most:
            return False
        return self._places[bisect_left(self._places, first)] <= last


def _between(graph: Graph, ranks: Mapping[NodeId, int], edge: Edge) -> tuple[NodeId, ...]:
    """Nodes on other ways from the wire's source to its target; empty when there is none."""
    limit = ranks[edge.dst]
    ahead = [edge.src]
    seen, wires = set[NodeId](), 0
    while ahead:
        targets = graph.successors(ahead.pop())
        wires += len(targets)
        if wires > MOST_WIRES:
            return ()
        for after in targets:
            if after not in seen and ranks.get(after, limit) < limit:
                seen.add(after)
                ahead.append(after)
    back = [n for n in graph.predecessors(edge.dst) if n in seen]
    passed = set(back)
    while back:
        for before in graph.predecessors(back.pop()):
            if before in seen and before not in passed:
                passed.add(before)
                back.append(before)
    return tuple(sorted(passed))
