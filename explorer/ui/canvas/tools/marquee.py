"""Marquee: a rectangle that selects what it touches."""

from __future__ import annotations

from PySide6.QtCore import QRectF
from PySide6.QtGui import QColor, QPainter, QPen

from explorer.style.theme import theme
from explorer.ui.canvas.pointer import Pointer
from explorer.ui.canvas.selection import Selection
from explorer.ui.canvas.tools.stage import Stage
from explorer.ui.canvas.tools.tool import Tool


class Marquee(Tool):
    """Replaces the selection; Shift adds to it, Ctrl changes over."""

    id = "marquee"
    scrolls = True

    def __init__(self, stage: Stage, start: Pointer) -> None:
        super().__init__(stage)
        self._start = start
        self._before = self.context.selection
        self._area = QRectF(start.scene, start.scene)

    def move(self, pointer: Pointer) -> None:
        """Select what the rectangle touches now."""
        self._area = QRectF(self._start.scene, pointer.scene).normalized()
        placed = self.scene.placed
        touched = placed.touching(self._area)
        touched += [key for key, box in placed.notes.items() if box.intersects(self._area)]
        if pointer.shift:
            self.context.select(self._before.plus(touched))
        elif pointer.ctrl:
            self.context.select(self._before.toggled(touched))
        else:
            self.context.select(touched)
        self.stage.refresh_overlay()

    def release(self, pointer: Pointer) -> None:
        """End; a click on the empty canvas selects nothing."""
        self.stage.finish()
        if not pointer.far_from(self._start) and not (pointer.shift or pointer.ctrl):
            self.context.select(Selection())

    def cancel(self) -> None:
        """Select again what was selected."""
        self.context.select(self._before)

    def paint(self, painter: QPainter) -> None:
        """Draw the rectangle."""
        accent = theme().colours.accent
        ground = QColor(accent)
        ground.setAlphaF(0.08)
        pen = QPen(accent, 1)
        pen.setCosmetic(True)
        painter.setPen(pen)
        painter.setBrush(ground)
        painter.drawRect(self._area)

    def bounds(self) -> QRectF:
        """Return the rectangle."""
        return self._area
