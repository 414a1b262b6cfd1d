"""The menu of the window: made of the table each time it opens, with the reason where a row is greyed."""

from __future__ import annotations

from PySide6.QtWidgets import QMenu, QWidget

from explorer.style import icons
from explorer.ui.menus.structure import LINE, Menu, arranged
from explorer.ui.shell.actions.table import ActionTable

MOST_LETTERS = 64
"""Of a reason in a menu; the tip has all of it."""


def main_menu(table: ActionTable, parent: QWidget) -> QMenu:
    """Return a menu with all commands, a submenu for each part."""
    menu = QMenu(parent)
    for part in arranged(table.rows.values()):
        _fill(menu.addMenu(part.title), part, table)
    return menu


def _fill(menu: QMenu, part: Menu, table: ActionTable) -> None:
    menu.setToolTipsVisible(True)
    for entry in part.entries:
        if isinstance(entry, Menu):
            _fill(menu.addMenu(entry.title), entry, table)
        elif entry == LINE:
            menu.addSeparator()
        else:
            _add(menu, entry, table)


def _add(menu: QMenu, name: str, table: ActionTable) -> None:
    row, reason = table.rows[name], table.reason(name)
    beside = _short(reason) if reason else table.key(name)
    title = row.title.replace("&", "&&")
    made = menu.addAction(f"{title}\t{beside}" if beside else title)
    made.setData(name)
    if row.icon:
        made.setIcon(icons.icon(row.icon))
    made.setEnabled(reason is None)
    made.setToolTip(f"{row.title}: {reason}" if reason else row.title)
    made.triggered.connect(lambda _checked=False: table.run(name))


def _short(reason: str) -> str:
    return reason if len(reason) <= MOST_LETTERS else f"{reason[: MOST_LETTERS - 1].rstrip()}…"
