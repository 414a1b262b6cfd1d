"""Keeps the run list of one open design on disk, so that a restart or a crash loses no curve."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QObject, QTimer

from explorer.session import run_files
from explorer.session.folder import SessionFolder
from explorer.ui.desk import Desk

SOON_MS = 500
"""After a run began or ended, or the list was put in order."""
LIVE_MS = 4_000
"""While a run goes on: what a crash can lose at most, the time of writing aside."""


class RunKeeping(QObject):
    """Writes a design's runs into its session's folder, for a crash, and under the word that opens it."""

    def __init__(self, desk: Desk, folder: SessionFolder) -> None:
        super().__init__(desk)
        self._desk, self._folder = desk, folder
        self._word = ""
        self._soon = QTimer(self, singleShot=True, interval=SOON_MS)
        self._live = QTimer(self, singleShot=True, interval=LIVE_MS)
        self._soon.timeout.connect(self.now)
        self._live.timeout.connect(self.now)
        desk.session.runs.changed.listen(self._soon.start)
        desk.went_on.connect(self._on_run)

    def _on_run(self) -> None:
        if not self._live.isActive() and self._desk.session.training.is_going_on:
            self._live.start()

    @property
    def _paths(self) -> tuple[Path, ...]:
        mine = self._folder.path / "runs"
        return (mine, run_files.path_of(self._word)) if self._word else (mine,)

    def recall(self, word: str) -> None:
        """Take up the runs of a session that crashed, or those kept under a word; empty for no word."""
        self._word = word
        kept = next((kept for path in self._paths if (kept := run_files.read(path))), None)
        if kept is None:
            return
        session = self._desk.session
        session.runs.recall(kept.logs(), kept.chosen)
        session.settings = kept.settings

    def keep_for(self, word: str) -> None:
        """From now on the design is opened by this word; the runs it has are kept under it."""
        if word != self._word:
            self._word = word
            if self._desk.session.runs.logs:
                self.now()

    def now(self) -> None:
        """Write; a place that cannot be written to costs nothing but the keeping."""
        self._soon.stop()
        self._live.stop()
        session = self._desk.session
        try:
            for path in self._paths:
                run_files.write(path, session.runs, session.settings)
        except OSError:
            return

    def close(self) -> None:
        """The design is closed: what is not written yet is written."""
        if self._soon.isActive() or self._live.isActive():
            self.now()
