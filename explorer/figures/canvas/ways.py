"""The ways of wires: led anew when one of their ends, or what stands in between, is another."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

from PySide6.QtCore import QPointF, QRectF

from explorer.figures.canvas import avoiding, geometry, reroute, routes
from explorer.figures.canvas.area_index import Area
from explorer.figures.canvas.avoiding import Plan
from explorer.figures.canvas.detour import detour, is_blocked
from explorer.figures.canvas.level_view import WireView
from explorer.figures.canvas.routes import Route
from explorer.graph.model import Edge, NodeId

if TYPE_CHECKING:
    from explorer.figures.canvas.placement import Placed, Spot
    from explorer.figures.canvas.room_index import Followed, RoomIndex

NARROWEST = 8.0
"""A free strip that is no higher is none."""
SIDEWAYS = 20.0
"""A skip whose ends differ no more in height runs level, as in a U, if nothing stands in its way."""
NEXT = 40.0
"""A node no farther from its frame's edge stands next to it."""
FAR_OFF = 160.0
"""So far above and below its ends a wire looks for a way round what stands between them."""
MANY = 400
"""When more has moved, every strip is looked at again."""


@dataclass(frozen=True, eq=False)
class Way:
    """A wire on its way: another object as soon as it looks otherwise or takes another way."""

    view: WireView
    route: Route


class _Between(NamedTuple):
    """What stands between the ends of a wire, as far as it matters to its way.

    Attributes:
        arc: how high a skip runs. from_above: whether it (or one that turns) comes down on its end.
        clear: what a wire that turns keeps clear of at both ends. lane: where it can run.
        plan: how a wire that goes on passes what is near it.
        corners: of its way through dots, or where every other is blocked.
        dots: where its dots are.

    """

    arc: float | None = None
    from_above: bool = False
    clear: tuple[QRectF, QRectF] | None = None
    lane: float | None = None
    plan: Plan = Plan()
    corners: tuple[QPointF, ...] = ()
    dots: tuple[QPointF, ...] = ()


_STRAIGHT = _Between()


class _Kept(NamedTuple):
    view: WireView
    a: Spot
    b: Spot
    between: _Between
    turn: int  # when that was last looked at
    way: Way


