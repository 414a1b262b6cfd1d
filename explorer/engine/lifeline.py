"""The end of this process when its program is gone, whatever it is doing; free of torch, to start first."""

from __future__ import annotations

import faulthandler
import os
import select
import sys
import threading
import time
from collections.abc import Callable
from contextlib import suppress

import psutil

from explorer.engine.streams import note

EVERY = 0.5
"""Seconds between two looks at the program."""
GRACE = 2.0
"""Seconds in which a job may be given up and a checkpoint be written."""


class Lifeline:
    """Notices that the program or the pipe from it is gone, says so once, and sees to the end of the process.

    It does not read the pipe; it only asks whether anybody could still write to it.
    """

    def __init__(self, source: int, program: int | None = None) -> None:
        """Watch a pipe, and the program's process where its number is known.

        Args:
            source: descriptor from which requests are read. program: its process id.

        """
        self._source = source
        self._program = _process(program) if program is not None else None
        self._has_program = program is not None
        self._lock = threading.Lock()
        self._tell: Callable[[], None] | None = None
        self.is_cut = False

    def start(self) -> None:
        """Watch from now on, on a thread."""
        threading.Thread(target=self._watch, name="lifeline", daemon=True).start()

    def when_cut(self, tell: Callable[[], None]) -> None:
        """There is work now that can be finished: have `tell` called when the program is gone."""
        with self._lock:
            self._tell = tell

    def cut(self) -> None:
        """The program is gone: what is not done within `GRACE` is left undone."""
        with self._lock:
            if self.is_cut:
                return
            self.is_cut, tell = True, self._tell
        if tell is None:  # nothing has begun that could be finished
            note("The program is gone before the engine was there.")
            os._exit(0)
        _end_within(GRACE)
        tell()

    def _watch(self) -> None:
        try:
            while not self._is_gone():
                pass
        finally:
            self.cut()

    def _is_gone(self) -> bool:
        """Wait a little; whether the program or its end of the pipe is gone."""
        return self._hung_up() or (self._has_program and not _is_alive(self._program))

    def _hung_up(self) -> bool:
        if sys.platform == "win32":  # pipes cannot be polled there; the one who reads is told
            time.sleep(EVERY)
            return False
        poll = select.poll()
        poll.register(self._source, 0)  # nothing is asked for, but hanging up is always told
        found = [what for _, what in poll.poll(EVERY * 1000)]
        if found and not found[0] & (select.POLLHUP | select.POLLNVAL):
            time.sleep(EVERY)
            return False
        return bool(found)


def _process(number: int) -> psutil.Process | None:
    with suppress(psutil.Error):
        return psutil.Process(number)
    return None


def _is_alive(process: psutil.Process | None) -> bool:
    """Whether it runs; its number may have gone to another meanwhile, and the dead may wait to be buried."""
    try:
        return process is not None and process.is_running() and process.status() != psutil.STATUS_ZOMBIE
    except psutil.Error:
        return False


def _end_within(seconds: float) -> None:
    """Have a thread below Python end the process: nothing that keeps the interpreter busy can stop it."""
    faulthandler.dump_traceback_later(seconds, exit=True, file=os.open(os.devnull, os.O_WRONLY))
