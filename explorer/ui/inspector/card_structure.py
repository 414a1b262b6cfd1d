"""The structure of a composite on its card; made when the card is looked at, not before."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from explorer.figures.structure import Structure, can_be_shown
from explorer.graph.flow import Flow
from explorer.style.theme import follow, theme


class CardStructure(QWidget):
    """Draws what is inside the inspected node; hidden where there is nothing, or too much for a card."""

    def __init__(self) -> None:
        super().__init__()
        self._made: Structure | None = None
        self._inner: Flow | None = None
        self._title = ""
        policy = QSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)
        self.setAccessibleName("What the block is made of")
        self.hide()
        follow(self._restyle)

    def show_inside(self, inner: Flow | None, title: str) -> None:
        """Be about what is inside a node; nothing is laid out anew while that is the same."""
        if inner is self._inner:
            return
        self._inner, self._title, self._made = inner, title, None
        self.setVisible(can_be_shown(inner))
        self._restyle()

    def _restyle(self) -> None:
        self.updateGeometry()
        self.update()

    def _structure(self) -> Structure | None:
        if self._made is None and self._inner is not None and not self.isHidden():
            self._made = Structure(self._inner, self._title)
        return self._made

    def hasHeightForWidth(self) -> bool:
        """As tall as the figure asks."""
        return True

    def heightForWidth(self, width: int) -> int:
        """Return the height of the figure at this width."""
        structure, px = self._structure(), theme().px
        return 0 if structure is None else round(structure.height_for(width - px(16))) + px(16)

    def sizeHint(self) -> QSize:
        """Return the size at the width of an inspector."""
        width = self.width() if self.width() > 100 else theme().px(280)
        return QSize(width, self.heightForWidth(width))

    def minimumSizeHint(self) -> QSize:
        """Allow a narrow panel."""
        return QSize(theme().px(120), self.heightForWidth(max(self.width(), theme().px(120))))

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the ground and the figure."""
        structure, shown = self._structure(), theme().colours
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(shown.line if theme().contrast else Qt.PenStyle.NoPen)
        painter.setBrush(shown.canvas)
        radius = theme().radius("control")
        area = QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5)
        painter.drawRoundedRect(area, radius, radius)
        if structure is not None:
            px = theme().px
            structure.paint(painter, area.adjusted(px(8), px(8), -px(8), -px(8)))
