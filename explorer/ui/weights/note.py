"""The note on the canvas of a network that has learned nothing: pictures and answers are those of a seed."""

from __future__ import annotations

from PySide6.QtCore import QPoint, QRectF, QSize, Qt
from PySide6.QtGui import QFontMetrics, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QAbstractButton

from explorer.style.theme import follow, theme
from explorer.ui.canvas.canvas import CanvasView
from explorer.ui.canvas.overlays import PROJECTOR
from explorer.ui.weights.sign import paint_sign

TITLE, TALL, GAP = "Untrained", 24, 13
ROOMY = 760
"""Width of a canvas from which the note says where the weights come from."""


class UntrainedNote(QAbstractButton):
    """Stands at the top left of a canvas, also from far away; a click asks where the weights come from."""

    def __init__(self, canvas: CanvasView) -> None:
        super().__init__(canvas.viewport())
        self._canvas = canvas
        self._detail, self._wanted = "", False
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        canvas.camera.moved.connect(self._put)
        follow(self._restyle)
        self.hide()

    def show_state(self, *, untrained: bool, detail: str) -> None:
        """Say that nothing has been learned, and what the weights are, or say nothing."""
        self._wanted, self._detail = untrained, detail
        words = f"{TITLE}: {self.words}. Maps and answers are those of chance until it is trained."
        self.setAccessibleName(words)
        self.setToolTip(words)
        self._restyle()

    @property
    def words(self) -> str:
        """What stands after the title, where there is room."""
        return f"weights drawn from {self._detail}" if self._detail else "weights drawn by chance"

    @property
    def _shown(self) -> str:
        """The words as far as they do not cover the network of a small window."""
        return self.words if self._canvas.viewport().width() >= theme().px(ROOMY) else ""

    def _restyle(self) -> None:
        self._put()
        self.update()

    def _put(self) -> None:
        self.resize(self.sizeHint())
        goal = QPoint(theme().px(GAP), theme().px(GAP))
        if self.pos() != goal:
            self.move(goal)
        # in a lecture the room is the network's; its rings and the chip say it there
        self.setVisible(self._wanted and theme().scale < PROJECTOR)

    def sizeHint(self) -> QSize:
        """As wide as the words."""
        px = theme().px
        title = QFontMetrics(theme().font("caption", 600)).horizontalAdvance(TITLE)
        more = QFontMetrics(theme().font("caption")).horizontalAdvance(self._shown)
        return QSize(px(10 + 12 + 6 + 6 + 10) + title + more, px(TALL))

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw sign and words on a quiet card."""
        colours, px = theme().colours, theme().px
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        card = QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5)
        painter.setPen(QPen(colours.line, 1))
        painter.setBrush(colours.hover if self.underMouse() else colours.panel)
        painter.drawRoundedRect(card, card.height() / 2, card.height() / 2)
        sign = QRectF(px(10), (self.height() - px(12)) / 2, px(12), px(12))
        paint_sign(painter, "ring", sign, colours.text2, colours.panel)
        left = sign.right() + px(6)
        for words, weight, tone in ((TITLE, 600, colours.text), (self._shown, 400, colours.text2)):
            painter.setFont(theme().font("caption", weight))
            painter.setPen(tone)
            wide = painter.fontMetrics().horizontalAdvance(words)
            painter.drawText(QRectF(left, 0, wide + 2, self.height()), Qt.AlignmentFlag.AlignVCenter, words)
            left += wide + px(6)
