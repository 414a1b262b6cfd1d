"""The legend of the heat map: what is counted, the scale with a mark for each node, one telling sentence."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QHelpEvent, QMouseEvent, QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QToolTip, QWidget

from explorer.style import colours as maps
from explorer.style.theme import follow, theme
from explorer.ui.heat.costs import MEASURES, TITLES, Heat
from explorer.ui.widgets.buttons import Button
from explorer.ui.widgets.floating import paint_floating
from explorer.ui.widgets.keys import with_key
from explorer.ui.widgets.segmented import Segmented

WIDE, TALL, PAD = 520, 146, 14
REACH = 7.0
"""Pixels from a mark in which it is meant."""


class HeatLegend(QWidget):
    """Floats over the canvas.

    Signals:
        chosen: a measure. closed: the heat map is not wanted any more.
        pointed: the node whose mark is under the mouse, empty for none. picked: a mark was clicked.
    """

    chosen = Signal(str)
    closed = Signal()
    pointed = Signal(str)
    picked = Signal(str)

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._port = parent
        self._heat = Heat("macs")
        self._words = ""
        self._pointed = ""
        self.setAccessibleName("Heat map")
        self.setMouseTracking(True)
        self.switch = Segmented("Heat map by", MEASURES)
        self.switch.setParent(self)
        self.switch.chosen.connect(self.chosen)
        self.close_button = Button("", "plain-icon", "close", "Close the heat map")
        self.close_button.setParent(self)
        self.close_button.clicked.connect(self.closed)
        follow(self._restyle)
        self.hide()

    def _restyle(self) -> None:
        px = theme().px
        self.switch.adjustSize()
        self.close_button.setFixedSize(px(24), px(24))
        self.fit(self._port.width())

    def fit(self, room: int) -> None:
        """Take the width of what there is."""
        px = theme().px
        self.resize(min(px(WIDE), max(px(300), room - 26)), px(TALL))
        self.switch.adjustSize()
        self.switch.move(px(PAD), px(10))
        self.close_button.move(self.width() - px(PAD) - px(18), px(10))
        self.update()

    def show_heat(self, heat: Heat, words_instead: str = "") -> None:
        """Show another heat; `words_instead` say why there are no values."""
        self._heat, self._words = heat, words_instead
        self.switch.set_value(heat.measure)
        self.close_button.setToolTip(with_key("Close the heat map", "view.heat", "Shift+H"))
        self.setAccessibleDescription(f"{self.title()}. {words_instead or heat.sentence}")
        self.update()

    def title(self) -> str:
        """Return what is counted, and how much there is of it."""
        heat = self._heat
        said = TITLES[heat.measure]
        return f"{said}, {heat.text(heat.total)} in all" if heat.values else said

    @property
    def sentence(self) -> str:
        """The line below the scale."""
        return self._words or self._heat.sentence

    # the scale

    def _scale(self) -> QRectF:
        px = theme().px
        swatch = px(118) if self._heat.has_free else 0
        return QRectF(px(PAD), px(74), self.width() - 2 * px(PAD) - swatch, px(12))

    def _x(self, value: float) -> float:
        area = self._scale()
        return area.left() + self._heat.place(value) * area.width()

    def mark_at(self, point: QPointF) -> str:
        """Return the node whose mark is nearest to a point, empty when none is near."""
        area = self._scale()
        if not area.top() - theme().px(14) <= point.y() <= area.bottom() + 4:
            return ""
        marks = {name: self._x(value) for name, value in self._heat.values.items() if value > 0}
        near = min(marks, key=lambda name: abs(marks[name] - point.x()), default="")
        return near if near and abs(marks[near] - point.x()) <= theme().px(REACH) else ""

    def mark_of(self, node_id: str) -> QPointF:
        """Return where the mark of a node is."""
        return QPointF(self._x(self._heat.values[node_id]), self._scale().top() - theme().px(6))

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the card."""
        import numpy as np

        px, colours, heat = theme().px, theme().colours, self._heat
        paint_floating(self, "popover", colours.line)
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        line = QRectF(px(PAD), px(40), self.width() - 2 * px(PAD), px(18))
        middle = Qt.AlignmentFlag.AlignVCenter
        painter.setFont(theme().font("label", 600))
        painter.setPen(colours.text)
        painter.drawText(line, middle, self.title())
        if heat.values:
            used = painter.fontMetrics().horizontalAdvance(self.title()) + px(10)
            painter.setFont(theme().font("caption"))
            painter.setPen(colours.text2)
            painter.drawText(line.adjusted(used, 0, 0, 0), middle, "log scale · ▾ one node each")
        area = self._scale()
        if any(value > 0 for value in heat.values.values()):
            ramp = maps.image(np.linspace(0, 1, 256, dtype=np.float32)[None, :], maps.map_for("cost"), 0, 1)
            painter.drawImage(area, ramp)
            self._paint_ticks(painter, area)
            self._paint_marks(painter, area)
        if self._heat.has_free:
            self._paint_free(painter, area)
        below = QRectF(px(PAD), self.height() - px(34), self.width() - 2 * px(PAD), px(24))
        painter.setFont(theme().font("label", 500))
        painter.setPen(colours.text2 if self._words else colours.text)
        metrics = painter.fontMetrics()
        said = metrics.elidedText(self.sentence, Qt.TextElideMode.ElideRight, int(below.width()))
        painter.drawText(below, middle, said)

    def _paint_ticks(self, painter: QPainter, area: QRectF) -> None:
        px, colours = theme().px, theme().colours
        painter.setFont(theme().font("caption"))
        last = -1e9
        for value in self._heat.ticks():
            x, said = self._x(value), self._heat.text(value)
            wide = painter.fontMetrics().horizontalAdvance(said)
            left = min(max(x - wide / 2, area.left()), area.right() - wide)
            painter.setPen(QPen(colours.text2, 1))
            painter.drawLine(QPointF(x, area.bottom()), QPointF(x, area.bottom() + px(4)))
            if left > last + px(8):
                box = QRectF(left, area.bottom() + px(4), wide + 2, px(16))
                painter.drawText(box, Qt.AlignmentFlag.AlignVCenter, said)
                last = left + wide

    def _paint_marks(self, painter: QPainter, area: QRectF) -> None:
        px, colours = theme().px, theme().colours
        painter.setPen(Qt.PenStyle.NoPen)
        for name, value in self._heat.values.items():
            if value <= 0:
                continue
            half = px(5) if name == self._pointed else px(3)
            painter.setBrush(colours.accent if name == self._pointed else colours.text)
            x, tip = self._x(value), area.top() - 1
            painter.drawPolygon(
                QPolygonF(
                    [QPointF(x - half, tip - 2 * half), QPointF(x + half, tip - 2 * half), QPointF(x, tip)]
                )
            )

    def _paint_free(self, painter: QPainter, area: QRectF) -> None:
        px, colours = theme().px, theme().colours
        box = QRectF(self.width() - px(PAD) - px(102), area.center().y() - px(7), px(14), px(14))
        painter.setPen(QPen(colours.line_strong, 1, Qt.PenStyle.DashLine))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRoundedRect(box, 3, 3)
        painter.setFont(theme().font("label"))
        painter.setPen(colours.text2)
        beside = QRectF(box.right() + px(6), area.center().y() - px(9), px(86), px(18))
        painter.drawText(beside, Qt.AlignmentFlag.AlignVCenter, "costs nothing")

    # the mouse

    def _point_at(self, name: str) -> None:
        if name != self._pointed:
            self._pointed = name
            self.setCursor(Qt.CursorShape.PointingHandCursor if name else Qt.CursorShape.ArrowCursor)
            self.pointed.emit(name)
            self.update()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Join mark and node."""
        self._point_at(self.mark_at(event.position()))

    def leaveEvent(self, event: QEvent) -> None:
        """Point at nothing."""
        self._point_at("")

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Select the node of a mark; the canvas below is not meant."""
        if name := self.mark_at(event.position()):
            self.picked.emit(name)
        event.accept()

    def event(self, event: QEvent) -> bool:
        """Say which node a mark stands for."""
        if isinstance(event, QHelpEvent) and event.type() == QEvent.Type.ToolTip:
            name = self.mark_at(QPointF(event.pos()))
            QToolTip.showText(event.globalPos(), self._heat.said_of(name) if name else "", self)
            return True
        return super().event(event)
