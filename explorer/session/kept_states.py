"""States of weights to go back to: those the user named, and the last few that were kept by themselves."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from explorer.session.origin import Origin

KEPT_BY_ITSELF = 5
"""States that are kept without being asked for; named ones stay until they are deleted."""


@dataclass(frozen=True)
class KeptState:
    """Weights to go back to.

    Attributes:
        name: in the engine's store. title: for people. how: how it came.
        origin: its story. design: bytes of the design it belongs to. is_named: whether the user named it.

    """

    name: str
    title: str
    how: str
    origin: Origin
    design: bytes
    kept_at: float
    is_named: bool = False


class KeptStates:
    """The list of states, the newest first; the engine's store holds the weights under the same names."""

    def __init__(self) -> None:
        self.all: tuple[KeptState, ...] = ()
        self._made = 0

    def new_name(self) -> str:
        """A name that no state has had."""
        self._made += 1
        return f"s{self._made}"

    def get(self, name: str) -> KeptState | None:
        """The state of that name."""
        return next((state for state in self.all if state.name == name), None)

    def add(self, state: KeptState) -> tuple[str, ...]:
        """Take a state in; of those kept by themselves the oldest goes.

        Returns:
            The names whose weights nobody needs any more.

        """
        others = [other for other in self.all if other.name != state.name]
        by_itself = [other for other in others if not other.is_named][: KEPT_BY_ITSELF - (not state.is_named)]
        gone = [other.name for other in others if not other.is_named and other not in by_itself]
        self.all = (state, *(other for other in others if other.name not in gone))
        return _unneeded(gone)

    def rename(self, name: str, title: str) -> None:
        """Give a state a title; it counts as named from now on."""
        self.all = tuple(
            replace(state, title=title, is_named=True) if state.name == name else state for state in self.all
        )

    def forget(self, names: Iterable[str]) -> tuple[str, ...]:
        """Take states off; returns the names whose weights nobody needs any more."""
        gone = set(names)
        self.all = tuple(state for state in self.all if state.name not in gone)
        return _unneeded(gone)


def _unneeded(names: Iterable[str]) -> tuple[str, ...]:
    """Those of the names that were made here; the others are the history's, which may come back to them."""
    return tuple(sorted(name for name in names if name.startswith("s")))
