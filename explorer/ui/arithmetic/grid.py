"""Numbers as coloured cells: a window, its weights, their products."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QWidget

from explorer import words
from explorer.style import colours
from explorer.style.ink import ink_on
from explorer.style.theme import follow, theme

CELL, LARGEST = 30, 7
"""Side of a cell with its number; larger windows show colours only."""
FAINT = 0.35
"""Of values that a maximum leaves out."""


class NumberGrid(QWidget):
    """One array of rows and columns; the cell under the pointer is told, a marked one is outlined.

    Signals:
        pointed: (row, column), None when the pointer leaves.
    """

    pointed = Signal(object)

    def __init__(self, name: str) -> None:
        super().__init__()
        self._values = np.zeros((1, 1), np.float32)
        self._limits = (0.0, 1.0)
        self._marked: tuple[int, int] | None = None
        self._chosen: tuple[int, int] | None = None
        self.setAccessibleName(name)
        self.setMouseTracking(True)
        follow(self._restyle)

    def _restyle(self) -> None:
        self.setFixedSize(self.sizeHint())

    def show_values(
        self, values: np.ndarray, limits: tuple[float, float], chosen: tuple[int, int] | None = None
    ) -> None:
        """Show an array between two ends; of a maximum only the `chosen` cell stands out."""
        self._values, self._limits, self._chosen = values, limits, chosen
        self._restyle()
        self.update()

    def mark(self, cell: tuple[int, int] | None) -> None:
        """Outline a cell."""
        self._marked = cell
        self.update()

    @property
    def _has_numbers(self) -> bool:
        return max(self._values.shape) <= LARGEST

    def _side(self) -> float:
        if self._has_numbers:
            return float(theme().px(CELL))
        return max(2.0, theme().px(CELL * LARGEST) / max(self._values.shape))

    def sizeHint(self) -> QSize:
        """Return the size of all cells."""
        rows, columns = self._values.shape
        return QSize(round(columns * self._side()) + 1, round(rows * self._side()) + 1)

    def _cell_at(self, at: QPointF) -> tuple[int, int] | None:
        row, column = int(at.y() / self._side()), int(at.x() / self._side())
        inside = 0 <= row < self._values.shape[0] and 0 <= column < self._values.shape[1]
        return (row, column) if inside else None

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Tell the cell below the pointer."""
        self.pointed.emit(self._cell_at(event.position()))

    def leaveEvent(self, event: object) -> None:
        """Tell that there is none."""
        self.pointed.emit(None)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw cells, numbers and marks."""
        painter, side = QPainter(self), self._side()
        low, high = self._limits
        picture = colours.rgb(self._values, colours.map_of(low, high), low, high)
        painter.setFont(theme().font("caption"))
        for (row, column), value in np.ndenumerate(self._values):
            place = QRectF(column * side, row * side, side, side)
            ground = QColor(*(int(part) for part in picture[row, column]))
            if self._chosen is not None and (row, column) != self._chosen:
                painter.setOpacity(FAINT)
            painter.fillRect(place, ground)
            painter.setOpacity(1.0)
            if self._has_numbers:
                stands_back = self._chosen is not None and (row, column) != self._chosen
                painter.setPen(theme().colours.text2 if stands_back else ink_on(ground))
                painter.drawText(place, Qt.AlignmentFlag.AlignCenter, short(float(value)))
        for cell in (self._chosen, self._marked):
            if cell is not None and cell[0] < self._values.shape[0] and cell[1] < self._values.shape[1]:
                painter.setPen(QPen(theme().colours.accent, theme().px(2)))
                painter.drawRect(QRectF(cell[1] * side, cell[0] * side, side, side).adjusted(1, 1, -1, -1))


def short(value: float) -> str:
    """Two figures behind the point; nothing but 0 for what is next to nothing."""
    if abs(value) < 0.005:
        return "0"
    if abs(value) >= 100:
        return words.short(value)
    return f"{value:.2f}".replace("-", words.MINUS)
