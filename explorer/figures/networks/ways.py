"""By which way each link gets to its target: straight on, round by a rail, along a lane, through a gutter."""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal

from explorer.figures.networks.lanes import Interval, Lanes, Pair, first_free
from explorer.figures.networks.units import Plan

Way = Literal["straight", "rail", "branch", "merge", "track", "gutter"]
"""`straight` on in its lane; by a `rail` above the line; `branch` into the target's lane behind the
source; `merge` out of the source's lane before the target; by a `track` below all lanes; through the
`gutter` between two rows."""


@dataclass
class Ways:
    """How links run, and the room they need.

    Attributes:
        starts: first column of every row.
        way: of every link. number: of its rail or track, 0 is the nearest to the boxes.
        out, into: sources with an upright behind them, targets with one before them, by column,
            in the order in which these stand.

    """

    starts: Sequence[int]
    way: dict[Pair, Way] = field(default_factory=dict)
    number: dict[Pair, int] = field(default_factory=dict)
    out: dict[int, list[str]] = field(default_factory=lambda: defaultdict(list))
    into: dict[int, list[str]] = field(default_factory=lambda: defaultdict(list))

    def row(self, column: int) -> int:
        """In which row a column stands."""
        return bisect_right(self.starts, column) - 1


def found(plan: Plan, grid: Lanes, starts: Sequence[int]) -> Ways:
    """Choose a way for every link, given which columns begin a row."""
    ways = Ways(starts)
    leaving: dict[str, int] = defaultdict(int)
    for link in plan.links:
        leaving[link.src] += 1
    for link in plan.links:
        pair = (link.src, link.dst)
        ways.way[pair] = way = _way(grid, ways, pair, leaving[link.src])
        column, target = grid.column[link.src], grid.column[link.dst]
        if way in ("rail", "branch", "track", "gutter") and link.src not in ways.out[column]:
            ways.out[column].append(link.src)
        if way in ("merge", "track", "gutter") and link.dst not in ways.into[target]:
            ways.into[target].append(link.dst)
    _number(grid, ways)
    return ways


def _way(grid: Lanes, ways: Ways, pair: Pair, leaving: int) -> Way:
    source, target = pair
    if ways.row(grid.column[source]) != ways.row(grid.column[target]):
        return "gutter"
    same, span = grid.lane[source] == grid.lane[target], grid.span(pair)
    if span == 1:
        return "straight" if same else "branch" if leaving > 1 else "merge"
    carrier = grid.carried.get(pair)
    if carrier:
        return "straight" if same else "branch" if carrier == "target" else "merge"
    return "rail" if same and grid.lane[source] == 0 else "track"


def _number(grid: Lanes, ways: Ways) -> None:
    """Shorter rails and tracks run nearer to the boxes, so that they nest."""
    taken: dict[tuple[int, str], list[list[Interval]]] = defaultdict(list)
    long = [pair for pair, way in ways.way.items() if way in ("rail", "track")]
    for pair in sorted(long, key=grid.span):
        place = (ways.row(grid.column[pair[0]]), ways.way[pair])
        # it leaves behind its source, and arrives at most over its target
        wanted = (grid.column[pair[0]] + 1, grid.column[pair[1]])
        ways.number[pair] = first_free(taken[place], wanted)
