"""Positions for levels that have none: worked out once and kept while the wiring stays the same."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from types import MappingProxyType

import msgspec

from explorer.figures.canvas import geometry, read_level
from explorer.figures.canvas.level_view import LevelView
from explorer.figures.canvas.painting import text
from explorer.figures.canvas.read_node import Live
from explorer.graph.layout import Spacing, layered
from explorer.graph.model import Graph, NodeId, Position
from explorer.graph.workspace import Level, Workspace

NO_PLACES: Mapping[NodeId, Position] = MappingProxyType({})
MARGIN = 24.0


def lay_out(graph: Graph, shown: LevelView, width: float | None) -> dict[NodeId, Position]:
    """Return positions for all nodes of a level; rows longer than `width` are wrapped.

    Skips have no say in it: they are drawn above the blocks, which so stay in line.
    """
    labelled = {edge.src for edge, wire in shown.wires.items() if wire.label}
    widest = max(
        (text.width(wire.label, "caption", 500) for wire in shown.wires.values() if wire.label), default=0.0
    )
    flat = Graph(graph.nodes, (edge for edge in graph.edges if not shown.wires[edge].skip))
    flat.frames = dict(graph.frames)
    space = Spacing(labelled=max(64.0, round(widest + (24 if len(flat.edges) < len(graph.edges) else 14))))

    def run(part: Graph, limit: float | None) -> dict[NodeId, Position]:
        return layered(
            part,
            lambda n: (geometry.width(shown.nodes[n], text.width), geometry.place_height(shown.nodes[n])),
            has_label=lambda n: n in labelled,
            width=limit,
            spacing=space,
        )

    places = run(flat, None)
    _level(flat, shown, places)
    if width is not None:
        wide = {n: geometry.width(shown.nodes[n], text.width) for n in places}
        tall = {n: geometry.place_height(shown.nodes[n]) for n in places}
        places = _in_rows(places, run(graph, width), wide, tall, space.row)
    return {key: (x + MARGIN, y + MARGIN) for key, (x, y) in places.items()}


def _in_rows(
    line: Mapping[NodeId, Position],
    wrapped: Mapping[NodeId, Position],
    wide: Mapping[NodeId, float],
    tall: Mapping[NodeId, float],
    gap: float,
) -> dict[NodeId, Position]:
    """Break a layout in one line where another one, that knows of the skips, is broken."""
    order = sorted(line, key=lambda n: line[n][0] + wide[n] / 2)
    rows: list[list[NodeId]] = []
    last = float("inf")
    for node_id in order:
        x = wrapped[node_id][0] + wide[node_id] / 2
        if x < last - 8:
            rows.append([])
        rows[-1].append(node_id)
        last = x
    places, down = dict(line), 0.0
    for row in rows:
        left, top = min(line[n][0] for n in row), min(line[n][1] for n in row)
        bottom = max(line[n][1] + tall[n] for n in row)
        for n in row:
            places[n] = (line[n][0] - left, line[n][1] - top + down)
        down += bottom - top + gap
    return places


def _level(graph: Graph, shown: LevelView, places: dict[NodeId, Position]) -> None:
    """Take out steps of one unit that rounding has left in wires that should be level."""
    half = {n: geometry.place_height(shown.nodes[n]) / 2 for n in graph}
    for edge in graph.edges:
        if len(graph.into(edge.dst)) == 1:
            (_, y0), (x1, y1) = places[edge.src], places[edge.dst]
            if abs(y0 + half[edge.src] - y1 - half[edge.dst]) <= 1:
                places[edge.dst] = (x1, y0 + half[edge.src] - half[edge.dst])


class Places:
    """Remembers the layout of levels without positions."""

    def __init__(self) -> None:
        self._wired = -1
        self._key: object = None
        self._found: dict[NodeId, Position] = {}
        self._given: tuple[frozenset[NodeId], Mapping[NodeId, Position]] = (frozenset(), NO_PLACES)

    def of(
        self, graph: Graph, shown: LevelView, unplaced: Collection[NodeId], width: float | None, path: object
    ) -> Mapping[NodeId, Position]:
        """Return places for the nodes that have none; asked again, the same object while they stay there."""
        if not unplaced:
            return NO_PLACES
        if graph.wired_version != self._wired:
            self._wired = graph.wired_version
            key = (path, width, tuple(graph), tuple(graph.edges))
            if key != self._key:
                self._key, self._found = key, lay_out(graph, shown, width)
                self._given = (frozenset(), NO_PLACES)
        nodes = frozenset(unplaced)
        if nodes != self._given[0]:
            self._given = nodes, {n: self._found[n] for n in nodes}
        return self._given[1]


def laid_out(workspace: Workspace, level: Level) -> Graph:
    """Return a copy of a level's graph in which every node has a place."""
    reader = read_level.LevelReader(workspace)
    reader.follow(level, Live(), NO_PLACES)
    found = lay_out(level.graph, reader.views, None) if reader.unplaced else NO_PLACES
    nodes = [msgspec.structs.replace(n, pos=found.get(n.id, n.pos)) for n in level.graph.nodes]
    return Graph(nodes, level.graph.edges)
