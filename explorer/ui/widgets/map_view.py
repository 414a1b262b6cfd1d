"""One tensor as a picture: a 2-D array in a colour map, nearest neighbour."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QImage, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from explorer import words
from explorer.style import colours
from explorer.style.colours import Array
from explorer.style.theme import follow, theme

_ARROWS = {
    Qt.Key.Key_Left: (0, -1),
    Qt.Key.Key_Right: (0, 1),
    Qt.Key.Key_Up: (-1, 0),
    Qt.Key.Key_Down: (1, 0),
}


class MapView(QWidget):
    """Shows values as squares; reports the cell under the mouse and the one that is picked.

    A cell can be outlined (``set_cell``), a box in cells can be drawn (``set_box``), and lines can mark a
    patch grid (``set_grid``).
    """

    hovered = Signal(int, int, float)
    left = Signal()
    picked = Signal(int, int)

    def __init__(self, name: str, side: int = 104) -> None:
        super().__init__()
        self._side = side
        self._values: Array | None = None
        self._image = QImage()
        self._drawn: tuple[str, float | None, float | None] | None = None  # a map, not a picture
        self._mask: QImage | None = None
        self._cell: tuple[int, int] | None = None
        self._box: QRectF | None = None
        self._grid: tuple[int, int] | None = None
        self._cell_white = False
        self.setMouseTracking(True)
        self.setAccessibleName(name)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Preferred)
        follow(self._restyle)

    def set_map(
        self, values: Array | None, name: str = "viridis", low: float | None = None, high: float | None = None
    ) -> None:
        """Show an array in a colour map; limits left out come from its values."""
        self._values, self._drawn = values, (name, low, high)
        self._mask = None if values is None else colours.nan_mask(values)
        self._restyle()
        self.updateGeometry()

    def _restyle(self) -> None:
        """Draw the map in the colours of the theme."""
        if self._drawn is not None:
            self._image = QImage() if self._values is None else colours.image(self._values, *self._drawn)
        self.update()

    def set_picture(self, picture: Array, values: Array | None = None) -> None:
        """Show an H × W × 3 picture; ``values`` (coarser or equal) are what hovering reports."""
        self._values = picture if values is None else values
        self._image, self._mask, self._drawn = colours.image(picture, "gray"), None, None
        self.updateGeometry()
        self.update()

    def set_cell(self, cell: tuple[int, int] | None, white: bool = False) -> None:
        """Outline one cell (row, column), in accent or in white."""
        self._cell, self._cell_white = cell, white
        self.update()

    def set_box(self, box: QRectF | None) -> None:
        """Draw a box given in cells (x, y, width, height), such as a receptive field."""
        self._box = box
        self.update()

    def set_grid(self, grid: tuple[int, int] | None) -> None:
        """Draw thin lines between rows × columns of patches."""
        self._grid = grid
        self.update()

    def set_side(self, side: int) -> None:
        """Change the preferred side, before the text scale."""
        self._side = side
        self.updateGeometry()

    def cells(self) -> tuple[int, int]:
        """Return rows and columns of what hovering reports."""
        if self._values is None or self._values.ndim < 2:
            return 1, 1
        return int(self._values.shape[0]), int(self._values.shape[1])

    def picture_rect(self) -> QRectF:
        """Return where the picture lies: as large as fits, in its own proportions, top left."""
        if self._image.isNull():
            return QRectF(self.rect())
        size = self._image.size().scaled(self.size(), Qt.AspectRatioMode.KeepAspectRatio)
        return QRectF(0, 0, size.width(), size.height())

    def sizeHint(self) -> QSize:
        """Return the preferred side; a wide picture keeps its proportions."""
        side = theme().px(self._side)
        if self._image.isNull():
            return QSize(side, side)
        return self._image.size().scaled(QSize(side, side), Qt.AspectRatioMode.KeepAspectRatio)

    def minimumSizeHint(self) -> QSize:
        """Allow a thumbnail."""
        return QSize(theme().px(26), theme().px(26))

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw picture, grid, box and outlined cell."""
        painter, rect = QPainter(self), self.picture_rect()
        if self._image.isNull():
            painter.fillRect(rect, theme().colours.sunken)
            return
        colours.paint(painter, rect, self._image, self._mask)
        if self._grid:
            self._draw_grid(painter, rect, *self._grid)
        outline = QPen(theme().colours.accent, theme().px(2))
        outline.setJoinStyle(Qt.PenJoinStyle.MiterJoin)
        painter.setPen(outline)
        if self._box is not None:
            painter.drawRect(self._scaled(self._box, rect))
        if self._cell is not None:
            outline.setColor(Qt.GlobalColor.white if self._cell_white else theme().colours.accent)
            painter.setPen(outline)
            painter.drawRect(self._scaled(QRectF(self._cell[1], self._cell[0], 1, 1), rect))
        if self.hasFocus():
            painter.setPen(QPen(theme().colours.focus, 2, Qt.PenStyle.DotLine))
            painter.drawRect(rect.adjusted(1, 1, -1, -1))

    def _draw_grid(self, painter: QPainter, rect: QRectF, rows: int, columns: int) -> None:
        painter.save()
        painter.setOpacity(0.25)
        painter.setPen(QPen(Qt.GlobalColor.white, 1))
        for index in range(1, columns):
            x = rect.left() + round(rect.width() * index / columns) + 0.5
            painter.drawLine(QPointF(x, rect.top()), QPointF(x, rect.bottom()))
        for index in range(1, rows):
            y = rect.top() + round(rect.height() * index / rows) + 0.5
            painter.drawLine(QPointF(rect.left(), y), QPointF(rect.right(), y))
        painter.restore()

    def _scaled(self, box: QRectF, rect: QRectF) -> QRectF:
        rows, columns = self.cells()
        across, down = rect.width() / columns, rect.height() / rows
        return QRectF(box.x() * across, box.y() * down, box.width() * across, box.height() * down)

    def _cell_at(self, position: QPointF) -> tuple[int, int] | None:
        rect, (rows, columns) = self.picture_rect(), self.cells()
        if self._values is None or not rect.contains(position):
            return None
        row, column = int(position.y() / rect.height() * rows), int(position.x() / rect.width() * columns)
        return min(row, rows - 1), min(column, columns - 1)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Report the cell under the mouse."""
        cell = self._cell_at(event.position())
        if cell is None or self._values is None:
            self.left.emit()
            return
        value = float(self._values[cell].mean())
        self.setToolTip(f"row {cell[0]}, column {cell[1]}: {words.number(value)}")
        self.hovered.emit(*cell, value)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Pick the cell under the mouse."""
        cell = self._cell_at(event.position())
        if cell is not None and event.button() == Qt.MouseButton.LeftButton:
            self.picked.emit(*cell)

    def leaveEvent(self, event: QEvent) -> None:
        """Report that no cell is under the mouse."""
        self.left.emit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Move the picked cell with the arrow keys."""
        step = _ARROWS.get(Qt.Key(event.key()))
        if step is None or self._values is None:
            super().keyPressEvent(event)
            return
        rows, columns = self.cells()
        row, column = self._cell or (0, 0)
        cell = min(max(row + step[0], 0), rows - 1), min(max(column + step[1], 0), columns - 1)
        self.picked.emit(*cell)
