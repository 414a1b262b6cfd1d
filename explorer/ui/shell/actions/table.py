"""The table of actions turned into QActions: shortcuts, menus, tips with the reason when greyed."""

from __future__ import annotations

from collections.abc import Iterable

from PySide6.QtCore import QObject, Qt, QTimer
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QApplication, QMenu, QWidget

from explorer.style import icons
from explorer.style.theme import follow
from explorer.ui.shell.actions.action import Action
from explorer.ui.widgets.field import Field
from explorer.ui.widgets.keys import native

MOST_IN_MENU = 40


class ActionTable(QObject):
    """Holds all commands of a window by id; `refresh` brings their enabled state up to date."""

    def __init__(self, window: QWidget, canvas: QWidget, actions: Iterable[Action]) -> None:
        super().__init__(window)
        self.rows: dict[str, Action] = {}
        self._made: dict[str, QAction] = {}
        self._reasons: dict[str, str | None] = {}
        self._tips: dict[str, str] = {}
        taken: dict[str, str] = {}
        for action in actions:
            if action.id in self.rows:
                raise ValueError(f"action {action.id!r} stands in the table twice")
            for key in (QKeySequence(keys).toString() for keys in action.keys):
                if key in taken:  # Qt would run neither
                    raise ValueError(f"{key!r} is a key of {taken[key]!r} and of {action.id!r}")
                taken[key] = action.id
            self.rows[action.id] = action
            self._tips[action.id] = f"{action.title} ({shown_keys(action)})" if action.keys else action.title
            self._made[action.id] = self._make(action, window, canvas)
        self._is_over = False
        self._later = QTimer(self, singleShot=True, interval=0)
        self._later.timeout.connect(self.refresh)
        follow(self._restyle)

    def __getitem__(self, action_id: str) -> QAction:
        return self._made[action_id]

    def _make(self, action: Action, window: QWidget, canvas: QWidget) -> QAction:
        made = QAction(action.title, self)
        made.setShortcuts([QKeySequence(keys) for keys in action.keys])
        scope = (
            Qt.ShortcutContext.WidgetWithChildrenShortcut
            if action.canvas_only
            else Qt.ShortcutContext.WindowShortcut
        )
        made.setShortcutContext(scope)
        made.triggered.connect(lambda _checked=False, row=action: self.run(row.id))
        (canvas if action.canvas_only else window).addAction(made)
        return made

    def run(self, action_id: str) -> str | None:
        """Run a command; returns the reason when it cannot be used now."""
        row = self.rows[action_id]
        typed = QApplication.focusWidget()
        if isinstance(typed, Field):
            typed.commit()  # a command takes the value that is being typed
        reason = row.enabled()
        if reason is None:
            row.run()
        self.refresh()
        return reason

    def refresh_later(self) -> None:
        """Refresh once, when whatever is going on is over: titles of undo are known only then."""
        self._later.start()

    def stop(self) -> None:
        """The window is closing: there is no design any more that could be asked."""
        self._later.stop()
        self._is_over = True

    def refresh(self) -> None:
        """Ask every row whether it can be used, and put the reason into its tip."""
        if self._is_over:
            return
        for action_id, row in self.rows.items():
            reason, made = row.enabled(), self._made[action_id]
            if made.isEnabled() != (reason is None):
                made.setEnabled(reason is None)
            if self._reasons.get(action_id, "") != reason:
                self._reasons[action_id] = reason
                made.setToolTip(f"{row.title}: {reason}" if reason else self._tips[action_id])

    def sections(self) -> dict[str, list[Action]]:
        """Rows by section, in the order of the table."""
        found: dict[str, list[Action]] = {}
        for row in self.rows.values():
            found.setdefault(row.section, []).append(row)
        return found

    def menu(self, parent: QWidget) -> QMenu:
        """The table as a menu, a submenu for each section; what is too long for one is found by search."""
        self.refresh()
        menu = QMenu(parent)
        menu.setToolTipsVisible(True)
        for section, rows in self.sections().items():
            if len(rows) > MOST_IN_MENU:
                continue
            sub = menu.addMenu(section)
            sub.setToolTipsVisible(True)
            for row in rows:
                sub.addAction(self._made[row.id])
        return menu

    def _restyle(self) -> None:
        for action_id, row in self.rows.items():
            if row.icon:
                self._made[action_id].setIcon(icons.icon(row.icon))


def shown_keys(row: Action) -> str:
    """The first shortcut as people read it: `Ctrl+Shift+G`."""
    return native(row.keys[0]) if row.keys else ""
