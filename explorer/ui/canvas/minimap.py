"""The whole level in small, with what is seen of it."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QMouseEvent, QPainter, QPaintEvent, QPen, QPixmap
from PySide6.QtWidgets import QWidget

from explorer.figures.canvas.painting.far import FarPicture
from explorer.style.theme import follow, theme

WIDE, TALL = 148, 76
DELAY = 60


class Minimap(QWidget):
    """Family colours, the view in accent; a press or drag sends `looked` with a canvas point."""

    looked = Signal(QPointF)

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._picture: Callable[[], FarPicture] | None = None
        self._drawn: QPixmap | None = None
        self._bounds: Callable[[], QRectF] = QRectF
        self._content, self._seen = QRectF(), QRectF()
        self._later = QTimer(self, singleShot=True, interval=DELAY)
        self._later.timeout.connect(self.forget)
        self.setAccessibleName("Overview of the design")
        self.setToolTip("Drag to look elsewhere")
        follow(self._restyle)

    def _restyle(self) -> None:
        self.setFixedSize(self.sizeHint())
        self.forget()

    def sizeHint(self) -> QSize:
        """Return the size of the look."""
        return QSize(theme().px(WIDE), theme().px(TALL))

    def show_level(self, picture: Callable[[], FarPicture], bounds: Callable[[], QRectF]) -> None:
        """Show a level; picture and bounds are asked for a little later, once for several edits."""
        self._picture, self._bounds = picture, bounds
        self._later.start()

    def forget(self) -> None:
        """Draw anew, because something has changed."""
        self._later.stop()
        self._drawn = None
        self.update()

    def show_view(self, seen: QRectF) -> None:
        """Show which part is seen."""
        self._seen = seen
        self.update()

    def _scale(self) -> tuple[float, QPointF]:
        """Pixels per canvas unit, and where the content begins."""
        if self._content.isNull():
            self._content = self._bounds()
        pad = 8.0
        wide, tall = self.width() - 2 * pad, self.height() - 2 * pad
        scale = min(wide / max(self._content.width(), 1), tall / max(self._content.height(), 1), 0.25)
        size = self._content.size() * scale
        return scale, QPointF((self.width() - size.width()) / 2, (self.height() - size.height()) / 2)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the card, the blocks and the view."""
        colours, radius = theme().colours, theme().radius("control")
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(colours.line)
        painter.setBrush(colours.panel)
        card = self.rect().toRectF().adjusted(0.5, 0.5, -0.5, -0.5)
        painter.drawRoundedRect(card, radius, radius)
        if self._drawn is None and not self._later.isActive():
            self._drawn = self._draw()
        if self._drawn is not None:
            painter.drawPixmap(0, 0, self._drawn)
        scale, start = self._scale()
        if not self._seen.isNull():
            seen = QRectF(
                start + (self._seen.topLeft() - self._content.topLeft()) * scale, self._seen.size() * scale
            )
            painter.setPen(QPen(colours.accent, 1.5))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(seen.intersected(card.adjusted(3, 3, -3, -3)), 3, 3)

    def _draw(self) -> QPixmap:
        ratio = self.devicePixelRatioF()
        pixmap = QPixmap(self.size() * ratio)
        pixmap.setDevicePixelRatio(ratio)
        pixmap.fill(Qt.GlobalColor.transparent)
        if self._picture is None:
            return pixmap
        self._content = self._bounds()
        scale, start = self._scale()
        painter = QPainter(pixmap)
        painter.translate(start)
        painter.scale(scale, scale)
        painter.translate(-self._content.topLeft())
        for family, boxes in self._picture().rectangles.items():
            colour = theme().family_colour(family)
            painter.setPen(QPen(colour, 0))  # one pixel wide at any scale, so that nothing is too small
            painter.setBrush(colour)
            painter.drawRects(boxes)
        painter.end()
        return pixmap

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Look at the place that was pressed."""
        scale, start = self._scale()
        self.looked.emit(self._content.topLeft() + (event.position() - start) / scale)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Follow the pointer."""
        if event.buttons():
            self.mousePressEvent(event)
