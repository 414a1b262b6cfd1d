"""How an engine process ended, and how that is said."""

from __future__ import annotations

import signal
from contextlib import suppress
from dataclasses import dataclass

SAFE = "Your design is safe."
_LONGEST = 200
_WINDOWS = {
    0xC0000005: "it touched memory that is not its own",
    0xC0000017: "memory ran out",
    0xC000001D: "it met an instruction that this processor lacks",
    0xC00000FD: "its stack overflowed",
    0xC0000135: "a library that it needs is missing",
}


@dataclass(frozen=True)
class Ending:
    """The end of one engine process.

    Attributes:
        code: its exit code, negative for a signal; None where no process could be started.
        problem: what the program saw: why it could not be started, or what broke the connection.
        ready_seconds: how long it had been ready; None when it never was.
        last_words: the last lines of its error output.
        cause: why the program ended it, in words; empty when it ended by itself.

    """

    code: int | None
    problem: str = ""
    ready_seconds: float | None = None
    last_words: tuple[str, ...] = ()
    cause: str = ""

    @property
    def was_ready(self) -> bool:
        """Whether it had started and said so."""
        return self.ready_seconds is not None

    @property
    def words(self) -> str:
        """One or two sentences for people."""
        if self.was_ready:
            return f"The engine {self._in_work}. {SAFE}"
        return f"The engine could not start: {self._at_start}. {SAFE}"

    @property
    def _in_work(self) -> str:
        if self.cause:
            return f"was ended: {self.cause}"
        if self.code is not None and self.code < 0:
            often = ": often the sign that memory ran out" if self.code == -9 else ""
            return f"was ended by {_signal(-self.code)}{often}"
        return f"stopped ({self._why})"

    @property
    def _at_start(self) -> str:
        if self.cause:
            return self.cause
        if self.code is not None and self.code < 0:
            return f"it was ended by {_signal(-self.code)}"
        return self._why

    @property
    def _why(self) -> str:
        """What is known of an end by itself: a code that speaks, else its last line, else what was seen."""
        if self.code in _WINDOWS:
            return _WINDOWS[self.code]
        last = next((line.strip() for line in reversed(self.last_words) if line.strip()), "")
        return (last or self.problem or f"exit code {self.code}").rstrip(".")[:_LONGEST]


def _signal(number: int) -> str:
    name = ""
    with suppress(ValueError):
        name = f" ({signal.Signals(number).name})"
    return f"signal {number}{name}"
