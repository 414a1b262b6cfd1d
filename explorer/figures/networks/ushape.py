"""Networks that shrink their maps and enlarge them again, with skips between equal sizes: drawn as a U."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from math import prod, sqrt

from explorer.figures.networks.item import Content
from explorer.figures.networks.lanes import Pair
from explorer.figures.networks.layout import Layout
from explorer.figures.networks.placing import ARROW
from explorer.figures.networks.shapes import Point
from explorer.figures.networks.spine import spine
from explorer.figures.networks.units import Plan
from explorer.graph.tensor import Tensor

DEEP = 4.0
"""How many times smaller, along an edge, the smallest maps are than those at both ends."""
ALIKE = 1.7
"""How far sizes at both ends of a skip may differ: convolutions without padding lose their rims."""
FEWEST_SKIPS = 2
ROW_GAP, ACROSS = 46.0, 80.0


@dataclass(frozen=True)
class U:
    """Units of both arms, from the top; skips lead from the last of a row to the first across.

    Attributes:
        left, right: rows of both arms. bottom: units below all skips.

    """

    left: tuple[tuple[str, ...], ...]
    right: tuple[tuple[str, ...], ...]
    bottom: tuple[str, ...]


def side(tensor: Tensor | None) -> float:
    """Mean edge of the maps, 0 for what is no map."""
    if tensor is None or not {"H", "W"} <= set(tensor.axes):
        return 0.0
    return sqrt(prod(tensor.axis(axis) for axis in "HW"))


def u_of(plan: Plan) -> U | None:
    """Return the U that a plan forms, None if it forms none."""
    line = spine(plan)
    if len(line) != len(plan.units):
        return None
    place = {key: number for number, key in enumerate(line)}
    skips = sorted(
        (place[link.src], place[link.dst]) for link in plan.links if place[link.dst] > place[link.src] + 1
    )
    if len(skips) < FEWEST_SKIPS or not _nested(skips):
        return None
    sides = [side(plan.units[key].tensor) for key in line]
    low = skips[-1]
    bottom = [size for size in sides[low[0] + 1 : low[1]] if size]
    ends = (sides[skips[0][0]], sides[skips[0][1]])
    if not bottom or min(bottom) <= 0 or min(ends) < DEEP * min(bottom):
        return None
    if any(not 1 / ALIKE <= sides[a] / max(sides[b], 1e-9) <= ALIKE for a, b in skips):
        return None
    starts, ends_ = [a for a, _ in skips], [b for _, b in skips]
    left = tuple(tuple(line[a + 1 : b + 1]) for a, b in pairwise([-1, *starts]))
    right = tuple(tuple(line[b:a]) for a, b in pairwise([len(line), *ends_]))
    return U(left, right, tuple(line[low[0] + 1 : low[1]]))


def _nested(skips: list[tuple[int, int]]) -> bool:
    return all(a[0] < b[0] and b[1] < a[1] for a, b in pairwise(skips))


def u_laid_out(shape: U, content: Content) -> Layout:
    """Place a U: on the left a row begins under the end of the one above, on the right above its end."""
    return _Arms(shape, content).layout()


class _Arms:
    """Coordinates of a U on the page."""

    def __init__(self, shape: U, content: Content) -> None:
        self.shape, self.content, self.items = shape, content, content.items
        self.x: dict[str, float] = {}
        self.level: dict[str, float] = {}
        self._across()
        self._left()
        self._right()

    def _gap(self, pair: Pair) -> float:
        head, tail = self.content.heads.get(pair[0]), self.content.tails.get(pair)
        return (head.main if head else 0.0) + (tail.main if tail else 0.0) + ARROW

    def _row(self, keys: tuple[str, ...], start: float) -> None:
        """Set units side by side from `start` on."""
        for number, key in enumerate(keys):
            self.x[key] = start
            if number + 1 < len(keys):
                start += self.items[key].main + self._gap((key, keys[number + 1]))

    def _centre(self, key: str) -> float:
        return self.x[key] + self.items[key].middle

    def _left(self) -> None:
        start = 0.0
        for number, keys in enumerate(self.shape.left):
            self._row(keys, start)
            if number + 1 < len(self.shape.left):
                start = self._centre(keys[-1]) - self.items[self.shape.left[number + 1][0]].middle
        last = self.shape.left[-1][-1]
        corner = (last, self.shape.bottom[0])
        self._row(self.shape.bottom, self._centre(last) + self._gap(corner))

    def _right(self) -> None:
        end = self.shape.bottom[-1]
        head = self.content.heads.get(end)
        reach = self.x[end] + self.items[end].main + (head.main if head else 0.0) + ARROW
        for left, right in zip(self.shape.left[::-1], self.shape.right[::-1], strict=True):
            source, first = left[-1], self.items[right[0]]
            clear = self.x[source] + self.items[source].main + max(ACROSS, self._gap((source, right[0])))
            self._row(right, max(reach - first.middle, clear))
            reach = self._centre(right[-1])

    def _across(self) -> None:
        rows = [(*a, *b) for a, b in zip(self.shape.left, self.shape.right, strict=True)]
        edge = 0.0
        for keys in (*rows, self.shape.bottom):
            above = max(self.items[key].line for key in keys)
            below = max(self.items[key].cross - self.items[key].line for key in keys)
            for key in keys:
                self.level[key] = edge + above
            edge += above + below + ROW_GAP
        self.height = edge - ROW_GAP

    # wires

    def _behind(self, key: str) -> Point:
        item = self.items[key]
        return self.x[key] + item.main - item.behind, self.level[key]

    def _before(self, key: str) -> Point:
        return self.x[key] + self.items[key].before, self.level[key]

    def _top(self, key: str) -> Point:
        item = self.items[key]
        return self._centre(key), self.level[key] - item.line + item.top

    def _bottom(self, key: str) -> Point:
        item = self.items[key]
        return self._centre(key), self.level[key] - item.line + item.cross - item.bottom

    def layout(self) -> Layout:
        """All places, wires and words."""
        shape, wires = self.shape, dict[Pair, tuple[Point, ...]]()
        for keys in (*shape.left, shape.bottom, *shape.right):
            wires.update({pair: (self._behind(pair[0]), self._before(pair[1])) for pair in pairwise(keys)})
        for above, below in pairwise(shape.left):
            wires[above[-1], below[0]] = (self._bottom(above[-1]), self._top(below[0]))
        for above, below in pairwise(shape.right):
            wires[below[-1], above[0]] = self._aligned(below[-1], above[0])
        start, end = shape.left[-1][-1], shape.bottom[0]
        at = self._bottom(start)
        wires[start, end] = (at, (at[0], self.level[end]), self._before(end))
        start, end = shape.bottom[-1], shape.right[-1][0]
        at = self._bottom(end)
        wires[start, end] = (self._behind(start), (at[0], self.level[start]), at)
        skips = {(a[-1], b[0]) for a, b in zip(shape.left, shape.right, strict=True)}
        wires.update({(a, b): (self._behind(a), self._before(b)) for a, b in skips})
        return self._with_words(wires, frozenset(skips))

    def _aligned(self, source: str, target: str) -> tuple[Point, ...]:
        """Up from a row to the one above; with a jog where the upper row had to begin further on."""
        start, end = self._top(source), self._bottom(target)
        if abs(start[0] - end[0]) < 0.5:
            return start, end
        half = (start[1] + end[1]) / 2
        return start, (start[0], half), (end[0], half), end

    def _with_words(self, wires: dict[Pair, tuple[Point, ...]], skips: frozenset[Pair]) -> Layout:
        heads = {key: self._head(key) for key in self.content.heads}
        tails = {pair: self._tail(pair, wires[pair]) for pair in self.content.tails}
        upright = {key for key in heads if key in self._rising()}
        upright_tails = {pair for pair in tails if _arrives_across(wires[pair])}
        at = {key: (self.x[key], self.level[key] - self.items[key].line) for key in self.x}
        size = (max(self.x[key] + self.items[key].main for key in self.x), self.height)
        return Layout(at, wires, size, {}, skips, heads, tails, frozenset({*upright, *upright_tails}))

    def _rising(self) -> set[str]:
        """Units that the wire leaves upwards."""
        return {below[-1] for _, below in pairwise(self.shape.right)}

    def _head(self, key: str) -> Point:
        if key not in self._rising():
            return self.x[key] + self.items[key].main, self.level[key]
        x, y = self._top(key)
        return x, y - 30

    def _tail(self, pair: Pair, points: tuple[Point, ...]) -> Point:
        label = self.content.tails[pair]
        if not _arrives_across(points):
            return self.x[pair[1]] - ARROW - label.main + 6, points[-1][1]
        middle = (points[-1][1] + points[-2][1]) / 2
        return points[-1][0], middle - label.cross / 2 - 2


def _arrives_across(points: tuple[Point, ...]) -> bool:
    """Whether a wire comes from above or below."""
    return abs(points[-1][0] - points[-2][0]) < 0.5
