"""Which nodes, wires and frames may lie in an area: known from where nodes stand, without their views."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, NamedTuple

from explorer.figures.canvas import geometry, routes
from explorer.figures.canvas.area_index import Area, AreaIndex
from explorer.figures.canvas.level_view import Difference
from explorer.graph.collecting import collection_paused
from explorer.graph.model import Edge, NodeId

if TYPE_CHECKING:
    from explorer.figures.canvas.placement import Placed

AROUND, HIGHEST = 40.0, 80.0
"""How far a wire with its label may reach beyond its nodes, and a skip above what it passes."""


MOST_MOVED = 1_000
"""When more than these have moved, and most of all, everything is taken in anew."""
WATCHED = 500
"""On levels with more wires, wires do not look at what they run behind: nobody could follow them either."""


class Followed(NamedTuple):
    """Nodes and wires that have other rooms than before, come and gone ones among them; None: all."""

    nodes: set[NodeId] | None
    wires: set[Edge] | None


class RoomIndex:
    """Finds what may lie in an area; each thing is given all the room it can need.

    Attributes:
        rooms: of the nodes, as wide as they can be.

    """

    def __init__(self, placed: Placed) -> None:
        self._placed = placed
        self.take_all()

    def take_all(self) -> Followed:
        """Take everything in anew."""
        with collection_paused():
            self._take_all()
        return Followed(None, None)

    def _take_all(self) -> None:
        self.rooms: AreaIndex[NodeId] = AreaIndex()
        self._wires: AreaIndex[Edge] = AreaIndex()
        self._frames: AreaIndex[str] = AreaIndex()
        self._wires_at: dict[NodeId, set[Edge]] = {}
        self._over: dict[Edge, tuple[NodeId, ...]] = {}
        self._passing: dict[NodeId, set[Edge]] = {}
        self._frames_at: dict[NodeId, tuple[str, ...]] = {}
        self._extent: Area | None = None
        views = self._placed.views
        for node_id in views.rooms:
            self.rooms.put(node_id, self._area(node_id))
        self._take_frames(views.frames)
        for edge in views.wires:
            self._put_wire(edge)

    def follow(self, difference: Difference) -> Followed:
        """Take changes in."""
        views, moved = self._placed.views, difference.moved
        if len(moved) > MOST_MOVED and 2 * len(moved) > len(views.rooms):
            return self.take_all()
        passing = set[Edge]()
        if self.is_watched:  # a node that looks otherwise may be taller or wider, and in the way of a wire
            for node_id in difference.nodes - moved:
                passing |= self._wires_by(self.rooms.area(node_id))
        for node_id in moved:
            passing |= self._wires_by(self.rooms.area(node_id))
            if node_id in views.rooms:
                area = self._area(node_id)
                passing |= self._wires_by(area)
                self.rooms.put(node_id, area)
                self._extent = None if self._extent is None else self._extent.with_(area)
            else:
                self.rooms.drop(node_id)
        frames = set(self.frames_with(moved)) | difference.frames
        inside = {n for key in frames if key in self._placed.views.frames for n in views.frames[key].nodes}
        if difference.frames:
            inside |= self._frames_at.keys()
            self._frames_at = {}
            self._take_frames(views.frames)
        else:
            self._take_frames(frames)
        ends = {n for edge in difference.wires for n in (edge.src, edge.dst)}
        touched = difference.wires | passing
        for node_id in moved | ends | inside:
            touched |= self._wires_at.get(node_id, set())
        for node_id in moved:
            touched |= self._passing.get(node_id, set())
        for edge in touched:
            self._drop_wire(edge)
            if edge in views.wires:
                self._put_wire(edge)
        return Followed(moved, touched)

    @property
    def is_watched(self) -> bool:
        """Whether wires lead round what stands in their way."""
        return len(self._wires) <= WATCHED

    def _wires_by(self, area: Area | None) -> set[Edge]:
        """The wires that may look at what stands in an area."""
        if area is None or not self.is_watched:
            return set()
        return set(self._wires.near(area))

    def near(self, area: Area) -> tuple[list[NodeId], list[Edge], list[str]]:
        """Return what may lie in an area, what lies on top first."""
        nodes = sorted(self.rooms.near(area), key=self._placed.views.order.__getitem__, reverse=True)
        return nodes, list(self._wires.near(area)), list(self._frames.near(area))

    def extent(self) -> Area | None:
        """Return a rectangle round all nodes and frames; None when there are none.

        It does not shrink when something goes: nobody needs it to fit closely.
        """
        if self._extent is None:
            nodes, frames = self.rooms.extent(), self._frames.extent()
            self._extent = nodes if nodes is None or frames is None else nodes.with_(frames)
            for edge in self._placed.views.dots:
                area = self._wires.area(edge)
                if self._extent is not None and area is not None:
                    self._extent = self._extent.with_(area)
        return self._extent

    def area(self, node_id: NodeId) -> Area:
        """Return the room of a node, with its label, as it is shown now."""
        room, (dx, dy) = self._placed.views.rooms[node_id], self._placed.shifted(node_id)
        bottom = room.y + room.tall + room.label
        return Area(room.x + dx, room.y + dy, room.x + room.wide + dx, bottom + dy)

    def wire_area(self, edge: Edge) -> Area | None:
        """Return where a wire may run; None while an end of it is missing."""
        return self._wires.area(edge)

    def frame_of(self, node_id: NodeId) -> str | None:
        """Return the frame that wires of a node keep clear of."""
        keys = self._frames_at.get(node_id)
        return keys[-1] if keys else None

    def frames_with(self, nodes: Iterable[NodeId]) -> set[str]:
        """Return the frames round any of some nodes."""
        at = self._frames_at
        if not at:
            return set()
        return {key for node_id in at.keys() & set(nodes) for key in at[node_id]}

    def _area(self, node_id: NodeId) -> Area:
        """All the room that a node can need: its width depends on words that are not known yet."""
        room, (dx, dy) = self._placed.views.rooms[node_id], self._placed.shifted(node_id)
        left, top = room.x + dx, room.y + dy
        return Area(left, top, left + max(room.wide, geometry.WIDEST), top + room.tall + room.label)

    def _take_frames(self, keys: Iterable[str]) -> None:
        frames = self._placed.views.frames
        for key in self._frames_gone():
            self._frames.drop(key)
        for key in keys:
            if key not in frames:
                continue
            around: Area | None = None
            for node_id in frames[key].nodes:
                if key not in self._frames_at.get(node_id, ()):
                    self._frames_at[node_id] = (*self._frames_at.get(node_id, ()), key)
                area = self.rooms.area(node_id)
                if area is not None:
                    around = area if around is None else around.with_(area)
            if around is not None:
                pad, title = geometry.FRAME_PADDING, geometry.FRAME_TITLE
                left, top, right, bottom = around
                self._frames.put(key, Area(left - pad, top - pad - title, right + pad, bottom + pad))
            else:
                self._frames.drop(key)

    def _frames_gone(self) -> list[str]:
        return [key for key in self._frames if key not in self._placed.views.frames]

    def _put_wire(self, edge: Edge) -> None:
        for node_id in (edge.src, edge.dst):
            self._wires_at.setdefault(node_id, set()).add(edge)
        one, other = self.rooms.area(edge.src), self.rooms.area(edge.dst)
        if one is None or other is None:
            return
        left, top, right, bottom = one.with_(other)
        over = self._placed.views.over(edge)
        if over:
            self._over[edge] = over
            for node_id in over:
                self._passing.setdefault(node_id, set()).add(edge)
            rooms = [area for area in map(self.rooms.area, over) if area is not None]
            top = min([top, *(area.top for area in rooms)]) - HIGHEST
            if self.is_watched:  # it may lead round all that it passes by
                left, right = min([left, *(r.left for r in rooms)]), max([right, *(r.right for r in rooms)])
        if self.is_watched:
            for room in self.rooms.near(Area(left, top, right, bottom)).values():
                left, right = min(left, room.left), max(right, room.right)
                top, bottom = min(top, room.top - AROUND), max(bottom, room.bottom + AROUND)
        for x, y in self._placed.dots(edge):
            left, top, right, bottom = Area(left, top, right, bottom).with_(Area(x, y, x, y))
        around = Area(left - AROUND, top - routes.SKIP_OFF, right + AROUND, bottom + 2 * routes.SKIP_OFF)
        if self._frames_at and self._frames_at.get(edge.src) != self._frames_at.get(edge.dst):
            for node_id in (edge.src, edge.dst):
                frame = self.frame_of(node_id)
                area = self._frames.area(frame) if frame is not None else None
                around = around.with_(area) if area is not None else around
        self._wires.put(edge, around)
        if self._extent is not None and edge in self._placed.views.dots:
            self._extent = self._extent.with_(around)

    def _drop_wire(self, edge: Edge) -> None:
        self._wires.drop(edge)
        for node_id in (edge.src, edge.dst):
            self._wires_at.get(node_id, set()).discard(edge)
        for node_id in self._over.pop(edge, ()):
            self._passing[node_id].discard(edge)
