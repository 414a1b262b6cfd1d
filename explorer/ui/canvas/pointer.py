"""A mouse event as a value: gestures never see Qt events."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QMouseEvent

Button = Qt.MouseButton
Modifier = Qt.KeyboardModifier


@dataclass(frozen=True)
class Pointer:
    """Where the pointer is: `scene` in canvas units, `view` in pixels; with button and modifiers."""

    scene: QPointF
    view: QPointF
    button: Qt.MouseButton = Button.NoButton
    modifiers: Qt.KeyboardModifier = Modifier.NoModifier

    @property
    def shift(self) -> bool:
        """Whether Shift is down."""
        return bool(self.modifiers & Modifier.ShiftModifier)

    @property
    def ctrl(self) -> bool:
        """Whether Ctrl is down."""
        return bool(self.modifiers & Modifier.ControlModifier)

    @property
    def alt(self) -> bool:
        """Whether Alt is down."""
        return bool(self.modifiers & Modifier.AltModifier)

    def far_from(self, other: Pointer, pixels: float = 4) -> bool:
        """Return whether the pointer has moved enough for a drag."""
        return (self.view - other.view).manhattanLength() >= pixels


def of_event(event: QMouseEvent, scene: QPointF) -> Pointer:
    """Return the value of a mouse event."""
    return Pointer(scene, event.position(), event.button(), event.modifiers())
