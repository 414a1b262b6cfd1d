"""Ways along wires."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable
from typing import TypeVar

K = TypeVar("K", bound=Hashable)


def reaches(start: K, goal: K, ahead: Callable[[K], Iterable[K]], back: Callable[[K], Iterable[K]]) -> bool:
    """Whether steps `ahead` from `start` arrive at `goal`.

    Both ends are followed towards each other, the narrower front first: mostly one of them soon ends.
    """
    seen_ahead, seen_back = {start}, {goal}
    front_ahead, front_back = {start}, {goal}
    while front_ahead and front_back:
        if not seen_ahead.isdisjoint(seen_back):
            return True
        if len(front_ahead) <= len(front_back):
            front_ahead = _step(front_ahead, seen_ahead, ahead)
        else:
            front_back = _step(front_back, seen_back, back)
    return not seen_ahead.isdisjoint(seen_back)


def _step(front: set[K], seen: set[K], step: Callable[[K], Iterable[K]]) -> set[K]:
    found = {after for key in front for after in step(key)} - seen
    seen |= found
    return found
