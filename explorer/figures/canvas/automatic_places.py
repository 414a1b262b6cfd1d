"""Positions for levels that have none: worked out once and kept while the wiring stays the same."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from types import MappingProxyType

import msgspec

from explorer.figures.canvas import geometry, read_level
from explorer.figures.canvas.level_view import LevelView
from explorer.figures.canvas.painting import text
from explorer.figures.canvas.read_node import Live
from explorer.graph.layout.drawing import Drawing
from explorer.graph.layout.spacing import Size, Spacing
from explorer.graph.level import Level
from explorer.graph.model import Edge, Graph, NodeId, Position
from explorer.graph.workspace import Workspace

NO_PLACES: Mapping[NodeId, Position] = MappingProxyType({})
MARGIN = 24.0


def lay_out(graph: Graph, shown: LevelView, room: Size | None) -> dict[NodeId, Position]:
    """Return positions for all nodes of a level; what is too long for a room (width, height) is broken."""
    return _inset(drawing_of(graph, shown), room)


def drawing_of(graph: Graph, shown: LevelView) -> Drawing:
    """Return a level as it is drawn, to be broken for one room or another."""
    measures = Measures(shown)
    for node_id in graph:
        measures.take_node(node_id)
    for edge in graph.edges:
        measures.take_wire(edge)
    return measures.drawing(graph)


class Measures:
    """What a layout has to know of how a level looks, taken piece by piece."""

    def __init__(self, shown: LevelView) -> None:
        self._shown = shown
        self._sizes: dict[NodeId, Size] = {}
        self._labels: dict[NodeId, float] = {}
        self._skips: list[Edge] = []

    def take_node(self, node_id: NodeId) -> None:
        """Measure a node."""
        view = self._shown.nodes[node_id]
        self._sizes[node_id] = geometry.width(view, text.width), geometry.place_height(view)

    def take_wire(self, edge: Edge) -> None:
        """Measure the label of a wire, and see whether it is a skip."""
        wire = self._shown.wires[edge]
        if wire.label:
            self._labels[edge.src] = round(text.width(wire.label, "caption", 500))
        if wire.skip:
            self._skips.append(edge)

    def drawing(self, graph: Graph) -> Drawing:
        """Return a level whose nodes and wires were all taken; it needs the window no more."""
        return Drawing(
            graph,
            self._sizes.__getitem__,
            skips=self._skips,
            label_of=lambda n: self._labels.get(n, 0.0),
            spacing=Spacing(label=24.0 if self._skips else 14.0),
        )

    def places(self, graph: Graph, room: Size | None) -> dict[NodeId, Position]:
        """Return positions for all nodes of such a level, as `lay_out` does."""
        return _inset(self.drawing(graph), room)


def _inset(drawing: Drawing, room: Size | None) -> dict[NodeId, Position]:
    return {key: (x + MARGIN, y + MARGIN) for key, (x, y) in drawing.places(room).items()}


class Places:
    """Remembers the layout of levels without positions."""

    def __init__(self) -> None:
        self._wired = -1
        self._key: object = None
        self._room: Size | None = None
        self._drawing: Drawing | None = None
        self._found: dict[NodeId, Position] = {}
        self._given: tuple[frozenset[NodeId], Mapping[NodeId, Position]] = (frozenset(), NO_PLACES)

    def of(
        self, graph: Graph, shown: LevelView, unplaced: Collection[NodeId], room: Size | None, path: object
    ) -> Mapping[NodeId, Position]:
        """Return places for the nodes that have none; asked again, the same object while they stay there.

        For another room the same drawing is broken anew.
        """
        if not unplaced:
            return NO_PLACES
        key = self._key
        if graph.wired_version != self._wired:
            self._wired = graph.wired_version
            key = (path, tuple(graph), tuple(graph.edges))
        if self._drawing is None or key != self._key:
            self._key, self._drawing, self._found = key, drawing_of(graph, shown), {}
        if not self._found or room != self._room:
            self._room, self._found = room, _inset(self._drawing, room)
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
