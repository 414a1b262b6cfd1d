"""A treemap of where parameters live: areas in proportion to shares, nested as the design is. Pure.

The rows of rectangles are chosen so that they stay near to squares (Bruls, Huizing & van Wijk 2000,
“Squarified treemaps”).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from PySide6.QtCore import QRectF

from explorer.ui.summary.rows import SummaryRow

HEAD, PAD = 17.0, 2.0
LEAST_WIDE, LEAST_TALL = 44.0, 44.0
"""Pixels from which what holds layers has a heading of its own."""


@dataclass(frozen=True)
class Cell:
    """A node with its rectangle; it `holds` others drawn inside it, `headed` by its name above them."""

    row: SummaryRow
    area: QRectF
    holds: bool = False
    headed: bool = False


def cells(rows: Sequence[SummaryRow], area: QRectF) -> Iterator[Cell]:
    """Yield the cells of rows in an area, what holds others before them; what has no parameters has none."""
    there = sorted((row for row in rows if row.parameters > 0), key=lambda row: -row.parameters)
    for row, box in zip(there, squarified([row.parameters for row in there], area), strict=True):
        inside = tuple(child for child in row.children if child.parameters > 0)
        if not inside:
            yield Cell(row, box)
            continue
        headed = box.width() >= LEAST_WIDE and box.height() >= LEAST_TALL
        yield Cell(row, box, holds=True, headed=headed)
        pad = PAD if headed else min(1.0, box.width() / 8, box.height() / 8)
        yield from cells(inside, box.adjusted(pad, HEAD if headed else pad, -pad, -pad))


def squarified(values: Sequence[float], area: QRectF) -> list[QRectF]:
    """Return rectangles that fill an area, in proportion to values > 0, which come largest first."""
    total = float(sum(values))
    if not values or total <= 0 or area.width() <= 0 or area.height() <= 0:
        return [QRectF(area.x(), area.y(), 0, 0) for _ in values]
    scale = area.width() * area.height() / total
    sizes = [value * scale for value in values]
    found: list[QRectF] = []
    rest, start = QRectF(area), 0
    while start < len(sizes):
        side = min(rest.width(), rest.height())
        end, filled = start + 1, sizes[start]
        worst = _worst(sizes[start], sizes[start], filled, side)
        while end < len(sizes):
            more = filled + sizes[end]
            then = _worst(sizes[start], sizes[end], more, side)
            if then > worst:
                break
            end, filled, worst = end + 1, more, then
        rest = _lay(sizes[start:end], filled, rest, found)
        start = end
    return found


def _worst(largest: float, smallest: float, filled: float, side: float) -> float:
    """How far from a square the worst rectangle of a row is: the longer side by the shorter."""
    if side <= 0 or filled <= 0 or smallest <= 0:
        return float("inf")
    return max(side * side * largest / (filled * filled), filled * filled / (side * side * smallest))


def _lay(sizes: Sequence[float], filled: float, rest: QRectF, found: list[QRectF]) -> QRectF:
    """Lay a row along the shorter side of what is left; returns what is left then."""
    upright = rest.width() >= rest.height()
    side = rest.height() if upright else rest.width()
    thick = min(filled / side, rest.width() if upright else rest.height()) if side > 0 else 0.0
    at = rest.top() if upright else rest.left()
    for size in sizes:
        long = size / thick if thick > 0 else 0.0
        found.append(QRectF(rest.left(), at, thick, long) if upright else QRectF(at, rest.top(), long, thick))
        at += long
    return rest.adjusted(thick, 0, 0, 0) if upright else rest.adjusted(0, thick, 0, 0)
