"""The map of the gallery: two figures against each other, a mark for every network."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from math import floor, log10

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QHelpEvent, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QToolTip, QWidget

from explorer.ui import words
from explorer.ui.gallery.entry import Entry
from explorer.ui.theme import follow, theme

FIGURES: dict[str, Callable[[Entry], float]] = {
    "parameters": lambda entry: float(entry.parameters),
    "macs": lambda entry: float(entry.macs),
}
TITLES = {"parameters": "Parameters", "macs": "MACs"}
FAINT = 0.42
"""Opacity of networks outside the chosen category."""


class Map(QWidget):
    """Years from left to right, a figure upwards on a scale of tens.

    Signals:
        picked: id of a network. opened: id of one that shall be opened.
    """

    picked = Signal(str)
    opened = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self._entries: Sequence[Entry] = ()
        self._bright: frozenset[str] = frozenset()
        self.current = ""
        self.figure = "parameters"
        self.setAccessibleName("Map of all networks by year")
        self.setMouseTracking(True)
        self.setMinimumHeight(theme().px(180))
        follow(self.update)

    def set_entries(self, entries: Sequence[Entry], bright: Sequence[Entry]) -> None:
        """Show networks; those that are not `bright` stand back."""
        self._entries = [entry for entry in entries if entry.parameters and entry.macs]
        self._bright = frozenset(entry.id for entry in bright)
        self.update()

    def set_figure(self, figure: str) -> None:
        """Show another figure upwards."""
        self.figure = figure
        self.update()

    def set_current(self, name: str) -> None:
        """Ring a network."""
        self.current = name
        self.update()

    def sizeHint(self) -> QSize:
        """Return the size of the look."""
        return QSize(theme().px(800), theme().px(300))

    def _area(self) -> QRectF:
        px = theme().px
        return QRectF(self.rect()).adjusted(px(56), px(20), -px(24), -px(30))

    def _limits(self) -> tuple[float, float, int, int]:
        values = [FIGURES[self.figure](entry) for entry in self._entries]
        years = [entry.year for entry in self._entries]
        return floor(log10(min(values))), floor(log10(max(values))) + 1.0, min(years) - 1, max(years) + 1

    def point_of(self, entry: Entry) -> QPointF:
        """Where a network stands; early years, of which there are few, are pushed together."""
        low, high, first, last = self._limits()
        area = self._area()
        across = _year(entry.year, first, last)
        up = (log10(FIGURES[self.figure](entry)) - low) / (high - low)
        return QPointF(area.left() + across * area.width(), area.bottom() - up * area.height())

    def _at(self, point: QPointF) -> Entry | None:
        near = theme().px(10)
        ranked = sorted(
            self._entries, key=lambda entry: (entry.id not in self._bright, _far(self.point_of(entry), point))
        )
        return next((entry for entry in ranked if _far(self.point_of(entry), point) <= near), None)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Choose the network below the pointer."""
        if (entry := self._at(event.position())) is not None:
            self.picked.emit(entry.id)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Open the network below the pointer."""
        if (entry := self._at(event.position())) is not None:
            self.opened.emit(entry.id)

    def event(self, event: QEvent) -> bool:
        """Name the network below the pointer."""
        if isinstance(event, QHelpEvent):
            entry = self._at(QPointF(event.pos()))
            if entry is not None:
                figures = f"{words.short(entry.parameters)} parameters, {words.short(entry.macs)} MACs"
                QToolTip.showText(event.globalPos(), f"{entry.title}, {entry.year}: {figures}", self)
            else:
                QToolTip.hideText()
            return True
        return super().event(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw scale, marks, and the names that have room."""
        px, shown = theme().px, theme().colours
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(shown.line)
        painter.setBrush(shown.node)
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), px(8), px(8))
        if not self._entries:
            return
        self._paint_scale(painter)
        near = px(4)
        taken = [
            QRectF(at.x() - near, at.y() - near, 2 * near, 2 * near)
            for at in (self.point_of(entry) for entry in self._entries if entry.id in self._bright)
        ]
        order = sorted(
            self._entries, key=lambda e: (e.id == self.current, e.id in self._bright, e.parameters)
        )
        for entry in order:
            self._paint_mark(painter, entry)
        for entry in reversed(order):
            self._paint_name(painter, entry, taken)

    def _paint_scale(self, painter: QPainter) -> None:
        px, shown, area = theme().px, theme().colours, self._area()
        low, high, first, last = self._limits()
        painter.setFont(theme().font("caption"))
        for power in range(int(low), int(high) + 1):
            y = area.bottom() - (power - low) / (high - low) * area.height()
            painter.setPen(QPen(shown.line, 1))
            painter.drawLine(QPointF(area.left(), y), QPointF(area.right(), y))
            painter.setPen(shown.text3)
            place = QRectF(0, y - px(8), area.left() - px(6), px(16))
            painter.drawText(place, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, _tens(power))
        for year in sorted({entry.year for entry in self._entries}):
            x = area.left() + _year(year, first, last) * area.width()
            if year < 2012 and year not in (1989, 1998):
                continue
            place = QRectF(x - px(20), area.bottom() + px(6), px(40), px(16))
            painter.setPen(shown.text3)
            painter.drawText(place, Qt.AlignmentFlag.AlignCenter, str(year))

    def _paint_mark(self, painter: QPainter, entry: Entry) -> None:
        px, shown = theme().px, theme().colours
        colour = QColor(theme().run_colour(_number(entry.category)))
        if entry.id not in self._bright:
            colour.setAlphaF(FAINT)
        at, size = self.point_of(entry), px(4.5)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(colour)
        painter.drawEllipse(at, size, size)
        if entry.id == self.current:
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(shown.accent, px(2)))
            painter.drawEllipse(at, size + px(3), size + px(3))

    def _paint_name(self, painter: QPainter, entry: Entry, taken: list[QRectF]) -> None:
        """Write a name where no other stands; the chosen one always."""
        px, shown = theme().px, theme().colours
        bright = entry.id in self._bright
        painter.setFont(theme().font("caption", 600 if entry.id == self.current else 400))
        wide = painter.fontMetrics().horizontalAdvance(entry.title)
        at = self.point_of(entry)
        right = QRectF(at.x() + px(8), at.y() - px(8), wide, px(16))
        left = QRectF(at.x() - px(8) - wide, at.y() - px(8), wide, px(16))
        room = self._area().adjusted(-px(40), -px(10), px(20), px(10))
        free = [
            p for p in (right, left) if room.contains(p) and not any(p.intersects(other) for other in taken)
        ]
        if not free and entry.id != self.current:
            return
        place = free[0] if free else right
        taken.append(place)
        painter.setPen(shown.text if bright else shown.text3)
        painter.drawText(place, Qt.AlignmentFlag.AlignCenter, entry.title)


def _year(year: int, first: int, last: int) -> float:
    """Place of a year from 0 to 1: what was before 2012 has the first sixth."""
    if first >= 2011:
        return (year - first) / max(1, last - first)
    if year < 2012:
        return 0.14 * (year - first) / max(1, 2012 - first)
    return 0.2 + 0.8 * (year - 2012) / max(1, last - 2012)


def _tens(power: int) -> str:
    """Write 10 to a power: `100 k`, `1 G`."""
    return words.short(10**power).replace(".0", "")


def _far(one: QPointF, other: QPointF) -> float:
    apart = one - other
    return float((apart.x() ** 2 + apart.y() ** 2) ** 0.5)


def _number(category: str) -> int:
    """A colour for a category: the lecture's seven by their number, the others behind them."""
    inside = category.partition("(")[2][:1]
    return int(inside) - 1 if inside.isdigit() else sum(map(ord, category)) % 8
