"""What a key does on the canvas, looked up in the one table of its commands."""

from __future__ import annotations

from PySide6.QtCore import QKeyCombination, Qt
from PySide6.QtGui import QKeySequence

from explorer.ui.canvas.actions import ACTIONS, Run

_TABLE = {QKeySequence(keys).toString(): action.run for action in ACTIONS for keys in action.keys}


def find(key: int, modifiers: Qt.KeyboardModifier) -> Run | None:
    """Return what a key does; a window that has the same key in its menus takes it first."""
    kept = modifiers & ~(Qt.KeyboardModifier.KeypadModifier | Qt.KeyboardModifier.GroupSwitchModifier)
    return _TABLE.get(QKeySequence(QKeyCombination(kept, Qt.Key(key))).toString())
