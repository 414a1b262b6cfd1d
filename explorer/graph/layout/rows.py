"""Rows: a long line of parts is broken like text, so that all of it is as large as can be in a window."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate, pairwise

from explorer.graph.layout.box import Box

MOST_ROWS = 24
EXACT = 120
"""More parts than this are filled in row by row; the best rows of fewer are looked for."""
WELL, LEGIBLE = 0.5, 0.5
"""Breaks that cost more are made only when all of it would be shown smaller than this."""
WEIGHT = 0.7
"""How much the mean cost of the breaks counts against the size."""
SHORT, ALONE = 0.4, 0.75
"""What it costs when the last row is shorter than this share of the widest."""
GAIN = 1.04
"""One more row must make the picture at least so much larger."""


@dataclass(frozen=True)
class Line:
    """Parts one after another.

    Attributes:
        boxes: the parts. gaps: before each (none before the first).
        costs: for each part, how bad it is to begin a row with it: 0 not at all, 1 not to be done.

    """

    boxes: Sequence[Box]
    gaps: Sequence[float]
    costs: Sequence[float]

    def width(self, start: int, stop: int) -> float:
        """Return the width of a row."""
        return sum(box.width for box in self.boxes[start:stop]) + sum(self.gaps[start + 1 : stop])


def rows_of(line: Line, room: tuple[float, float], between: float) -> list[range]:
    """Return the rows: those of which the most fits into a room of (width, height), and fewer if it hardly
    matters.
    """
    best: list[range] = []
    best_score = 0.0
    for limit in (WELL, 1.0):
        if best_score < LEGIBLE:
            best, best_score = _best(line, room, between, limit)
    return best


def _best(line: Line, room: tuple[float, float], between: float, limit: float) -> tuple[list[range], float]:
    """The best rows whose breaks cost less than a limit, and how good they are."""
    count = len(line.boxes)
    may = [number for number in range(1, count) if line.costs[number] < limit]
    best = [range(count)]
    best_score = _score(line, best, room, between)
    for wanted in range(2, min(MOST_ROWS, len(may) + 1) + 1):
        if best_score >= 1:
            break
        rows = _exact(line, wanted, may) if count <= EXACT else _filled(line, wanted, may)
        score = _score(line, rows, room, between)
        if score > best_score * GAIN:
            best, best_score = rows, score
    return best, best_score


def _score(line: Line, rows: Sequence[range], room: tuple[float, float], between: float) -> float:
    """How large the rows can be shown, up to 1, less what their breaks cost."""
    wide = max(line.width(row.start, row.stop) for row in rows)
    tall = sum(
        max(line.boxes[i].above for i in row) + max(line.boxes[i].below for i in row) for row in rows
    ) + between * (len(rows) - 1)
    last = line.width(rows[-1].start, rows[-1].stop)
    score = min(1.0, room[0] / max(wide, 1.0), room[1] / max(tall, 1.0))
    if len(rows) > 1 and last < SHORT * wide:
        score *= ALONE
    breaks = [line.costs[row.start] for row in rows[1:]]
    return score * (1 - WEIGHT * sum(breaks) / len(breaks)) if breaks else score


def _exact(line: Line, wanted: int, may: Sequence[int]) -> list[range]:
    """The rows of most equal widths: least sum of squares, and of the costs of their breaks."""
    ends = [0, *may, len(line.boxes)]
    offsets = [0.0, *accumulate(b.width + g for b, g in zip(line.boxes, line.gaps, strict=True))]

    def width(start: int, stop: int) -> float:
        return offsets[stop] - offsets[start] - line.gaps[start]

    unit = (offsets[-1] / wanted) ** 2
    reached: dict[int, tuple[float, list[int]]] = {0: (0.0, [0])}
    for row in range(1, wanted + 1):
        ahead: dict[int, tuple[float, list[int]]] = {}
        for stop in ends[row:] if row < wanted else ends[-1:]:
            for start, (cost, breaks) in reached.items():
                if start >= stop:
                    continue
                extra = line.costs[start] * unit if start else 0.0
                total = cost + width(start, stop) ** 2 + extra
                if stop not in ahead or total < ahead[stop][0]:
                    ahead[stop] = total, [*breaks, stop]
        reached = ahead
    breaks = reached[len(line.boxes)][1]
    return [range(start, stop) for start, stop in pairwise(breaks)]


def _filled(line: Line, wanted: int, may: Sequence[int]) -> list[range]:
    """Rows that are broken where they are as wide as an equal share."""
    share = line.width(0, len(line.boxes)) / wanted
    breaks, length, allowed = [0], 0.0, set(may)
    for number, box in enumerate(line.boxes):
        longer = length + box.width + (line.gaps[number] if number > breaks[-1] else 0.0)
        if number in allowed and longer > share * 1.02:
            breaks.append(number)
            longer = box.width
        length = longer
    breaks.append(len(line.boxes))
    return [range(start, stop) for start, stop in pairwise(breaks)]
