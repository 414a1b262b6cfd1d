"""The camera: zoom, pan, fit; keeps the point under the cursor where it is."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEasingCurve, QObject, QPointF, QRectF, QVariantAnimation, Signal
from PySide6.QtGui import QTransform

from explorer.figures.canvas.painting.look import Detail
from explorer.style import tokens
from explorer.style.theme import theme

if TYPE_CHECKING:
    from PySide6.QtWidgets import QGraphicsView

LEAST, MOST = map(float, tokens.raw()["canvas"]["zoom"])
NEAR, FAR = float(tokens.raw()["canvas"]["lodMiddle"]), float(tokens.raw()["canvas"]["lodFar"])
HYSTERESIS = 0.03
STEP = 1.25
MARGIN = 24.0
AROUND = 40_000.0
READABLE = 0.5
"""Of the text scale: names are still legible at this zoom."""
LEAST_ROOM = 700.0, 400.0
"""In canvas units: a design is not broken into more rows for a smaller window."""


def detail_at(zoom: float, before: Detail) -> Detail:
    """Return the level of detail of a zoom; it changes a little late, so that it does not flicker."""
    near = NEAR - HYSTERESIS if before == "near" else NEAR
    far = FAR + HYSTERESIS if before == "far" else FAR
    if zoom >= near:
        return "near"
    return "far" if zoom < far else "middle"


class Camera(QObject):
    """Moves a graphics view. `moved` is sent after every change.

    `floor` is the height at the bottom, in pixels, that should stay free for what floats there.
    `most`: zoom, times the text scale, up to which the whole is enlarged when it is fitted.
    `near`: how much larger than its words the network is laid out, so that it breaks into more rows.
    `is_fitted`: all was shown, and since then nobody has moved it; then it may be fitted again unasked.
    """

    moved = Signal()

    def __init__(self, view: QGraphicsView) -> None:
        super().__init__(view)
        self._view = view
        self._flight = QVariantAnimation(self)
        self._flight.setEasingCurve(QEasingCurve.Type.OutCubic)
        self._flight.valueChanged.connect(self._fly)
        self._from = self._to = (1.0, QPointF())
        self.floor = 0.0
        self.is_fitted = False
        self.most = self.near = 1.0

    @property
    def zoom(self) -> float:
        """Pixels per canvas unit."""
        return self._view.transform().m11()

    @property
    def centre(self) -> QPointF:
        """The canvas point in the middle of the window."""
        size = self._view.viewport().size()
        return self.to_scene(QPointF(size.width() / 2, size.height() / 2))

    def to_scene(self, point: QPointF) -> QPointF:
        """Return the canvas point under a point of the window."""
        inverted, _ = self._view.viewportTransform().inverted()
        return inverted.map(point)

    def to_view(self, point: QPointF) -> QPointF:
        """Return the point of the window over a canvas point."""
        return self._view.viewportTransform().map(point)

    def visible(self) -> QRectF:
        """Return what is seen, in canvas units."""
        size = self._view.viewport().size()
        return QRectF(self.to_scene(QPointF()), self.to_scene(QPointF(size.width(), size.height())))

    def set_extent(self, content: QRectF) -> None:
        """Let the camera go well beyond the content on all sides."""
        self._view.setSceneRect(content.adjusted(-AROUND, -AROUND, AROUND, AROUND))

    def scroll(self, dx: float, dy: float) -> None:
        """Move by pixels."""
        self.is_fitted = False
        self._flight.stop()
        self._scroll(dx, dy)
        self.moved.emit()

    def _scroll(self, dx: float, dy: float) -> None:
        across, down = self._view.horizontalScrollBar(), self._view.verticalScrollBar()
        across.setValue(across.value() + round(dx))
        down.setValue(down.value() + round(dy))

    def zoom_at(self, zoom: float, fixed: QPointF) -> None:
        """Zoom so that the canvas point under the window point `fixed` stays there."""
        self.is_fitted = False
        self._flight.stop()
        self._put(zoom, self.to_scene(fixed), fixed)
        self.moved.emit()

    def zoom_by(self, factor: float) -> None:
        """Zoom about the middle of the window."""
        size = self._view.viewport().size()
        self.zoom_at(self.zoom * factor, QPointF(size.width() / 2, size.height() / 2))

    def _put(self, zoom: float, point: QPointF, at: QPointF) -> None:
        """Show the canvas point at a point of the window."""
        zoom = min(max(zoom, LEAST), MOST)
        if zoom != self.zoom:
            self._view.setTransform(QTransform.fromScale(zoom, zoom))
        now = self.to_view(point)
        self._scroll(now.x() - at.x(), now.y() - at.y())

    def look_at(self, zoom: float, centre: QPointF, *, fly: bool = True) -> None:
        """Go to a place; flies there unless motion is reduced."""
        self.is_fitted = False
        zoom = min(max(zoom, LEAST), MOST)
        self._flight.stop()
        duration = theme().duration("camera") if fly and self._view.isVisible() else 0
        if duration <= 0:
            self._go(zoom, centre)
            return
        self._from, self._to = (self.zoom, self.centre), (zoom, centre)
        self._flight.setDuration(duration)
        self._flight.setStartValue(0.0)
        self._flight.setEndValue(1.0)
        self._flight.start()

    def _fly(self, share: float) -> None:
        (zoom0, centre0), (zoom1, centre1) = self._from, self._to
        self._go(zoom0 * (zoom1 / zoom0) ** share, centre0 + (centre1 - centre0) * share)

    def _go(self, zoom: float, centre: QPointF) -> None:
        size = self._view.viewport().size()
        self._put(zoom, centre, QPointF(size.width() / 2, size.height() / 2))
        self.moved.emit()

    def reveal(self, area: QRectF) -> None:
        """Move just so far that an area is seen with some room round it; its middle where it is too large."""
        seen, room = self.visible(), MARGIN / self.zoom
        wanted = area.adjusted(-room, -room, room, room)
        if seen.contains(wanted):
            return

        def step(low: float, high: float, least: float, most: float) -> float:
            if high - low > most - least:
                return (low + high - least - most) / 2
            return min(0.0, low - least) + max(0.0, high - most)

        across = step(wanted.left(), wanted.right(), seen.left(), seen.right())
        down = step(wanted.top(), wanted.bottom(), seen.top(), seen.bottom())
        self.look_at(self.zoom, self.centre + QPointF(across, down))

    def fit(self, area: QRectF, most: float | None = None, *, fly: bool = True) -> None:
        """Show a whole area, at most at the zoom `most` (times the text scale).

        Without `most` it is all there is: the camera remembers that this is wanted.
        """
        if area.isEmpty():
            return
        limit = self.most if most is None else most
        zoom = min(self.fitting(area, self.floor), limit * theme().scale)
        self.look_at(zoom, area.center() + QPointF(0, max(0.0, self.floor - MARGIN) / 2 / zoom), fly=fly)
        self.is_fitted = most is None

    def fitting(self, area: QRectF, floor: float = 0.0) -> float:
        """Return the zoom at which an area just fits above the floor."""
        size = self._view.viewport().size()
        wide, tall = (
            max(40.0, size.width() - 2 * MARGIN),
            max(40.0, size.height() - MARGIN - max(MARGIN, floor)),
        )
        return min(wide / max(area.width(), 1), tall / max(area.height(), 1))

    def room(self, floor: float = 0.0) -> tuple[float, float]:
        """Return what fits above the floor at full size: width and height in canvas units."""
        size, scale = self._view.viewport().size(), theme().scale
        wide, tall = size.width() - 2 * MARGIN, size.height() - MARGIN - max(MARGIN, floor)
        scale *= self.near
        return max(LEAST_ROOM[0], wide / scale), max(LEAST_ROOM[1], tall / scale)

    def open_on(self, area: QRectF) -> None:
        """Show a level for the first time: all of it where that is readable, else its beginning."""
        if area.isEmpty():
            self.look_at(theme().scale, self.centre, fly=False)
            return
        fitting, readable = self.fitting(area, self.floor), theme().scale * READABLE
        if fitting >= readable:
            self.fit(area, fly=False)
            return
        zoom = theme().scale
        size = self._view.viewport().size()
        start = QPointF(area.left() + size.width() / 2 / zoom, area.top() + size.height() / 2 / zoom)
        tall = area.height() * zoom < size.height() - 2 * MARGIN
        centre = QPointF(start.x() - MARGIN / zoom, area.center().y() if tall else start.y() - MARGIN / zoom)
        self.look_at(zoom, centre, fly=False)
