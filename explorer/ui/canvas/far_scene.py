"""The scene that takes the place of the other one at far zoom: a single item."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QRectF
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QGraphicsItem, QGraphicsScene, QStyleOptionGraphicsItem, QWidget

if TYPE_CHECKING:
    from explorer.ui.canvas.scene import CanvasScene


class _FarItem(QGraphicsItem):
    def __init__(self, near: CanvasScene) -> None:
        super().__init__()
        self._near = near
        self.area = QRectF()

    def boundingRect(self) -> QRectF:
        """Return the whole level."""
        return self.area

    def set_area(self, area: QRectF) -> None:
        """Cover another area."""
        if area != self.area:
            self.prepareGeometryChange()
            self.area = area
        self.update()

    def paint(
        self, painter: QPainter, option: QStyleOptionGraphicsItem, widget: QWidget | None = None
    ) -> None:
        """Draw the level as rectangles and lines."""
        self._near.draw_far(painter, painter.worldTransform().m11())


class FarScene(QGraphicsScene):
    """Draws what the near scene shows, in one go: no item is visited at fit-all."""

    def __init__(self, near: CanvasScene) -> None:
        super().__init__()
        self._near = near
        self._item = _FarItem(near)
        self.setItemIndexMethod(QGraphicsScene.ItemIndexMethod.NoIndex)
        self.addItem(self._item)

    def follow(self) -> None:
        """Draw anew, because something has changed."""
        area = self._near.sceneRect()
        self.setSceneRect(area)
        self._item.set_area(area)
