"""The two streams to the program, out of reach of whatever else reads or prints in this process."""

from __future__ import annotations

import os
import sys
from contextlib import suppress
from typing import BinaryIO


def own_streams() -> tuple[BinaryIO, BinaryIO]:
    """Take stdin and stdout away: what prints goes to stderr, what reads finds nothing.

    Neither is handed on to child processes, so that the program's pipes end with this process.
    """
    _open_standard_ones()
    source = os.fdopen(os.dup(0), "rb", buffering=0)
    sink = os.fdopen(os.dup(1), "wb", buffering=1 << 20)
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    os.close(nothing)
    os.dup2(2, 1)
    return source, sink


def _open_standard_ones() -> None:
    """A number below 3 that is closed would be given to the next file, and be printed into."""
    for number in range(3):
        try:
            os.fstat(number)
        except OSError:
            os.open(os.devnull, os.O_RDWR)  # takes the lowest number that is free


def note(words: str) -> None:
    """Write a line for the log; nobody may be there to read it."""
    with suppress(OSError, ValueError, AttributeError):
        sys.stderr.write(f"{words}\n")
        sys.stderr.flush()
