"""A box to be ticked, with its words, in the colours of the theme."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QFontMetrics, QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QAbstractButton

from explorer.style.theme import follow, theme

BOX = 15


class TickBox(QAbstractButton):
    """Stays ticked until it is clicked again; the tick says so, not only the colour."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.setText(text)
        self.setCheckable(True)
        self.setAccessibleName(text)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        follow(self.updateGeometry)

    def sizeHint(self) -> QSize:
        """Return box and words, at least 24 high."""
        px, metrics = theme().px, QFontMetrics(theme().font("body"))
        return QSize(px(BOX + 10) + metrics.horizontalAdvance(self.text()), max(px(24), metrics.height()))

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw box, tick, words and focus."""
        px, shown = theme().px, theme().colours
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        box = QRectF(1.5, (self.height() - px(BOX)) / 2, px(BOX), px(BOX))
        ticked, edge = self.isChecked(), shown.line_strong if self.isEnabled() else shown.line
        painter.setPen(QPen(shown.accent if ticked or self.hasFocus() else edge, 2 if self.hasFocus() else 1))
        painter.setBrush(shown.accent if ticked else shown.node)
        painter.drawRoundedRect(box, px(3), px(3))
        if ticked:
            painter.setPen(QPen(shown.on_accent, px(2)))
            corners = [(0.22, 0.52), (0.43, 0.72), (0.78, 0.3)]
            painter.drawPolyline(
                QPolygonF([box.topLeft() + QPointF(x * px(BOX), y * px(BOX)) for x, y in corners])
            )
        painter.setPen(shown.text if self.isEnabled() else shown.text3)
        painter.setFont(theme().font("body"))
        words = QRectF(self.rect()).adjusted(px(BOX + 8), 0, 0, 0)
        text = painter.fontMetrics().elidedText(
            self.text(), Qt.TextElideMode.ElideRight, int(words.width()) + 1
        )
        painter.drawText(words, Qt.AlignmentFlag.AlignVCenter, text)
