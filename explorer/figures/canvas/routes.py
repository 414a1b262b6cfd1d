"""The ways wires take: pure functions of two ports and what stands round them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import hypot

from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QPainterPath

RADIUS = 12.0
SKIP_OFF = 24.0
SKIP_LEAVES = 10.0
TURN = 10.0
INTO = 16.0
"""Before a port that is reached from another height a wire is level for so long."""
REACH = 92.0
"""A wire bends over so long a way, and is level for the rest."""
LEVEL = 0.75
SHORTEST = 12.0
"""Less than this between two ports is too little to go straight on: the wire turns round."""


@dataclass(frozen=True)
class Route:
    """A way: `points` are corners (for the far level), `label` is where the shape stands.

    Attributes:
        on_line: whether the label interrupts the wire instead of riding above it.
        room: how wide the label may be. leaves: where a skip has its dot.
        dots: the points that it is led through.

    """

    path: QPainterPath
    points: tuple[QPointF, ...]
    label: QPointF
    on_line: bool
    room: float
    leaves: QPointF | None = None
    dots: tuple[QPointF, ...] = ()

    @property
    def bounds(self) -> QRectF:
        """The rectangle round the way."""
        return self.path.controlPointRect()


def route(a: QPointF, b: QPointF, *, beside_skip: bool = False) -> Route:
    """Return the way of a wire from an output on the left to an input on the right."""
    path = QPainterPath(a)
    aside = SKIP_LEAVES + 2 if beside_skip else 0.0
    middle = (a + b) / 2 + QPointF(aside / 2, 0)
    room = b.x() - a.x() - 4 - aside
    if abs(a.y() - b.y()) < LEVEL:
        path.lineTo(b)
        return Route(path, (a, b), middle, False, room)
    handle = max(24.0, (b.x() - a.x()) / 2)
    path.cubicTo(a + QPointF(handle, 0), b - QPointF(handle, 0), b)
    steep = abs(a.y() - b.y()) > (b.x() - a.x()) * 0.35
    return Route(path, (a, b), middle, steep, room)


def reach(a: QPointF, b: QPointF) -> float:
    """Return over how long a way a wire bends."""
    return min(REACH, (b.x() - a.x()) * 0.75)


def bent(a: QPointF, b: QPointF, *, early: bool) -> Route:
    """Return the way of a wire that bends behind its start (or before its end) and is level otherwise."""
    far = reach(a, b)
    first = a if early else QPointF(b.x() - far, a.y())
    last = QPointF(a.x() + far, b.y()) if early else b
    path = QPainterPath(a)
    path.lineTo(first)
    path.cubicTo(first + QPointF(far / 2, 0), last - QPointF(far / 2, 0), last)
    path.lineTo(b)
    start, end = (last, b) if early else (a, first)
    return Route(path, (a, first, last, b), (start + end) / 2, False, end.x() - start.x() - 4)


def step(a: QPointF, b: QPointF, x: float) -> Route:
    """Return the way of a wire that changes its height in one step."""
    corners = (a, QPointF(x, a.y()), QPointF(x, b.y()), b)
    start, end = (corners[2], b) if b.x() - x > x - a.x() else (a, corners[1])
    return Route(rounded(corners), corners, (start + end) / 2, False, end.x() - start.x() - 2 * RADIUS)


def around(a: QPointF, b: QPointF, lane: float) -> Route:
    """Return the way of a wire that leads above or below what stands between its ends."""
    out, into = a.x() + TURN, b.x() - INTO
    corners = (a, QPointF(out, a.y()), QPointF(out, lane), QPointF(into, lane), QPointF(into, b.y()), b)
    return Route(rounded(corners), corners, QPointF((out + into) / 2, lane), True, into - out - 2 * RADIUS)


def turning(
    a: QPointF,
    b: QPointF,
    a_box: QRectF,
    b_box: QRectF,
    lane: float | None = None,
    *,
    from_above: bool = False,
) -> Route:
    """Return the way of a wire that goes back, or on to the next row.

    Args:
        a: the output port. b: the input port.
        a_box, b_box: what to keep clear of at either end (node or frame).
        lane: height of the strip in which it may run; None when that is not known.
        from_above: whether it comes down on its end.

    """
    out, into = max(a_box.right(), a.x()) + TURN, min(b_box.left(), b.x()) - TURN
    if lane is not None:
        y = lane
    elif b_box.top() >= a_box.bottom():
        y = (a_box.bottom() + b_box.top()) / 2
    elif b_box.bottom() <= a_box.top():
        y = (a_box.top() + b_box.bottom()) / 2
    else:
        y = max(a_box.bottom(), b_box.bottom()) + SKIP_OFF
    start = (a, QPointF(out, a.y()), QPointF(out, y))
    if from_above and y < b.y():
        into = b.x()
        corners: tuple[QPointF, ...] = (*start, QPointF(into, y), b)
    else:
        corners = (*start, QPointF(into, y), QPointF(into, b.y()), b)
    middle = QPointF((out + into) / 2, y)
    return Route(rounded(corners), corners, middle, True, abs(out - into) - 2 * RADIUS)


def along(corners: Sequence[QPointF], dots: tuple[QPointF, ...] = (), *, is_skip: bool = False) -> Route:
    """Return the way through corners, level or upright between them; a skip begins with its dot."""
    leaves = corners[0] + QPointF(SKIP_LEAVES, 0) if is_skip else None
    points = tuple(corners) if leaves is None else (leaves, *corners[1:])
    level = [(p, q) for p, q in pairwise(points) if abs(p.y() - q.y()) < LEVEL]
    start, end = max(level, key=lambda piece: abs(piece[1].x() - piece[0].x()), default=points[:2])
    room = abs(end.x() - start.x()) - 2 * RADIUS
    return Route(rounded(points), points, (start + end) / 2, True, room, leaves, dots)


def skip_height(ceiling: float, passed: int) -> float:
    """Return how high a skip runs above the upper edge of so many nodes; longer ones run higher."""
    return ceiling - SKIP_OFF - min(48.0, 3.0 * max(0, passed - 2))


def skip(a: QPointF, b: QPointF, y: float, *, from_above: bool) -> Route:
    """Return the way of a skip that runs above the nodes it passes by.

    Args:
        a: the output port. b: the input port. y: how high it runs.
        from_above: whether it ends at the top of a join instead of at the left of a node.

    """
    start = QPointF(a.x() + SKIP_LEAVES, a.y())
    if from_above:
        corners: tuple[QPointF, ...] = (start, QPointF(start.x(), y), QPointF(b.x(), y), b)
    else:
        into = b.x() - INTO
        corners = (start, QPointF(start.x(), y), QPointF(into, y), QPointF(into, b.y()), b)
    middle = QPointF((start.x() + b.x()) / 2, y)
    return Route(rounded(corners), corners, middle, False, b.x() - start.x() - 2 * RADIUS, start)


def rounded(corners: Sequence[QPointF]) -> QPainterPath:
    """Return a line through corners that are rounded off."""
    path = QPainterPath(corners[0])
    for before, corner, after in zip(corners, corners[1:], corners[2:], strict=False):
        enter, leave = _towards(corner, before), _towards(corner, after)
        path.lineTo(enter)
        path.quadTo(corner, leave)
    path.lineTo(corners[-1])
    return path


def _towards(start: QPointF, goal: QPointF) -> QPointF:
    """Return the point at which the rounding of a corner begins."""
    length = hypot(goal.x() - start.x(), goal.y() - start.y())
    if length < 0.01:
        return start
    return start + (goal - start) * min(RADIUS, length / 2) / length


def loose(a: QPointF, b: QPointF) -> QPainterPath:
    """Return the way of a wire that hangs on the pointer."""
    handle = max(24.0, abs(b.x() - a.x()) / 2)
    path = QPainterPath(a)
    path.cubicTo(a + QPointF(handle, 0), b - QPointF(handle, 0), b)
    return path


def distance(path: QPainterPath, point: QPointF) -> float:
    """Return how far a point lies from a way."""
    return min((_from_segment(point, p, q) for p, q in segments(path)), default=float("inf"))


def segments(path: QPainterPath) -> list[tuple[QPointF, QPointF]]:
    """Return a way as straight pieces."""
    pieces = []
    for polygon in path.toSubpathPolygons():
        points = polygon.toList()
        pieces += list(pairwise(points))
    return pieces


def _from_segment(point: QPointF, p: QPointF, q: QPointF) -> float:
    along = q - p
    length = QPointF.dotProduct(along, along)
    share = 0.0 if length == 0 else QPointF.dotProduct(point - p, along) / length
    nearest = p + along * min(max(share, 0.0), 1.0)
    return hypot(point.x() - nearest.x(), point.y() - nearest.y())


def crosses(path: QPainterPath, p: QPointF, q: QPointF) -> bool:
    """Return whether a stroke from `p` to `q` cuts through a way."""
    return any(_meet(p, q, r, s) for r, s in segments(path))


def _meet(p: QPointF, q: QPointF, r: QPointF, s: QPointF) -> bool:
    def side(a: QPointF, b: QPointF, c: QPointF) -> float:
        return (b.x() - a.x()) * (c.y() - a.y()) - (b.y() - a.y()) * (c.x() - a.x())

    return side(p, q, r) * side(p, q, s) <= 0 and side(r, s, p) * side(r, s, q) <= 0
