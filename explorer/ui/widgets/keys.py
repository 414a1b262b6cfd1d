"""Keys in sentences, as they are written on the keyboard at hand: `Ctrl+Z`, or `⌘Z` on a Mac."""

from __future__ import annotations

from PySide6.QtGui import QKeySequence


def native(keys: str) -> str:
    """Return a shortcut of the tables (`Ctrl+Shift+G`) as people here read it."""
    return QKeySequence(keys).toString(QKeySequence.SequenceFormat.NativeText)
