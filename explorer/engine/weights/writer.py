"""A thread that does named pieces of work, so that nobody waits for a disk."""

from __future__ import annotations

import atexit
import threading
from collections.abc import Callable


class Writer:
    """Calls `work(name)` for every name that was asked for; one that waits already is not done twice.

    The thread begins with the first wish. What waits when the program ends is still done.
    """

    def __init__(self, work: Callable[[str], None]) -> None:
        self._work = work
        self._waiting: dict[str, None] = {}
        self._is_busy = self._is_closed = False
        self._news = threading.Condition()
        self._thread: threading.Thread | None = None

    def ask(self, *names: str) -> None:
        """Let the work be done for these names soon."""
        with self._news:
            self._waiting.update(dict.fromkeys(names))
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name="kept weights", daemon=True)
                self._thread.start()
                atexit.register(self.close)
            self._news.notify_all()

    def settle(self) -> None:
        """Wait until all is done."""
        with self._news:
            self._news.wait_for(lambda: not self._waiting and not self._is_busy)

    def close(self) -> None:
        """Do what waits, then end."""
        with self._news:
            self._is_closed = True
            self._news.notify_all()
        if self._thread is not None:
            self._thread.join()
            atexit.unregister(self.close)

    def _run(self) -> None:
        while (name := self._next()) is not None:
            self._work(name)
            with self._news:
                self._is_busy = False
                self._news.notify_all()

    def _next(self) -> str | None:
        with self._news:
            self._news.wait_for(lambda: self._waiting or self._is_closed)
            if not self._waiting:
                return None
            name = next(iter(self._waiting))
            del self._waiting[name]
            self._is_busy = True
            return name
