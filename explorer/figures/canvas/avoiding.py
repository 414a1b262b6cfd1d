"""Which way a wire takes so that it runs behind no node."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Literal, NamedTuple

from PySide6.QtCore import QPointF, QRectF

from explorer.figures.canvas import routes

Bend = Literal["smooth", "early", "late", "step", "around"]
ASIDE = 4.0
"""So far a wire keeps from what it passes."""
OFF, STEPS = 20.0, 6
"""A wire that leads round something keeps so far from it; so often a skip is raised."""
SMOOTH = 150.0
"""A wire no longer than this may go straight to its end at a slant, where nothing stands in its way."""


class Plan(NamedTuple):
    """How a wire goes on: `at` is where it steps (x), or the height at which it leads round something."""

    bend: Bend = "smooth"
    at: float | None = None


def plan(a: QPointF, b: QPointF, boxes: Sequence[QRectF]) -> Plan | None:
    """Return how a wire from an output to an input on its right passes the nodes near it, None: it cannot."""
    level = abs(a.y() - b.y()) < routes.LEVEL
    if level:
        if _is_free(boxes, a.x(), b.x(), a.y(), b.y()):
            return Plan()
    else:
        if b.x() - a.x() <= SMOOTH and _is_free(boxes, a.x(), b.x(), a.y(), b.y()):
            return Plan()
        reach = routes.reach(a, b)
        turn, back = a.x() + reach, b.x() - reach
        if _is_free(boxes, a.x(), turn, a.y(), b.y()) and _is_free(boxes, turn, b.x(), b.y(), b.y()):
            return Plan("early")
        if _is_free(boxes, a.x(), back, a.y(), a.y()) and _is_free(boxes, back, b.x(), a.y(), b.y()):
            return Plan("late")
        if (step := _step(a, b, boxes)) is not None:
            return Plan("step", step)
    lane = _lane(a, b, boxes)
    return Plan("around", lane) if lane is not None else None


def comes_down(a: QPointF, b: QPointF, y: float, boxes: Sequence[QRectF], *, from_above: bool) -> bool:
    """Return whether a skip at a height can rise from its start and come down on its end."""
    rises, falls = a.x() + routes.SKIP_LEAVES, b.x() if from_above else b.x() - routes.INTO
    return _is_free(boxes, rises, rises, a.y(), y) and _is_free(boxes, falls, falls, y, b.y())


def raised(a: QPointF, b: QPointF, y: float, boxes: Sequence[QRectF]) -> float:
    """Return the height at which a skip runs: `y`, or more above if something stands there."""
    for _ in range(STEPS):
        inside = [box for box in boxes if _meets(box, a.x(), b.x(), y, y)]
        if not inside:
            return y
        y = min(box.top() for box in inside) - OFF
    return y


def _step(a: QPointF, b: QPointF, boxes: Sequence[QRectF]) -> float | None:
    """Where a wire can change its height in one step; None when it can nowhere."""
    first, last = a.x() + routes.TURN, b.x() - routes.TURN
    edges = {x for box in boxes for x in (box.left() - routes.TURN, box.right() + routes.TURN)}
    for x in sorted(x for x in edges | {first, last} if first <= x <= last):
        if (
            _is_free(boxes, a.x(), x, a.y(), a.y())
            and _is_free(boxes, x, x, a.y(), b.y())
            and _is_free(boxes, x, b.x(), b.y(), b.y())
        ):
            return x
    return None


def _lane(a: QPointF, b: QPointF, boxes: Sequence[QRectF]) -> float | None:
    """The nearest height at which nothing stands between two ports; None when there is none."""
    out, into = a.x() + routes.TURN, b.x() - routes.INTO
    if into <= out:
        return None
    between = [box for box in boxes if box.left() < into and box.right() > out]
    heights = sorted(
        {y for box in between for y in (box.top() - OFF, box.bottom() + OFF)},
        key=lambda y: (abs(y - a.y()) + abs(y - b.y()), y),
    )
    for y in heights:
        if (
            _is_free(between, out, into, y, y)
            and _is_free(boxes, out, out, a.y(), y)
            and _is_free(boxes, into, into, y, b.y())
        ):
            return y
    return None


def _is_free(boxes: Iterable[QRectF], x0: float, x1: float, y0: float, y1: float) -> bool:
    return not any(_meets(box, x0, x1, y0, y1) for box in boxes)


def _meets(box: QRectF, x0: float, x1: float, y0: float, y1: float) -> bool:
    return (
        box.left() - ASIDE < max(x0, x1)
        and box.right() + ASIDE > min(x0, x1)
        and box.top() - ASIDE < max(y0, y1)
        and box.bottom() + ASIDE > min(y0, y1)
    )
