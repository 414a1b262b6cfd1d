"""A line of the last files: its picture to scale, its name, day and state."""

from __future__ import annotations

from PySide6.QtCore import QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QAbstractButton, QSizePolicy

from explorer.style.theme import theme
from explorer.ui.gallery.cards import paint_bars
from explorer.ui.welcome.record import Recent

HIGH = 44
PICTURE = 64


class RecentButton(QAbstractButton):
    """Signals:
    taken: the file shall be opened, or found where it is missing.
    """

    taken = Signal(object)

    def __init__(self, recent: Recent) -> None:
        super().__init__()
        self.recent = recent
        self.setText(recent.name)
        self.setAccessibleName(f"{recent.name}, {recent.about}")
        self.setToolTip(recent.path)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self.clicked.connect(lambda: self.taken.emit(self.recent))

    def sizeHint(self) -> QSize:
        """As high as two lines."""
        return QSize(theme().px(240), theme().px(HIGH))

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the line."""
        colours, px, recent = theme().colours, theme().px, self.recent
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(colours.focus if self.hasFocus() else colours.line)
        painter.setBrush(colours.hover if self.underMouse() else colours.panel)
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), px(8), px(8))
        left = px(10)
        if recent.bars:
            area = QRectF(left, px(8), px(PICTURE), self.height() - px(16))
            painter.save()
            painter.setClipRect(area)
            paint_bars(painter, recent.bars, area)
            painter.restore()
            left += px(PICTURE + 10)
        place = QRect(left, px(5), self.width() - left - px(8), (self.height() - px(10)) // 2)
        painter.setPen(colours.text if recent.is_there else colours.text3)
        self._write(painter, place, recent.name, "label", 500)
        painter.setPen(colours.text2 if recent.is_there else colours.text3)
        self._write(painter, place.translated(0, place.height()), recent.about, "caption", 400)

    def _write(self, painter: QPainter, place: QRect, words: str, role: str, weight: int) -> None:
        painter.setFont(theme().font(role, weight))
        shown = painter.fontMetrics().elidedText(words, Qt.TextElideMode.ElideRight, place.width())
        painter.drawText(place, Qt.AlignmentFlag.AlignVCenter, shown)
