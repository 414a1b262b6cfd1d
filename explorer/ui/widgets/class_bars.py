"""Units of an answer as bars."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QRect, QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from explorer.style.theme import theme
from explorer.ui.widgets.spoken import SpokenItem
from explorer.words import figure

_RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
_LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter


class ClassBars(QWidget):
    """Name, bar and number; the first stands out. Bars end at 1, of larger values at the largest."""

    def __init__(self, name: str = "Answer", row: int = 20) -> None:
        super().__init__()
        self._name, self._row = name, row
        self._answers: tuple[tuple[str, float], ...] = ()
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.set_answers(())

    def set_answers(self, answers: Sequence[tuple[str, float]]) -> None:
        """Show units with their numbers, already ordered."""
        self._answers = tuple(answers)
        spoken = ", ".join(f"{words} {figure(value)}" for words, value in self._answers)
        self.setAccessibleName(f"{self._name}: {spoken}")
        self.updateGeometry()
        self.update()

    def spoken_items(self) -> list[SpokenItem]:
        """What a screen reader hears: class and number."""
        high = theme().px(self._row)
        return [
            SpokenItem(f"{words} {figure(value)}", QRect(0, index * high, self.width(), high))
            for index, (words, value) in enumerate(self._answers)
        ]

    def sizeHint(self) -> QSize:
        """Return a row for each class."""
        return QSize(theme().px(140), theme().px(self._row) * max(1, len(self._answers)))

    def minimumSizeHint(self) -> QSize:
        """Allow a narrow column."""
        return QSize(theme().px(90), self.sizeHint().height())

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the rows."""
        colours, px = theme().colours, theme().px
        painter = QPainter(self)
        metrics = painter.fontMetrics()
        names = max((metrics.horizontalAdvance(words) for words, _ in self._answers), default=0)
        names = min(names + px(10), self.width() // 2)
        figures = px(46)
        longest = max([1.0, *(abs(value) for _, value in self._answers)])
        for index, (words, value) in enumerate(self._answers):
            y, height = index * px(self._row), px(self._row)
            first = index == 0
            painter.setFont(theme().font("label", 600 if first else 400))
            painter.setPen(colours.text if first else colours.text2)
            shown = painter.fontMetrics().elidedText(words, Qt.TextElideMode.ElideRight, names - px(4))
            painter.drawText(QRectF(0, y, names, height), _LEFT, shown)
            painter.drawText(QRectF(self.width() - figures, y, figures, height), _RIGHT, figure(value))
            track = QRectF(names, y + height / 2 - px(4), max(0, self.width() - names - figures), px(8))
            painter.fillRect(track, colours.sunken)
            track.setWidth(max(1.0, track.width() * min(max(value / longest, 0.0), 1.0)))
            painter.fillRect(track, colours.accent if first else colours.line_strong)
