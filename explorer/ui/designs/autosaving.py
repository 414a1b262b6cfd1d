"""Autosave of one open design: soon after the first unsaved edit; of an open gesture nothing is kept."""

from __future__ import annotations

import time

from PySide6.QtCore import QObject, QTimer, Signal

from explorer.graph.files import FileProblem
from explorer.graph.history import History
from explorer.session.folder import SessionFolder
from explorer.ui.desk import Desk

SOON_MS = 2_000
"""From the first unsaved edit; more edits do not put it off."""
AGAIN_MS = 250
"""While a gesture goes on its end is waited for, asking this often; what was before it is saved meanwhile."""


class Autosaving(QObject):
    """Writes the sidecar of one session.

    Signals:
        told: what the status bar shall say of it.
    """

    told = Signal(str)

    def __init__(self, desk: Desk, folder: SessionFolder) -> None:
        super().__init__(desk)
        self._desk, self.folder = desk, folder
        self._written: tuple[History, int] | None = None
        self._timer = QTimer(self, singleShot=True)
        self._timer.timeout.connect(self._due)
        desk.changed.connect(self._edited)
        desk.weights_changed.connect(self._edited)

    def _edited(self) -> None:
        if not self._timer.isActive() and self._has_something:
            self._timer.start(SOON_MS)

    @property
    def _has_something(self) -> bool:
        session = self._desk.session
        return not session.workspace.history.is_clean or session.weights.is_unsaved

    def _due(self) -> None:
        history = self._desk.workspace.history
        if not history.is_open or self._written != (history, history.state):
            self.now()
        if history.is_open:
            self._timer.start(AGAIN_MS)

    def now(self) -> None:
        """Write, when there is something to lose: a gesture that goes on is not finished and left out."""
        session = self._desk.session
        history = session.workspace.history
        if history.is_saved and not session.weights.is_unsaved:
            return
        try:
            self.folder.write(history.settled(), session.file, session.weights.origin)
        except FileProblem as problem:
            self.told.emit("Autosave does not work")
            session.said.tell(str(problem))
            return
        self._written = (history, history.state)
        self.told.emit(f"Autosaved {time.strftime('%H:%M')}")

    def clear(self) -> None:
        """All is saved, or given up on purpose: forget the sidecar."""
        self._timer.stop()
        self.folder.clear()

    def close(self) -> None:
        """The design is closed in good order."""
        self._timer.stop()
        self.folder.close()
