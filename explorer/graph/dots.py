"""Reroute dots: points that a wire is led through. They belong to the picture, never to the network."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import msgspec

from explorer.graph import edits as e
from explorer.graph.limits import refuse_nowhere
from explorer.graph.model import Edge, Graph, Position

MOST = 100
"""Dots of one wire."""


class Dots(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The dots of a wire, as a file or a clipboard holds them.

    Attributes:
        wire: its four names. at: the points, from its source on.

    """

    wire: tuple[str, str, str, str]
    at: tuple[Position, ...]

    @property
    def edge(self) -> Edge:
        """The wire."""
        return Edge(*self.wire)


def rows_of(graph: Graph, wires: Iterable[Edge] | None = None) -> tuple[Dots, ...]:
    """Return the dots of a level, or of some of its wires, in the order of the wires."""
    wanted = graph.dots.keys() if wires is None else graph.dots.keys() & set(wires)
    return tuple(Dots((edge.src, edge.out, edge.dst, edge.into), graph.dots[edge]) for edge in sorted(wanted))


def setting(rows: Iterable[Dots], scope: str) -> list[e.Edit]:
    """The edits that give wires their dots."""
    return [e.SetDots(row.edge, row.at, scope) for row in rows]


def shifted(at: Sequence[Position], by: Position) -> tuple[Position, ...]:
    """Return points moved by (dx, dy)."""
    return tuple((x + by[0], y + by[1]) for x, y in at)


def carried(graph: Graph, by: Mapping[str, Position], scope: str) -> list[e.Edit]:
    """The edits that move dots along with nodes: those of wires of which both ends are moved alike.

    Args:
        graph: the level. by: how far nodes are moved, (dx, dy) by id. scope: of the level.

    """
    return [
        e.SetDots(edge, shifted(at, by[edge.src]), scope)
        for edge, at in graph.dots.items()
        if edge.src in by and by[edge.src] == by.get(edge.dst) != (0.0, 0.0)
    ]


def put(graph: Graph, edit: e.SetDots) -> e.SetDots:
    """Give a wire other dots, or none; returns the edit that takes it back. Only `Document` calls this."""
    edge = edit.edge
    if edge.src not in graph or not graph.has_edge(edge):
        raise e.EditProblem(f"There is no wire from {edge.src} to {edge.dst} that could have dots.")
    if len(edit.dots) > MOST:
        raise e.EditProblem(f"A wire has at most {MOST} dots, this one would have {len(edit.dots):,}.")
    for point in edit.dots:
        refuse_nowhere(point)
    before = graph.dots.pop(edge, ())
    if edit.dots:
        graph.dots[edge] = tuple(edit.dots)
    return e.SetDots(edge, before, edit.scope)
