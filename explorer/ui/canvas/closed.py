"""Why nothing can be changed on a level, in words."""

from __future__ import annotations

from explorer.graph.level import Level
from explorer.ui.widgets.keys import key_of


def closed_words(level: Level) -> str:
    """Say why nothing can be changed on a level."""
    if not level.unfolded:
        return inside_words()
    key = key_of("view.fold", "[")
    return f"Unfolded, for reading. {key or 'Fold'} folds it, to change it."


def inside_words() -> str:
    """Say that the inside of a block is only looked at, and what would open it."""
    key = key_of("edit.ungroup", "Ctrl+Shift+G")
    return f"This is the inside of a block. {key or 'Ungroup or unpack'} unpacks it."
