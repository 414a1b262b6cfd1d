"""What lies on a way between two nodes."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from explorer.graph.model import Graph, NodeId


def between(graph: Graph, first: NodeId, second: NodeId) -> frozenset[NodeId]:
    """Return all nodes on ways from one node to another, in whichever direction there are any.

    Both ends are among them; empty when no way leads from one to the other.
    """
    for start, goal in ((first, second), (second, first)):
        ahead = _reached(start, graph.successors)
        if goal in ahead:
            return frozenset(ahead & _reached(goal, graph.predecessors))
    return frozenset()


def _reached(start: NodeId, step: Callable[[NodeId], Iterable[NodeId]]) -> set[NodeId]:
    seen, front = {start}, [start]
    while front:
        for following in step(front.pop()):
            if following not in seen:
                seen.add(following)
                front.append(following)
    return seen
