"""What may come next: a bar for each token, outlined as the network has it and filled as it is drawn."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QRect, QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from explorer.protocol.records import Likely
from explorer.style.theme import theme
from explorer.ui.widgets.spoken import SpokenItem
from explorer.words import figure

_RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
_LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
ROW = 24


class NextBars(QWidget):
    """A token, its bar, and two numbers: of the network, and after temperature, top-k and top-p."""

    def __init__(self) -> None:
        super().__init__()
        self._likely: tuple[Likely, ...] = ()
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.set_likely(())

    def set_likely(self, likely: Sequence[Likely]) -> None:
        """Show tokens, the likeliest first."""
        self._likely = tuple(likely)
        said = ", ".join(f"{one.shown} {figure(one.model)}, drawn {_drawn(one)}" for one in self._likely)
        self.setAccessibleName(f"Next token: {said}")
        self.updateGeometry()
        self.update()

    def spoken_items(self) -> list[SpokenItem]:
        """What a screen reader hears: a token and its two numbers."""
        high = theme().px(ROW)
        return [
            SpokenItem(
                f"{one.shown}, {figure(one.model)} of the network, drawn {_drawn(one)}",
                QRect(0, index * high, self.width(), high),
            )
            for index, one in enumerate(self._likely)
        ]

    def likely(self) -> tuple[Likely, ...]:
        """Return what is shown."""
        return self._likely

    def sizeHint(self) -> QSize:
        """Return a row for each token."""
        return QSize(theme().px(260), theme().px(ROW) * max(1, len(self._likely)))

    def minimumSizeHint(self) -> QSize:
        """Allow a narrow column."""
        return QSize(theme().px(140), self.sizeHint().height())

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the rows."""
        px, tints, painter = theme().px, theme().colours, QPainter(self)
        painter.setFont(theme().font("label", 600))
        names = max((painter.fontMetrics().horizontalAdvance(one.shown) for one in self._likely), default=0)
        names = min(names + px(10), self.width() // 3)
        column = px(40)
        room = max(px(20), self.width() - names - 2 * column)
        for index, one in enumerate(self._likely):
            y, tall = index * px(ROW), px(ROW)
            cut = one.drawn <= 0
            painter.setFont(theme().font("label", 600))
            painter.setPen(tints.text3 if cut else tints.text)
            shown = painter.fontMetrics().elidedText(one.shown, Qt.TextElideMode.ElideRight, names - px(4))
            painter.drawText(QRectF(0, y, names, tall), _LEFT, shown)
            bar = QRectF(names, y + px(4), max(1.0, room * one.drawn), tall - px(8))
            if not cut:
                painter.fillRect(bar, tints.accent if index == 0 else tints.line_strong)
            bar.setWidth(max(1.0, room * one.model))
            painter.setPen(QPen(tints.text, px(1) * 1.5))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRect(bar)
            painter.setFont(theme().font("label"))
            painter.setPen(tints.text3 if cut else tints.text2)
            right = self.width() - column
            painter.drawText(QRectF(right - column, y, column, tall), _RIGHT, figure(one.model))
            painter.setFont(theme().font("label", 400 if cut else 600))
            painter.setPen(tints.text3 if cut else tints.text)
            painter.drawText(QRectF(right, y, column, tall), _RIGHT, _drawn(one))


def _drawn(one: Likely) -> str:
    return "cut" if one.drawn <= 0 else figure(one.drawn)
