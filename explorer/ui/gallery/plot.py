"""The map of the gallery: two figures against each other, a dot for every network."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QFocusEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QPixmap,
    QResizeEvent,
)
from PySide6.QtWidgets import QWidget

from explorer.style.theme import follow, theme
from explorer.ui.gallery.axes import AXES, Scale
from explorer.ui.gallery.entry import Entry
from explorer.ui.gallery.picture import CENTRE, DOT, Picture
from explorer.ui.gallery.places import distance, spread

REACH = 10.0
"""How far from a dot the pointer still finds it."""
ALIKE = 4.0
"""Dots of equal figures stand that far from each other, so that the pointer finds each."""
KEYS = {
    Qt.Key.Key_Right: QPointF(1, 0),
    Qt.Key.Key_Left: QPointF(-1, 0),
    Qt.Key.Key_Up: QPointF(0, -1),
    Qt.Key.Key_Down: QPointF(0, 1),
}
TURNS = {Qt.Key.Key_PageDown: 1, Qt.Key.Key_PageUp: -1}


class Map(QWidget):
    """A figure upwards, another or the years from left to right.

    Arrow keys go to the next dot that way, page keys to every dot in turn, Enter opens.

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
        self._still: QPixmap | None = None
        self.current = self._lifted = ""
        self.figure, self.across = "parameters", "year"
        self.setAccessibleName("Map of all networks")
        self.setAccessibleDescription("Arrow and page keys go from dot to dot, Enter opens the network.")
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

    def set_figures(self, up: str, across: str) -> None:
        """Show one figure upwards, another or the years from left to right."""
        self.figure, self.across = up, across
        self._arrange()

    def set_current(self, name: str) -> None:
        """Ring a network."""
        self.current, self._still = name, None
        self.update()

    def lift(self, category: str) -> None:
        """Let all but one category stand back, as long as it is pointed at; empty for none."""
        self._lifted, self._still = category, None
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
        self._scales = self._still = None
        if placed:
            wide = across.scale([x for _, x, _ in placed])
            high = up.scale([y for _, _, y in placed])
            self._scales = wide, high
            columns: dict[float, dict[str, QPointF]] = {}
            for entry, x, y in placed:
                column = columns.setdefault(x if wide.column else 0.0, {})
                column[entry.id] = self._point(wide.place(x), high.place(y))
            for column in columns.values():
                self._points.update(self._side_by_side(column, wide.column))
        self.update()

    def _point(self, across: float, up: float) -> QPointF:
        area = self._area()
        return QPointF(area.left() + across * area.width(), area.bottom() - up * area.height())

    def _side_by_side(self, column: dict[str, QPointF], share: float) -> dict[str, QPointF]:
        """Spread the dots of one year over its column; where values are continuous only equal ones move."""
        px = theme().px
        apart, room = float(px(ALIKE)), float(px(2 * ALIKE))
        if share:
            apart, room = float(px(2 * DOT + 1)), max(0.0, share * self._area().width() / 2 - px(DOT))
        return dict(zip(column, spread(list(column.values()), apart, room), strict=True))

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
        if key in KEYS or key in TURNS:
            entry = self._next(KEYS[key]) if key in KEYS else self._turn(TURNS[key])
            if entry is not None:
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

    def _turn(self, step: int) -> Entry | None:
        """Return the next bright network from left to right, and from below where they stand in one line."""
        bright = [entry for entry in self._entries if entry.id in self._bright]
        row = sorted(
            bright, key=lambda entry: (self.point_of(entry).x(), -self.point_of(entry).y(), entry.id)
        )
        if not row:
            return None
        at = next((n for n, entry in enumerate(row) if entry.id == self.current), None)
        return row[0] if at is None else row[(at + step) % len(row)]

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Show the focus."""
        self.update()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Show no focus."""
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the frame and the picture in it."""
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
        bright = self._bright
        if self._lifted:
            bright = frozenset(e.id for e in self._entries if e.id in bright and e.category == self._lifted)
        picture = Picture(self._area(), self._scales, self._entries, self._points, bright, self.current)
        if self._still is None:
            self._still = self._painted(picture)
        painter.drawPixmap(0, 0, self._still)
        if self._below is not None:
            picture.paint_note(painter, self._below)

    def _painted(self, picture: Picture) -> QPixmap:
        """Paint what stays while the pointer moves; finding room for the names takes a while."""
        still = QPixmap(self.size() * self.devicePixelRatio())
        still.setDevicePixelRatio(self.devicePixelRatio())
        still.fill(Qt.GlobalColor.transparent)
        painter = QPainter(still)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        picture.paint(painter)
        painter.end()
        return still
