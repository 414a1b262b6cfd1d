"""Scrolling while something is dragged to the edge of what is seen."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QPointF, QTimer

from explorer.ui.canvas.pointer import Pointer

if TYPE_CHECKING:
    from explorer.ui.canvas.canvas import CanvasView

EDGE, FASTEST, TICK_MS = 28.0, 18.0, 16
"""Pixels from the edge at which it begins, pixels a step at the very edge, and time between steps."""


class EdgeScroll(QObject):
    """Moves the camera and lets the gesture follow; the nearer to the edge the faster."""

    def __init__(self, canvas: CanvasView, go_on: Callable[[Pointer], None]) -> None:
        super().__init__(canvas)
        self._canvas, self._go_on = canvas, go_on
        self._pointer: Pointer | None = None
        self._timer = QTimer(self, interval=TICK_MS)
        self._timer.timeout.connect(self._step)

    @property
    def is_on(self) -> bool:
        """Whether it scrolls now."""
        return self._timer.isActive()

    def follow(self, pointer: Pointer) -> None:
        """Scroll while the pointer stays near the edge."""
        self._pointer = pointer
        if self._speed(pointer).isNull():
            self._timer.stop()
        elif not self._timer.isActive():
            self._timer.start()

    def stop(self) -> None:
        """The gesture is over."""
        self._timer.stop()

    def _speed(self, pointer: Pointer) -> QPointF:
        size, at = self._canvas.viewport().size(), pointer.view
        return QPointF(_push(at.x(), size.width()), _push(at.y(), size.height()))

    def _step(self) -> None:
        if self._pointer is None:
            return
        speed = self._speed(self._pointer)
        self._canvas.camera.scroll(speed.x(), speed.y())
        self._go_on(replace(self._pointer, scene=self._canvas.camera.to_scene(self._pointer.view)))


def _push(at: float, length: int) -> float:
    """How fast to scroll along an axis: 0 in the middle, up to `FASTEST` beyond the edges."""
    if at < EDGE:
        return -FASTEST * min(1.0, (EDGE - at) / EDGE)
    if at > length - EDGE:
        return FASTEST * min(1.0, (at - length + EDGE) / EDGE)
    return 0.0
