"""Autosave of one open design: soon after the first unsaved edit, never in the middle of a gesture."""

from __future__ import annotations

import time

from PySide6.QtCore import QObject, QTimer, Signal

from explorer.graph.files import FileProblem
from explorer.session.folder import SessionFolder
from explorer.ui.desk import Desk

SOON_MS = 2_000
"""From the first unsaved edit; more edits do not put it off."""
AGAIN_MS = 250
"""While a gesture goes on it waits for the end, asking this often."""


class Autosaving(QObject):
    """Writes the sidecar of one session.

    Signals:
        told: what the status bar shall say of it.
    """

    told = Signal(str)

    def __init__(self, desk: Desk, folder: SessionFolder) -> None:
        super().__init__(desk)
        self._desk, self.folder = desk, folder
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
        if self._desk.workspace.history.is_open:
            self._timer.start(AGAIN_MS)
        else:
            self.now()

    def now(self) -> None:
        """Write, when there is something to lose."""
        session = self._desk.session
        if not self._has_something or session.workspace.history.is_open:
            return
        try:
            self.folder.write(session.workspace.document, session.file, session.weights.origin)
        except FileProblem as problem:
            self.told.emit("Autosave does not work")
            session.said.tell(str(problem))
            return
        self.told.emit(f"Autosaved {time.strftime('%H:%M')}")

    def clear(self) -> None:
        """All is saved, or given up on purpose: forget the sidecar."""
        self._timer.stop()
        self.folder.clear()

    def close(self) -> None:
        """The design is closed in good order."""
        self._timer.stop()
        self.folder.close()
