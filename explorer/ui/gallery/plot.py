"""The map of the gallery: two figures against each other, a dot for every network."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, QSizeF, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QFocusEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QResizeEvent,
)
from PySide6.QtWidgets import QWidget

from explorer.ui import words
from explorer.ui.gallery.axes import AXES, Scale
from explorer.ui.gallery.entry import Entry
from explorer.ui.gallery.errors import TOP1
from explorer.ui.gallery.landmarks import LANDMARKS
from explorer.ui.gallery.places import beside, distance, first_free, spread, thinned
from explorer.ui.theme import follow, theme

FAINT = 0.42
"""Opacity of networks outside the chosen category."""
DOT, REACH = 4.5, 10.0
"""Radius of a dot, and how far from it the pointer still finds it."""
CENTRE = Qt.AlignmentFlag.AlignCenter
KEYS = {
    Qt.Key.Key_Right: QPointF(1, 0),
    Qt.Key.Key_Left: QPointF(-1, 0),
    Qt.Key.Key_Up: QPointF(0, -1),
    Qt.Key.Key_Down: QPointF(0, 1),
}


class Map(QWidget):
    """A figure upwards, another or the years from left to right; arrow keys walk, Enter opens.

    Signals:
        picked: id of a network. opened: id of one that shall be opened.
    """

    picked = Signal(str)
    opened = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self._all: Sequence[Entry] = ()
        self._entries: list[Entry] = []
        self._bright: frozenset[str] = frozenset()
        self._points: dict[str, QPointF] = {}
        self._scales: tuple[Scale, Scale] | None = None
        self._below: Entry | None = None
        self.current = ""
        self.figure, self.across = "parameters", "year"
        self.setAccessibleName("Map of all networks")
        self.setAccessibleDescription("Arrow keys go from dot to dot, Enter opens the network.")
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMinimumHeight(theme().px(180))
        follow(self._arrange)

    # what is shown

    def set_entries(self, entries: Sequence[Entry], bright: Sequence[Entry]) -> None:
        """Show networks; those that are not `bright` stand back."""
        self._all = entries
        self._bright = frozenset(entry.id for entry in bright)
        self._arrange()

    def set_figure(self, figure: str) -> None:
        """Show another figure upwards."""
        self.figure = figure
        self._arrange()

    def set_across(self, figure: str) -> None:
        """Show another figure, or the years, from left to right."""
        self.across = figure
        self._arrange()

    def set_current(self, name: str) -> None:
        """Ring a network."""
        self.current = name
        self.update()

    def without_place(self) -> int:
        """How many bright networks have no such figures, and thus no dot."""
        return len(self._bright) - sum(entry.id in self._bright for entry in self._entries)

    def sizeHint(self) -> QSize:
        """Return the size of the look."""
        return QSize(theme().px(800), theme().px(300))

    # places

    def _area(self) -> QRectF:
        px = theme().px
        return QRectF(self.rect()).adjusted(px(56), px(20), -px(24), -px(30))

    def _arrange(self) -> None:
        """Work out where every dot stands."""
        across, up = AXES[self.across], AXES[self.figure]
        measured = [(entry, across.value(entry), up.value(entry)) for entry in self._all]
        placed = [(entry, x, y) for entry, x, y in measured if x is not None and y is not None]
        self._entries, self._below, self._points = [entry for entry, _, _ in placed], None, {}
        self._scales = None
        if placed:
            scales = across.scale([x for _, x, _ in placed]), up.scale([y for _, _, y in placed])
            self._scales, area = scales, self._area()
            columns: dict[float, list[tuple[Entry, QPointF]]] = {}
            for entry, x, y in placed:
                at, high = scales[0].place(x), scales[1].place(y)
                point = QPointF(area.left() + at * area.width(), area.bottom() - high * area.height())
                columns.setdefault(x, []).append((entry, point))
            room = scales[0].column * area.width() / 2 - theme().px(DOT)
            for column in columns.values():
                points = [point for _, point in column]
                if scales[0].column:
                    points = spread(points, theme().px(2 * DOT + 1), max(0.0, room))
                self._points.update((entry.id, at) for (entry, _), at in zip(column, points, strict=True))
        self.update()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Another size, other places."""
        self._arrange()

    def point_of(self, entry: Entry) -> QPointF:
        """Where a network stands."""
        return self._points[entry.id]

    def _at(self, point: QPointF) -> Entry | None:
        """Return the nearest network within reach, a bright one where both are."""
        near = [
            entry for entry in self._entries if distance(self.point_of(entry), point) <= theme().px(REACH)
        ]
        return min(
            near, key=lambda e: (e.id not in self._bright, distance(self.point_of(e), point)), default=None
        )

    # mouse and keys

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Choose the network below the pointer."""
        if (entry := self._at(event.position())) is not None:
            self.picked.emit(entry.id)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Open the network below the pointer."""
        if (entry := self._at(event.position())) is not None:
            self.opened.emit(entry.id)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Name the network below the pointer."""
        self._point_at(self._at(event.position()))

    def leaveEvent(self, event: QEvent) -> None:
        """Name none."""
        self._point_at(None)

    def _point_at(self, entry: Entry | None) -> None:
        if entry is not self._below:
            self._below = entry
            self.setCursor(Qt.CursorShape.ArrowCursor if entry is None else Qt.CursorShape.PointingHandCursor)
            self.update()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Go to the next dot in a direction; Enter opens the chosen network."""
        key = Qt.Key(event.key())
        if key in KEYS and self._points:
            if (entry := self._next(KEYS[key])) is not None:
                self.picked.emit(entry.id)
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self.current in self._points:
            self.opened.emit(self.current)
        else:
            super().keyPressEvent(event)

    def _next(self, way: QPointF) -> Entry | None:
        """Return the nearest bright network in a direction; what lies aside counts as twice as far."""
        bright = [entry for entry in self._entries if entry.id in self._bright]
        start = self._points.get(self.current)
        if start is None:
            return bright[0] if bright else None
        ahead = []
        for entry in bright:
            step = self.point_of(entry) - start
            along, aside = QPointF.dotProduct(step, way), abs(step.x() * way.y() - step.y() * way.x())
            if along > 0.5 and entry.id != self.current:
                ahead.append((along + 2 * aside, entry.id, entry))
        return min(ahead)[2] if ahead else None

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Show the focus."""
        self.update()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Show no focus."""
        self.update()

    # painting

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw scales, dots, the names that have room, and above them the one below the pointer."""
        px, shown = theme().px, theme().colours
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(shown.accent, px(1.5)) if self.hasFocus() else QPen(shown.line, 1))
        painter.setBrush(shown.node)
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(1, 1, -1, -1), px(8), px(8))
        if self._scales is None:
            painter.setPen(shown.text2)
            painter.setFont(theme().font("body"))
            painter.drawText(self.rect(), CENTRE, "None of these networks has such a figure.")
            return
        self._paint_scales(painter, *self._scales)
        order = sorted(self._entries, key=self._weight)
        for entry in order:
            self._paint_dot(painter, entry)
        taken = [self._around(entry) for entry in self._entries if entry.id in self._bright]
        for entry in reversed(order):
            self._paint_name(painter, entry, taken)
        if self._below is not None:
            self._paint_note(painter, self._below)

    def _weight(self, entry: Entry) -> tuple[bool, bool, bool, int]:
        """What is drawn above the rest and named before it: chosen, bright, well known, large."""
        return entry.id == self.current, entry.id in self._bright, entry.id in LANDMARKS, entry.parameters

    def _around(self, entry: Entry) -> QRectF:
        near, at = theme().px(DOT), self.point_of(entry)
        return QRectF(at.x() - near, at.y() - near, 2 * near, 2 * near)

    def _paint_scales(self, painter: QPainter, across: Scale, up: Scale) -> None:
        px, shown, area = theme().px, theme().colours, self._area()
        painter.setFont(theme().font("caption"))
        right = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        for tick in up.ticks:
            y = area.bottom() - tick.at * area.height()
            painter.setPen(QPen(shown.line, 1))
            painter.drawLine(QPointF(area.left(), y), QPointF(area.right(), y))
            painter.setPen(shown.text3)
            painter.drawText(QRectF(0, y - px(8), area.left() - px(6), px(16)), right, tick.text)
        wide = painter.fontMetrics().horizontalAdvance
        places = [
            QRectF(
                area.left() + tick.at * area.width() - wide(tick.text) / 2,
                area.bottom() + px(6),
                wide(tick.text),
                px(16),
            )
            for tick in across.ticks
        ]
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

    def _paint_dot(self, painter: QPainter, entry: Entry) -> None:
        px, shown = theme().px, theme().colours
        colour = QColor(theme().run_colour(_number(entry.category)))
        if entry.id not in self._bright:
            colour.setAlphaF(FAINT)
        at, size = self.point_of(entry), px(DOT) * (1.3 if entry is self._below else 1.0)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(colour)
        painter.drawEllipse(at, size, size)
        if entry.id == self.current:
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(shown.accent, px(2)))
            painter.drawEllipse(at, size + px(3), size + px(3))

    def _paint_name(self, painter: QPainter, entry: Entry, taken: list[QRectF]) -> None:
        """Write a name where nothing else stands; the chosen one always."""
        px, shown = theme().px, theme().colours
        painter.setFont(theme().font("caption", 600 if entry.id == self.current else 400))
        size = QSizeF(painter.fontMetrics().horizontalAdvance(entry.title), px(15))
        options = beside(self.point_of(entry), size, px(8))
        place = first_free(options, taken, self._area().adjusted(-px(40), -px(14), px(20), px(4)))
        if place is None and entry.id != self.current:
            return
        place = place or options[0]
        taken.append(place)
        painter.setPen(shown.text if entry.id in self._bright else shown.text3)
        painter.drawText(place.adjusted(-2, 0, 2, 0), CENTRE, entry.title)

    def _paint_note(self, painter: QPainter, entry: Entry) -> None:
        """Write name and figures of the network below the pointer, over everything."""
        px, shown = theme().px, theme().colours
        lines = (f"{entry.title}, {entry.year}", _figures(entry))
        fonts = (theme().font("caption", 600), theme().font("caption"))
        wide = 0
        for font, line in zip(fonts, lines, strict=True):
            painter.setFont(font)
            wide = max(wide, painter.fontMetrics().horizontalAdvance(line))
        size = QSizeF(wide + px(20), px(42))
        inside = QRectF(self.rect()).adjusted(px(4), px(4), -px(4), -px(4))
        options = beside(self.point_of(entry), size, px(12))
        place = first_free(options, (), inside) or options[0]
        painter.setPen(QPen(shown.line, 1))
        painter.setBrush(shown.panel)
        painter.drawRoundedRect(place, px(6), px(6))
        tones = (shown.text, shown.text2)
        for number, (font, line, tone) in enumerate(zip(fonts, lines, tones, strict=True)):
            painter.setFont(font)
            painter.setPen(tone)
            row = QRectF(place.left() + px(10), place.top() + px(4 + 17 * number), wide + px(4), px(17))
            painter.drawText(row, Qt.AlignmentFlag.AlignVCenter, line)


def _figures(entry: Entry) -> str:
    """`25.6 M parameters, 4.1 G MACs, 23.9 % wrong`."""
    figures = [f"{words.short(entry.parameters)} parameters", f"{words.short(entry.macs)} MACs"]
    if entry.id in TOP1:
        figures.append(f"{words.percent(TOP1[entry.id] / 100, 1)} top-1 error")
    return ", ".join(figures)


def _number(category: str) -> int:
    """A colour for a category: the lecture's seven by their number, the others behind them."""
    inside = category.partition("(")[2][:1]
    return int(inside) - 1 if inside.isdigit() else sum(map(ord, category)) % 8
