"""The weights of a head as a matrix, with the row of the query framed in white."""

from __future__ import annotations

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPen

from explorer.style.theme import theme
from explorer.ui.widgets.map_view import MapView


class MatrixView(MapView):
    """Queries down, keys across; picking a cell picks its query."""

    def __init__(self, name: str, side: int) -> None:
        super().__init__(name, side)
        self._row: int | None = None
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)

    def set_row(self, row: int | None) -> None:
        """Frame a row."""
        self._row = row
        # the arrow keys of the base class start from its cell; the frame is drawn here instead
        self._cell = None if row is None else (row, 0)
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the matrix and the frame round its row."""
        cell, self._cell = self._cell, None
        super().paintEvent(event)
        self._cell = cell
        if self._row is None:
            return
        rect, (rows, _) = self.picture_rect(), self.cells()
        height = rect.height() / rows
        tall = max(height, theme().px(3)) + 1
        top = min(max(round(self._row * height) - 0.5, 0.5), rect.height() - tall - 0.5)
        line = QRectF(0.5, top, rect.width() - 1, tall)
        painter = QPainter(self)
        painter.setPen(QPen(Qt.GlobalColor.white, 1))
        painter.drawRect(line)
