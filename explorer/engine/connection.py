"""The engine's end of the wire: what arrives is queued, what is said is written, and its end is noticed."""

from __future__ import annotations

import queue
import threading
from typing import BinaryIO

from explorer.engine.jobs import Jobs
from explorer.engine.streams import note
from explorer.protocol import events, framing, requests
from explorer.protocol.shared import NoPool, Outlet


class Connection:
    """Talks to one program. A thread reads; `Cancel` takes effect there, in the middle of other work.

    However the connection ends, `Shutdown` is the last that `next` gives, and every job is given up.
    """

    def __init__(self, source: BinaryIO, sink: BinaryIO, jobs: Jobs) -> None:
        """Read requests from `source`, write events to `sink`, tell `jobs` what is waiting and cancelled."""
        self._reader: framing.Reader[requests.Request] = framing.Reader(source, requests.Request)
        self._sink, self._jobs = sink, jobs
        self._inbox: queue.SimpleQueue[requests.Request] = queue.SimpleQueue()
        self._outlet: Outlet | None = None

    def listen(self) -> None:
        """Start to read."""
        threading.Thread(target=self._listen, name="requests", daemon=True).start()

    def next(self, *, wait: bool) -> requests.Request | None:
        """The next request; None when there is none and nobody wants to wait."""
        try:
            return self._inbox.get(block=wait)
        except queue.Empty:
            return None

    def emit(self, event: events.Event) -> None:
        """Send an event; when nobody is there any more it is dropped, and the end comes."""
        try:
            framing.write(self._sink, event, self._outlet)
        except OSError:
            self.end()

    def end(self) -> None:
        """Nobody is there any more: give up every job, then end."""
        self._jobs.cancel_all()
        self._inbox.put(requests.Shutdown())

    def share(self, request: requests.Hello) -> int:
        """Use the shared memory that the program offers, if it is any; returns its size in bytes."""
        if request.pool < 0:
            return 0
        try:
            self._outlet = Outlet(request.pool, request.mark)
        except NoPool as problem:
            note(f"Arrays go through the pipe: {problem}.")
            return 0
        return self._outlet.size

    def trim(self) -> None:
        """Give memory back that large arrays have travelled through."""
        if self._outlet is not None:
            self._outlet.trim()

    def _listen(self) -> None:
        ending = "reading failed"
        try:
            while not isinstance(request := self._reader.read(), requests.Shutdown):
                self._take(request)
            ending = ""
        except (framing.BrokenStream, OSError, ValueError) as problem:
            ending = str(problem)
        finally:  # the engine must hear of the end before anything else is tried
            self.end()
            if ending:
                note(f"The connection ended: {ending}.")

    def _take(self, request: requests.Request) -> None:
        if isinstance(request, requests.Cancel):
            self._jobs.cancel(request.target)
        elif isinstance(request, requests.Returned):
            if self._outlet is not None:
                self._outlet.give_back(request.place)
        else:
            self._jobs.arrived(request.job)
            self._inbox.put(request)
