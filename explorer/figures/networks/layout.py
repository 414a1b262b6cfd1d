"""Places of items and courses of wires, along the flow and across it; nothing here knows what is drawn."""

from __future__ import annotations

from dataclasses import dataclass

from explorer.figures.networks.item import Content
from explorer.figures.networks.lanes import Lanes, Pair, arranged
from explorer.figures.networks.placing import SLOT, Placing, before, behind, width
from explorer.figures.networks.shapes import Point
from explorer.figures.networks.units import Plan
from explorer.figures.networks.ways import Ways, found
from explorer.figures.networks.wrapping import breaks

MOST_ROWS = 7
SLACKS = (1.06, 1.18, 1.35)
"""How much longer than the mean a row may be, in the layouts that are tried."""
ROW_COSTS, CUT_COSTS = 0.94, 0.97
"""What another row, and another skip cut by its end, are worth in size of text."""


@dataclass(frozen=True)
class Layout:
    """The result, in (along, across).

    Attributes:
        at: first corner of each item. wires: the course of each link. size: of the whole.
        forks: where wires of one source part. skips: links that go round others.
        heads, tails: where on the wire the words behind a source and before a target begin.
        upright: words that stand at a wire across the flow.

    """

    at: dict[str, Point]
    wires: dict[Pair, tuple[Point, ...]]
    size: Point
    forks: dict[str, Point]
    skips: frozenset[Pair]
    heads: dict[str, Point]
    tails: dict[Pair, Point]
    upright: frozenset[str | Pair] = frozenset()


def laid_out(plan: Plan, content: Content, page: Point) -> Layout:
    """Return the layout in which text is largest on a page of this size (along, across)."""
    grid = arranged(plan)
    tried: dict[tuple[int, ...], Layout] = {}

    def score(starts: tuple[int, ...]) -> float:
        size = tried[starts].size
        fit = min(1.0, page[0] / max(size[0], 1.0), page[1] / max(size[1], 1.0))
        cut = sum(cuts[start - 1] for start in starts[1:])
        return fit * ROW_COSTS ** (len(starts) - 1) * CUT_COSTS**cut

    lengths, cuts = _lengths(plan, grid, content), _cuts(plan, grid)
    for rows in range(1, MOST_ROWS + 1):
        for slack in SLACKS:
            limit = max(sum(lengths) / rows * slack, max(lengths, default=0.0))
            starts = tuple(breaks(lengths, cuts, limit))
            if starts not in tried:
                tried[starts] = _placed(plan, grid, found(plan, grid, starts), content)
    return tried[max(tried, key=score)]


def _lengths(plan: Plan, grid: Lanes, content: Content) -> list[float]:
    """Of every column with the gap behind it, as if all stood in one row."""
    ways = found(plan, grid, [0])
    return [
        width(grid, content, c) + behind(grid, ways, content, c) + before(grid, ways, content, c + 1)
        for c in range(grid.width)
    ]


def _cuts(plan: Plan, grid: Lanes) -> list[int]:
    """How many links besides the line itself cross the gap behind each column."""
    spans = [(grid.column[link.src], grid.column[link.dst]) for link in plan.links]
    return [sum(start <= c < end for start, end in spans) - 1 for c in range(grid.width)]


def _placed(plan: Plan, grid: Lanes, ways: Ways, content: Content) -> Layout:
    placing = Placing(grid, ways, content)
    at = {key: (placing.left(key), placing.level(key) - content.items[key].line) for key in plan.units}
    wires = {(link.src, link.dst): placing.course((link.src, link.dst)) for link in plan.links}
    leaving = plan.out_of()
    forks = {
        key: (placing.out_at(key), placing.level(key))
        for keys in ways.out.values()
        for key in keys
        if len(leaving[key]) > 1
    }
    line = set(grid.line)
    skips = {
        pair
        for pair, way in ways.way.items()
        if way == "rail" or (way == "gutter" and grid.span(pair) > 1 and line.issuperset(pair))
    }
    heads = {key: (placing.left(key) + content.items[key].main, placing.level(key)) for key in content.heads}
    tails = {
        pair: (placing.before(pair[1]) - label.main, placing.level(pair[1]))
        for pair, label in content.tails.items()
    }
    margin = placing.margin + SLOT * (placing.margin_slots + (1 if placing.margin_slots else 0))
    return Layout(at, wires, (margin, placing.height), forks, frozenset(skips), heads, tails)
