"""The table of actions, with the keys in force: what a key runs, and the reason where it cannot."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QApplication, QWidget

from explorer.ui.keys import chords
from explorer.ui.keys.key_map import KeyMap
from explorer.ui.shell.actions.action import Action, always
from explorer.ui.widgets import keys as shown
from explorer.ui.widgets.field import Field

TAP = "Space"
"""A key that is held for something else; the canvas tells when it was only tapped."""


class ActionTable(QObject):
    """Holds all commands of a window by id. Whether one can be used is asked when it is wanted.

    Attributes:
        rows: the commands. keys: which keys run them. held_back: says why nothing may run just now, or None.

    Signals:
        refused: a key was pressed for something that cannot be done now; a sentence.

    """

    refused = Signal(str)

    def __init__(self, window: QWidget, canvas: QWidget, actions: Iterable[Action]) -> None:
        """Take the commands; keys that are also typed work only where `canvas` has the focus.

        Raises:
            ValueError: an id or a key stands twice.

        """
        super().__init__(window)
        self._window, self._canvas = window, canvas
        self.rows: dict[str, Action] = {}
        self.held_back: Callable[[], str | None] = always
        self._anywhere: dict[str, QAction] = {}
        self._on_canvas: dict[str, QAction] = {}
        for action in actions:
            if action.id in self.rows:
                raise ValueError(f"action {action.id!r} stands in the table twice")
            self.rows[action.id] = action
        self.keys = KeyMap({row.id: row.keys for row in self.rows.values()})
        self.keys.listen(self._take_keys)
        self._take_keys()

    def _take_keys(self) -> None:
        """Give every command the keys in force."""
        for row in self.rows.values():
            mine = [key for key in self.keys.of(row.id) if key != TAP]
            quiet = [key for key in mine if row.canvas_only or chords.is_letter(key)]
            self._bind(row, self._on_canvas, quiet)
            self._bind(row, self._anywhere, [key for key in mine if key not in quiet])
        shown.put_in_force({name: next(iter(self.keys.of(name)), "") for name in self.rows})

    def _bind(self, row: Action, made: dict[str, QAction], keys: list[str]) -> None:
        if row.id not in made:
            if not keys:
                return
            is_here = made is self._on_canvas
            widget = self._canvas if is_here else self._window
            action = made[row.id] = QAction(row.title, self)
            scope = Qt.ShortcutContext
            action.setShortcutContext(scope.WidgetWithChildrenShortcut if is_here else scope.WindowShortcut)
            action.triggered.connect(lambda _checked=False: self._run_by_key(row))
            widget.addAction(action)
        made[row.id].setShortcuts([QKeySequence(key) for key in keys])

    def key(self, action_id: str) -> str:
        """The first key of a command as people read it: `Ctrl+Shift+G`; empty for none."""
        return shown.native(next(iter(self.keys.of(action_id)), ""))

    def tap(self) -> None:
        """The key that is held for panning was only tapped: run what it means."""
        if (name := self.keys.owner(TAP)) is not None:
            self._run_by_key(self.rows[name])

    def _run_by_key(self, row: Action) -> None:
        """Run a command; a key that does nothing says why."""
        if (reason := self.run(row.id)) is not None:
            self.refused.emit(f"{row.title.rstrip('…')}: {reason}")

    def run(self, action_id: str) -> str | None:
        """Run a command; returns the reason when it cannot be used now."""
        row = self.rows[action_id]
        typed = QApplication.focusWidget()
        if isinstance(typed, Field):
            typed.commit()  # a command takes the value that is being typed
        reason = self.held_back() or row.enabled()
        if reason is None:
            row.run()
        return reason

    def reason(self, action_id: str) -> str | None:
        """Say why a command cannot be used now, or None."""
        return self.rows[action_id].enabled()
