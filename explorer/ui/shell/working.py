"""A sign in the status bar while the engine works for the design in front, with a way to end it."""

from __future__ import annotations

from PySide6.QtCore import QObject, QTimer

from explorer import words
from explorer.session.work import Doing
from explorer.ui.shell.open_designs import OpenDesigns
from explorer.ui.shell.status_bar import StatusBar

LOOK_MS = 250
SOON_SECONDS = 0.5
"""Shorter jobs are over before anybody asks what goes on."""


class WorkingPresenter(QObject):
    """Looks at the front design's engine a few times a second."""

    def __init__(self, bar: StatusBar, designs: OpenDesigns) -> None:
        super().__init__(bar)
        self._bar, self._designs = bar, designs
        bar.stopAsked.connect(self.stop)
        self._timer = QTimer(self, interval=LOOK_MS)
        self._timer.timeout.connect(self.look)
        self._timer.start()

    def look(self) -> None:
        """Show what goes on now."""
        if self._designs.benches:
            doing = self._designs.bench.desk.session.work.now()
            self._bar.set_working(_sentence(doing) if doing is not None else "")

    def stop(self) -> None:
        """Give up what has taken longest."""
        self._designs.bench.desk.session.work.stop()


def _sentence(doing: Doing) -> str:
    if doing.seconds < SOON_SECONDS:
        return ""
    share = f" · {words.percent(doing.share, 0)}" if doing.share is not None else ""
    return f"{doing.words}{share} · {doing.seconds:.0f} s"
