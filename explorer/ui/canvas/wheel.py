"""What wheel and touchpad do: zoom at the pointer, pan by two fingers, by Shift or a second wheel."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtGui import QWheelEvent

from explorer.ui.canvas.camera import STEP

if TYPE_CHECKING:
    from explorer.ui.canvas.canvas import CanvasView

NOTCH = 60.0
"""Pixels that one notch pans sideways."""


def turn(canvas: CanvasView, event: QWheelEvent) -> None:
    """Zoom or pan; buttons 6 and 7 of an X server come as a horizontal wheel."""
    pixels, angle, keys = event.pixelDelta(), event.angleDelta(), event.modifiers()
    ctrl = bool(keys & Qt.KeyboardModifier.ControlModifier)
    if not pixels.isNull() and not ctrl:
        canvas.camera.scroll(-pixels.x(), -pixels.y())
    elif keys & Qt.KeyboardModifier.ShiftModifier:
        canvas.camera.scroll(-(angle.y() or angle.x()) / 120 * NOTCH, 0)
    elif angle.x() and abs(angle.x()) >= abs(angle.y()):
        canvas.camera.scroll(-angle.x() / 120 * NOTCH, 0)
    elif angle.y():
        canvas.camera.zoom_at(canvas.zoom * STEP ** (angle.y() / 240), event.position())
