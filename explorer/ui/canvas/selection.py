"""What is selected: a frozen value, so that a gesture can go back to it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import NamedTuple

from explorer.figures.canvas.level_view import LevelView
from explorer.graph.model import Edge


class DotRef(NamedTuple):
    """A dot by its wire and its number on it, from the source on."""

    edge: Edge
    number: int


@dataclass(frozen=True, slots=True)
class Selection:
    """Ids of nodes, frames and notes in the order in which they were taken, wires, and dots of wires."""

    ids: tuple[str, ...] = ()
    wires: frozenset[Edge] = frozenset()
    focused: str = ""
    dots: frozenset[DotRef] = frozenset()

    def __bool__(self) -> bool:
        return bool(self.ids or self.wires or self.dots)

    def __contains__(self, key: object) -> bool:
        return key in self.ids or key in self.wires or key in self.dots

    @property
    def only(self) -> str | None:
        """The id, when exactly one thing is selected."""
        return self.ids[0] if len(self.ids) == 1 and not (self.wires or self.dots) else None

    @property
    def last(self) -> str | None:
        """The id taken last."""
        return self.ids[-1] if self.ids else None

    def plus(self, ids: Iterable[str]) -> Selection:
        """Return this selection with more ids."""
        return Selection((*self.ids, *(i for i in dict.fromkeys(ids) if i not in self.ids)), self.wires)

    def toggled(self, ids: Iterable[str]) -> Selection:
        """Return this selection with the ids changed over: in becomes out, out becomes in."""
        other = tuple(dict.fromkeys(ids))
        kept = tuple(i for i in self.ids if i not in other)
        return Selection((*kept, *(i for i in other if i not in self.ids)), self.wires)

    def within(self, views: LevelView) -> Selection:
        """Return what of it is still there."""
        there = tuple(i for i in self.ids if i in views.nodes or i in views.frames or i in views.notes)
        wires = frozenset(w for w in self.wires if w in views.wires)
        focused = self.focused if self.focused in views.nodes else ""
        dots = frozenset(dot for dot in self.dots if dot.number < len(views.dots.get(dot.edge, ())))
        if (there, wires, focused, dots) == (self.ids, self.wires, self.focused, self.dots):
            return self
        return Selection(there, wires, focused, dots)
