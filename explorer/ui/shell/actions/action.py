"""One command of the program, as data."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass


def always() -> str | None:
    """The command can be used at any time."""
    return None


@dataclass(frozen=True)
class Action:
    """A command.

    Attributes:
        id: stable word, e.g. `file.open`. title: as in menus. section: the menu it stands in.
        run: what it does. keys: shortcuts, the first is shown. icon: name of an icon.
        enabled: returns why it cannot be used now, or None. canvas_only: its keys work only while
            the canvas has the focus (single letters must not steal from text fields).
        also: further words it is looked for by.

    """

    id: str
    title: str
    section: str
    run: Callable[[], None]
    keys: tuple[str, ...] = ()
    icon: str = ""
    enabled: Callable[[], str | None] = always
    canvas_only: bool = False
    also: tuple[str, ...] = ()
