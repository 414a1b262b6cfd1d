"""What a key does on the canvas, looked up in the one table of its commands."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TypeAlias

from PySide6.QtCore import QKeyCombination, Qt
from PySide6.QtGui import QKeySequence

from explorer.ui.canvas.actions import ACTIONS, CanvasAction, Run

Keys: TypeAlias = "Mapping[str, Run]"


def _of(actions: Iterable[CanvasAction]) -> Keys:
    return {QKeySequence(keys).toString(): action.run for action in actions for keys in action.keys}


ALL = _of(ACTIONS)
"""For a canvas without a window."""
OWN = _of(action for action in ACTIONS if not action.title)
"""For a canvas in a window: what stands in a menu is the window's, under the keys that are in force."""


def find(keys: Keys, key: int, modifiers: Qt.KeyboardModifier) -> Run | None:
    """Return what a key does."""
    kept = modifiers & ~(Qt.KeyboardModifier.KeypadModifier | Qt.KeyboardModifier.GroupSwitchModifier)
    return keys.get(QKeySequence(QKeyCombination(kept, Qt.Key(key))).toString())
