"""Places on the map: dots that would cover each other stand side by side, words keep clear of both."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from PySide6.QtCore import QPointF, QRectF, QSizeF


def spread(points: Sequence[QPointF], apart: float, room: float) -> list[QPointF]:
    """Move points of a column to the side until none is nearer than `apart` to another.

    The height, which is what is read, stays. Points that find no place within `room` to either side stand
    where they crowd least. The same points always get the same places.
    """
    steps = int(room // (apart / 2))
    sides = sorted((n * apart / 2 for n in range(-steps, steps + 1)), key=lambda side: (abs(side), side < 0))
    placed: list[QPointF] = []
    found = list(points)
    for index in sorted(range(len(points)), key=lambda n: (-points[n].y(), n)):
        near = [point for point in placed if abs(point.y() - points[index].y()) < apart]
        tried = (points[index] + QPointF(side, 0) for side in sides)
        best = max(tried, key=lambda place: min(apart, nearest(place, near)))
        found[index] = best
        placed.append(best)
    return found


def nearest(place: QPointF, others: Iterable[QPointF]) -> float:
    """Distance to the nearest of other points; endless where there are none."""
    return min((distance(place, other) for other in others), default=float("inf"))


def distance(one: QPointF, other: QPointF) -> float:
    """Distance between two points."""
    apart = one - other
    return float((apart.x() ** 2 + apart.y() ** 2) ** 0.5)


def beside(at: QPointF, size: QSizeF, gap: float) -> tuple[QRectF, ...]:
    """Where words may stand at a dot: right, left, above, below, and then at the four corners."""
    wide, high = size.width(), size.height()
    right, left, across = at.x() + gap, at.x() - gap - wide, at.x() - wide / 2
    above, below, level = at.y() - gap - high, at.y() + gap, at.y() - high / 2
    corner = gap / 3
    corners = [
        (x, y)
        for y in (at.y() - corner - high, at.y() + corner)
        for x in (at.x() + corner, at.x() - corner - wide)
    ]
    places = [(right, level), (left, level), (across, above), (across, below), *corners]
    return tuple(QRectF(x, y, wide, high) for x, y in places)


def first_free(options: Iterable[QRectF], taken: Sequence[QRectF], room: QRectF) -> QRectF | None:
    """Return the first place inside the room that touches nothing."""
    free = (
        place for place in options if room.contains(place) and not any(place.intersects(t) for t in taken)
    )
    return next(free, None)


def thinned(places: Sequence[QRectF], ranks: Sequence[int], gap: float) -> list[int]:
    """Return which words of a row may be written without touching: lower ranks first, then from the right."""
    kept: list[int] = []
    for index in sorted(range(len(places)), key=lambda n: (ranks[n], -places[n].x())):
        wanted = places[index].adjusted(-gap / 2, 0, gap / 2, 0)
        if not any(wanted.intersects(places[other].adjusted(-gap / 2, 0, gap / 2, 0)) for other in kept):
            kept.append(index)
    return sorted(kept)
