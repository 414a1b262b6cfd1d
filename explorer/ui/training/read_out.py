"""The box that reads the curves at the cursor."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QWidget

from explorer.style.theme import theme

_LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
_RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter


@dataclass(frozen=True)
class Reading:
    """One curve at the cursor; a validation curve is drawn dashed."""

    colour: int
    name: str
    loss: str
    figure: str
    dashed: bool = False


class ReadOut(QWidget):
    """A card over the plots; the mouse goes through it."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.head = ""
        self.readings: tuple[Reading, ...] = ()
        self.hide()

    def show_readings(self, head: str, readings: Sequence[Reading]) -> None:
        """Show figures."""
        self.head, self.readings = head, tuple(readings)
        spoken = "; ".join(f"{r.name} loss {r.loss} {r.figure}" for r in self.readings)
        self.setAccessibleName(f"{head}: {spoken}")
        self.resize(self.sizeHint())
        self.show()
        self.raise_()
        self.update()

    def sizeHint(self) -> QSize:
        """Return the room for the lines."""
        px = theme().px
        return QSize(px(186), px(28) + px(17) * len(self.readings) + px(8))

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the card and its lines."""
        colours, px = theme().colours, theme().px
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        card = QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -1.5)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(colours.shadow)
        painter.drawRoundedRect(card.translated(0, 1), theme().radius("card"), theme().radius("card"))
        painter.setPen(colours.line)
        painter.setBrush(colours.panel)
        painter.drawRoundedRect(card, theme().radius("card"), theme().radius("card"))
        left, right = px(10), self.width() - px(10)
        painter.setFont(theme().font("caption"))
        painter.setPen(colours.text2)
        painter.drawText(QRectF(left, px(6), right - left, px(18)), _LEFT, self.head)
        for number, reading in enumerate(self.readings):
            row = QRectF(left, px(26) + px(17) * number, right - left, px(17))
            self._draw(painter, row, reading)

    def _draw(self, painter: QPainter, row: QRectF, reading: Reading) -> None:
        colours, px = theme().colours, theme().px
        pen = QPen(theme().run_colour(reading.colour), px(2))
        if reading.dashed:
            pen.setDashPattern([1.5, 1.2])
        painter.setPen(pen)
        middle = row.center().y()
        painter.drawLine(QPointF(row.left(), middle), QPointF(row.left() + px(10), middle))
        painter.setFont(theme().font("caption"))
        painter.setPen(colours.text)
        painter.drawText(row.adjusted(px(16), 0, 0, 0), _LEFT, reading.name)
        painter.setFont(theme().font("caption", 600))
        painter.drawText(row, _RIGHT, reading.figure)
        painter.drawText(row.adjusted(0, 0, -px(48), 0), _RIGHT, reading.loss)
