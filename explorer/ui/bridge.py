"""The one place where engine events become Qt signals."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress

from PySide6.QtCore import QObject, Signal

from explorer.client.ending import Ending
from explorer.client.engine import Engine, EngineGone
from explorer.protocol import events, requests


class Bridge(QObject):
    """The link of a session to an engine process; its threads emit, Qt delivers on the program's thread.

    Signals:
        heard: an `explorer.protocol.events.Event` arrived.
        gone: the engine died; says how, in words.
    """

    heard = Signal(object)
    gone = Signal(str)

    def __init__(self, command: Sequence[str] | None = None, store: str = "") -> None:
        super().__init__()
        # bound methods, so that the signals live as long as the engine's threads may emit them
        self.engine = Engine(self._hear, self._end, command, store=store)

    def _hear(self, event: events.Event) -> None:
        with suppress(RuntimeError):  # Qt has gone already, at the end of the program
            self.heard.emit(event)

    def _end(self, words: str) -> None:
        with suppress(RuntimeError):
            self.gone.emit(words)

    def start(self) -> None:
        """Start the engine, or start it again after it died."""
        self.engine.start()

    def send(self, request: requests.Request) -> int:
        """Send a request; returns its job number, 0 when no engine is there to answer."""
        try:
            return self.engine.send(request)
        except EngineGone:
            return 0

    @property
    def ending(self) -> Ending | None:
        """How the engine ended the last time; None while none has."""
        return self.engine.ending

    def acknowledge(self, number: int) -> None:
        """Say that a progress message has been shown."""
        self.engine.acknowledge(number)

    def close(self) -> None:
        """End the engine; nobody waits for it."""
        self.engine.close()
