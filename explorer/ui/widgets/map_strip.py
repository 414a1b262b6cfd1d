"""A row of small maps without words, such as the filters of a convolution."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QImage, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from explorer.style import colours
from explorer.style.colours import Array
from explorer.style.theme import follow, theme


class MapStrip(QWidget):
    """Up to as many maps as fit in one row; the rest stays away."""

    picked = Signal(int)

    def __init__(self, name: str, side: int = 38, gap: int = 6, selectable: bool = False) -> None:
        super().__init__()
        self._side, self._gap, self._selectable = side, gap, selectable
        self._maps: list[Array] = []
        self._drawn: tuple[str, float | None, float | None] = ("viridis", None, None)
        self._images: list[QImage] = []
        self._selected = -1
        self.setAccessibleName(name)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        if selectable:
            self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        follow(self._restyle)

    def set_maps(
        self, maps: list[Array] | Array, name: str, low: float | None = None, high: float | None = None
    ) -> None:
        """Show 2-D arrays (or colour pictures) in one map and, unless left out, one range."""
        self._maps, self._drawn = list(maps[:32]), (name, low, high)
        self._restyle()

    def _restyle(self) -> None:
        """Draw the maps in the colours of the theme."""
        self._images = [colours.image(values, *self._drawn) for values in self._maps]
        self.update()

    def set_selected(self, index: int) -> None:
        """Outline one map without telling anybody."""
        self._selected = index
        self.update()

    def sizeHint(self) -> QSize:
        """Return one row."""
        return QSize(theme().px(6 * (self._side + self._gap)), theme().px(self._side) + 4)

    def minimumSizeHint(self) -> QSize:
        """Allow a single map."""
        return QSize(theme().px(self._side), theme().px(self._side) + 4)

    def _cells(self) -> list[QRectF]:
        side, gap = theme().px(self._side), theme().px(self._gap)
        fit = max(1, (self.width() - 4 + gap) // (side + gap))
        return [QRectF(2 + i * (side + gap), 2, side, side) for i in range(min(fit, len(self._images)))]

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the maps that fit."""
        painter = QPainter(self)
        for index, cell in enumerate(self._cells()):
            colours.paint(painter, cell, self._images[index])
            if index == self._selected:
                pen = QPen(theme().colours.accent, theme().px(2))
                pen.setJoinStyle(Qt.PenJoinStyle.MiterJoin)
                painter.setPen(pen)
                painter.drawRect(cell)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Pick the map under the mouse."""
        hit = next((i for i, cell in enumerate(self._cells()) if cell.contains(event.position())), -1)
        if self._selectable and hit >= 0:
            self._pick(hit)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Move with Left and Right."""
        step = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1}.get(Qt.Key(event.key()), 0)
        target = self._selected + step
        if step and 0 <= target < len(self._images):
            self._pick(target)
        else:
            super().keyPressEvent(event)

    def _pick(self, index: int) -> None:
        self.set_selected(index)
        self.picked.emit(index)
