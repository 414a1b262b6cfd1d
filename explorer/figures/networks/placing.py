"""Coordinates of one arrangement in rows: where columns, lanes, rails and gutters lie, and how wires run."""

from __future__ import annotations

from explorer.figures.networks.item import Content
from explorer.figures.networks.lanes import Interval, Lanes, Pair, first_free
from explorer.figures.networks.shapes import Point
from explorer.figures.networks.ways import Ways

ARROW = 24.0
"""From the last upright to the target, with the arrow head."""
SLOT, RAIL, CLEAR = 14.0, 18.0, 22.0
"""Between uprights, between rails, and from a rail to the boxes."""
LANE_GAP, GUTTER = 26.0, 34.0


def width(grid: Lanes, content: Content, column: int) -> float:
    """Room of a column: that of its largest item."""
    return max((content.items[k].main for k, c in grid.column.items() if c == column), default=0.0)


def behind(grid: Lanes, ways: Ways, content: Content, column: int) -> float:
    """Room behind a column for words and the uprights of its sources."""
    words = [content.heads[k].main for k, c in grid.column.items() if c == column and k in content.heads]
    return max(words, default=0.0) + SLOT * len(ways.out[column])


def before(grid: Lanes, ways: Ways, content: Content, column: int) -> float:
    """Room before a column for words, the uprights of its targets and the arrow."""
    return _spoken(grid, content, column) + SLOT * len(ways.into[column]) + ARROW


def _spoken(grid: Lanes, content: Content, column: int) -> float:
    """Room for the words before the units of a column."""
    words = [label.main for (_, dst), label in content.tails.items() if grid.column[dst] == column]
    return max(words, default=0.0)


