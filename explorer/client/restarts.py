"""When an engine that died is started again, and when that is of no use any more."""

from __future__ import annotations

from dataclasses import dataclass

from explorer.client.ending import Ending

WAITS = (0.0, 1.0, 2.0, 4.0)
"""Seconds to wait after the first, second, … death in a row."""
MOST = 5
"""Deaths in a row after which it is left alone."""
LASTING = 10.0
"""An engine that was ready for so many seconds had started well: a row of deaths ends with it."""
SHOWN_LINES = 6


@dataclass(frozen=True)
class Verdict:
    """What to do after a death: `wait` so many seconds and start again (None: do not), and `words` to say."""

    wait: float | None
    words: str


class Restarts:
    """Counts deaths in a row. No clock, no thread: the program asks, waits and starts."""

    def __init__(self) -> None:
        self._deaths = 0

    def after(self, ending: Ending) -> Verdict:
        """Take a death in and say what to do."""
        if ending.ready_seconds is not None and ending.ready_seconds >= LASTING:
            self._deaths = 0
        self._deaths += 1
        if self._deaths >= MOST:
            return Verdict(None, self._giving_up(ending))
        wait = WAITS[min(self._deaths, len(WAITS)) - 1]
        again = f"in {wait:g} second{'s' if wait > 1 else ''}" if wait else "now"
        return Verdict(wait, f"{ending.words} It is started again {again}.")

    def forget(self) -> None:
        """Somebody wants it to be started again: the count begins anew."""
        self._deaths = 0

    def _giving_up(self, ending: Ending) -> str:
        lines = [line for line in ending.last_words if line.strip()][-SHOWN_LINES:]
        said = "\nThe last it said:\n" + "\n".join(lines) if lines else ""
        return (
            f"{ending.words} It ended {self._deaths} times in a row and is not started again by itself.{said}"
        )
