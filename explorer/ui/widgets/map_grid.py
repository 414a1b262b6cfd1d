"""Many maps of one layer in a grid; one widget paints all of them."""

from __future__ import annotations

from collections.abc import Sequence

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

from explorer import words
from explorer.style import colours
from explorer.style.colours import Array
from explorer.style.theme import follow, theme


class MapGrid(QAbstractScrollArea):
    """Maps with the channel's index at left and its remark (largest value) at right under each.

    Pictures are made when they are first painted, so 512 maps cost what is in sight.
    """

    picked = Signal(int)

    def __init__(self, name: str, side: int = 60, captions: bool = True, gap: int = 8) -> None:
        super().__init__()
        self._side, self._captions, self._gap = side, captions, gap
        self._maps: Array | None = None
        self._order: list[int] = []
        self._remarks: list[str] = []
        self._ranges: list[tuple[float, float]] = []
        self._map = "viridis"
        self._images: dict[tuple[int, str], QImage] = {}
        self._selected = -1
        self.setAccessibleName(name)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        follow(self._measure)

    def set_maps(
        self,
        maps: Array | None,
        ranges: Sequence[tuple[float, float]] = (),
        remarks: Sequence[str] = (),
        order: Sequence[int] | None = None,
        name: str = "viridis",
    ) -> None:
        """Show C × H × W values; ranges and remarks are by channel, ``order`` is how they stand."""
        self._maps, self._map = maps, name
        total = 0 if maps is None else len(maps)
        self._ranges = list(ranges)
        self._remarks = list(remarks) or [""] * total
        self._order = list(range(total)) if order is None else list(order)
        self._images.clear()
        if self._selected >= total:
            self._selected = -1
        self._measure()

    def set_selected(self, channel: int) -> None:
        """Select a channel without telling anybody, and bring it into sight."""
        self._selected = channel
        if channel in self._order:
            rect = self._cell(self._order.index(channel))
            bar = self.verticalScrollBar()
            if rect.bottom() > bar.value() + self.viewport().height():
                bar.setValue(rect.bottom() - self.viewport().height())
            elif rect.top() < bar.value():
                bar.setValue(rect.top())
        self.viewport().update()

    def selected(self) -> int:
        """Return the selected channel, or −1."""
        return self._selected

    def set_side(self, side: int) -> None:
        """Change the side of a map, before the text scale."""
        self._side = side
        self._measure()

    def columns(self) -> int:
        """Return how many maps stand side by side."""
        step = self._step()
        return max(1, (self.viewport().width() - 2 + theme().px(self._gap)) // step.width())

    def sizeHint(self) -> QSize:
        """Return room for all rows at the present width."""
        return QSize(theme().px(8 * (self._side + self._gap)), self._height())

    def _step(self) -> QSize:
        """Return the distance between two maps."""
        px = theme().px
        caption = px(18) if self._captions else 0
        side = px(self._side)
        height = side
        if self._maps is not None and self._maps.size:
            rows, columns = self._maps.shape[-2:]
            height = max(px(8), min(side, round(side * rows / columns)))
        return QSize(side + px(self._gap), height + caption + px(self._gap))

    def _height(self) -> int:
        rows = -(-len(self._order) // self.columns())
        return rows * self._step().height() + 2

    def _measure(self) -> None:
        bar = self.verticalScrollBar()
        bar.setRange(0, max(0, self._height() - self.viewport().height()))
        bar.setPageStep(self.viewport().height())
        bar.setSingleStep(self._step().height() // 2)
        self.viewport().update()

    def _cell(self, position: int) -> QRect:
        step, columns = self._step(), self.columns()
        row, column = divmod(position, columns)
        gap = theme().px(self._gap)
        return QRect(
            1 + column * step.width(), 1 + row * step.height(), step.width() - gap, step.height() - gap
        )

    def _picture(self, channel: int) -> QImage:
        key = channel, theme().mode
        if key not in self._images:
            assert self._maps is not None
            low, high = self._ranges[channel] if self._ranges else (None, None)
            self._images[key] = colours.image(self._maps[channel], self._map, low, high)
        return self._images[key]

    def _at(self, point: QPoint) -> int:
        point = point + QPoint(0, self.verticalScrollBar().value())
        return next((channel for i, channel in enumerate(self._order) if self._cell(i).contains(point)), -1)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Lay the grid out again."""
        self._measure()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the rows that are in sight."""
        if self._maps is None:
            return
        top, columns, step = self.verticalScrollBar().value(), self.columns(), self._step().height()
        painter = QPainter(self.viewport())
        painter.translate(0, -top)
        first = top // step * columns
        last = ((top + self.viewport().height()) // step + 1) * columns
        for position in range(first, min(last, len(self._order))):
            self._draw(painter, self._order[position], self._cell(position))

    def _draw(self, painter: QPainter, channel: int, cell: QRect) -> None:
        px, tints = theme().px, theme().colours
        caption = px(18) if self._captions else 0
        picture = QRectF(cell.adjusted(0, 0, 0, -caption))
        assert self._maps is not None
        colours.paint(painter, picture, self._picture(channel), colours.nan_mask(self._maps[channel]))
        chosen = channel == self._selected
        if chosen:
            pen = QPen(tints.accent, px(2))
            pen.setJoinStyle(Qt.PenJoinStyle.MiterJoin)
            painter.setPen(pen)
            painter.drawRect(picture)
        if not self._captions:
            return
        words_rect = QRect(cell.left(), cell.bottom() - caption + px(3), cell.width(), caption)
        painter.setFont(theme().font("caption", 600 if chosen else 400))
        painter.setPen(tints.text if chosen else tints.text2)
        painter.drawText(words_rect, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, str(channel))
        painter.setFont(theme().font("caption"))
        painter.setPen(tints.text3)
        right = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        painter.drawText(words_rect, right, self._remarks[channel])

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Pick the map under the mouse."""
        channel = self._at(event.position().toPoint())
        if channel >= 0:
            self._pick(channel)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Move the selection with arrows, Home and End."""
        here = self._order.index(self._selected) if self._selected in self._order else -1
        columns, last = self.columns(), len(self._order) - 1
        moves = {
            Qt.Key.Key_Left: here - 1,
            Qt.Key.Key_Right: here + 1,
            Qt.Key.Key_Up: here - columns,
            Qt.Key.Key_Down: here + columns,
            Qt.Key.Key_Home: 0,
            Qt.Key.Key_End: last,
        }
        target = moves.get(Qt.Key(event.key()))
        if target is None or last < 0:
            super().keyPressEvent(event)
        elif 0 <= target <= last:
            self._pick(self._order[target])

    def viewportEvent(self, event: QEvent) -> bool:
        """Say channel and remark as the tip of the map under the mouse."""
        if isinstance(event, QHelpEvent):
            channel = self._at(event.pos())
            text = f"Channel {channel}: {self._remarks[channel]}" if channel >= 0 else ""
            QToolTip.showText(event.globalPos(), text, self)
            return True
        return super().viewportEvent(event)

    def _pick(self, channel: int) -> None:
        self.set_selected(channel)
        self.setAccessibleDescription(words.plural(len(self._order), "map") + f", channel {channel} selected")
        self.picked.emit(channel)
