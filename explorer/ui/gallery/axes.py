"""What the map measures: each axis gives a network its place from 0 to 1, and says where its ticks are."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import ceil, floor, log10

from explorer import words
from explorer.ui.gallery.entry import Entry
from explorer.ui.gallery.errors import TOP1

DENSE = 2012
"""From this year on every year has a column of its own; before, only those with networks, and narrow ones."""
NARROW = 0.62
STEP = 5.0
"""Per cent between ticks of the error."""


@dataclass(frozen=True)
class Tick:
    """A place from 0 to 1 and what is written there; a smaller `rank` gives way later."""

    at: float
    text: str
    rank: int = 0


@dataclass(frozen=True)
class Scale:
    """Places along an axis for one set of networks.

    Attributes:
        place: of a value. ticks: in their order. column: share of the axis that one value has for itself, 0
            where values are continuous. gap: where years were left out, None where none were.

    """

    place: Callable[[float], float]
    ticks: tuple[Tick, ...]
    column: float = 0.0
    gap: float | None = None


@dataclass(frozen=True)
class Axis:
    """A figure of networks: None for those that have none."""

    title: str
    value: Callable[[Entry], float | None]
    scale: Callable[[Sequence[float]], Scale]


def tens(values: Sequence[float]) -> Scale:
    """A scale on which every power of ten has equal room."""
    low, high = floor(log10(min(values))), floor(log10(max(values))) + 1
    ticks = tuple(
        Tick((power - low) / (high - low), words.short(10**power).replace(".0", ""))
        for power in range(low, high + 1)
    )
    return Scale(lambda value: (log10(value) - low) / (high - low), ticks)


def shares(values: Sequence[float]) -> Scale:
    """A plain scale in per cent."""
    low, high = floor(min(values) / STEP) * STEP, ceil(max(values) / STEP) * STEP
    span = max(STEP, high - low)
    count = round(span / STEP)
    ticks = tuple(Tick(n / count, words.percent((low + n * STEP) / 100)) for n in range(count + 1))
    return Scale(lambda value: (value - low) / span, ticks)


def years(values: Sequence[float]) -> Scale:
    """A column for every year since 2012, and narrow ones for the few years with networks before."""
    early = sorted({int(value) for value in values if value < DENSE})
    late = list(range(max(DENSE, int(min(values))), max(DENSE, int(max(values))) + 1))
    widths = {year: NARROW if year < DENSE else 1.0 for year in (*early, *late)}
    total, centres, left = sum(widths.values()), {}, 0.0
    for year, width in widths.items():
        centres[year] = (left + width / 2) / total
        left += width
    ticks = tuple(Tick(at, str(year), rank=int(year < DENSE)) for year, at in centres.items())
    gap = len(early) * NARROW / total if early and late else None
    return Scale(lambda value: centres[int(value)], ticks, 1 / total, gap)


AXES: dict[str, Axis] = {
    "parameters": Axis("Parameters", lambda entry: float(entry.parameters) or None, tens),
    "macs": Axis("MACs", lambda entry: float(entry.macs) or None, tens),
    "error": Axis("ImageNet error", lambda entry: TOP1.get(entry.id), shares),
    "year": Axis("Year", lambda entry: float(entry.year), years),
}
UPWARDS = ("parameters", "macs", "error")
ACROSS = ("year", "parameters", "macs")
