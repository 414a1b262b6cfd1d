"""The key sheet as values: every command in the groups of the menus, and what the mouse does."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from explorer.ui.menus.structure import LINE, Menu, arranged
from explorer.ui.shell.actions.table import ActionTable
from explorer.ui.widgets.keys import modifier, native


@dataclass(frozen=True)
class KeyLine:
    """A line of the sheet; one without an id cannot be bound."""

    id: str
    title: str
    keys: tuple[str, ...]
    is_own: bool = False


@dataclass(frozen=True)
class KeyGroup:
    """Lines under a heading."""

    title: str
    lines: tuple[KeyLine, ...]


MOUSE = (
    ("Add a block by name", ("Double click", "Wire to the ground")),
    ("Wire", ("Drag from a port", "Drop on a card")),
    ("Move a wire’s end, take it off", ("Drag the input",)),
    ("Move all wires of a port", (f"{modifier('Ctrl')} drag from the port",)),
    ("Take all wires off a port", (f"{modifier('Alt')} click on the port",)),
    ("Cut wires", (f"{modifier('Ctrl')} right drag", "Y drag")),
    ("Set a reroute dot, take it out", ("Double click on the wire", "Double click on the dot")),
    ("Lead a wire another way", ("Drag its dot",)),
    ("Insert into a wire", ("Drop on the wire",)),
    ("Do not insert, do not wire", (f"{modifier('Alt')} while dropping",)),
    ("Take out of the flow", (f"{modifier('Alt')} drag", "Shake while dragging")),
    ("Select", ("Drag on the ground",)),
    ("Add to the selection, change it over", (f"{modifier('Shift')} drag", f"{modifier('Ctrl')} drag")),
    ("Pan", ("Middle drag", "Right drag", "Space drag", "Two fingers")),
    ("Pan sideways", (f"{modifier('Shift')} wheel", "Second wheel")),
    ("Zoom", ("Wheel", "Pinch")),
    ("Open a group", ("Double click",)),
    ("Rename", ("Double click on the name",)),
    ("Menu of what is there", ("Right click",)),
    ("Cancel", ("Esc", "Right click while dragging")),
    ("Stop training", ("Esc when nothing else is left to cancel",)),
)
"""What the mouse does; bound to no key."""


def groups(table: ActionTable) -> list[KeyGroup]:
    """All commands in the order of the menus, the mouse first."""
    found = [KeyGroup("Mouse", tuple(KeyLine("", title, keys) for title, keys in MOUSE))]
    for menu in arranged(table.rows.values()):
        lines = tuple(line(table, name) for name in _ids(menu))
        found.append(KeyGroup(menu.title, lines))
    return found


def line(table: ActionTable, name: str) -> KeyLine:
    """A command with its keys as people read them."""
    keys = tuple(dict.fromkeys(native(key) for key in table.keys.of(name)))
    return KeyLine(name, table.rows[name].title, keys, name in table.keys.own)


def _ids(menu: Menu) -> Iterator[str]:
    for entry in menu.entries:
        if isinstance(entry, Menu):
            yield from _ids(entry)
        elif entry != LINE:
            yield entry
