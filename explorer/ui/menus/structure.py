"""What stands in which menu of the window, and in what order; the rows themselves are the table's."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import TypeAlias

from explorer.ui.shell.actions.action import Action
from explorer.ui.shell.panels import PANELS

LINE = "-"
"""A line between groups."""
FOUND_BY_SEARCH = frozenset(["Gallery"])
"""Sections that are too long for a menu: the command palette and a page of their own have them."""

Entry: TypeAlias = "str | Menu"


@dataclass(frozen=True)
class Menu:
    """A menu: ids of rows, `-` for a line, `start.*` for all rows of a kind, or a menu below it.

    Rows that no menu names come at the end of the one that is called like their section, before `last`.
    """

    title: str
    entries: tuple[Entry, ...]
    last: tuple[str, ...] = ()


MENUS: tuple[Menu, ...] = (
    Menu(
        "File",
        (
            "file.new",
            "file.open",
            Menu("Start with", ("start.*",)),
            "file.gallery",
            LINE,
            "file.save",
            "file.save_as",
            "file.save_design",
            "file.rename",
            LINE,
            "file.weights",
            "file.download_weights",
            Menu("Export", ("export.*",)),
        ),
        (LINE, "file.close", LINE, "file.quit"),
    ),
    Menu(
        "Edit",
        (
            "edit.undo",
            "edit.redo",
            "edit.history",
            LINE,
            "edit.cut",
            "edit.copy",
            "edit.paste",
            "edit.paste_wired",
            "edit.duplicate",
            "edit.twin",
        ),
        (LINE, "edit.disconnect", "edit.detach", "edit.dissolve", "edit.delete"),
    ),
    Menu(
        "Block",
        (
            "edit.add",
            "edit.replace",
            "edit.rename",
            LINE,
            "edit.mute",
            "edit.freeze",
            "edit.share",
            "edit.unshare",
            "edit.collapse",
            LINE,
            "edit.group",
            "edit.repeat",
            "edit.ungroup",
            Menu("My blocks", ("library.*",)),
            Menu("Wrap", ("edit.wrap_*", LINE, "edit.unwrap")),
            "edit.frame",
            "edit.note",
            LINE,
            "edit.join",
            "edit.tidy",
            "edit.tidy_all",
            "edit.straighten",
            "edit.dot",
            "edit.clear_dots",
            Menu("Align", ("edit.align_*", LINE, "edit.distribute_*")),
        ),
    ),
    Menu("Select", ("app.find", "edit.select_all", LINE, "select.*", LINE, "view.menu")),
    Menu(
        "View",
        (
            "view.fit",
            "view.fit_selection",
            "view.zoom_in",
            "view.zoom_out",
            "view.actual",
            LINE,
            "view.enter",
            "view.leave",
            "view.unfold",
            "view.fold",
            LINE,
            "view.heat",
            "view.focus_path",
            LINE,
            Menu("Panel", (*(f"view.{panel.id}" for panel in PANELS), LINE, "view.inspector")),
            Menu("Design", ("view.next_design", "view.last_design", LINE, "tabs.*")),
            Menu("Beside each other", ("beside.*",)),
            LINE,
            "view.theme",
            "view.contrast",
            "view.still",
            "view.larger",
            "view.smaller",
            "view.present",
        ),
    ),
    Menu("Run", ("run.train", "run.step", "run.stop", LINE, "weights.story", LINE, "run.restart")),
    Menu(
        "Help",
        ("help.welcome", "app.search", "help.keys", LINE, "help.licences", "help.folder"),
        (LINE, "help.about"),
    ),
)


def arranged(rows: Iterable[Action]) -> list[Menu]:
    """Return the menus with the ids of these rows only, every row once."""
    by_id = {row.id: row for row in rows if row.section not in FOUND_BY_SEARCH}
    named = {name for menu in MENUS for name in _named(menu, by_id)}
    others: dict[str, list[str]] = {}
    for row in by_id.values():
        if row.id not in named:
            others.setdefault(row.section, []).append(row.id)
    found = []
    for menu in MENUS:
        more = others.pop(menu.title, [])
        entries = (*menu.entries, *((LINE, *more) if more else ()), *menu.last)
        found.append(_filled(replace(menu, entries=entries, last=()), by_id))
    found += [_filled(Menu(title, tuple(ids)), by_id) for title, ids in others.items()]
    return [menu for menu in found if menu.entries]


def _named(menu: Menu, ids: Iterable[str]) -> Iterator[str]:
    for entry in (*menu.entries, *menu.last):
        if isinstance(entry, Menu):
            yield from _named(entry, ids)
        else:
            yield from _meant(entry, ids)


def _meant(entry: str, ids: Iterable[str]) -> list[str]:
    if entry.endswith("*"):
        return [name for name in ids if name.startswith(entry[:-1])]
    return [entry] if entry in ids else []


def _filled(menu: Menu, ids: Iterable[str]) -> Menu:
    """The menu with what is there: no line at an end, none beside another."""
    entries: list[Entry] = []
    for entry in menu.entries:
        if isinstance(entry, Menu):
            inner = _filled(entry, ids)
            entries += [inner] if inner.entries else []
        elif entry == LINE:
            entries += [LINE] if entries and entries[-1] != LINE else []
        else:
            entries += _meant(entry, ids)
    while entries and entries[-1] == LINE:
        entries.pop()
    return replace(menu, entries=tuple(entries))
