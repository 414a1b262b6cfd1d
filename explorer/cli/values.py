"""Numbers as words of a command: read and held to their limits before anything runs."""

from __future__ import annotations

import argparse
from collections.abc import Callable

LARGEST_SEED = 2**32 - 1


def whole(low: int, high: int) -> Callable[[str], int]:
    """Return a reader of whole numbers from `low` to `high`, for `type=` of an argument."""

    def read(text: str) -> int:
        try:
            value = int(text)
        except ValueError:
            raise argparse.ArgumentTypeError(f"a whole number is wanted, not “{text[:40]}”") from None
        if not low <= value <= high:
            raise argparse.ArgumentTypeError(f"a whole number from {low:,} to {high:,}, not {text[:40]}")
        return value

    return read


seed = whole(0, LARGEST_SEED)


def place(text: str) -> tuple[int, ...]:
    """Read an index such as `14,6,5`."""
    try:
        found = tuple(int(part) for part in text.split(","))
    except ValueError:
        found = ()
    if not found or len(found) > 8 or min(found) < 0 or max(found) > 2**31:
        raise argparse.ArgumentTypeError(
            f"a place is whole numbers from 0, such as 14,6,5, not “{text[:40]}”"
        )
    return found
