"""The weights of a head as a matrix, with the row of the query framed in white, and tokens on its axes."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QFontMetricsF, QPainter, QPaintEvent, QPen

from explorer.style.theme import theme
from explorer.ui.widgets.map_view import MapView

_LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
_RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
NARROWEST = 8
"""Pixels of a cell, before the text scale, beside which a token can still be read."""


class MatrixView(MapView):
    """Queries down, keys across; picking a cell picks its query."""

    def __init__(self, name: str, side: int) -> None:
        super().__init__(name, side)
        self._row: int | None = None
        self._asking: tuple[str, ...] = ()
        self._asked: tuple[str, ...] = ()
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)

    def set_row(self, row: int | None) -> None:
        """Frame a row."""
        self._row = row
        # the arrow keys of the base class start from its cell; the frame is drawn here instead
        self._cell = None if row is None else (row, 0)
        self.update()

    def set_tokens(self, asking: Sequence[str], asked: Sequence[str]) -> None:
        """Write those that ask at the left and those asked above, where there is room; () for none."""
        self._asking, self._asked = tuple(asking), tuple(asked)
        self.update()

    def tokens(self) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """Return what stands at the left and above; empty where cells are too small for words."""
        return (self._asking, self._asked) if self._margins() != (0.0, 0.0) else ((), ())

    def _margins(self) -> tuple[float, float]:
        """Room for the tokens at the left and above."""
        rows, columns = self.cells()
        if (len(self._asking), len(self._asked)) != (rows, columns):
            return 0.0, 0.0
        metrics, gap = QFontMetricsF(theme().font("caption")), theme().px(4)
        left = max(metrics.horizontalAdvance(token) for token in self._asking) + gap
        above = max(metrics.horizontalAdvance(token) for token in self._asked) + gap
        cell = min((self.width() - left) / columns, (self.height() - above) / rows)
        return (left, above) if cell >= theme().px(NARROWEST) else (0.0, 0.0)

    def picture_rect(self) -> QRectF:
        """Return where the cells lie: below and beside the tokens."""
        left, above = self._margins()
        if not (left or above) or self._image.isNull():
            return super().picture_rect()
        room = QRectF(left, above, self.width() - left, self.height() - above)
        size = self._image.size().scaled(room.size().toSize(), Qt.AspectRatioMode.KeepAspectRatio)
        return QRectF(left, above, size.width(), size.height())

    def _cell_at(self, position: QPointF) -> tuple[int, int] | None:
        rect, (rows, columns) = self.picture_rect(), self.cells()
        if self._values is None or not rect.contains(position):
            return None
        place = position - rect.topLeft()
        row, column = int(place.y() / rect.height() * rows), int(place.x() / rect.width() * columns)
        return min(row, rows - 1), min(column, columns - 1)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the matrix, the frame round its row, and the tokens."""
        cell, self._cell = self._cell, None
        super().paintEvent(event)
        self._cell = cell
        rect, (rows, _) = self.picture_rect(), self.cells()
        painter = QPainter(self)
        if self._margins() != (0.0, 0.0):
            self._draw_tokens(painter, rect)
        if self._row is None:
            return
        height = rect.height() / rows
        tall = max(height, theme().px(3)) + 1
        top = rect.top() + min(max(round(self._row * height) - 0.5, 0.5), rect.height() - tall - 0.5)
        painter.setPen(QPen(Qt.GlobalColor.white, 1))
        painter.drawRect(QRectF(rect.left() + 0.5, top, rect.width() - 1, tall))

    def _draw_tokens(self, painter: QPainter, rect: QRectF) -> None:
        px, tints, (rows, columns) = theme().px, theme().colours, self.cells()
        tall, wide = rect.height() / rows, rect.width() / columns
        for number, token in enumerate(self._asking):
            painter.setFont(theme().font("caption", 600 if number == self._row else 400))
            painter.setPen(tints.text if number == self._row else tints.text2)
            middle = rect.top() + (number + 0.5) * tall
            painter.drawText(QRectF(0, middle - px(10), rect.left() - px(3), px(20)), _RIGHT, token)
        painter.setFont(theme().font("caption"))
        painter.setPen(tints.text2)
        for number, token in enumerate(self._asked):
            painter.save()
            painter.translate(rect.left() + (number + 0.5) * wide, rect.top() - px(3))
            painter.rotate(-90)
            painter.drawText(QRectF(0, -px(10), rect.top(), px(20)), _LEFT, token)
            painter.restore()
