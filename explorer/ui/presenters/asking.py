"""Questions to the engine that a panel asks by itself, one at a time."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal

from explorer.protocol import events, requests
from explorer.ui.desk import Desk


class Asker(QObject):
    """Sends a question when the engine runs the present design; while one is open, the newest waits.

    Signals:
        answered: the event that answers the newest question.
    """

    answered = Signal(object)

    def __init__(self, desk: Desk, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._desk = desk
        self._job = 0
        self._next: requests.Request | None = None
        desk.news.connect(self._on_news)
        desk.lost.connect(self.forget)

    @property
    def can_ask(self) -> bool:
        """Whether the engine runs the design that is on the canvas."""
        live = self._desk.live
        return live.is_ready and live.loaded_revision == self._desk.workspace.revision

    def ask(self, request: requests.Request) -> bool:
        """Ask, now or after the open question; returns False when there is nobody to answer."""
        if not self.can_ask:
            return False
        if self._job:
            self._next = request
        else:
            self._job = self._desk.bridge.send(request)
        return True

    def forget(self) -> None:
        """Wait for no answer any more."""
        self._job, self._next = 0, None

    def _on_news(self, event: events.Event) -> None:
        if not self._job or event.job != self._job:
            return
        self._job = 0
        following, self._next = self._next, None
        if following is not None:
            self.ask(following)
        elif not isinstance(event, events.Failed | events.Cancelled):
            self.answered.emit(event)
