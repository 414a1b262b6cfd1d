"""Cut: a stroke that takes off the wires it crosses."""

from __future__ import annotations

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QPainter, QPainterPath, QPen

from explorer import words
from explorer.figures.canvas import routes
from explorer.graph.edits import Batch, Disconnect
from explorer.graph.model import Edge
from explorer.style.theme import theme
from explorer.ui.canvas.pointer import Pointer
from explorer.ui.canvas.tools.stage import Stage
from explorer.ui.canvas.tools.tool import Tool


class Cut(Tool):
    """Ctrl and right drag, or Y and drag."""

    id = "cut"
    cursor = Qt.CursorShape.CrossCursor

    def __init__(self, stage: Stage, start: Pointer) -> None:
        super().__init__(stage)
        self._stroke = [start.scene]
        self.hit: set[Edge] = set()

    def move(self, pointer: Pointer) -> None:
        """Collect the wires that the stroke has crossed."""
        last = self._stroke[-1]
        self._stroke.append(pointer.scene)
        piece = QRectF(last, pointer.scene).normalized().adjusted(-1, -1, 1, 1)
        placed = self.scene.placed
        for edge in placed.near(piece).wires:
            route = placed.routes[edge]
            is_near = route.bounds.adjusted(-1, -1, 1, 1).intersects(piece)
            if is_near and routes.crosses(route.path, last, pointer.scene):
                self.hit.add(edge)
        self.stage.refresh_overlay()

    def release(self, pointer: Pointer) -> None:
        """Take the wires off, in one step."""
        self.stage.finish()
        if self.hit:
            edits = tuple(Disconnect(edge, self.context.scope) for edge in sorted(self.hit))
            self.context.apply(Batch(edits), f"Cut {words.plural(len(edits), 'wire')}")

    def paint(self, painter: QPainter) -> None:
        """Draw the stroke, and the wires that will go."""
        pen = QPen(theme().colours.error, 2)
        pen.setCosmetic(True)
        painter.setPen(pen)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        path = QPainterPath(self._stroke[0])
        for point in self._stroke[1:]:
            path.lineTo(point)
        painter.drawPath(path)
        for edge in self.hit & self.scene.placed.routes.keys():
            painter.drawPath(self.scene.placed.routes[edge].path)

    def bounds(self) -> QRectF:
        """Return all that the stroke and the wires cover."""
        area = QRectF(self._stroke[0], self._stroke[0])
        for point in self._stroke[1:]:
            area = area.united(QRectF(point, point).adjusted(-1, -1, 1, 1))
        for edge in self.hit & self.scene.placed.routes.keys():
            area = area.united(self.scene.placed.routes[edge].bounds)
        return area