class Ways:
    """Leads the wires of a level and keeps their ways."""

    def __init__(self, placed: Placed, index: RoomIndex) -> None:
        self._placed, self._index = placed, index
        self._kept: dict[Edge, _Kept] = {}
        self._lanes: dict[Area, _Lane] = {}
        self._turn = 0

    def clear(self) -> None:
        """Forget everything."""
        self._kept.clear()
        self._lanes.clear()

    def follow(self, followed: Followed) -> None:
        """Forget wires that are gone; look again at what stands in between where something has moved."""
        for edge in followed.wires or ():
            if edge not in self._placed.views.wires:
                self._kept.pop(edge, None)
        self._turn += 1
        if followed.nodes is None or len(followed.nodes) > MANY:
            self._lanes.clear()
            return
        for node_id in followed.nodes:
            room = self._index.rooms.area(node_id)
            for lane in self._lanes.values():
                lane.move(node_id, room)

    def of(self, edge: Edge) -> Way:
        """Return a wire on its way."""
        placed, view = self._placed, self._placed.views.wires[edge]
        a, b = placed.spot(edge.src), placed.spot(edge.dst)
        kept = self._kept.get(edge)
        if kept is not None and kept.a is a and kept.b is b and kept.view is view:
            if kept.turn == self._turn or (kept.between is _STRAIGHT and not self._index.is_watched):
                return kept.way
            if kept.between == self._between(view, a, b):
                self._kept[edge] = kept._replace(turn=self._turn)
                return kept.way
        between = self._between(view, a, b)
        if kept is not None and kept.between == between and _same_ends(kept, view, a, b):
            way = kept.way if kept.way.view == view else Way(view, kept.way.route)
        else:
            way = Way(view, _lead(view, a, b, between))
            if kept is not None and kept.way.view == view and _alike(kept.way.route, way.route):
                way = kept.way
        self._kept[edge] = _Kept(view, a, b, between, self._turn, way)
        return way

    def _between(self, wire: WireView, a: Spot, b: Spot) -> _Between:
        """What stands between the ends of a wire, as far as it matters to its way."""
        start, end = _ends(wire.edge, a, b)
        if dots := self._placed.dots(wire.edge):
            points = tuple(QPointF(x, y) for x, y in dots)
            corners = reroute.through(start, end, points, from_above=_is_joined_above(wire, b))
            return _Between(corners=tuple(corners), dots=points)
        if wire.skip and end.x() > start.x() + 2 * routes.RADIUS:
            return self._unless_blocked(wire, a, b, self._over(wire, a, b))
        if end.x() - start.x() >= routes.SHORTEST:
            plan = avoiding.plan(start, end, self._in_the_way(start, end, wire.edge))
            if plan is None:
                return self._detour(wire, a, b) or _STRAIGHT
            if plan == _STRAIGHT.plan:
                return _STRAIGHT
            return self._unless_blocked(wire, a, b, _Between(plan=plan))
        return self._unless_blocked(wire, a, b, self._round(wire, a, b))

    def _unless_blocked(self, wire: WireView, a: Spot, b: Spot, usual: _Between) -> _Between:
        """The usual way of a wire, or another where it would run behind a node."""
        is_level_or_upright = usual.arc is not None or usual.clear is not None or usual.plan.bend == "around"
        if not self._index.is_watched or not is_level_or_upright:
            return usual
        corners = _lead(wire, a, b, usual).points
        area = Area(
            min(p.x() for p in corners),
            min(p.y() for p in corners),
            max(p.x() for p in corners),
            max(p.y() for p in corners),
        )
        if not is_blocked(corners, self._boxes_in(area, but=(wire.edge.src, wire.edge.dst))):
            return usual
        return self._detour(wire, a, b) or usual

    def _detour(self, wire: WireView, a: Spot, b: Spot) -> _Between | None:
        """A way round everything; None where there is none."""
        area = self._index.wire_area(wire.edge) if self._index.is_watched else None
        if area is None:
            return None
        start, end = _ends(wire.edge, a, b)
        corners = detour(
            start,
            end,
            self._boxes_in(area),
            QRectF(QPointF(area.left, area.top), QPointF(area.right, area.bottom)),
            from_above=_is_joined_above(wire, b),
        )
        return _Between(corners=corners) if corners is not None else None

    def _boxes_in(self, area: Area, but: Collection[NodeId] = ()) -> list[QRectF]:
        """The rectangles of the nodes in an area, with their names, but for some."""
        near = self._index.rooms.near(area)
        return [self._placed.spot(node_id).with_label for node_id in sorted(near) if node_id not in but]

    def _round(self, wire: WireView, a: Spot, b: Spot) -> _Between:
        """How a wire goes back, or on to another row."""
        a_box, b_box = self._clear(wire.edge, a, b)
        above = wire.skip and b.box.top() >= a_box.bottom() and _is_joined_above(wire, b)
        return _Between(clear=(a_box, b_box), lane=self._lane(a_box, b_box), from_above=above)

    def _clear(self, edge: Edge, a: Spot, b: Spot) -> tuple[QRectF, QRectF]:
        """What a wire keeps clear of at its ends: a frame whose edge is next, else the node."""
        a_box = self._placed.keep_clear(edge.src, edge.dst)
        b_box = self._placed.keep_clear(edge.dst, edge.src)
        if a_box.right() - a.box.right() > NEXT:
            a_box = a.with_label
        if b.box.left() - b_box.left() > NEXT:
            b_box = b.with_label
        return a_box, b_box

    def _over(self, wire: WireView, a: Spot, b: Spot) -> _Between:
        """How a skip passes: level where nothing stands in its way, else above what it passes."""
        start, end = _ends(wire.edge, a, b)
        if self._index.is_watched and abs(start.y() - end.y()) <= SIDEWAYS:
            plan = avoiding.plan(start, end, self._in_the_way(start, end, wire.edge))
            if plan is not None and plan.at is None and plan.bend != "smooth":
                return _Between(plan=Plan("late"))
        rooms = [self._index.rooms.area(node_id) for node_id in wire.over]
        passed = min((room.top for room in rooms if room is not None), default=float("inf"))
        height = routes.skip_height(min(passed, b.box.top(), start.y() - 8), len(wire.over))
        from_above = _is_joined_above(wire, b)
        if self._index.is_watched:
            near = self._in_the_way(start, end, wire.edge, top=height - FAR_OFF)
            height = avoiding.raised(start, end, height, near)
            if not avoiding.comes_down(start, end, height, near, from_above=from_above):
                plan = avoiding.plan(start, end, near)
                if plan is not None:
                    return _Between(plan=plan)
                return self._detour(wire, a, b) or self._round(wire, a, b)
        return _Between(arc=height, from_above=from_above)

    def _in_the_way(
        self, start: QPointF, end: QPointF, edge: Edge, top: float = float("inf")
    ) -> list[QRectF]:
        """The rectangles of nodes that may stand between two points, but for the ends of a wire."""
        if not self._index.is_watched:
            return []
        top, bottom = min(start.y(), end.y(), top) - FAR_OFF, max(start.y(), end.y()) + FAR_OFF
        return self._boxes_in(Area(start.x(), top, end.x(), bottom), but=(edge.src, edge.dst))

    def _lane(self, a_box: QRectF, b_box: QRectF) -> float | None:
        """The height of the free strip between two rows, as near to their middle as can be."""
        upper, lower = (a_box, b_box) if a_box.top() <= b_box.top() else (b_box, a_box)
        if lower.top() < upper.bottom():
            return None
        left, right = min(upper.left(), lower.left()), max(upper.right(), lower.right())
        strip = Area(left, upper.bottom(), right, lower.top())
        if strip not in self._lanes:
            self._lanes[strip] = _Lane(strip, self._index.rooms.near(strip))
        return self._lanes[strip].height


