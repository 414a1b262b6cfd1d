"""A client on a real engine process, with its events in a queue."""

from __future__ import annotations

import queue
import time
from typing import TypeVar

from explorer.client.engine import Engine
from explorer.graph import files
from explorer.graph.document import Document
from explorer.protocol import events, requests

T = TypeVar("T")
PATIENCE = 60.0


class Talk:
    """Sends requests and waits for events by kind or job; what it has taken in counts as shown."""

    def __init__(self, command: list[str] | None = None) -> None:
        self.inbox: queue.Queue[events.Event] = queue.Queue()
        self.gone: queue.Queue[str] = queue.Queue()
        self.seen: list[events.Event] = []
        self.engine = Engine(self.inbox.put, self.gone.put, command)

    def next(self, seconds: float = PATIENCE) -> events.Event:
        event = self.inbox.get(timeout=seconds)
        self.seen.append(event)
        if isinstance(event, events.RunSteps):
            self.engine.acknowledge(event.number)
        return event

    def wait(self, kind: type[T]) -> T:
        """Let events pass until one of this kind comes; a failure ends the wait."""
        ends = time.monotonic() + PATIENCE
        while time.monotonic() < ends:
            event = self.next()
            if isinstance(event, kind):
                return event
            assert not isinstance(event, events.Failed), event
        raise TimeoutError(kind.__name__)

    def ask(self, request: requests.Request) -> events.Event:
        """Send a request and return what answers its job."""
        return self.answer(self.engine.send(request))

    def answer(self, job: int) -> events.Event:
        while (event := self.next()).job != job or isinstance(event, events.Progress):
            pass
        return event

    def load(self, document: Document, revision: int = 1, seed: int = 0, *, fit: bool = True) -> events.Event:
        design = files.encode(document)
        return self.ask(requests.Load(design=design, revision=revision, seed=seed, fit=fit))

    def drain(self) -> None:
        while not self.inbox.empty():
            self.next()
