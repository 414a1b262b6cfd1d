"""Cards of networks drawn to scale: a bar for each layer, as high as its maps, as wide as they are many."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QPoint, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen, QResizeEvent
from PySide6.QtWidgets import QAbstractScrollArea

from explorer import words
from explorer.architectures.figures import Bar
from explorer.style.theme import follow, theme
from explorer.ui.gallery.entry import Entry

WIDE, TALL, GAP = 196, 118, 12


class CardGrid(QAbstractScrollArea):
    """All cards painted by one widget; arrow keys move, Enter opens.

    Signals:
        picked: id of a network that was chosen. opened: id of one that shall be opened.
    """

    picked = Signal(str)
    opened = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self._entries: Sequence[Entry] = ()
        self.current = ""
        self.setAccessibleName("Networks")
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.viewport().setAutoFillBackground(False)
        follow(self._measure)

    def set_entries(self, entries: Sequence[Entry]) -> None:
        """Show these networks."""
        self._entries = entries
        self.verticalScrollBar().setValue(0)
        self._measure()

    def pick(self, name: str) -> None:
        """Choose a network and bring it into sight."""
        if name != self.current:
            self.current = name
            self.picked.emit(name)
        place = self._place(self._index())
        bar = self.verticalScrollBar()
        bar.setValue(max(min(bar.value(), place.top()), place.bottom() - self.viewport().height()))
        self.viewport().update()

    def _index(self) -> int:
        return next((n for n, entry in enumerate(self._entries) if entry.id == self.current), 0)

    def _columns(self) -> int:
        return max(1, (self.viewport().width() + theme().px(GAP)) // theme().px(WIDE + GAP))

    def _place(self, index: int) -> QRect:
        px, columns = theme().px, self._columns()
        wide = (self.viewport().width() - (columns - 1) * px(GAP)) // columns
        row, column = divmod(index, columns)
        return QRect(column * (wide + px(GAP)), row * px(TALL + GAP), wide, px(TALL))

    def _measure(self) -> None:
        rows = -(-len(self._entries) // self._columns())
        height = rows * theme().px(TALL + GAP)
        bar = self.verticalScrollBar()
        bar.setRange(0, max(0, height - self.viewport().height()))
        bar.setPageStep(self.viewport().height())
        bar.setSingleStep(theme().px(TALL + GAP) // 2)
        self.viewport().update()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Another width, other columns."""
        self._measure()

    def sizeHint(self) -> QSize:
        """Return two rows of four."""
        return QSize(theme().px(4 * (WIDE + GAP)), theme().px(2 * (TALL + GAP)))

    def _at(self, point: QPoint) -> str:
        below = point + QPoint(0, self.verticalScrollBar().value())
        hits = (e.id for n, e in enumerate(self._entries) if self._place(n).contains(below))
        return next(hits, "")

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Choose the card below the pointer."""
        if name := self._at(event.position().toPoint()):
            self.pick(name)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Open the card below the pointer."""
        if name := self._at(event.position().toPoint()):
            self.opened.emit(name)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Move with the arrows, open with Enter."""
        columns = self._columns()
        steps = {
            Qt.Key.Key_Right: 1,
            Qt.Key.Key_Left: -1,
            Qt.Key.Key_Down: columns,
            Qt.Key.Key_Up: -columns,
        }
        key = Qt.Key(event.key())
        if key in steps and self._entries:
            index = max(0, min(len(self._entries) - 1, self._index() + steps[key]))
            self.pick(self._entries[index].id)
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self.current:
            self.opened.emit(self.current)
        else:
            super().keyPressEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the cards that are in sight."""
        painter = QPainter(self.viewport())
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        top, sight = self.verticalScrollBar().value(), self.viewport().rect()
        for number, entry in enumerate(self._entries):
            place = self._place(number).translated(0, -top)
            if place.intersects(sight):
                self._paint_card(painter, entry, place)
        if not self._entries:
            painter.setPen(theme().colours.text2)
            painter.setFont(theme().font("body"))
            painter.drawText(sight, Qt.AlignmentFlag.AlignCenter, "No network is called that.")

    def _paint_card(self, painter: QPainter, entry: Entry, place: QRect) -> None:
        px, shown = theme().px, theme().colours
        chosen = entry.id == self.current
        painter.setPen(QPen(shown.accent if chosen else shown.line, px(2) if chosen else 1))
        painter.setBrush(shown.node)
        painter.drawRoundedRect(
            QRectF(place).adjusted(1, 1, -1, -1), theme().radius("card"), theme().radius("card")
        )
        inner = place.adjusted(px(12), px(8), -px(12), -px(8))
        paint_bars(painter, entry.bars, QRectF(inner.left(), inner.top(), inner.width(), px(58)))
        below = QRect(inner.left(), inner.top() + px(62), inner.width(), px(20))
        painter.setPen(shown.text2)
        painter.setFont(theme().font("label"))
        right = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        painter.drawText(below, right, str(entry.year))
        painter.drawText(
            below.translated(0, px(20)), right, f"{words.short(entry.macs)} MACs" if entry.macs else ""
        )
        painter.drawText(
            below.translated(0, px(20)),
            Qt.AlignmentFlag.AlignVCenter,
            words.short(entry.parameters) if entry.macs else "",
        )
        painter.setPen(shown.text)
        painter.setFont(theme().font("body", 600))
        room = below.width() - px(40)
        title = painter.fontMetrics().elidedText(entry.title, Qt.TextElideMode.ElideRight, room)
        painter.drawText(below, Qt.AlignmentFlag.AlignVCenter, title)


def paint_bars(painter: QPainter, bars: Sequence[Bar], area: QRectF) -> None:
    """Draw the layers from left to right, in the middle of the area's height."""
    if not bars:
        return
    gap = theme().px(2)
    total = sum(0.25 + bar.width for bar in bars)
    unit = (area.width() - gap * (len(bars) - 1)) / total
    unit = min(unit, area.width() / 6)
    left = area.left()
    painter.setPen(Qt.PenStyle.NoPen)
    for bar in bars:
        wide, high = max(1.5, unit * (0.25 + bar.width)), max(3.0, area.height() * bar.height)
        painter.setBrush(theme().family_colour(bar.family))
        painter.drawRoundedRect(QRectF(left, area.center().y() - high / 2, wide, high), 1.5, 1.5)
        left += wide + gap