class _Lane:
    """The strip between two rows and what sticks into it."""

    def __init__(self, strip: Area, rooms: Mapping[NodeId, Area]) -> None:
        self._strip, self._rooms = strip, dict(rooms)

    def move(self, node_id: NodeId, room: Area | None) -> None:
        """A node stands elsewhere, or is gone."""
        if room is not None and room.meets(self._strip):
            self._rooms[node_id] = room
        elif node_id not in self._rooms:
            return
        else:
            del self._rooms[node_id]
        self.__dict__.pop("height", None)

    @cached_property
    def height(self) -> float | None:
        """The middle of the highest free part, on the grid; None when there is none.

        On the grid it mostly stays where it is while something near it moves a little.
        """
        edge, best = self._strip.top, NARROWEST
        middle: float | None = None
        for top, bottom in sorted({room[1::2] for room in self._rooms.values()}):
            if top - edge > best:
                best, middle = top - edge, (top + edge) / 2
            edge = max(edge, bottom)
        if self._strip.bottom - edge > best:
            middle = (self._strip.bottom + edge) / 2
        return geometry.snapped(middle) if middle is not None else None


def _ends(edge: Edge, a: Spot, b: Spot) -> tuple[QPointF, QPointF]:
    start, end = a.outputs.get(edge.out), b.inputs.get(edge.into)
    if start is None:  # a port that the block no longer has
        start = QPointF(a.box.right(), a.box.center().y())
    if end is None:
        end = QPointF(b.box.left(), b.box.center().y())
    return start, end


def _lead(wire: WireView, a: Spot, b: Spot, between: _Between) -> Route:
    """Return the way of a wire."""
    start, end = _ends(wire.edge, a, b)
    if between.corners:
        return routes.along(between.corners, between.dots, is_skip=wire.skip)
    if between.arc is not None:
        return routes.skip(start, end, between.arc, from_above=between.from_above)
    if between.clear is not None:
        return routes.turning(start, end, *between.clear, between.lane, from_above=between.from_above)
    bend, at = between.plan
    if at is not None:
        return (routes.step if bend == "step" else routes.around)(start, end, at)
    if bend != "smooth":
        return routes.bent(start, end, early=bend == "early")
    return routes.route(start, end, beside_skip=wire.beside)


def _is_joined_above(wire: WireView, b: Spot) -> bool:
    return b.view.form == "merge" and any(p.top for p in b.view.inputs if p.name == wire.edge.into)


def _same_ends(kept: _Kept, view: WireView, a: Spot, b: Spot) -> bool:
    """Whether a wire still leaves and arrives as it did: only what is drawn along it is another."""
    before = kept.view
    return (
        _ends(view.edge, kept.a, kept.b) == _ends(view.edge, a, b)
        and (before.skip, before.over, before.beside) == (view.skip, view.over, view.beside)
        and (not view.skip or (kept.b.box.top() == b.box.top() and kept.b.view.inputs == b.view.inputs))
    )


def _alike(one: Route, other: Route) -> bool:
    return (one.points, one.label, one.room, one.dots) == (other.points, other.label, other.room, other.dots)
