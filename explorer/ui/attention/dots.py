"""How far heads look, by layer: a dot for each head."""

from __future__ import annotations

import math
from collections.abc import Sequence

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from explorer import words
from explorer.style.colours import Array
from explorer.style.theme import theme


class LayerDots(QWidget):
    """Heads as dots over their layer; the chosen one in accent."""

    def __init__(self, name: str) -> None:
        super().__init__()
        self._name = name
        self._layers: list[Array] = []
        self._selected = (0, 0)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def set_values(self, layers: Sequence[Array]) -> None:
        """Show a number for each head of each layer."""
        self._layers = list(layers)
        means = ", ".join(f"layer {i} {words.number(float(v.mean()), 2)}" for i, v in enumerate(layers))
        self.setAccessibleName(f"{self._name}: {means}")
        self.update()

    def set_selected(self, layer: int, head: int) -> None:
        """Mark a head."""
        self._selected = (layer, head)
        self.update()

    def sizeHint(self) -> QSize:
        """Return a low chart."""
        return QSize(theme().px(200), theme().px(124))

    def minimumSizeHint(self) -> QSize:
        """Allow a narrow column."""
        return QSize(theme().px(120), theme().px(124))

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw lines, ticks and dots."""
        if not self._layers:
            return
        px, tints = theme().px, theme().colours
        painter = QPainter(self)
        painter.setFont(theme().font("caption"))
        area = QRectF(px(20), px(8), self.width() - px(26), self.height() - px(28))
        top = max(1, math.ceil(max(float(values.max()) for values in self._layers)))
        step = max(1, -(-top // 4))
        for value in range(0, top + 1, step):
            y = round(area.bottom() - value / top * area.height()) + 0.5
            painter.setPen(tints.line_strong if value == 0 else tints.line_subtle)
            painter.drawLine(QPointF(area.left(), y), QPointF(area.right(), y))
            painter.setPen(tints.text3)
            tick = QRectF(0, y - px(8), area.left() - px(6), px(16))
            painter.drawText(tick, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, str(value))
        across = area.width() / len(self._layers)
        every = max(1, -(-len(self._layers) // max(1, int(area.width() // px(24)))))
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        for layer, values in enumerate(self._layers):
            middle = area.left() + (layer + 0.5) * across
            if layer % every == 0:
                painter.setPen(tints.text3)
                below = QRectF(middle - across, area.bottom() + px(3), 2 * across, px(16))
                painter.drawText(below, Qt.AlignmentFlag.AlignCenter, f"L{layer}")
            self._draw_heads(painter, layer, values, middle, across, area, top)

    def _draw_heads(
        self,
        painter: QPainter,
        layer: int,
        values: Array,
        middle: float,
        across: float,
        area: QRectF,
        top: int,
    ) -> None:
        px, tints = theme().px, theme().colours
        painter.setPen(Qt.PenStyle.NoPen)
        spread = min(across * 0.6, px(36))
        # the chosen head comes last, on top of its neighbours
        for head in sorted(range(len(values)), key=lambda head: (layer, head) == self._selected):
            chosen = (layer, head) == self._selected
            x = middle + ((head + 0.5) / len(values) - 0.5) * spread
            y = area.bottom() - float(values[head]) / top * area.height()
            painter.setBrush(tints.accent if chosen else tints.line_strong)
            painter.setOpacity(1.0 if chosen else 0.65)
            radius = px(4.5 if chosen else 3.5)
            painter.drawEllipse(QPointF(x, y), radius, radius)
        painter.setOpacity(1.0)
