"""When the garbage collector looks for circles."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager

OFTEN = 50_000
"""Records between two looks: an edit of a large design makes some thousands that stay."""


def collect_rarely() -> None:
    """Look for circles less often than Python does by itself, which would be several times in an edit."""
    gc.set_threshold(OFTEN, 10, 10)


@contextmanager
def collection_paused() -> Iterator[None]:
    """A pass makes many records that stay and none that could be freed; looking for some takes a tenth."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()