class Placing:
    """Coordinates of one arrangement, worked out once along and once across."""

    def __init__(self, grid: Lanes, ways: Ways, content: Content) -> None:
        self.grid, self.ways, self.content = grid, ways, content
        self.start: dict[int, float] = {}
        self.end: dict[int, float] = {}
        self._along()
        self.margin = max(self.end[c] + self._tail_room(c) for c in self.end)
        self.gutters: dict[int, list[list[Interval]]] = {}
        self.gutter_track: dict[Pair, tuple[int, int, int, int]] = {}
        self._plan_gutters()
        self.centre: dict[tuple[int, int], float] = {}
        self.rail_base: dict[int, float] = {}
        self.track_base: dict[int, float] = {}
        self.gutter_base: dict[int, float] = {}
        self._across()

    # along

    def _along(self) -> None:
        for column in range(self.grid.width):
            if column in self.ways.starts:
                alone = len(self.ways.starts) == 1 and not self.ways.into[0]
                edge = 0.0 if alone else max(map(self._lead, self.ways.starts))  # rows begin alike
            else:
                edge = self.end[column - 1] + self._tail_room(column - 1) + self._lead(column)
            self.start[column] = edge
            self.end[column] = edge + width(self.grid, self.content, column)

    def _lead(self, column: int) -> float:
        return before(self.grid, self.ways, self.content, column)

    def _tail_room(self, column: int) -> float:
        return behind(self.grid, self.ways, self.content, column)

    def out_at(self, key: str) -> float:
        """Where the upright behind a source stands."""
        column = self.grid.column[key]
        waiting = self.ways.out[column]
        return self.end[column] + self._tail_room(column) - SLOT * (len(waiting) - waiting.index(key) - 0.5)

    def in_at(self, key: str) -> float:
        """Where the upright before a target stands."""
        column = self.grid.column[key]
        waiting = self.ways.into[column]
        return (
            self.before(key)
            - _spoken(self.grid, self.content, column)
            - SLOT * (len(waiting) - waiting.index(key) - 1)
        )

    def left(self, key: str) -> float:
        """Where an item begins: in the middle of its column."""
        column = self.grid.column[key]
        return (self.start[column] + self.end[column] - self.content.items[key].main) / 2

    def before(self, key: str) -> float:
        """Where the words before a target begin, once their own length is taken off."""
        return self.start[self.grid.column[key]] - ARROW

    # through the gutters

    def _plan_gutters(self) -> None:
        margins: list[list[Interval]] = []
        links = [pair for pair, way in self.ways.way.items() if way == "gutter"]
        for pair in sorted(links, key=self.grid.span):
            source, target = pair
            first, last = (self.ways.row(self.grid.column[key]) for key in pair)
            leave, arrive = self.out_at(source), self.in_at(target)
            if last == first + 1:
                number = self._gutter(first, leave, arrive)
                self.gutter_track[pair] = (number, number, -1, first)
                continue
            slot = first_free(margins, (first, last))
            edge = self.margin + SLOT * (slot + 1)
            numbers = self._gutter(first, leave, edge), self._gutter(last - 1, arrive, edge)
            self.gutter_track[pair] = (*numbers, slot, first)
        self.margin_slots = len(margins)

    def _gutter(self, row: int, one: float, other: float) -> int:
        wanted = (min(one, other) - SLOT / 2, max(one, other) + SLOT / 2)
        return first_free(self.gutters.setdefault(row, []), wanted)

    # across

    def _across(self) -> None:
        edge = 0.0
        rows = range(len(self.ways.starts))
        for row in rows:
            inside = [k for k, c in self.grid.column.items() if self.ways.row(c) == row]
            rails = self._numbers(row, "rail")
            self.rail_base[row] = edge + max(0, rails - 1) * RAIL
            edge += (rails - 1) * RAIL + CLEAR if rails else 0.0
            lanes = max((self.grid.lane[k] for k in inside), default=0)
            for lane in range(lanes + 1):
                items = [self.content.items[k] for k in inside if self.grid.lane[k] == lane]
                above = max((item.line for item in items), default=6.0)
                below = max((item.cross - item.line for item in items), default=6.0)
                edge += LANE_GAP if lane else 0.0
                self.centre[row, lane] = edge + above
                edge += above + below
            tracks = self._numbers(row, "track")
            self.track_base[row] = edge + CLEAR
            edge += CLEAR + (tracks - 1) * RAIL if tracks else 0.0
            self.gutter_base[row] = edge + GUTTER
            if row + 1 < len(rows):
                edge += 2 * GUTTER + RAIL * (max(1, len(self.gutters.get(row, []))) - 1)
        self.height = edge

    def _numbers(self, row: int, way: str) -> int:
        return max(
            (
                number + 1
                for pair, number in self.ways.number.items()
                if self.ways.way[pair] == way and self.ways.row(self.grid.column[pair[0]]) == row
            ),
            default=0,
        )

    def level(self, key: str) -> float:
        """Where the wire through an item runs, across the flow."""
        return self.centre[self.ways.row(self.grid.column[key]), self.grid.lane[key]]

    # courses

    def course(self, pair: Pair) -> tuple[Point, ...]:
        """The polyline of a link."""
        source, target = pair
        way, row = self.ways.way[pair], self.ways.row(self.grid.column[source])
        a, b = self.level(source), self.level(target)
        items = self.content.items
        begin = (self.left(source) + items[source].main - items[source].behind, a)
        end = (self.left(target) + items[target].before, b)
        if way == "straight":
            return begin, end
        if way == "merge":
            x = self.in_at(target)
            return begin, (x, a), (x, b), end
        x = self.out_at(source)
        if way == "branch":
            return begin, (x, a), (x, b), end
        if way == "rail":
            y = self.rail_base[row] - RAIL * self.ways.number[pair]
            over = self._arrival(pair)
            top = b - items[target].line + items[target].top
            return begin, (x, a), (x, y), (over, y), (over, top)
        into = self.in_at(target)
        if way == "track":
            y = self.track_base[row] + RAIL * self.ways.number[pair]
            return begin, (x, a), (x, y), (into, y), (into, b), end
        return begin, (x, a), *self._through_gutter(pair, x, into), (into, b), end

    def _through_gutter(self, pair: Pair, x: float, into: float) -> tuple[Point, ...]:
        leave, arrive, slot, row = self.gutter_track[pair]
        y = self.gutter_base[row] + RAIL * leave
        if slot < 0:
            return (x, y), (into, y)
        edge = self.margin + SLOT * (slot + 1)
        other = self.gutter_base[self.ways.row(self.grid.column[pair[1]]) - 1] + RAIL * arrive
        return (x, y), (edge, y), (edge, other), (into, other)

    def _arrival(self, pair: Pair) -> float:
        """Where over its target a rail comes down; higher ones further on, so that they do not cross."""
        target = pair[1]
        item = self.content.items[target]
        middle = self.left(target) + item.middle
        rails = [p for p, way in self.ways.way.items() if way == "rail" and p[1] == target]
        if item.sign or len(rails) == 1:
            return middle
        rails.sort(key=lambda p: (self.ways.number[p], p[0]))
        step = min(SLOT, 0.8 * item.main / len(rails))
        return middle + step * (rails.index(pair) - (len(rails) - 1) / 2)
