"""Keys in sentences, as they are written on the keyboard at hand: `Ctrl+Z`, or `⌘Z` on a Mac."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtGui import QKeySequence

_in_force: dict[str, str] = {}


def native(keys: str) -> str:
    """Return a shortcut of the tables (`Ctrl+Shift+G`) as people here read it."""
    return QKeySequence(keys).toString(QKeySequence.SequenceFormat.NativeText).replace("Return", "Enter")


def modifier(name: str) -> str:
    """Return a key that is held while the mouse does something, as people here read it: `Ctrl`, or `⌘`."""
    return native(f"{name}+A").removesuffix("A").removesuffix("+")


def put_in_force(shown: Mapping[str, str]) -> None:
    """Take over which key every command is known by now; the window's table of commands calls this."""
    _in_force.clear()
    _in_force.update(shown)


def key_of(command: str, usual: str) -> str:
    """Return the key that a command is known by now, for a sentence; empty when it has none.

    Args:
        command: its id, `edit.undo`. usual: the key it has where no window has said otherwise.

    """
    return native(_in_force.get(command, usual))


def with_key(words: str, command: str, usual: str) -> str:
    """Return words with the key of a command in brackets: `Undo (Ctrl+Z)`."""
    key = key_of(command, usual)
    return f"{words} ({key})" if key else words
