"""A whole level from far away: a rectangle for each node and lines for wires, known without any view."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from itertools import chain, pairwise
from typing import TYPE_CHECKING

from PySide6.QtCore import QLineF, QRectF

from explorer.figures.canvas import routes
from explorer.figures.canvas.painting.far import FarPicture
from explorer.graph.model import Edge, NodeId

if TYPE_CHECKING:
    from explorer.figures.canvas.area_index import Area
    from explorer.figures.canvas.placement import Near, Placed
    from explorer.figures.canvas.room_index import Followed


NAMED = 60
"""So many nodes in sight have names, when there is room in them."""


class Overview:
    """Made when it is first asked for; from then on only what moves is made anew."""

    def __init__(self, placed: Placed) -> None:
        self._placed = placed
        self._is_known = False
        self._family: dict[NodeId, str] = {}
        self._box: dict[NodeId, QRectF] = {}
        self._boxes: dict[str, dict[NodeId, QRectF]] = {}
        self._lines: dict[Edge, tuple[QLineF, ...]] = {}
        self._picture: FarPicture | None = None

    def follow(self, followed: Followed) -> None:
        """Take moved nodes and wires in."""
        self._picture = None
        if followed.nodes is None or followed.wires is None:
            self._is_known = False
        elif self._is_known:
            self._take(followed.nodes, followed.wires)

    def picture(self) -> FarPicture:
        """Return the level as rectangles and lines."""
        views = self._placed.views
        if not self._is_known:
            self._family, self._box, self._boxes, self._lines = {}, {}, {}, {}
            self._take(views.rooms, views.wires)
            self._is_known = True
        if self._picture is None:
            boxes = {family: list(held.values()) for family, held in self._boxes.items() if held}
            lines = list(chain.from_iterable(self._lines.values()))
            problems = [self.box(n) for n in views.faulty if n in self._family]
            self._picture = FarPicture(boxes, lines, problems)
        return self._picture

    def box(self, node_id: NodeId) -> QRectF:
        """Return about where a node is drawn."""
        box = self._box.get(node_id) if self._is_known else None
        return box if box is not None else self._roughly(node_id)

    def boxes(self, nodes: Collection[str]) -> list[QRectF]:
        """Return about where nodes of this level are drawn, of several ids, in no order."""
        if not self._is_known:
            return [self._roughly(key) for key in nodes if key in self._placed.views.rooms]
        held = self._box
        return [held[key] for key in nodes if key in held]

    def _roughly(self, node_id: NodeId) -> QRectF:
        room, area = self._placed.views.rooms[node_id], self._placed.room(node_id)
        return QRectF(area.left, area.top, room.wide, room.tall)

    def _take(self, nodes: Iterable[NodeId], wires: Iterable[Edge]) -> None:
        rooms, shown = self._placed.views.rooms, self._placed.views.wires
        for node_id in nodes:
            if node_id in self._family:
                del self._boxes[self._family.pop(node_id)][node_id], self._box[node_id]
            if node_id in rooms:
                family = self._family[node_id] = rooms[node_id].family
                box = self._box[node_id] = self._roughly(node_id)
                self._boxes.setdefault(family, {})[node_id] = box
        for edge in wires:
            self._lines.pop(edge, None)
            if edge in shown:
                self._lines[edge] = _lines(self._placed.room(edge.src), self._placed.room(edge.dst))


def close_up(placed: Placed, near: Near) -> FarPicture:
    """Return what lies in an area as rectangles and lines, in its true outlines."""
    boxes: dict[str, list[QRectF]] = {}
    for node_id in near.nodes:
        spot = placed.spot(node_id)
        boxes.setdefault(spot.view.family, []).append(spot.box)
    ways = (placed.way(edge).route.points for edge in near.wires)
    lines = [QLineF(p, q) for points in ways for p, q in pairwise(points)]
    problems = [placed.spot(n).box for n in near.nodes if n in placed.views.faulty]
    names = []
    if len(near.nodes) <= NAMED:
        spots = map(placed.spot, near.nodes)
        names = [(spot.view.title, spot.box) for spot in spots]
    return FarPicture(boxes, lines, problems, names)


def _lines(one: Area, other: Area) -> tuple[QLineF, ...]:
    """Lead a wire roughly: straight on, or round to another row."""
    x0, y0 = one.right, (one.top + one.bottom) / 2
    x1, y1 = other.left, (other.top + other.bottom) / 2
    if x1 - x0 >= routes.SHORTEST:
        return (QLineF(x0, y0, x1, y1),)
    out, into = x0 + routes.TURN, x1 - routes.TURN
    upper, lower = (one, other) if one.top <= other.top else (other, one)
    apart = lower.top > upper.bottom
    y = (upper.bottom + lower.top) / 2 if apart else max(one.bottom, other.bottom) + routes.SKIP_OFF
    return QLineF(x0, y0, out, y), QLineF(out, y, into, y), QLineF(into, y, x1, y1)
