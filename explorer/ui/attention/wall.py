"""A wall of small pictures: a row for each layer, a column for each head."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from PySide6.QtCore import QEvent, QPoint, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QHelpEvent,
    QImage,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QResizeEvent,
)
from PySide6.QtWidgets import QAbstractScrollArea, QToolTip

from explorer.style import colours
from explorer.style.colours import Array
from explorer.style.theme import follow, theme

_LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
_RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
_STEPS = {
    Qt.Key.Key_Left: (0, -1),
    Qt.Key.Key_Right: (0, 1),
    Qt.Key.Key_Up: (-1, 0),
    Qt.Key.Key_Down: (1, 0),
}


@dataclass(frozen=True)
class Tile:
    """One picture of the wall: what it is of, and the words under it at left and right."""

    layer: int
    head: int
    caption: str
    remark: str


@dataclass(frozen=True)
class Row:
    """A row of the wall; title and subtitle stand at its left, when it has any."""

    tiles: tuple[Tile, ...]
    title: str = ""
    subtitle: str = ""


def fitting_side(rows: int, columns: int, width: float, height: float) -> int:
    """Return the side of the tiles: all rows in sight if that is readable, otherwise the wall scrolls."""
    across = width / max(1, columns) - 10
    down = height / max(1, rows) - 30
    wanted = down if down >= 84 else max(64.0, min(120.0, (height - 70) / 1.5))
    return round(max(44.0, min(across, wanted, 220.0)))


class AttentionWall(QAbstractScrollArea):
    """Paints only what is in sight; the pictures come from a function that is called when one is."""

    picked = Signal(int, int)

    def __init__(self) -> None:
        super().__init__()
        self._rows: tuple[Row, ...] = ()
        self._paint: Callable[[int, int], Array] | None = None
        self._images: dict[tuple[int, int], QImage] = {}
        self._selected = (0, 0)
        self.setAccessibleName("Heads by layer")
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        follow(self._measure)

    def set_wall(self, rows: Sequence[Row], picture_of: Callable[[int, int], Array]) -> None:
        """Show rows of tiles; ``picture_of`` gives the rows × columns × 3 picture of (layer, head)."""
        self._rows, self._paint = tuple(rows), picture_of
        self._images.clear()
        self._measure()

    def set_selected(self, layer: int, head: int) -> None:
        """Frame a tile without telling anybody, and bring it into sight."""
        if self._selected != (layer, head):
            self._selected = (layer, head)
            self._reveal()
        self.viewport().update()

    def tiles(self) -> list[Tile]:
        """Return all tiles in the order in which they stand."""
        return [tile for row in self._rows for tile in row.tiles]

    def tile_rect(self, layer: int, head: int) -> QRect:
        """Return where the picture of a tile lies in the viewport."""
        place = self._place(layer, head)
        if place is None:
            return QRect()
        return self._cell(*place).translated(
            -self.horizontalScrollBar().value(), -self.verticalScrollBar().value()
        )

    # geometry

    def _labels(self) -> int:
        return theme().px(70) if any(row.title for row in self._rows) else 0

    def _columns(self) -> int:
        return max((len(row.tiles) for row in self._rows), default=1)

    def _side(self) -> int:
        scale, port = theme().scale, self.viewport()
        width = (port.width() - self._labels()) / scale
        return theme().px(fitting_side(len(self._rows), self._columns(), width, port.height() / scale))

    def _cell(self, row: int, column: int) -> QRect:
        px, side = theme().px, self._side()
        return QRect(
            self._labels() + px(4) + column * (side + px(10)), px(4) + row * (side + px(30)), side, side
        )

    def _place(self, layer: int, head: int) -> tuple[int, int] | None:
        for y, row in enumerate(self._rows):
            for x, tile in enumerate(row.tiles):
                if (tile.layer, tile.head) == (layer, head):
                    return y, x
        return None

    def _measure(self) -> None:
        last = self._cell(max(0, len(self._rows) - 1), self._columns() - 1)
        port, px = self.viewport(), theme().px
        for bar, length, room in (
            (self.verticalScrollBar(), last.bottom() + px(26), port.height()),
            (self.horizontalScrollBar(), last.right() + px(4), port.width()),
        ):
            bar.setRange(0, max(0, length - room))
            bar.setPageStep(room)
            bar.setSingleStep(px(40))
        port.update()

    def _reveal(self) -> None:
        place = self._place(*self._selected)
        if place is None:
            return
        cell, px = self._cell(*place).adjusted(0, -4, 0, theme().px(26)), theme().px
        for bar, low, high, room in (
            (self.verticalScrollBar(), cell.top(), cell.bottom(), self.viewport().height()),
            (self.horizontalScrollBar(), cell.left() - px(4), cell.right() + px(4), self.viewport().width()),
        ):
            if high > bar.value() + room:
                bar.setValue(high - room)
            elif low < bar.value():
                bar.setValue(low)

    def sizeHint(self) -> QSize:
        """Return room for four heads and two layers."""
        return QSize(theme().px(440), theme().px(240))

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Lay the wall out again."""
        self._measure()

    # painting

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the rows in sight."""
        painter = QPainter(self.viewport())
        painter.translate(-self.horizontalScrollBar().value(), -self.verticalScrollBar().value())
        top = self.verticalScrollBar().value()
        bottom = top + self.viewport().height()
        for y, row in enumerate(self._rows):
            cell = self._cell(y, 0)
            if cell.bottom() + theme().px(26) < top or cell.top() > bottom:
                continue
            self._draw_title(painter, row, cell)
            for x, tile in enumerate(row.tiles):
                self._draw_tile(painter, tile, self._cell(y, x))

    def _draw_title(self, painter: QPainter, row: Row, cell: QRect) -> None:
        if not row.title:
            return
        px, tints = theme().px, theme().colours
        painter.setFont(theme().font("label", 600))
        painter.setPen(tints.text)
        line = QRect(px(2), cell.center().y() - px(17), self._labels() - px(6), px(17))
        painter.drawText(line, _LEFT, row.title)
        painter.setFont(theme().font("caption"))
        painter.setPen(tints.text3)
        short = painter.fontMetrics().elidedText(row.subtitle, Qt.TextElideMode.ElideMiddle, line.width())
        painter.drawText(line.translated(0, px(17)), _LEFT, short)

    def _draw_tile(self, painter: QPainter, tile: Tile, cell: QRect) -> None:
        px, tints, key = theme().px, theme().colours, (tile.layer, tile.head)
        if key not in self._images and self._paint is not None:
            self._images[key] = colours.image(self._paint(*key), "gray")
        colours.paint(painter, QRectF(cell), self._images[key])
        chosen = key == self._selected
        if chosen:
            pen = QPen(tints.accent, px(2))
            pen.setJoinStyle(Qt.PenJoinStyle.MiterJoin)
            painter.setPen(pen)
            painter.drawRect(QRectF(cell).adjusted(-px(2), -px(2), px(2), px(2)))
        line = QRect(cell.left(), cell.bottom() + px(4), cell.width(), px(18))
        painter.setFont(theme().font("caption", 600 if chosen else 400))
        painter.setPen(tints.text if chosen else tints.text2)
        painter.drawText(line, _LEFT, tile.caption)
        painter.setFont(theme().font("caption"))
        painter.setPen(tints.text3)
        painter.drawText(line, _RIGHT, tile.remark)

    # choosing

    def _tile_at(self, point: QPoint) -> Tile | None:
        point = point + QPoint(self.horizontalScrollBar().value(), self.verticalScrollBar().value())
        for y, row in enumerate(self._rows):
            for x, tile in enumerate(row.tiles):
                if self._cell(y, x).adjusted(0, 0, 0, theme().px(20)).contains(point):
                    return tile
        return None

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Choose the tile under the mouse."""
        tile = self._tile_at(event.position().toPoint())
        if tile is not None:
            self._pick(tile)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Move the choice with the arrow keys."""
        step, place = _STEPS.get(Qt.Key(event.key())), self._place(*self._selected)
        if step is None or not self._rows:
            super().keyPressEvent(event)
            return
        row, column = place or (0, 0)
        row = min(max(row + step[0], 0), len(self._rows) - 1)
        column = min(max(column + step[1], 0), len(self._rows[row].tiles) - 1)
        self._pick(self._rows[row].tiles[column])

    def viewportEvent(self, event: QEvent) -> bool:
        """Say which head is under the mouse, with its number."""
        if isinstance(event, QHelpEvent):
            tile = self._tile_at(event.pos())
            text = f"Layer {tile.layer}, {tile.caption}: {tile.remark}" if tile else ""
            QToolTip.showText(event.globalPos(), text, self)
            return True
        return super().viewportEvent(event)

    def _pick(self, tile: Tile) -> None:
        self.set_selected(tile.layer, tile.head)
        self.setAccessibleDescription(f"Layer {tile.layer}, head {tile.head} chosen, {tile.remark}")
        self.picked.emit(tile.layer, tile.head)
