"""Which jobs there are, and which of them shall be given up."""

from __future__ import annotations

import threading


class GivenUp(BaseException):
    """The job was cancelled.

    No `Exception`, so that no library on the way takes it for a failure of its own.
    """


class Jobs:
    """The jobs that wait or go on, by number: told by the thread that listens, asked by the one that works.

    Attributes:
        passes, layers: what the job at hand is expected to do, for its progress: forward passes of the
            design; layers that are made (0 when nobody knows).

    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._open: set[int] = set()
        self._cancelled: set[int] = set()
        self._over = False
        self.passes, self.layers = 1, 0

    def arrived(self, job: int) -> None:
        """A job waits to be done."""
        with self._lock:
            self._open.add(job)

    def cancel(self, job: int) -> None:
        """Give up a job that waits or goes on; one that has been answered is left alone."""
        with self._lock:
            if job in self._open:
                self._cancelled.add(job)

    def cancel_all(self) -> None:
        """Give up whatever computes, now and later: nobody waits for answers any more."""
        self._over = True

    def is_cancelled(self, job: int) -> bool:
        """Whether somebody cancelled this very job."""
        return job in self._cancelled

    def check(self, job: int) -> None:
        """Raise `GivenUp` when the job shall be given up; long handlers ask now and then."""
        if self._over or job in self._cancelled:
            raise GivenUp

    def expect(self, *, passes: int = 1, layers: int = 0) -> None:
        """Say what the job at hand will do; see the attributes."""
        self.passes, self.layers = passes, layers

    def answered(self, job: int) -> None:
        """The job is done with, whatever its answer was."""
        with self._lock:
            self._open.discard(job)
            self._cancelled.discard(job)
        self.expect()
