"""What a context menu shows, as values."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True)
class MenuRow:
    """A line of a context menu.

    Attributes:
        title: what it does. run: does it. key: the shortcut as people read it. reason: why it cannot be done
            now; then the row is greyed and the reason stands below the title.

    """

    title: str
    run: Callable[[], object]
    key: str = ""
    reason: str | None = None


@dataclass(frozen=True)
class MenuSheet:
    """A context menu: what it is about, and its rows in groups."""

    title: str
    groups: tuple[tuple[MenuRow, ...], ...]
