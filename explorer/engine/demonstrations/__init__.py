"""Pictures of what blocks do, for their cards: computed by the real module with the present fields.

`draw` chooses the way by what the block is; one file for each way.
"""

from __future__ import annotations

from collections.abc import Callable

from explorer.engine.demonstrations import axes, curves, inside, maps, windows
from explorer.engine.demonstrations.subject import Subject
from explorer.protocol.pictures import Picture

Way = Callable[[Subject], Picture | None]

WAYS: tuple[Way, ...] = (
    inside.attention,
    inside.recurrence,
    inside.gates,
    inside.grid,
    inside.boxes,
    curves.activation,
    axes.normalisation,
    windows.weights,
    windows.window,
    windows.matrix,
    maps.before_and_after,
)
"""Asked in this order; the first that has something to say of a block draws it."""


def draw(subject: Subject) -> Picture:
    """Return the picture that says most of a block."""
    for way in WAYS:
        picture = way(subject)
        if picture is not None:
            return picture
    raise AssertionError("the last way always answers")
