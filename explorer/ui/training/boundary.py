"""How a network with two inputs divides the plane, with the points it learns from."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QImage, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from explorer.session.run_log import Array
from explorer.style import colours as maps
from explorer.style.theme import follow, theme

LEAST, MOST = 0.10, 0.55


class BoundaryView(QWidget):
    """Regions in the classes' colours, paler where the answer is less sure; points on top."""

    def __init__(self) -> None:
        super().__init__()
        self.setAccessibleName("Regions of the classes")
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self._scores: Array | None = None
        self._image: QImage | None = None
        self._low, self._high = (-1.2, -1.2), (1.2, 1.2)
        self._points: Array = np.zeros((0, 2))
        self._targets: Array = np.zeros(0, int)
        self._classes: tuple[str, ...] = ()
        follow(self._restyle)

    def set_map(self, scores: Array, low: tuple[float, float], high: tuple[float, float]) -> None:
        """Show scores (classes, rows, columns), the first row at the lower edge."""
        self._scores, self._low, self._high = scores, low, high
        self._restyle()

    def set_points(self, points: Array, targets: Array, classes: tuple[str, ...]) -> None:
        """Show points (n, 2) of the data set."""
        self._points, self._targets, self._classes = points.reshape(len(points), -1)[:, :2], targets, classes
        self.update()

    def _restyle(self) -> None:
        if self._scores is not None:
            tints = np.array([_rgb(theme().run_colour(k)) for k in range(max(2, len(self._scores)))])
            ground = np.array(_rgb(theme().colours.panel))
            self._image = maps.image_of_rgb(regions(self._scores, tints, ground)[::-1])
        self.update()

    def area(self) -> QRectF:
        """Return the square that stands for the plane."""
        side = max(10, min(self.width(), self.height() - theme().px(22)))
        return QRectF((self.width() - side) / 2, 0, side, side)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw regions, points and the classes' names."""
        painter = QPainter(self)
        area, tints = self.area(), theme().colours
        if self._image is not None:
            painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
            painter.drawImage(area, self._image)
        painter.setPen(tints.line)
        painter.drawRect(area)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.save()
        painter.setClipRect(area)
        radius = theme().scale * 2.6
        painter.setPen(tints.panel)
        spans = [high - low for low, high in zip(self._low, self._high, strict=True)]
        for (x, y), target in zip(self._points.tolist(), self._targets.tolist(), strict=True):
            painter.setBrush(theme().run_colour(int(target)))
            across = area.left() + (x - self._low[0]) / spans[0] * area.width()
            down = area.bottom() - (y - self._low[1]) / spans[1] * area.height()
            painter.drawEllipse(QPointF(across, down), radius, radius)
        painter.restore()
        self._draw_names(painter, area)

    def _draw_names(self, painter: QPainter, area: QRectF) -> None:
        px, left = theme().px, area.left()
        painter.setFont(theme().font("caption"))
        middle = area.bottom() + px(12)
        for number, name in enumerate(self._classes):
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(theme().run_colour(number))
            painter.drawEllipse(QPointF(left + px(4), middle), px(4), px(4))
            painter.setPen(theme().colours.text2)
            wide = painter.fontMetrics().horizontalAdvance(name)
            room = QRectF(left + px(12), middle - px(9), wide + px(2), px(18))
            painter.drawText(room, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, name)
            left += px(24) + wide


def regions(scores: Array, tints: Array, ground: Array) -> Array:
    """Return a picture (rows, columns, 3) of the likeliest classes; opacity grows with the lead."""
    shares = scores.astype(np.float64)
    if len(shares) == 1:
        shares = np.concatenate([1 - shares, shares])
    elif shares.min() < 0 or abs(float(shares.sum(axis=0).mean()) - 1) > 0.01:
        powers = np.exp(shares - shares.max(axis=0))
        shares = powers / powers.sum(axis=0)
    best = shares.argmax(axis=0)
    even = 1 / len(shares)
    lead = np.clip((shares.max(axis=0) - even) / (1 - even), 0, 1)[..., None]
    opacity = LEAST + (MOST - LEAST) * lead
    picture: Array = np.clip(ground * (1 - opacity) + tints[best] * opacity + 0.5, 0, 255).astype(np.uint8)
    return picture


def _rgb(colour: QColor) -> tuple[int, int, int]:
    return colour.red(), colour.green(), colour.blue()
