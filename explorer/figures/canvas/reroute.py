"""The way of a wire through its dots: level or upright between them, as its dots lie to one another."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from PySide6.QtCore import QPointF

from explorer.figures.canvas import routes

SAME = 0.5
"""Points no farther apart to the side, or in height, lie above one another, or level."""


def through(a: QPointF, b: QPointF, dots: Sequence[QPointF], *, from_above: bool = False) -> list[QPointF]:
    """Return the corners of the way from an output through dots to an input.

    A dot with one neighbour on its left and one on its right is passed on the level, any other upright. The
    way leaves to the right and arrives from the left, or (`from_above`) comes down.
    """
    points, upright = [a], [False]
    if dots[0].x() < a.x() + routes.TURN:
        points.append(a + QPointF(routes.TURN, 0))
        upright.append(True)
    points += dots
    upright += [False] * len(dots)
    if not from_above and dots[-1].x() > b.x() - routes.TURN:
        points.append(b - QPointF(routes.TURN, 0))
        upright.append(True)
    points.append(b)
    upright.append(from_above)
    for place in range(1, len(points) - 1):
        before, here, after = (points[place + step].x() for step in (-1, 0, 1))
        upright[place] = upright[place] or (here - before) * (after - here) <= 0
    corners = [a]
    for place, (p, q) in enumerate(pairwise(points)):
        corners += _piece(p, q, upright[place], upright[place + 1])
    return corners


def _piece(p: QPointF, q: QPointF, leaves_upright: bool, arrives_upright: bool) -> list[QPointF]:
    """What follows `p` on the way to `q`, that point last."""
    if abs(p.x() - q.x()) < SAME or abs(p.y() - q.y()) < SAME:
        return [q]
    if leaves_upright and arrives_upright:
        middle = (p.y() + q.y()) / 2
        return [QPointF(p.x(), middle), QPointF(q.x(), middle), q]
    if leaves_upright:
        return [QPointF(p.x(), q.y()), q]
    if arrives_upright:
        return [QPointF(q.x(), p.y()), q]
    middle = (p.x() + q.x()) / 2
    return [QPointF(middle, p.y()), QPointF(middle, q.y()), q]


def place_of(point: QPointF, a: QPointF, b: QPointF, dots: Sequence[QPointF]) -> int:
    """Return before which of the dots a new one belongs: where it makes the way the least longer."""
    points = [a, *dots, b]

    def longer(place: int) -> float:
        p, q = points[place], points[place + 1]
        return _length(point - p) + _length(q - point) - _length(q - p)

    return min(range(len(points) - 1), key=longer)


def _length(step: QPointF) -> float:
    return abs(step.x()) + abs(step.y())
