"""What is left of the gallery by task, year, size and trained weights: pure, without Qt."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from math import ceil, floor, log10
from typing import Any, TypeAlias

from explorer import words
from explorer.ui.gallery.entry import Entry

ANY, HERE, FETCH = "any", "here", "fetch"
TRAINED = ((ANY, "Any"), (HERE, "Here"), (FETCH, "To fetch"))
"""Weights: with the program, working offline; at a publisher, to be fetched."""
TASKS = {
    "classification": "Classify",
    "detection": "Detect",
    "segmentation": "Segment",
    "sequence": "Sequences",
    "language model": "Write words",
    "translation": "Translate",
    "self-supervision": "Learn without labels",
}
"""Words for the tasks that people look for; others are written as they are declared."""
Range: TypeAlias = tuple[float, float]


@dataclass(frozen=True)
class Filters:
    """What a network must be to stay; everything stays by default.

    Attributes:
        category: the one it belongs to, empty for all. tasks: of which it has one; any if there are none.
        trained: `any`, `here` or `fetch`.
        years, parameters: first and last that stay; None for all. Those without a count stay only there.

    """

    category: str = ""
    tasks: frozenset[str] = frozenset()
    years: Range | None = None
    parameters: Range | None = None
    trained: str = ANY

    def keep(self, entries: Iterable[Entry]) -> list[Entry]:
        """Return the networks that stay, in their order."""
        return [entry for entry in entries if all(rule(self, entry) for rule in RULES.values())]

    def without(self, name: str) -> Filters:
        """Return the same with one filter taken away: counts beside a filter follow the others."""
        usual: dict[str, Any] = {name: getattr(Filters(), name)}
        return replace(self, **usual)

    @property
    def chips(self) -> tuple[tuple[str, str], ...]:
        """Name and words of every filter that is set, in the order of the page."""
        found = [("category", category_words(self.category))] if self.category else []
        if self.tasks:
            found.append(("tasks", " or ".join(sorted(map(task_words, self.tasks)))))
        if self.years:
            low, high = map(int, self.years)
            found.append(("years", str(low) if low == high else f"{low}–{high}"))
        if self.parameters:
            found.append(("parameters", parameter_words(self.parameters)))
        if self.trained != ANY:
            here = self.trained == HERE
            found.append(("trained", "trained, works offline" if here else "weights to fetch"))
        return tuple(found)


RULES: dict[str, Callable[[Filters, Entry], bool]] = {
    "category": lambda filters, entry: filters.category in ("", entry.category),
    "tasks": lambda filters, entry: not filters.tasks or entry.task in filters.tasks,
    "years": lambda filters, entry: not filters.years or _within(entry.year, filters.years),
    "parameters": lambda filters, entry: (
        not filters.parameters or _within(max(1, entry.parameters), filters.parameters)
    ),
    "trained": lambda filters, entry: filters.trained in (ANY, entry.trained),
}
"""A rule for each field of the record."""


def _within(value: float, ends: Range) -> bool:
    return ends[0] <= value <= ends[1]


def category_words(category: str) -> str:
    """A category as it is written: the lecture's seven by their number, capitals first."""
    number, _, rest = category.partition(" ")
    if rest.startswith("("):
        place, _, rest = rest.partition(" ")
        number = place
    return f"{number} {rest[:1].upper()}{rest[1:]}".strip()


def task_words(task: str) -> str:
    """A task as it is written."""
    return TASKS.get(task, task[:1].upper() + task[1:])


def parameter_words(ends: Range) -> str:
    """A range of parameters in a few words."""
    low, high = map(about, ends)
    return f"up to {high} parameters" if ends[0] <= 1 else f"{low} to {high} parameters"


def about(value: float) -> str:
    """`1 k`, `2.2 M`, `100 G`: a size with at most two figures and its letter."""
    for unit, letter in ((1e12, "T"), (1e9, "G"), (1e6, "M"), (1e3, "k")):
        if value >= unit * 0.999:
            return f"{float(f'{value / unit:.2g}'):g}{words.NBSP}{letter}"
    return f"{value:.2g}"


def counts(entries: Sequence[Entry], filters: Filters) -> dict[str, int]:
    """How many networks each task would leave; the other filters hold."""
    left = filters.without("tasks").keep(entries)
    tasks = dict.fromkeys(sorted({entry.task for entry in entries}, key=_order), 0)
    for entry in left:
        tasks[entry.task] += 1
    return tasks


def _order(task: str) -> tuple[int, str]:
    known = list(TASKS)
    return (known.index(task) if task in known else len(known), task)


def decades(entries: Sequence[Entry]) -> Range:
    """Powers of ten between which all parameters lie."""
    found = [log10(max(1, entry.parameters)) for entry in entries if entry.parameters]
    return (10.0 ** floor(min(found)), 10.0 ** ceil(max(found))) if found else (1.0, 10.0)
