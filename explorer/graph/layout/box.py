"""A part of a level on its way to its place: nodes about a line on which the wires go in and out."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from explorer.graph.model import NodeId


@dataclass(frozen=True)
class Box:
    """Nodes that keep their places towards one another.

    Attributes:
        nodes: (node, left edge, middle); middles are heights against the line, downwards.
        width: of all. above, below: how far it reaches from the line.

    """

    nodes: tuple[tuple[NodeId, float, float], ...]
    width: float
    above: float
    below: float


def joined(placed: Iterable[tuple[Box, float, float]]) -> Box:
    """Return boxes as one, each with its left edge and the height of its line."""
    nodes: list[tuple[NodeId, float, float]] = []
    width = above = below = 0.0
    for box, x, y in placed:
        nodes += [(node_id, x + left, y + middle) for node_id, left, middle in box.nodes]
        width = max(width, x + box.width)
        above, below = max(above, box.above - y), max(below, box.below + y)
    return Box(tuple(nodes), width, above, below)
