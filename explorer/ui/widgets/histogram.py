"""A histogram of values, with its ends written below."""

from __future__ import annotations

from typing import Any

import numpy as np
from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from explorer import words
from explorer.style.theme import theme

Array = np.ndarray[Any, np.dtype[Any]]


AXIS, NAMED = "value", 150
"""What the axis shows, and the width from which there is room to say it."""


class Histogram(QWidget):
    """Counts as bars; the bar that holds ``marked`` is drawn in the text's colour."""

    def __init__(self, name: str, height: int = 54) -> None:
        super().__init__()
        self._name, self._height = name, height
        self._counts: Array = np.zeros(0)
        self._edges: tuple[float, float] = (0.0, 1.0)
        self._marked = -1
        self.setAccessibleName(name)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def set_values(self, values: Array, bins: int = 24) -> None:
        """Count values that are finite."""
        finite = values[np.isfinite(values)].astype(np.float64)
        if finite.size == 0:
            self.set_counts(np.zeros(0), 0.0, 1.0)
            return
        counts, edges = np.histogram(finite, bins=bins)
        self.set_counts(counts, float(edges[0]), float(edges[-1]))

    def set_counts(self, counts: Array, low: float, high: float) -> None:
        """Show counts made elsewhere, for example by the engine."""
        self._counts, self._edges, self._marked = np.asarray(counts), (low, high), -1
        self.setAccessibleName(f"{self._name} from {words.number(low)} to {words.number(high)}")
        self.update()

    def set_marked(self, value: float | None) -> None:
        """Mark the bar a value falls into."""
        low, high = self._edges
        inside = value is not None and low <= value <= high and high > low and len(self._counts) > 0
        self._marked = (
            min(int((value - low) / (high - low) * len(self._counts)), len(self._counts) - 1)
            if inside and value is not None
            else -1
        )
        self.update()

    def sizeHint(self) -> QSize:
        """Return the bars and a line of text."""
        return QSize(theme().px(160), theme().px(self._height + 16))

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw bars, axis and its ends."""
        colours, px = theme().colours, theme().px
        painter = QPainter(self)
        floor = self.height() - px(16)
        largest = float(self._counts.max()) if self._counts.size else 0.0
        if largest > 0:
            step = self.width() / len(self._counts)
            for index, value in enumerate(self._counts):
                height = max(1.0, value / largest * (floor - 2)) if value else 0.0
                bar = QRectF(index * step + 0.5, floor - height, max(1.0, step - 1), height)
                painter.fillRect(bar, colours.text if index == self._marked else colours.accent)
        painter.setPen(colours.line_strong)
        painter.drawLine(0, floor, self.width(), floor)
        painter.setFont(theme().font("caption"))
        painter.setPen(colours.text3)
        below = QRectF(0, floor + px(2), self.width(), px(14))
        painter.drawText(below, Qt.AlignmentFlag.AlignLeft, words.number(self._edges[0], 2))
        painter.drawText(below, Qt.AlignmentFlag.AlignRight, words.number(self._edges[1], 2))
        if self.width() >= px(NAMED):
            painter.drawText(below, Qt.AlignmentFlag.AlignHCenter, AXIS)
            if largest > 0:
                painter.drawText(
                    QRectF(0, 0, self.width(), px(14)), Qt.AlignmentFlag.AlignRight, f"{largest:,.0f} at most"
                )
