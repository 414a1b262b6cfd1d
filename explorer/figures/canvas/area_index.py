"""Which nodes lie in an area: a coarse grid, so that no question visits all of them."""

from __future__ import annotations

from collections.abc import Iterator

from PySide6.QtCore import QRectF

CELL = 512.0


class GridIndex:
    """Keys by the cells that their rectangles touch."""

    def __init__(self) -> None:
        self._cells: dict[tuple[int, int], set[str]] = {}
        self._where: dict[str, tuple[tuple[int, int], ...]] = {}

    def put(self, key: str, box: QRectF) -> None:
        """Add a rectangle or move it."""
        cells = tuple(_cells(box))
        if self._where.get(key) == cells:
            return
        self.drop(key)
        self._where[key] = cells
        for cell in cells:
            self._cells.setdefault(cell, set()).add(key)

    def drop(self, key: str) -> None:
        """Forget a rectangle."""
        for cell in self._where.pop(key, ()):
            self._cells[cell].discard(key)

    def near(self, area: QRectF) -> set[str]:
        """Return the keys in the cells of an area, and perhaps some more."""
        columns, rows = _span(area.left(), area.right()), _span(area.top(), area.bottom())
        if len(columns) * len(rows) > 4 * len(self._cells):
            return set(self._where)
        return {key for x in columns for y in rows for key in self._cells.get((x, y), ())}


def _span(low: float, high: float) -> range:
    return range(int(low // CELL), int(high // CELL) + 1)


def _cells(box: QRectF) -> Iterator[tuple[int, int]]:
    for x in _span(box.left(), box.right()):
        for y in _span(box.top(), box.bottom()):
            yield x, y
