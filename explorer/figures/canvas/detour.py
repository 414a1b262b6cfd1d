"""A way round everything: the shortest one with few corners, for wires whose usual ways are all blocked."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence
from heapq import heappop, heappush
from itertools import pairwise

from PySide6.QtCore import QPointF, QRectF

from explorer.figures.canvas import routes

ASIDE = 4.0
"""So far the way keeps from every node, at least."""
BESIDE, ABOVE = routes.TURN, 20.0
"""So far from a node it runs along its side, and above or below it."""
CORNER = 60.0
"""So much longer may a way be that has one corner less."""
MOST = 400
"""Among more nodes no way is looked for."""


MANY, NEAR = 60, 1_000.0
"""Among more nodes than these a way changes its height only so near to its ends, or beside all of them."""


def detour(
    a: QPointF, b: QPointF, boxes: Sequence[QRectF], area: QRectF, *, from_above: bool = False
) -> tuple[QPointF, ...] | None:
    """Return the corners of a way from an output to an input, both ends among them; None when there is none.

    Args:
        a: the output port; the way leaves to the right. b: the input port.
        boxes: what it keeps clear of, the nodes at its ends among them. area: where it may run.
        from_above: whether it comes down on its end instead of from the left.

    """
    if len(boxes) > MOST:
        return None
    out = QPointF(a.x() + routes.TURN, a.y())
    into = b - (QPointF(0, routes.TURN) if from_above else QPointF(routes.INTO, 0))
    grid = _Grid(boxes, area, (out, into))
    found = grid.way(out, into, ends_level=not from_above)
    return _without_straights((a, *found, b)) if found is not None else None


def is_blocked(corners: Iterable[QPointF], boxes: Sequence[QRectF]) -> bool:
    """Return whether a way through corners, level or upright between them, runs behind any box."""
    return any(
        box.left() - ASIDE < max(p.x(), q.x())
        and box.right() + ASIDE > min(p.x(), q.x())
        and box.top() - ASIDE < max(p.y(), q.y())
        and box.bottom() + ASIDE > min(p.y(), q.y())
        for p, q in pairwise(corners)
        for box in boxes
    )


class _Grid:
    """The lines beside, above and below nodes; between two crossings each is free or blocked."""

    def __init__(self, boxes: Sequence[QRectF], area: QRectF, points: Sequence[QPointF]) -> None:
        upright = {x for box in boxes for x in (box.left() - BESIDE, box.right() + BESIDE)}
        if len(boxes) > MANY:  # it changes its height near its ends, or beside everything
            outermost = min(upright), max(upright)
            ends = [p.x() for p in points]
            upright = {x for x in upright if x in outermost or any(abs(x - end) <= NEAR for end in ends)}
        level = {y for box in boxes for y in (box.top() - ABOVE, box.bottom() + ABOVE)}
        self._xs = sorted({x for x in upright if area.left() <= x <= area.right()} | {p.x() for p in points})
        self._ys = sorted({y for y in level if area.top() <= y <= area.bottom()} | {p.y() for p in points})
        self._no_level: set[tuple[int, int]] = set()  # (column, row): not on from here to the right
        self._no_upright: set[tuple[int, int]] = set()  # and not downwards
        for box in boxes:
            self._block(box.adjusted(-ASIDE, -ASIDE, ASIDE, ASIDE))

    def _block(self, box: QRectF) -> None:
        left, right = bisect_right(self._xs, box.left()), bisect_left(self._xs, box.right())
        top, bottom = bisect_right(self._ys, box.top()), bisect_left(self._ys, box.bottom())
        self._no_level |= {(x, y) for y in range(top, bottom) for x in range(max(left - 1, 0), right)}
        self._no_upright |= {(x, y) for x in range(left, right) for y in range(max(top - 1, 0), bottom)}

    def way(self, start: QPointF, goal: QPointF, *, ends_level: bool) -> list[QPointF] | None:
        """Return the crossings from one to another; it begins level, and ends level or upright."""
        xs, ys = self._xs, self._ys
        first = xs.index(start.x()), ys.index(start.y()), True
        last = xs.index(goal.x()), ys.index(goal.y())
        came: dict[tuple[int, int, bool], tuple[int, int, bool]] = {}
        costs = {first: 0.0}
        ahead = [(0.0, first)]
        while ahead:
            _, here = heappop(ahead)
            if here == (*last, ends_level):
                found = [here]
                while found[-1] in came:
                    found.append(came[found[-1]])
                return [QPointF(xs[x], ys[y]) for x, y, _ in reversed(found)]
            x, y, is_level = here
            for after, length in self._beside(x, y, is_level=is_level):
                cost = costs[here] + length
                if cost < costs.get(after, float("inf")):
                    costs[after], came[after] = cost, here
                    far = abs(xs[after[0]] - goal.x()) + abs(ys[after[1]] - goal.y())
                    heappush(ahead, (cost + far, after))
        return None

    def _beside(self, x: int, y: int, *, is_level: bool) -> Iterable[tuple[tuple[int, int, bool], float]]:
        """What is reached from a crossing in one step, and what that costs: on, or round the corner."""
        yield (x, y, not is_level), CORNER
        for to in (x - 1, x + 1) if is_level else (y - 1, y + 1):
            if not 0 <= to < len(self._xs if is_level else self._ys):
                continue
            if is_level and (min(x, to), y) not in self._no_level:
                yield (to, y, True), abs(self._xs[to] - self._xs[x])
            elif not is_level and (x, min(y, to)) not in self._no_upright:
                yield (x, to, False), abs(self._ys[to] - self._ys[y])


def _without_straights(points: Sequence[QPointF]) -> tuple[QPointF, ...]:
    """The corners alone: no point in the middle of a straight piece, none twice."""
    kept: list[QPointF] = []
    for point in points:
        if kept and abs(point.x() - kept[-1].x()) + abs(point.y() - kept[-1].y()) < 0.01:
            continue
        while len(kept) > 1 and _is_straight(kept[-2], kept[-1], point):
            kept.pop()
        kept.append(point)
    return tuple(kept)


def _is_straight(p: QPointF, q: QPointF, r: QPointF) -> bool:
    return (abs(p.x() - q.x()) < 0.01 and abs(q.x() - r.x()) < 0.01) or (
        abs(p.y() - q.y()) < 0.01 and abs(q.y() - r.y()) < 0.01
    )
