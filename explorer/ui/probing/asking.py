"""Questions to the engine that a panel asks by itself, one at a time."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal

from explorer.protocol import events, requests
from explorer.ui.desk import Desk


class Asker(QObject):
    """Sends a question when the engine runs the present design; while one is open, the newest waits.

    Signals:
        answered: the event that answers the newest question. failed: why it cannot be answered.
    """

    answered = Signal(object)
    failed = Signal(str)

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

    def ask(self, request: requests.Request, *, of_design: bool = True) -> bool:
        """Ask, now or after the open question; returns False when there is nobody to answer.

        A question that is not about the design can be answered while another one is loaded, or none.
        """
        if not (self.can_ask if of_design else self._desk.live.is_ready):
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
            self.ask(following, of_design=not isinstance(following, requests.Demonstrate))
        elif isinstance(event, events.Failed):
            self.failed.emit(event.message)
        elif not isinstance(event, events.Cancelled):
            self.answered.emit(event)
