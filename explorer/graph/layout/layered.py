"""Layered layout from left to right, for levels that are neither rows nor branches.

Steps: rank by longest path, order each rank by medians of its neighbours, then heights, then columns.
All sizes are canvas units. A time budget bounds the ordering; the rest is linear.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from statistics import median

from explorer.graph.layout.spacing import Size
from explorer.graph.model import Graph, NodeId, Position
from explorer.graph.running_order import running_order

MOST_DUMMIES = 20_000


def layered(
    graph: Graph,
    size_of: Callable[[NodeId], Size],
    *,
    behind: Callable[[NodeId], float] = lambda _: 64.0,
    between: float = 36.0,
    seconds: float = 0.25,
) -> dict[NodeId, Position]:
    """Return a top left corner for every node of a level.

    Args:
        graph: the level. size_of: (width, height) of a node.
        behind: distance to what follows a node. between: distance of nodes above one another.
        seconds: time for the ordering of crowded ranks.

    """
    if not len(graph):
        return {}
    order = _Order(graph, _ranks(graph), seconds)
    centres = _heights(order, {n: size_of(n)[1] for n in graph}, between)
    places: dict[NodeId, Position] = {}
    across = 0.0
    for column in order.columns():
        width = max((size_of(n)[0] for n in column), default=0.0)
        for node_id in column:
            own_width, height = size_of(node_id)
            places[node_id] = across + (width - own_width) / 2, centres[node_id] - height / 2
        across += width + max(map(behind, column), default=0.0)
    return places


def _ranks(graph: Graph) -> dict[NodeId, int]:
    """Longest path from a start; starts are pulled up to what they feed."""
    order, circles = running_order(graph)
    rest = [n for n in graph if n not in set(order)] if circles else []
    ranks: dict[NodeId, int] = {}
    for node_id in [*order, *rest]:
        before = [ranks[p] for p in graph.predecessors(node_id) if p in ranks]
        ranks[node_id] = max(before, default=-1) + 1
    for node_id in reversed(order):
        after = [ranks[s] for s in graph.successors(node_id)]
        if not graph.predecessors(node_id) and after:
            ranks[node_id] = max(ranks[node_id], min(after) - 1)
    return ranks


class _Order:
    """Nodes of each rank from top to bottom; long wires hold a place in the ranks they cross."""

    def __init__(self, graph: Graph, ranks: Mapping[NodeId, int], seconds: float) -> None:
        self.ranks: list[list[object]] = [[] for _ in range(max(ranks.values()) + 1)]
        self.above: dict[object, list[object]] = {}
        self.below: dict[object, list[object]] = {}
        for node_id in graph:
            self._put(node_id, ranks[node_id])
        crossing = sum(max(0, ranks[e.dst] - ranks[e.src] - 1) for e in graph.edges)
        for edge in graph.edges:
            self._join(edge.src, edge.dst, ranks, crossing <= MOST_DUMMIES)
        self._sweep(time.monotonic() + seconds)

    def columns(self) -> list[list[NodeId]]:
        """The real nodes of each rank, top to bottom."""
        return [[n for n in rank if isinstance(n, str)] for rank in self.ranks]

    def _put(self, item: object, rank: int) -> None:
        self.ranks[rank].append(item)
        self.above[item], self.below[item] = [], []

    def _join(self, src: NodeId, dst: NodeId, ranks: Mapping[NodeId, int], dummies: bool) -> None:
        before: object = src
        if dummies:
            for rank in range(ranks[src] + 1, ranks[dst]):
                place = (src, rank)  # wires that leave one node together share their places
                if place not in self.above:
                    self._put(place, rank)
                    self._link(before, place)
                before = place
        if ranks[src] < ranks[dst]:
            self._link(before, dst)

    def _link(self, upper: object, lower: object) -> None:
        self.below[upper].append(lower)
        self.above[lower].append(upper)

    def _sweep(self, deadline: float) -> None:
        if all(len(rank) < 2 for rank in self.ranks):
            return
        for turn in range(12):
            forward = turn % 2 == 0
            neighbours = self.above if forward else self.below
            ranks = self.ranks if forward else self.ranks[::-1]
            place = {item: i for rank in self.ranks for i, item in enumerate(rank)}
            for rank in ranks:
                if len(rank) > 1:
                    keys = {
                        item: median([place[n] for n in neighbours[item]])
                        if neighbours[item]
                        else place[item]
                        for item in rank
                    }
                    # real nodes before the places of long wires: skips run outside the blocks
                    rank.sort(key=lambda item: (keys[item], not isinstance(item, str)))
                    place.update({item: i for i, item in enumerate(rank)})
            if time.monotonic() > deadline:
                return


def _heights(order: _Order, heights: Mapping[NodeId, float], between: float) -> dict[object, float]:
    """Centre of every item across the flow: near the middle of its neighbours, without overlaps."""
    extent = {item: heights[item] if isinstance(item, str) else 0.0 for rank in order.ranks for item in rank}
    centres: dict[object, float] = {}
    for rank in order.ranks:
        total = sum(extent[i] for i in rank) + between * (len(rank) - 1)
        top = -total / 2
        for item in rank:
            centres[item] = top + extent[item] / 2
            top += extent[item] + between
    for turn in range(6):
        ranks = order.ranks if turn % 2 == 0 else order.ranks[::-1]
        neighbours = order.above if turn % 2 == 0 else order.below
        for rank in ranks:
            wishes = [
                median([centres[n] for n in neighbours[item]]) if neighbours[item] else centres[item]
                for item in rank
            ]
            for item, centre in zip(rank, _apart(rank, wishes, extent, between), strict=True):
                centres[item] = centre
    return centres


def _apart(
    rank: Sequence[object], wishes: list[float], extent: Mapping[object, float], gap: float
) -> list[float]:
    """The places nearest to the wishes that keep order and distance: overlapping runs share a mean."""
    blocks: list[list[float]] = []  # [sum of wished starts, count, start]
    offset, offsets = 0.0, []
    for number, item in enumerate(rank):
        if number:
            offset += (extent[rank[number - 1]] + extent[item]) / 2 + gap
        offsets.append(offset)
        wish = wishes[number] - offset
        blocks.append([wish, 1.0, wish])
        while len(blocks) > 1 and blocks[-2][2] > blocks[-1][2]:
            total, count, _ = blocks.pop()
            blocks[-1][0] += total
            blocks[-1][1] += count
            blocks[-1][2] = blocks[-1][0] / blocks[-1][1]
    starts = [start for _, count, start in blocks for _ in range(int(count))]
    return [start + place for start, place in zip(starts, offsets, strict=True)]
