"""Shake: a few quick turns to and fro while something is dragged."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable

TURNS, SECONDS, SWING = 4, 0.8, 12.0
"""So many turns within so long, each after so many pixels: a hand that only looks for a place does less."""


class Shake:
    """Fed with places along one axis; tells once that a hand shakes."""

    def __init__(self, start: float, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._far, self._way = start, 0
        self._turns: deque[float] = deque(maxlen=TURNS)

    def feel(self, at: float) -> bool:
        """Take the next place; returns whether this makes it a shake."""
        way = 1 if at > self._far else -1
        if way == self._way:
            self._far = at
        elif abs(at - self._far) >= SWING:
            if self._way:
                self._turns.append(self._clock())
            self._far, self._way = at, way
        is_quick = len(self._turns) == TURNS and self._turns[-1] - self._turns[0] <= SECONDS
        if is_quick:
            self._turns.clear()
        return is_quick
