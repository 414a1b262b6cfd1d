"""The order in which the nodes of a level can run, and circles in their way."""

from __future__ import annotations

from collections.abc import Collection
from heapq import heappop, heappush

from explorer.graph.model import Graph, NodeId


def running_order(graph: Graph, done: Collection[NodeId] = ()) -> tuple[list[NodeId], list[list[NodeId]]]:
    """Return the nodes that are not `done` in an order in which they can run, and circles in their way.

    Of nodes that could run, the one that was written first does: paths follow one another instead of taking
    turns, as they do in code that a person writes.
    """
    left = [node_id for node_id in graph if node_id not in done] if done else list(graph)
    place = {node_id: number for number, node_id in enumerate(left)}
    waiting = [sum(p in place for p in graph.predecessors(node_id)) for node_id in left]
    ready = [number for number, count in enumerate(waiting) if count == 0]  # sorted, so it is a heap
    order: list[NodeId] = []
    while ready:
        node_id = left[heappop(ready)]
        order.append(node_id)
        for successor in graph.successors(node_id):
            number = place.get(successor)
            if number is None:
                continue
            waiting[number] -= 1
            if waiting[number] == 0:
                heappush(ready, number)
    if len(order) == len(left):
        return order, []
    return order, _circles(graph, place.keys() - set(order))


def _circles(graph: Graph, rest: set[NodeId]) -> list[list[NodeId]]:
    """One circle for every knot of nodes that depend on each other, in the order of the nodes."""
    import networkx as nx

    knotted = graph.networkx.subgraph(rest)
    knots = [
        knot
        for knot in nx.strongly_connected_components(knotted)
        if len(knot) > 1 or any(knotted.has_edge(n, n) for n in knot)
    ]
    place = graph.register.place
    knots.sort(key=lambda knot: min(place[n] for n in knot))
    return [_circle(graph, knot, min(knot, key=place.__getitem__)) for knot in knots]


def _circle(graph: Graph, knot: set[NodeId], start: NodeId) -> list[NodeId]:
    """Follow wires inside a knot until a node comes up again."""
    path = [start]
    while (following := next(n for n in graph.successors(path[-1]) if n in knot)) not in path:
        path.append(following)
    return path[path.index(following) :]
