"""The keys of the canvas: one table; a window that has the same keys in its menus takes them first."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, TypeAlias

from PySide6.QtCore import QKeyCombination, Qt
from PySide6.QtGui import QKeySequence

from explorer.ui.canvas import clipboard, commands, navigation, tidying, walking

if TYPE_CHECKING:
    from explorer.ui.canvas.canvas import CanvasView

Run: TypeAlias = "Callable[[CanvasView], object]"

KEYS: dict[str, Run] = {
    "Del": lambda c: commands.remove(c.context),
    "Backspace": lambda c: commands.remove(c.context),
    "Ctrl+Del": lambda c: commands.dissolve(c.context),
    "Ctrl+C": lambda c: clipboard.copy(c.context),
    "Ctrl+X": lambda c: clipboard.cut(c.context),
    "Ctrl+V": lambda c: clipboard.paste(c.context),
    "Ctrl+Shift+V": lambda c: clipboard.paste(c.context, keep_inputs=True),
    "Ctrl+D": lambda c: clipboard.duplicate(c.context),
    "Shift+D": lambda c: clipboard.duplicate(c.context),
    "Ctrl+A": lambda c: commands.select_all(c.context),
    "Ctrl+Z": lambda c: commands.undo(c.context),
    "Ctrl+Shift+Z": lambda c: commands.redo(c.context),
    "Ctrl+Y": lambda c: commands.redo(c.context),
    "M": lambda c: commands.mute(c.context),
    "H": lambda c: commands.collapse(c.context),
    "C": lambda c: navigation.frame_selection(c),
    "Shift+C": lambda c: navigation.add_note(c),
    "Ctrl+G": lambda c: commands.group(c.context),
    "Ctrl+Shift+G": lambda c: commands.ungroup(c.context),
    "Return": lambda c: navigation.enter(c),
    "Enter": lambda c: navigation.enter(c),
    "U": lambda c: navigation.leave(c),
    "Esc": lambda c: navigation.escape(c),
    "F2": lambda c: navigation.rename(c),
    "L": lambda c: tidying.tidy(c.context),
    "Shift+L": lambda c: tidying.tidy_all(c.context),
    "Tab": lambda c: navigation.ask_to_add(c),
    "Shift+A": lambda c: navigation.ask_to_add(c),
    "Home": lambda c: navigation.fit_all(c),
    "A": lambda c: navigation.fit_all(c),
    "F": lambda c: navigation.fit_selection(c),
    ".": lambda c: navigation.fit_selection(c),
    "Ctrl+=": lambda c: navigation.zoom_in(c),
    "Ctrl++": lambda c: navigation.zoom_in(c),
    "Ctrl+-": lambda c: navigation.zoom_out(c),
    "Ctrl+0": lambda c: navigation.zoom_to_readable(c),
    "Left": lambda c: walking.walk(c.context, "left"),
    "Right": lambda c: walking.walk(c.context, "right"),
    "Up": lambda c: walking.walk(c.context, "up"),
    "Down": lambda c: walking.walk(c.context, "down"),
    "Shift+Left": lambda c: walking.walk(c.context, "left", extend=True),
    "Shift+Right": lambda c: walking.walk(c.context, "right", extend=True),
    "Shift+Up": lambda c: walking.walk(c.context, "up", extend=True),
    "Shift+Down": lambda c: walking.walk(c.context, "down", extend=True),
}


_TABLE = {QKeySequence(text).toString(): run for text, run in KEYS.items()}


def find(key: int, modifiers: Qt.KeyboardModifier) -> Run | None:
    """Return what a key does."""
    kept = modifiers & ~(Qt.KeyboardModifier.KeypadModifier | Qt.KeyboardModifier.GroupSwitchModifier)
    return _TABLE.get(QKeySequence(QKeyCombination(kept, Qt.Key(key))).toString())
