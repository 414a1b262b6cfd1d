"""Where a long line of boxes goes on in the next row: few links cut, rows of like length."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import accumulate

CUT = 0.15
"""What cutting a skip costs, where a row of half the length costs 0.25."""


def breaks(lengths: Sequence[float], cuts: Sequence[int], limit: float) -> list[int]:
    """Return the first column of every row.

    Args:
        lengths: of every column with the gap behind it.
        cuts: how many links besides the line itself cross the gap behind each column.
        limit: how long a row may be; a column longer than that has a row of its own.

    """
    ends = [0.0, *accumulate(lengths)]
    cost, came = [0.0], [0]
    for end in range(1, len(lengths) + 1):
        options = []
        for start in range(end - 1, -1, -1):
            length = ends[end] - ends[start]
            if length > limit and start < end - 1:
                break
            short = max(0.0, 1 - length / limit)
            cut = CUT * cuts[end - 1] if end < len(lengths) else 0.0
            options.append((cost[start] + short * short + cut, start))
        best = min(options)
        cost.append(best[0])
        came.append(best[1])
    found, end = [], len(lengths)
    while end > 0:
        end = came[end]
        found.append(end)
    return found[::-1]
