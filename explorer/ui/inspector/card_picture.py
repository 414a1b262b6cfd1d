"""The live picture on a card."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from explorer.figures import cards
from explorer.protocol.pictures import Picture
from explorer.style.theme import follow, theme


class CardPicture(QWidget):
    """Draws what the engine computed, as tall as it needs to be; words while there is nothing yet."""

    def __init__(self) -> None:
        super().__init__()
        self.picture: Picture | None = None
        self._words = ""
        policy = QSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)
        self.setAccessibleName("What the block does")
        follow(self._restyle)

    def set_picture(self, picture: Picture | None, words: str = "") -> None:
        """Show another picture, or say why there is none."""
        self.picture, self._words = picture, words
        self.setAccessibleDescription(words or (picture.note if picture else ""))
        self.setVisible(picture is not None or bool(words))
        self._restyle()

    def _restyle(self) -> None:
        self.updateGeometry()
        self.update()

    def hasHeightForWidth(self) -> bool:
        """Rows wrap where it is narrow."""
        return True

    def heightForWidth(self, width: int) -> int:
        """Return the height of the picture and its line of words."""
        px = theme().px
        if self.picture is None:
            return px(40)
        note = px(22) if self.picture.note else px(6)
        return round(cards.height_for(self.picture, width - px(16))) + note + px(14)

    def sizeHint(self) -> QSize:
        """Return the size at the width of an inspector."""
        width = self.width() if self.width() > 100 else theme().px(280)
        return QSize(width, self.heightForWidth(width))

    def minimumSizeHint(self) -> QSize:
        """Allow a narrow panel."""
        return QSize(theme().px(120), self.heightForWidth(max(self.width(), theme().px(120))))

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the ground, the picture, and what it says."""
        px, shown = theme().px, theme().colours
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(shown.line if theme().contrast else Qt.PenStyle.NoPen)
        painter.setBrush(shown.sunken)
        radius = theme().radius("control")
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), radius, radius)
        area = QRectF(self.rect()).adjusted(px(8), px(8), -px(8), -px(6))
        words = self._words if self.picture is None else self.picture.note
        if self.picture is not None:
            tall = cards.height_for(self.picture, area.width())
            cards.paint(painter, QRectF(area.left(), area.top(), area.width(), tall), self.picture)
            area.setTop(area.top() + tall)
        painter.setPen(shown.text2)
        painter.setFont(theme().font("caption"))
        painter.drawText(area, Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap, words)
