"""What all events have in common."""

from __future__ import annotations

import msgspec


class BaseEvent(msgspec.Struct, frozen=True, tag=True, kw_only=True):
    """Common part of all events."""

    job: int = 0
    revision: int = 0
