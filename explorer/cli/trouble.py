"""How a command ends when it cannot do what was asked."""

from __future__ import annotations

PROBLEMS, USAGE = 1, 2


class Trouble(Exception):
    """Ends a command with a sentence and an exit code: `PROBLEMS` of the design or data, or wrong `USAGE`."""

    def __init__(self, message: str, code: int = PROBLEMS) -> None:
        super().__init__(message)
        self.code = code
