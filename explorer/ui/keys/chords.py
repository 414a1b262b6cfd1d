"""Keys as texts: `Ctrl+Shift+G`, one chord at a time."""

from __future__ import annotations

from PySide6.QtCore import QKeyCombination, Qt
from PySide6.QtGui import QKeySequence

_HOLDS = (
    Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.AltModifier | Qt.KeyboardModifier.MetaModifier
)
_MODIFIERS = frozenset(
    [
        Qt.Key.Key_Shift,
        Qt.Key.Key_Control,
        Qt.Key.Key_Alt,
        Qt.Key.Key_AltGr,
        Qt.Key.Key_Meta,
        Qt.Key.Key_CapsLock,
        Qt.Key.Key_NumLock,
        Qt.Key.Key_unknown,
    ]
)
FIXED = {
    "Esc": "Esc always cancels, deselects or goes up",
    "Y": "Y is held down to cut wires",
    "Shift+Tab": "Shift+Tab leaves the canvas",
}
"""Keys that mean something of their own, and what."""


def normal(text: str) -> str | None:
    """Return a chord in the one way it is written here, or None when the text is no single chord."""
    sequence = QKeySequence(text)
    pressed = _only(sequence)
    return None if pressed is None or pressed.key() in _MODIFIERS else sequence.toString()


def _only(sequence: QKeySequence) -> QKeyCombination | None:
    """The key of a sequence of one."""
    if sequence.count() != 1:
        return None
    first: QKeyCombination = sequence[0]  # type: ignore[index]
    return first


def of_press(key: int, modifiers: Qt.KeyboardModifier) -> str | None:
    """Return the chord that was pressed, or None while only Shift, Ctrl or Alt are down."""
    if key in _MODIFIERS:
        return None
    kept = modifiers & ~(Qt.KeyboardModifier.KeypadModifier | Qt.KeyboardModifier.GroupSwitchModifier)
    if Qt.Key.Key_Exclam <= key <= Qt.Key.Key_Slash or Qt.Key.Key_Colon <= key <= Qt.Key.Key_At:
        kept &= ~Qt.KeyboardModifier.ShiftModifier  # `?` is typed with Shift: what is meant is the sign
    return normal(QKeySequence(key | kept.value).toString())


def is_letter(chord: str) -> bool:
    """Whether a key is also typed into text fields: then it may only work while the canvas has the focus."""
    pressed = _only(QKeySequence(chord))
    if pressed is None:
        return False
    key, held = pressed.key(), pressed.keyboardModifiers()
    return not held & _HOLDS and not Qt.Key.Key_F1 <= key <= Qt.Key.Key_F35
