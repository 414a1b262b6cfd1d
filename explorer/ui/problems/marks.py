"""Rings with an i on the canvas: nodes about which there is a remark."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from PySide6.QtCore import QEvent, QObject, QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QHelpEvent, QMouseEvent, QPainter
from PySide6.QtWidgets import QToolTip

from explorer.remarks.remark import Remark
from explorer.style import icons
from explorer.style.theme import theme
from explorer.ui.canvas.canvas import CanvasView
from explorer.ui.problems.sentences import without_name

SIZE, ROUND_IT = 16.0, 1.5
LEAST = 0.75
"""Zoom below which a ring stops growing smaller."""


def remarks_of_level(remarks: Iterable[Remark], prefix: str) -> dict[str, Remark]:
    """Return the first remark about each node of a level, or about what is inside it.

    Args:
        remarks: in the order of the panel. prefix: what stands before the ids of the level's nodes.

    """
    found: dict[str, Remark] = {}
    for remark in remarks:
        for address in (remark.address, *remark.others):
            if address.startswith(prefix):
                found.setdefault(address[len(prefix) :].partition(".")[0], remark)
    return found


class RemarkMarks(QObject):
    """Paints a ring at the lower right corner of such nodes, at most one each, and listens to clicks on it.

    Signals:
        picked: the address of a node whose remark somebody wants to read.

    """

    picked = Signal(str)

    def __init__(self, canvas: CanvasView, remarks: Callable[[], Iterable[Remark]]) -> None:
        super().__init__(canvas)
        self._canvas, self._remarks = canvas, remarks
        canvas.foregrounds.append(self.paint)
        canvas.viewport().installEventFilter(self)

    def shown(self) -> dict[str, Remark]:
        """The remark of each marked node on the level; none where nodes are too small for a ring."""
        context = self._canvas.context
        if self._canvas.scene_.detail == "far":
            return {}
        found = remarks_of_level(self._remarks(), context.level.prefix)
        return {node_id: remark for node_id, remark in found.items() if node_id in context.graph}

    def area(self, node_id: str) -> QRectF:
        """Where the ring of a node is, in the scene."""
        size = SIZE * max(1.0, LEAST / self._canvas.zoom)
        corner = self._canvas.scene_.placed.boxes[node_id].bottomRight()
        return QRectF(corner.x() - size * 0.75, corner.y() - size * 0.5, size, size)

    def paint(self, painter: QPainter, exposed: QRectF) -> None:
        """Paint the rings that lie in an area of the scene."""
        colours, ratio = theme().colours, max(2.0, self._canvas.zoom)
        for node_id in self.shown():
            area = self.area(node_id)
            if not area.intersects(exposed):
                continue
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(colours.canvas)
            painter.drawEllipse(area.adjusted(-ROUND_IT, -ROUND_IT, ROUND_IT, ROUND_IT))
            sign = icons.icon_pixmap("info", colours.text2, round(area.width()), ratio)
            painter.drawPixmap(area, sign, QRectF(sign.rect()))

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Take clicks on rings, and say the remark where the mouse rests on one."""
        if isinstance(event, QMouseEvent) and event.type() == QEvent.Type.MouseButtonPress:
            node_id = self._at(event.position()) if event.button() == Qt.MouseButton.LeftButton else ""
            if node_id:
                self.picked.emit(self._canvas.context.address(node_id))
            return bool(node_id)
        if isinstance(event, QHelpEvent) and event.type() == QEvent.Type.ToolTip:
            node_id = self._at(QPointF(event.pos()))
            if node_id:
                remark = self.shown()[node_id]
                said = without_name(remark.message, remark.address)
                QToolTip.showText(event.globalPos(), f"Remark: {said}", self._canvas.viewport())
            return bool(node_id)
        return False

    def _at(self, point: QPointF) -> str:
        """The marked node whose ring is under a point of the window."""
        place = self._canvas.camera.to_scene(point)
        return next((node_id for node_id in self.shown() if self.area(node_id).contains(place)), "")
