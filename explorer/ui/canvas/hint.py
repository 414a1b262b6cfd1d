"""A line beside the pointer that says why something cannot be done here."""

from __future__ import annotations

from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from explorer.style.theme import theme


class Hint(QWidget):
    """Shown while a gesture lasts; takes no mouse."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._window = parent
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.words = ""
        self.hide()

    def show_at(self, words: str, point: QPointF) -> None:
        """Say something beside a point of the window; nothing hides the line."""
        self.words = words
        if not words:
            self.hide()
            return
        metrics = self.fontMetrics()
        self.setFont(theme().font("label", 500))
        wide = metrics.horizontalAdvance(words) + theme().px(36)
        self.resize(wide, theme().px(28))
        window = self._window.size()
        x = min(round(point.x()) + 16, window.width() - wide - 8)
        y = min(round(point.y()) + 20, window.height() - self.height() - 8)
        self.move(max(8, x), max(8, y))
        self.setAccessibleName(words)
        self.show()
        self.raise_()
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the line on its ground."""
        colours = theme().colours
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(colours.error)
        painter.setBrush(colours.error_ground)
        box = self.rect().toRectF().adjusted(0.5, 0.5, -0.5, -0.5)
        painter.drawRoundedRect(box, theme().radius("control"), theme().radius("control"))
        painter.setFont(theme().font("label", 500))
        painter.drawText(box, Qt.AlignmentFlag.AlignCenter, self.words)
