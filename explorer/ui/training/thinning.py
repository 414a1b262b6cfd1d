"""Many points as few, without losing what stands out; and ticks that fit a range."""

from __future__ import annotations

import math

import numpy as np

from explorer import words
from explorer.session.run_log import Array

Ticks = list[tuple[float, str]]
_FINE = (1.0, 1.5, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0, 8.0, 9.0)


def thin(x: Array, y: Array, most: int) -> tuple[Array, Array]:
    """Return at most about `most` points: smallest and largest of each stretch, in order."""
    count = len(x)
    if count <= most:
        return x, y
    buckets = max(1, most // 2)
    size = -(-count // buckets)
    whole = count // size * size
    blocks = y[:whole].reshape(-1, size)
    places = np.arange(len(blocks)) * size
    filled = np.where(np.isfinite(blocks), blocks, np.inf)
    low = filled.argmin(axis=1)
    high = np.where(np.isfinite(blocks), blocks, -np.inf).argmax(axis=1)
    chosen = np.sort(np.stack([low, high], axis=1), axis=1) + places[:, None]
    index = np.concatenate([chosen.ravel(), np.arange(whole, count)[-1:]])
    return x[index], y[index]


def log_ticks(low: float, high: float) -> Ticks:
    """Return ticks 1, 3, 10, … between two decimal logarithms, or finer ones in a small range."""
    marks: tuple[float, ...] = (
        (1.0, 3.0) if high - low > 0.6 else (1.0, 1.5, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0, 8.0, 9.0)
    )
    if high - low > 4:
        marks = (1.0,)
    step = max(1, math.ceil((high - low) / 7)) if high - low > 4 else 1
    found = []
    for decade in range(math.floor(low), math.ceil(high) + 1, step):
        for mark in marks:
            place = decade + math.log10(mark)
            if low - 1e-9 <= place <= high + 1e-9:
                found.append((place, _plain(mark * 10.0**decade)))
    return found


def step_ticks(total: float, epoch: int, most: int = 6) -> Ticks:
    """Return ticks along the steps: at whole epochs while there are epochs enough, else round numbers."""
    total = max(total, 1)
    epochs = max(1, math.ceil(total / most / max(epoch, 1)))
    step = epochs * epoch if epoch * 3 <= total else _round(total / most)
    return [(float(place), words.count(place)) for place in range(0, math.floor(total) + 1, max(1, step))]


def share_ticks(low: float, high: float) -> Ticks:
    """Return ticks of a share of one as per cent."""
    step = 0.2 if high - low > 0.5 else 0.1 if high - low > 0.25 else 0.05
    first = math.ceil(low / step - 1e-9)
    places = range(first, math.floor(high / step + 1e-9) + 1)
    return [(place * step, words.percent(place * step, 0)) for place in places]


def number_ticks(low: float, high: float) -> Ticks:
    """Return about five round numbers between two values."""
    if not high > low:
        return [(low, words.number(low))]
    rough = (high - low) / 5
    power = 10.0 ** math.floor(math.log10(rough))
    step = next(factor * power for factor in (1, 2, 5, 10) if factor * power >= rough * 0.999)
    first = math.ceil(low / step - 1e-9)
    places = range(first, math.floor(high / step + 1e-9) + 1)
    return [(place * step, words.number(place * step, 2)) for place in places]


def _round(rough: float) -> int:
    """Return the next number of 1, 2, 5, 10, 20, …"""
    decade = 10 ** math.floor(math.log10(max(rough, 1)))
    return int(next((mark * decade for mark in (1, 2, 5) if mark * decade >= rough), 10 * decade))


def _plain(value: float) -> str:
    return f"{value:g}" if 1e-4 <= value < 1e5 else words.number(value, 1)
