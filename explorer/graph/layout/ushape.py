"""U's: a line in which skips lie within skips, as in segmentation networks, goes down and up again."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Sequence
from typing import NamedTuple

from explorer.graph.layout.box import Box, joined

LEAST = 3
"""So many skips within one another make a U; two only where they bring maps together (no gate, no sum)."""


class Nest(NamedTuple):
    """Skips within one another, from the outermost: the parts that they leave and those that they reach."""

    leaves: tuple[int, ...]
    reaches: tuple[int, ...]


def nest_of(skips: Sequence[tuple[int, int]], *, may_be_two: bool) -> Nest | None:
    """Return the nest that skips make, given by the places of their ends; None when they make none.

    Args:
        skips: (place from, place to) of each. may_be_two: whether two are enough.

    """
    chain = sorted({(a, b) for a, b in skips if b - a > 1})  # between neighbours there is nothing to go round
    pairs = list(itertools.pairwise(chain))
    if len(chain) < (2 if may_be_two else LEAST):
        return None
    if any(inner[0] <= outer[0] or inner[1] >= outer[1] for outer, inner in pairs):
        return None
    return Nest(tuple(a for a, _ in chain), tuple(b for _, b in chain))


def u_of(row_of: Callable[[int, int], Box], count: int, nest: Nest, step: float, between: float) -> Box:
    """Return the U: a row for each skip with its two ends, what lies within below and further in.

    Args:
        row_of: makes a box of the parts from one place up to another. count: how many parts there are.
        nest: the skips. step: distance of what follows. between: distance of the rows.

    """
    starts = (0, *(leave + 1 for leave in nest.leaves))
    stops = (count, *nest.reaches)
    left = [row_of(start, leave + 1) for start, leave in zip(starts, nest.leaves, strict=False)]
    right = [row_of(reach, stop) for reach, stop in zip(nest.reaches, stops, strict=False)]
    bottom = row_of(starts[-1], stops[-1])
    placed: list[tuple[Box, float, float]] = []
    across, lines, down = 0.0, [0.0], 0.0
    for level, box in enumerate(left):
        placed.append((box, across, down))
        across += box.width + step
        below = max(box.below, right[level].below)
        inner = (*zip(left, right, strict=True), (bottom, bottom))[level + 1]
        down += below + between + max(inner[0].above, inner[1].above)
        lines.append(down)
    placed.append((bottom, across, down))
    across += bottom.width + step
    for level in reversed(range(len(right))):
        placed.append((right[level], across, lines[level]))
        across += right[level].width + step
    return joined(placed)
