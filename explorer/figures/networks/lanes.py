"""Columns along the line of a network, and beside it a lane for each chain of units that leaves the line."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal

from explorer.figures.networks.spine import columns, spine
from explorer.figures.networks.units import Plan

Pair = tuple[str, str]
Interval = tuple[float, float]
Carrier = Literal["source", "target"]


@dataclass
class Lanes:
    """Where everything stands in the grid.

    Attributes:
        column, lane: of each unit; the line is lane 0, side lanes follow below it.
        line: the units of the line.
        carried: links for which a lane is kept free, and whose lane it is.

    """

    column: dict[str, int]
    lane: dict[str, int]
    line: list[str]
    carried: dict[Pair, Carrier] = field(default_factory=dict)

    @property
    def width(self) -> int:
        """Number of columns."""
        return max(self.column.values(), default=-1) + 1

    def span(self, pair: Pair) -> int:
        """How many columns a link goes forward."""
        return self.column[pair[1]] - self.column[pair[0]]


def first_free(taken: list[list[Interval]], wanted: Interval) -> int:
    """Number of the first list in which the interval overlaps none; it is entered there."""
    for number, intervals in enumerate(taken):
        if all(wanted[1] < start or end < wanted[0] for start, end in intervals):
            intervals.append(wanted)
            return number
    taken.append([wanted])
    return len(taken) - 1


def arranged(plan: Plan) -> Lanes:
    """Give every unit its column and lane; a side chain keeps its lane until it meets the line."""
    line = spine(plan)
    grid = Lanes(columns(plan), dict.fromkeys(line, 0), line)
    into = plan.into()
    taken: list[list[Interval]] = []
    for key in sorted(plan.units, key=lambda k: grid.column[k]):
        if key in grid.lane:
            continue
        chain = _chain(plan, grid, key)
        start, end = grid.column[chain[0]], grid.column[chain[-1]]
        sources = [link.src for link in into[key] if link.src in grid.lane]
        if sources:
            nearest = max(sources, key=lambda src: grid.column[src])
            grid.carried[nearest, key] = "target"
            start = grid.column[nearest] + 1
        targets = _targets(plan, chain[-1])
        if len(targets) == 1:
            grid.carried[chain[-1], targets[0]] = "source"
            end = max(end, grid.column[targets[0]] - 1)
        grid.lane.update(dict.fromkeys(chain, first_free(taken, (start, end)) + 1))
    return grid


def _targets(plan: Plan, key: str) -> Sequence[str]:
    return [link.dst for link in plan.links if link.src == key]


def _chain(plan: Plan, grid: Lanes, key: str) -> list[str]:
    """Units that follow one another beside the line, one input and one output each."""
    chain = [key]
    while len(targets := _targets(plan, chain[-1])) == 1:
        (after,) = targets
        if after in grid.lane or sum(link.dst == after for link in plan.links) != 1:
            break
        chain.append(after)
    return chain
