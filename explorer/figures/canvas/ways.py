"""The ways of wires: led anew when one of their ends, or what stands in between, is another."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from PySide6.QtCore import QPointF, QRectF

from explorer.figures.canvas import routes
from explorer.figures.canvas.area_index import Area
from explorer.figures.canvas.level_view import WireView
from explorer.figures.canvas.routes import Route
from explorer.graph.model import Edge

if TYPE_CHECKING:
    from explorer.figures.canvas.placement import Placed, Spot
    from explorer.figures.canvas.room_index import RoomIndex

NARROWEST = 4.0
"""A free strip that is no higher is none."""


@dataclass(frozen=True, eq=False)
class Way:
    """A wire on its way: another object as soon as it looks otherwise or takes another way."""

    view: WireView
    route: Route


class _Kept(NamedTuple):
    view: WireView
    a: Spot
    b: Spot
    turn: int  # when what stands in between was last looked at; -1: nothing in between matters
    way: Way


class Ways:
    """Leads the wires of a level and keeps their ways."""

    def __init__(self, placed: Placed, index: RoomIndex) -> None:
        self._placed, self._index = placed, index
        self._kept: dict[Edge, _Kept] = {}
        self._turn = 0

    def clear(self) -> None:
        """Forget everything."""
        self._kept.clear()

    def follow(self, wires: Iterable[Edge], *, moved: bool) -> None:
        """Forget wires that are gone; look again at what stands in between when something has moved."""
        for edge in wires:
            if edge not in self._placed.views.wires:
                self._kept.pop(edge, None)
        self._turn += moved

    def of(self, edge: Edge) -> Way:
        """Return a wire on its way."""
        placed, view = self._placed, self._placed.views.wires[edge]
        a, b = placed.spot(edge.src), placed.spot(edge.dst)
        kept = self._kept.get(edge)
        same_ends = kept is not None and kept.a is a and kept.b is b
        if kept is not None and same_ends and kept.view is view and kept.turn in (-1, self._turn):
            return kept.way
        route, is_local = self._lead(edge, view, a, b)
        way = Way(view, route)
        if kept is not None and kept.way.view == view and _alike(kept.way.route, route):
            way = kept.way
        self._kept[edge] = _Kept(view, a, b, -1 if is_local else self._turn, way)
        return way

    def _lead(self, edge: Edge, wire: WireView, from_: Spot, to: Spot) -> tuple[Route, bool]:
        """Return the way, and whether it depends on nothing but its ends."""
        a, b = from_.outputs.get(edge.out), to.inputs.get(edge.into)
        if a is None:  # a port that the block no longer has
            a = QPointF(from_.box.right(), from_.box.center().y())
        if b is None:
            b = QPointF(to.box.left(), to.box.center().y())
        if wire.skip and b.x() > a.x() + 2 * routes.RADIUS:
            above = any(port.top for port in to.view.inputs if port.name == edge.into)
            from_above = above and to.view.form == "merge"
            ceiling = min(self._ceiling(wire), to.box.top(), a.y() - 8)
            return routes.skip(a, b, ceiling, len(wire.over), from_above=from_above), False
        if b.x() - a.x() >= routes.SHORTEST:
            return routes.route(a, b, beside_skip=wire.beside), True
        a_box = self._placed.keep_clear(edge.src, edge.dst)
        b_box = self._placed.keep_clear(edge.dst, edge.src)
        return routes.turning(a, b, a_box, b_box, self._lane(a_box, b_box)), False

    def _ceiling(self, wire: WireView) -> float:
        rooms = self._placed.views.rooms
        return min((self._index.area(n).top for n in wire.over if n in rooms), default=float("inf"))

    def _lane(self, a_box: QRectF, b_box: QRectF) -> float | None:
        """The height of the free strip between two rows, as near to their middle as can be."""
        upper, lower = (a_box, b_box) if a_box.top() <= b_box.top() else (b_box, a_box)
        if lower.top() < upper.bottom():
            return None
        start, end = upper.center().y(), lower.center().y()
        left, right = min(upper.left(), lower.left()), max(upper.right(), lower.right())
        taken = [(room.top, room.bottom) for room in self._index.rooms_near(Area(left, start, right, end))]
        taken += [(box.top(), box.bottom()) for box in (upper, lower)]
        edge, best = start, (0.0, 0.0)
        for top, bottom in [*sorted(taken), (end, 0.0)]:
            best = max(best, (top - edge, (top + edge) / 2))
            edge = max(edge, bottom)
        return best[1] if best[0] > NARROWEST else None


def _alike(one: Route, other: Route) -> bool:
    return (one.points, one.label, one.room) == (other.points, other.label, other.room)
