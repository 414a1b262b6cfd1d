"""Where everything on a level stands: rectangles, ports and ways, worked out where somebody looks."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import NamedTuple

from PySide6.QtCore import QPointF, QRectF

from explorer.figures.canvas import geometry
from explorer.figures.canvas.area_index import Area
from explorer.figures.canvas.level_view import EMPTY, EVERYTHING, Difference, LevelView, NodeView
from explorer.figures.canvas.made import Seen
from explorer.figures.canvas.painting import ground, text
from explorer.figures.canvas.room_index import Followed, RoomIndex
from explorer.figures.canvas.ways import Way, Ways
from explorer.graph.dots import shifted
from explorer.graph.model import Edge, NodeId, Position


@dataclass(frozen=True, eq=False)
class Spot:
    """A node in its place: another object as soon as it looks otherwise or stands elsewhere."""

    view: NodeView
    box: QRectF
    inputs: dict[str, QPointF]
    outputs: dict[str, QPointF]

    @property
    def with_label(self) -> QRectF:
        """Return the rectangle with the name beneath a glyph."""
        return geometry.with_label(self.view, self.box)


class Near(NamedTuple):
    """What may be seen in an area."""

    nodes: list[NodeId]
    wires: list[Edge]
    frames: list[str]
    notes: list[str]


class Placed:
    """Geometry of one level. Nodes, wires and frames are worked out when they are asked for.

    Attributes:
        boxes, inputs, outputs, routes, frames, notes: by id or wire; going through all makes all.

    """

    def __init__(self) -> None:
        self.views = EMPTY
        self._shifts: Mapping[str, Position] = {}
        self._bends: Mapping[Edge, tuple[Position, ...]] = {}
        self._spots: dict[NodeId, tuple[NodeView, Position, Spot]] = {}
        self._frame_rects: dict[str, QRectF] = {}
        self._index = RoomIndex(self)
        self._ways = Ways(self, self._index)
        self.boxes = Seen(lambda: self.views.nodes, lambda key: self.spot(key).box)
        self.inputs = Seen(lambda: self.views.nodes, lambda key: self.spot(key).inputs)
        self.outputs = Seen(lambda: self.views.nodes, lambda key: self.spot(key).outputs)
        self.routes = Seen(lambda: self.views.wires, lambda key: self.way(key).route)
        self.frames = Seen(lambda: self.views.frames, self._frame)
        self.notes = Seen(lambda: self.views.notes, self._note)

    def show(self, views: LevelView, difference: Difference = EVERYTHING) -> Followed:
        """Take other views; returns which nodes and wires have other rooms in the index."""
        self.views = views
        if difference.everything:
            self._spots.clear()
            self._frame_rects.clear()
            self._ways.clear()
            return self._index.take_all()
        for node_id in difference.moved:
            if node_id not in views.nodes:
                self._spots.pop(node_id, None)
        for key in difference.frames:
            self._frame_rects.pop(key, None)
        followed = self._index.follow(difference)
        if followed.nodes or followed.wires or difference.frames:
            self._ways.follow(followed)
        return followed

    def shift(self, shifts: Mapping[str, Position]) -> Followed:
        """Show some nodes and notes moved by (dx, dy), without any edit; `{}` puts them back."""
        keys = {key for key in (*shifts, *self._shifts) if key in self.views.nodes}
        self._shifts = shifts
        self._forget_frames(keys)
        followed = self._index.follow(Difference(moved=keys))
        self._ways.follow(followed)
        return followed

    def shifted(self, key: str) -> Position:
        """Return by how much something is shown beside its place."""
        return self._shifts.get(key, (0.0, 0.0))

    def spot(self, node_id: NodeId) -> Spot:
        """Return a node in its place; raises `KeyError`."""
        view, shift = self.views.nodes[node_id], self.shifted(node_id)
        kept = self._spots.get(node_id)
        if kept is None or (kept[0] is not view and kept[2].view != view) or kept[1] != shift:
            box = geometry.rect(view, text.width, (view.pos[0] + shift[0], view.pos[1] + shift[1]))
            inputs = geometry.port_points(view, box, outputs=False)
            made = Spot(view, box, inputs, geometry.port_points(view, box, outputs=True))
        else:
            made = kept[2]
        self._spots[node_id] = view, shift, made
        return made

    def room(self, node_id: NodeId) -> Area:
        """Return what is kept free for a node, known without its view."""
        return self._index.area(node_id)

    def bend(self, instead: Mapping[Edge, tuple[Position, ...]]) -> Followed:
        """Show some wires led through other dots, without any edit; `{}` leads them as before."""
        edges = {edge for edge in (*instead, *self._bends) if edge in self.views.wires}
        self._bends = instead
        followed = self._index.follow(Difference(wires=edges))
        self._ways.follow(followed)
        return followed

    def dots(self, edge: Edge) -> tuple[Position, ...]:
        """Return the points that a wire is led through, as they are shown now; they go with both its ends."""
        dots = self._bends.get(edge, self.views.dots.get(edge, ()))
        by = self._shifts.get(edge.src)
        return dots if by is None or by != self._shifts.get(edge.dst) else shifted(dots, by)

    def way(self, edge: Edge) -> Way:
        """Return a wire on its way; raises `KeyError`."""
        return self._ways.of(edge)

    def near(self, area: QRectF | None) -> Near:
        """Return what may lie in an area, later nodes first; None stands for everything."""
        views = self.views
        if area is None:
            return Near(list(views.nodes), list(views.wires), list(views.frames), list(views.notes))
        around = Area(area.left(), area.top(), area.right(), area.bottom())
        nodes, wires, frames = self._index.near(around)
        notes = [key for key, box in self.notes.items() if box.intersects(area)]
        return Near(nodes, wires, frames, notes)

    def nodes_near(self, area: QRectF | None) -> Collection[NodeId]:
        """Return the nodes that may lie in an area, in no order; None stands for everything."""
        if area is None:
            return list(self.views.nodes)
        return self._index.rooms.near(Area(area.left(), area.top(), area.right(), area.bottom()))

    def touching(self, area: QRectF) -> list[NodeId]:
        """Return the nodes that an area touches, earlier ones first; only those at its edge are looked at."""
        around = Area(area.left(), area.top(), area.right(), area.bottom())
        inside, edge = self._index.rooms.inside_and_near(around)
        touched = list(inside)
        touched += [n for n, room in edge.items() if around.holds(room) or self.spot(n).box.intersects(area)]
        return sorted(touched, key=self.views.order.__getitem__)

    def extent(self) -> QRectF:
        """Return a rectangle with everything in it; a little large, but known without looking."""
        area, found = QRectF(), self._index.extent()
        if found is not None:
            area.setCoords(found.left, found.top, found.right, found.bottom)
        for note in self.notes.values():
            area = area.united(note)
        return area

    def bounds(self) -> QRectF:
        """Return the rectangle round everything; of many wires those that lead round outside are left out."""
        area, rooms = QRectF(), self._index.rooms.outermost()
        for edge, sign in ((0, 1), (1, 1), (2, -1), (3, -1)):
            for node_id in sorted(rooms, key=lambda n: rooms[n][edge] * sign):
                left, top, right, bottom = rooms[node_id]
                if area.contains(QRectF(left, top, right - left, bottom - top)):
                    continue
                far = (area.left(), area.top(), -area.right(), -area.bottom())[edge]
                if not area.isNull() and rooms[node_id][edge] * sign >= far:
                    break  # nobody after it reaches farther
                area = area.united(self.spot(node_id).box)
        for box in (*self.frames.values(), *self.notes.values()):
            area = area.united(box)
        for wire in self.views.wires if self._index.is_watched else self.views.dots:
            area = area.united(self.way(wire).route.bounds)
        return area

    def keep_clear(self, node_id: NodeId, other: NodeId) -> QRectF:
        """Return the frame of a node when a wire to another leaves it, else the node with its label."""
        frame = self._index.frame_of(node_id)
        if frame is not None and frame != self._index.frame_of(other):
            return self.frames[frame]
        return self.spot(node_id).with_label

    def _frame(self, key: str) -> QRectF:
        if key not in self._frame_rects:
            nodes = [n for n in self.views.frames[key].nodes if n in self.views.nodes]
            self._frame_rects[key] = geometry.frame_rect(self.spot(n).with_label for n in nodes)
        return self._frame_rects[key]

    def _forget_frames(self, nodes: Iterable[NodeId]) -> None:
        for key in self._index.frames_with(nodes):
            self._frame_rects.pop(key, None)

    def _note(self, key: str) -> QRectF:
        note, (dx, dy) = self.views.notes[key], self.shifted(key)
        return geometry.note_rect(len(ground.wrap(note.text)), (note.pos[0] + dx, note.pos[1] + dy))
