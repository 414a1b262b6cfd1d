"""Numbers on the axes of curves: at least two on each, none twice, whatever the range."""

from __future__ import annotations

import math
from collections.abc import Callable

from explorer import words

Ticks = list[tuple[float, str]]
"""Places on an axis and what is written there."""
_COARSE, _FINE = (1.0, 3.0), (1.0, 1.5, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0, 8.0, 9.0)
_ENOUGH = 3
"""Fewer marks of a log scale than these leave a range unread; round numbers take their place."""


def log_ticks(low: float, high: float) -> Ticks:
    """Ticks between two decimal logarithms: 1, 3, 10, …; finer, or round numbers, in a small range."""
    span = high - low
    step = max(1, math.ceil(span / 7)) if span > 4 else 1
    marks = (1.0,) if span > 4 else _COARSE if span > 0.6 else _FINE
    found = []
    for decade in range(math.floor(low), math.ceil(high) + 1, step):
        for mark in marks:
            place = decade + math.log10(mark)
            if low - 1e-9 <= place <= high + 1e-9:
                found.append((place, _plain(mark * 10.0**decade)))
    if len(found) >= _ENOUGH and len({text for _, text in found}) == len(found):
        return found
    return [(math.log10(value), text) for value, text in _round_ticks(10**low, 10**high, 3) if value > 0]


def step_ticks(total: float, epoch: int, most: int = 6) -> Ticks:
    """Ticks along the steps: at whole epochs while there are epochs enough, else round numbers."""
    total = max(total, 1)
    epochs = max(1, math.ceil(total / most / max(epoch, 1)))
    step = epochs * epoch if epoch * 3 <= total else _whole(total / most)
    return [(float(place), words.count(place)) for place in range(0, math.floor(total) + 1, max(1, step))]


def share_ticks(low: float, high: float) -> Ticks:
    """Ticks of a share of one as per cent."""
    return [(value / 100, f"{text}{words.NBSP}%") for value, text in _round_ticks(100 * low, 100 * high, 4)]


def number_ticks(low: float, high: float) -> Ticks:
    """About five round numbers between two values."""
    return _round_ticks(low, high, 5)


def _round_ticks(low: float, high: float, about: int) -> Ticks:
    """About so many multiples of 1, 2, 5, 10, … between two values, written with the digits they need.

    A range without extent, or one that numbers of double precision do not divide, has its one value.
    """
    span = high - low
    smallest = 1e-12 * max(abs(low), abs(high))
    if not span > smallest:
        return [(low, words.number(low))]
    power = 10.0 ** math.floor(math.log10(span / about))
    steps = [mark * power for mark in (1, 2, 5, 10)]
    step = next((step for step in steps if step >= span / about * 0.999), steps[-1])
    while True:
        first, last = math.ceil(low / step - 1e-9), math.floor(high / step + 1e-9)
        if last > first:
            break
        step /= 2 if round(step / 10 ** math.floor(math.log10(step) + 1e-9)) != 5 else 2.5
    write = _writer(step, max(abs(low), abs(high)))
    return [(place * step, write(place * step)) for place in range(first, last + 1)]


def _writer(step: float, largest: float) -> Callable[[float], str]:
    """Writes multiples of a step so that no two look alike: with its decimals, or as powers of ten."""
    digits = -math.floor(math.log10(step) + 1e-9)
    if step >= 1e-4 and largest < 1e6:
        return lambda value: f"{value:,.{max(0, digits)}f}".replace("-", words.MINUS)
    told = max(2, math.floor(math.log10(largest)) + digits + 1)
    return lambda value: words.power_of_ten(value, told) if value else "0"


def _whole(rough: float) -> int:
    """The next number of 1, 2, 5, 10, 20, …"""
    decade = 10 ** math.floor(math.log10(max(rough, 1)))
    return int(next((mark * decade for mark in (1, 2, 5) if mark * decade >= rough), 10 * decade))


def _plain(value: float) -> str:
    return f"{value:g}" if 1e-4 <= value < 1e5 else words.number(value, 1)
