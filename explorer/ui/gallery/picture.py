"""How the map is painted: scales, dots, names where there is room, a note on the dot below the pointer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRectF, QSizeF, Qt
from PySide6.QtGui import QColor, QPainter, QPen

from explorer import words
from explorer.style.theme import theme
from explorer.ui.gallery.axes import Scale
from explorer.ui.gallery.entry import Entry
from explorer.ui.gallery.errors import TOP1
from explorer.ui.gallery.landmarks import LANDMARKS
from explorer.ui.gallery.mark import paint_mark
from explorer.ui.gallery.places import beside, first_free, thinned

DOT = 4.5
"""Radius of a dot."""
FAINT = 0.24
"""Opacity of networks that the filters leave out; only the pointer asks for their names."""
PLATE = 0.88
"""Opacity of the ground of a name that found no free place."""
CENTRE = Qt.AlignmentFlag.AlignCenter
MIDDLE = Qt.AlignmentFlag.AlignVCenter


@dataclass(frozen=True)
class Picture:
    """Everything that is to be seen.

    Attributes:
        area: between the scales. scales: across and upwards. points: place of every entry by its id.
        bright: ids of those that do not stand back. current: id of the ringed one.

    """

    area: QRectF
    scales: tuple[Scale, Scale]
    entries: Sequence[Entry]
    points: Mapping[str, QPointF]
    bright: frozenset[str]
    current: str

    def paint(self, painter: QPainter) -> None:
        """Paint scales, dots and names, what is important last."""
        self._paint_scales(painter)
        order = sorted(self.entries, key=self._weight)
        for entry in order:
            self._paint_dot(painter, entry)
        self._paint_names(painter, order[::-1])

    def paint_note(self, painter: QPainter, entry: Entry) -> None:
        """Paint what is said of the network below the pointer, over everything."""
        self._paint_dot(painter, entry, 1.3)
        self._paint_note(painter, entry)

    def _weight(self, entry: Entry) -> tuple[bool, bool, bool, int]:
        """What is drawn above the rest and named before it: chosen, bright, well known, large."""
        return entry.id == self.current, entry.id in self.bright, entry.id in LANDMARKS, entry.parameters

    def _around(self, entry: Entry) -> QRectF:
        near, at = theme().px(DOT + 1), self.points[entry.id]
        return QRectF(at.x() - near, at.y() - near, 2 * near, 2 * near)

    def _paint_scales(self, painter: QPainter) -> None:
        px, shown, area = theme().px, theme().colours, self.area
        across, up = self.scales
        painter.setFont(theme().font("caption"))
        for tick in up.ticks:
            y = area.bottom() - tick.at * area.height()
            painter.setPen(QPen(shown.line, 1))
            painter.drawLine(QPointF(area.left(), y), QPointF(area.right(), y))
            painter.setPen(shown.text3)
            place = QRectF(0, y - px(8), area.left() - px(6), px(16))
            painter.drawText(place, Qt.AlignmentFlag.AlignRight | MIDDLE, tick.text)
        places = []
        for tick in across.ticks:
            wide = painter.fontMetrics().horizontalAdvance(tick.text)
            left = area.left() + tick.at * area.width() - wide / 2
            places.append(QRectF(left, area.bottom() + px(6), wide, px(16)))
        for index in thinned(places, [tick.rank for tick in across.ticks], px(8)):
            painter.drawText(places[index].adjusted(-2, 0, 2, 0), CENTRE, across.ticks[index].text)
        if across.gap is not None:
            self._paint_gap(painter, QPointF(area.left() + across.gap * area.width(), area.bottom()))

    def _paint_gap(self, painter: QPainter, at: QPointF) -> None:
        """Break the line where years were left out."""
        px, shown = theme().px, theme().colours
        painter.setPen(QPen(shown.node, px(4)))
        painter.drawLine(at - QPointF(px(3), 0), at + QPointF(px(3), 0))
        painter.setPen(QPen(shown.text3, 1))
        for side in (-px(3), px(3)):
            foot = at + QPointF(side, 0)
            painter.drawLine(foot + QPointF(-px(2), px(4)), foot + QPointF(px(2), -px(4)))

    def _paint_dot(self, painter: QPainter, entry: Entry, scale: float = 1.0) -> None:
        px, shown = theme().px, theme().colours
        at, size = self.points[entry.id], px(DOT) * scale
        paint_mark(painter, entry.category, at, size, share=1.0 if entry.id in self.bright else FAINT)
        if entry.id == self.current:
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(shown.accent, px(2)))
            painter.drawEllipse(at, size + px(3), size + px(3))

    def _paint_names(self, painter: QPainter, order: Sequence[Entry]) -> None:
        """Write what has room, clear of all dots or at least of bright ones."""
        ahead = [entry for entry in order if entry.id in self.bright or entry.id == self.current]
        behind = [entry for entry in order if entry not in ahead]
        taken, faint = [self._around(entry) for entry in ahead], [self._around(entry) for entry in behind]
        for entry in ahead:
            self._paint_name(painter, entry, taken, faint)

    def _paint_name(
        self, painter: QPainter, entry: Entry, taken: list[QRectF], faint: Sequence[QRectF]
    ) -> None:
        """Write a name where nothing else stands; the chosen one always."""
        px, shown = theme().px, theme().colours
        painter.setFont(theme().font("caption", 600 if entry.id == self.current else 400))
        size = QSizeF(painter.fontMetrics().horizontalAdvance(entry.title), px(15))
        options = beside(self.points[entry.id], size, px(11 if entry.id == self.current else 8))
        room = self.area.adjusted(-px(40), -px(14), px(20), px(4))
        place = first_free(options, [*taken, *faint], room) or first_free(options, taken, room)
        if place is None:
            if entry.id != self.current:
                return
            place = first_free(options, (), room) or options[0]
            self._paint_plate(painter, place.adjusted(-px(4), 0, px(4), 0))
        taken.append(place.adjusted(-px(5), 0, px(5), 0))
        painter.setPen(shown.text if entry.id in self.bright else shown.text3)
        painter.drawText(place.adjusted(-2, 0, 2, 0), CENTRE, entry.title)

    def _paint_plate(self, painter: QPainter, place: QRectF) -> None:
        """Dim the dots behind a name that has to stand on them."""
        ground = QColor(theme().colours.node)
        ground.setAlphaF(PLATE)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(ground)
        painter.drawRoundedRect(place, theme().px(4), theme().px(4))

    def _paint_note(self, painter: QPainter, entry: Entry) -> None:
        """Write name and figures into a little frame beside the dot."""
        px, shown = theme().px, theme().colours
        lines = (
            (f"{entry.title}, {entry.year}", theme().font("caption", 600), shown.text),
            (figures(entry), theme().font("caption"), shown.text2),
        )
        wide = 0
        for text, font, _ in lines:
            painter.setFont(font)
            wide = max(wide, painter.fontMetrics().horizontalAdvance(text))
        inside = self.area.adjusted(-px(50), -px(16), px(20), px(26))
        options = beside(self.points[entry.id], QSizeF(wide + px(20), px(42)), px(12))
        place = first_free(options, (), inside) or options[0]
        painter.setPen(QPen(shown.line, 1))
        painter.setBrush(shown.panel)
        painter.drawRoundedRect(place, px(6), px(6))
        for number, (text, font, tone) in enumerate(lines):
            painter.setFont(font)
            painter.setPen(tone)
            row = QRectF(place.left() + px(10), place.top() + px(4 + 17 * number), wide + px(4), px(17))
            painter.drawText(row, MIDDLE, text)


def figures(entry: Entry) -> str:
    """`25.6 M parameters, 4.1 G MACs, 23.9 % top-1 error`."""
    found = [f"{words.short(entry.parameters)} parameters", f"{words.short(entry.macs)} MACs"]
    if entry.id in TOP1:
        found.append(f"{words.percent(TOP1[entry.id] / 100, 1)} top-1 error")
    return ", ".join(found)
