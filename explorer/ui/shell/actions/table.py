"""The table of actions turned into QActions: shortcuts, tips with the reason when greyed."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from PySide6.QtCore import QObject, Qt, QTimer, Signal
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QApplication, QWidget

from explorer.style import icons
from explorer.style.theme import follow
from explorer.ui.keys import chords
from explorer.ui.keys.key_map import KeyMap
from explorer.ui.shell.actions.action import Action, always
from explorer.ui.widgets import keys as shown
from explorer.ui.widgets.field import Field

TAP = "Space"
"""A key that is held for something else; the canvas tells when it was only tapped."""


class ActionTable(QObject):
    """Holds all commands of a window by id; `refresh` brings their enabled state up to date.

    Attributes:
        rows: the commands. keys: which keys run them. held_back: says why nothing may run just now, or None.

    Signals:
        refused: a key was pressed for something that cannot be done now; a sentence.

    """

    refused = Signal(str)

    def __init__(self, window: QWidget, canvas: QWidget, actions: Iterable[Action]) -> None:
        super().__init__(window)
        self.rows: dict[str, Action] = {}
        self.held_back: Callable[[], str | None] = always
        self._made: dict[str, QAction] = {}
        self._on_canvas: dict[str, QAction] = {}
        self._reasons: dict[str, str | None] = {}
        for action in actions:
            if action.id in self.rows:
                raise ValueError(f"action {action.id!r} stands in the table twice")
            self.rows[action.id] = action
        self.keys = KeyMap({row.id: row.keys for row in self.rows.values()})
        self._canvas = canvas
        for row in self.rows.values():
            made = self._made[row.id] = self._make(row, window, Qt.ShortcutContext.WindowShortcut)
            made.triggered.connect(lambda _checked=False, row=row: self.run(row.id))
        self._is_over = False
        self._later = QTimer(self, singleShot=True, interval=0)
        self._later.timeout.connect(self.refresh)
        self.keys.listen(self._take_keys)
        self._take_keys()
        follow(self._restyle)

    def __getitem__(self, action_id: str) -> QAction:
        return self._made[action_id]

    def _make(self, row: Action, widget: QWidget, scope: Qt.ShortcutContext) -> QAction:
        made = QAction(row.title, self)
        made.setShortcutContext(scope)
        widget.addAction(made)
        return made

    def _take_keys(self) -> None:
        """Give every command the keys in force; those that are also typed work only on the canvas."""
        for row in self.rows.values():
            mine = [key for key in self.keys.of(row.id) if key != TAP]
            quiet = mine if row.canvas_only else [key for key in mine if chords.is_letter(key)]
            if quiet and row.id not in self._on_canvas:
                scope = Qt.ShortcutContext.WidgetWithChildrenShortcut
                made = self._on_canvas[row.id] = self._make(row, self._canvas, scope)
                made.triggered.connect(lambda _checked=False, row=row: self._run_by_key(row))
            if row.id in self._on_canvas:
                self._on_canvas[row.id].setShortcuts([QKeySequence(key) for key in quiet])
            self._made[row.id].setShortcuts([QKeySequence(key) for key in mine if key not in quiet])
            self._made[row.id].setToolTip(self._tip(row))
        shown.put_in_force({name: next(iter(self.keys.of(name)), "") for name in self.rows})

    def _tip(self, row: Action) -> str:
        reason, key = self._reasons.get(row.id), self.key(row.id)
        if reason:
            return f"{row.title}: {reason}"
        return f"{row.title} ({key})" if key else row.title

    def key(self, action_id: str) -> str:
        """The first key of a command as people read it: `Ctrl+Shift+G`; empty for none."""
        return shown.native(next(iter(self.keys.of(action_id)), ""))

    def tap(self) -> None:
        """The key that is held for panning was only tapped: run what it means."""
        if (name := self.keys.owner(TAP)) is not None:
            self._run_by_key(self.rows[name])

    def _run_by_key(self, row: Action) -> None:
        """Run a command of the canvas; a key that does nothing says why."""
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
        self.refresh()
        return reason

    def reason(self, action_id: str) -> str | None:
        """Say why a command cannot be used now, or None."""
        return self.rows[action_id].enabled()

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
            reason = row.enabled()
            if self._reasons.get(action_id, "") == reason:
                continue
            self._reasons[action_id] = reason
            self._made[action_id].setEnabled(reason is None)
            self._made[action_id].setToolTip(self._tip(row))

    def sections(self) -> dict[str, list[Action]]:
        """Rows by section, in the order of the table."""
        found: dict[str, list[Action]] = {}
        for row in self.rows.values():
            found.setdefault(row.section, []).append(row)
        return found

    def _restyle(self) -> None:
        for action_id, row in self.rows.items():
            if row.icon:
                self._made[action_id].setIcon(icons.icon(row.icon))
