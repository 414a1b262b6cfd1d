"""What lies in an area: grids of several sizes, so that no question visits everything."""

from __future__ import annotations

from collections.abc import Hashable, Iterator
from typing import Generic, NamedTuple, TypeVar

K = TypeVar("K", bound=Hashable)
CELL = 512.0
"""Side of the cells of the finest grid; each coarser one has four times larger ones."""
FACTOR = 4


class Area(NamedTuple):
    """A rectangle by its edges."""

    left: float
    top: float
    right: float
    bottom: float

    def meets(self, other: Area) -> bool:
        """Whether both have a point in common."""
        return (
            self.left <= other.right
            and other.left <= self.right
            and self.top <= other.bottom
            and other.top <= self.bottom
        )

    def holds(self, other: Area) -> bool:
        """Whether the other lies inside."""
        return (
            self.left <= other.left
            and self.top <= other.top
            and other.right <= self.right
            and other.bottom <= self.bottom
        )

    def with_(self, other: Area) -> Area:
        """Return the rectangle round both."""
        return Area(
            min(self.left, other.left),
            min(self.top, other.top),
            max(self.right, other.right),
            max(self.bottom, other.bottom),
        )


class AreaIndex(Generic[K]):
    """Keys by rectangles.

    Each stands in one cell, that of its upper left corner, of a grid whose cells are larger than itself.
    """

    def __init__(self) -> None:
        self._grids: dict[float, dict[tuple[int, int], dict[K, Area]]] = {}
        self._where: dict[K, tuple[float, tuple[int, int]]] = {}

    def __contains__(self, key: object) -> bool:
        return key in self._where

    def __iter__(self) -> Iterator[K]:
        return iter(self._where)

    def __len__(self) -> int:
        return len(self._where)

    def put(self, key: K, area: Area) -> None:
        """Add a rectangle or move it."""
        size, longest = CELL, max(area.right - area.left, area.bottom - area.top)
        while size < longest:
            size *= FACTOR
        where = size, (int(area.left // size), int(area.top // size))
        if self._where.get(key, where) != where:
            self.drop(key)
        self._where[key] = where
        self._grids.setdefault(size, {}).setdefault(where[1], {})[key] = area

    def drop(self, key: K) -> None:
        """Forget a rectangle."""
        where = self._where.pop(key, None)
        if where is not None:
            size, cell = where
            cells = self._grids[size]
            del cells[cell][key]
            if not cells[cell]:
                del cells[cell]
                if not cells:
                    del self._grids[size]

    def area(self, key: K) -> Area | None:
        """Return the rectangle of a key, if it has one."""
        where = self._where.get(key)
        return self._grids[where[0]][where[1]][key] if where is not None else None

    def near(self, area: Area) -> dict[K, Area]:
        """Return the rectangles that meet an area."""
        inside, edge = self.inside_and_near(area)
        inside.update(edge)
        return inside

    def inside_and_near(self, area: Area) -> tuple[dict[K, Area], dict[K, Area]]:
        """Return the rectangles that meet an area: those that lie in it by their cells alone, and the others.

        In a cell that lies in the area with all that sticks out of it no rectangle is looked at.
        """
        inside: dict[K, Area] = {}
        found: dict[K, Area] = {}
        for size, cells in self._grids.items():
            columns = range(int((area.left - size) // size), int(area.right // size) + 1)
            rows = range(int((area.top - size) // size), int(area.bottom // size) + 1)
            if len(columns) * len(rows) > len(cells):
                boxes = [(x, y, box) for (x, y), box in cells.items() if x in columns and y in rows]
            else:
                boxes = [(x, y, cells[x, y]) for x in columns for y in rows if (x, y) in cells]
            left, top, right, bottom = area
            first, last = -(-left // size), right // size - 2
            upper, lower = -(-top // size), bottom // size - 2
            for x, y, box in boxes:
                if first <= x <= last and upper <= y <= lower:
                    inside.update(box)
                    continue
                for key, held in box.items():
                    if held[0] <= right and left <= held[2] and held[1] <= bottom and top <= held[3]:
                        found[key] = held
        return inside, found

    def extent(self) -> Area | None:
        """Return a rectangle round everything, up to a cell larger than it; None when there is nothing."""
        around: Area | None = None
        for size, cells in self._grids.items():
            xs, ys = [x for x, _ in cells], [y for _, y in cells]
            here = Area(min(xs) * size, min(ys) * size, (max(xs) + 2) * size, (max(ys) + 2) * size)
            around = here if around is None else around.with_(here)
        return around

    def outermost(self) -> dict[K, Area]:
        """Return the rectangles that may reach farthest in one of the four directions.

        A rectangle says where something is at most: what really lies farthest out may be any that reaches
        beyond the near edge of the last one.
        """
        rim: dict[K, Area] = {}
        for cells in self._grids.values():
            for axis in (0, 1):
                least, most = min(cell[axis] for cell in cells), max(cell[axis] for cell in cells)
                for cell, held in cells.items():
                    if cell[axis] <= least + 1 or cell[axis] >= most - 1:
                        rim.update(held)
        if not rim:
            return {}
        right, bottom = min(a.right for a in rim.values()), min(a.bottom for a in rim.values())
        left, top = max(a.left for a in rim.values()), max(a.top for a in rim.values())
        return {
            key: a
            for key, a in rim.items()
            if a.left <= right or a.top <= bottom or a.right >= left or a.bottom >= top
        }
