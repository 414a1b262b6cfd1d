"""Which wires are skips: those that another, longer way leads round."""

from __future__ import annotations

from collections.abc import Iterable

from explorer.graph.model import Edge, Graph, NodeId

MOST = 400
"""Nodes looked at before a wire is taken for an ordinary one."""


def skips(graph: Graph, order: Iterable[NodeId]) -> dict[Edge, tuple[NodeId, ...]]:
    """Return every skip with the nodes it passes by.

    Args:
        graph: the level.
        order: its nodes in an order in which they can run; nodes in circles are missing.

    """
    rank = {node_id: number for number, node_id in enumerate(order)}
    found: dict[Edge, tuple[NodeId, ...]] = {}
    for node_id in rank:
        arriving = graph.into(node_id)
        if len(arriving) < 2:
            continue
        for edge in arriving:
            if edge.src in rank and len(graph.successors(edge.src)) > 1:
                between = _between(graph, rank, edge)
                if between:
                    found[edge] = between
    return found


def _between(graph: Graph, rank: dict[NodeId, int], edge: Edge) -> tuple[NodeId, ...]:
    """Nodes on other ways from the wire's source to its target; empty when there is none."""
    limit = rank[edge.dst]
    ahead = [n for n in graph.successors(edge.src) if rank.get(n, limit) < limit]
    seen = set(ahead)
    while ahead:
        if len(seen) > MOST:
            return ()
        for after in graph.successors(ahead.pop()):
            if after not in seen and rank.get(after, limit) < limit:
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
