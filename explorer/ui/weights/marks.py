"""Marks on the canvas: layers drawn anew since the network was trained, or all, where it never was.

Signs are those of the chip: a ring for what a seed has drawn, half a disc for what is partly new, nothing for
what has been trained.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from PySide6.QtCore import QRectF
from PySide6.QtGui import QColor, QPainter

from explorer.style.theme import theme
from explorer.ui.canvas.canvas import CanvasView
from explorer.ui.weights.sign import Sign, paint_sign

SIZE, FROM_RIGHT = 14.0, 24.0
RING = 11.0
"""Size of the quieter ring of an untrained layer."""
LEAST = 0.75
"""Zoom below which a mark stops growing smaller."""


def marks_of_level(marks: Mapping[str, str], prefix: str) -> dict[str, str]:
    """Return the mark of each node of a level: “new” if all that is marked in it is new, else “partly”.

    Args:
        marks: “partly” or “new” by address. prefix: what stands before the ids of the level's nodes.

    """
    found: dict[str, str] = {}
    for address, mark in marks.items():
        if not address.startswith(prefix):
            continue
        node_id, dot, _ = address[len(prefix) :].partition(".")
        # of what is new inside a composite, other parts may have been kept
        found[node_id] = "partly" if dot or found.get(node_id, mark) != mark else mark
    return found


class WeightMarks:
    """Paints the marks over a canvas; give it to the canvas as one of its foregrounds.

    Args:
        canvas: to paint on. marks: “partly” or “new” by address.
        untrained: whether nothing has been learned at all.

    """

    def __init__(
        self,
        canvas: CanvasView,
        marks: Callable[[], Mapping[str, str]],
        untrained: Callable[[], bool] = lambda: False,
    ) -> None:
        self._canvas, self._marks, self._untrained = canvas, marks, untrained

    def paint(self, painter: QPainter, exposed: QRectF) -> None:
        """Paint the marks of what lies in an area of the scene."""
        if self._untrained():
            self._paint_rings(painter, exposed)
            return
        marks = self._marks()
        if not marks:
            return
        boxes = self._canvas.scene_.placed.boxes
        for node_id, mark in marks_of_level(marks, self._canvas.context.level.prefix).items():
            if node_id in self._canvas.context.graph and boxes[node_id].intersects(exposed):
                colour = theme().colours.text
                self._sign(painter, "dashed" if mark == "new" else "half", boxes[node_id], SIZE, colour)

    def _paint_rings(self, painter: QPainter, exposed: QRectF) -> None:
        """Every layer with weights has the ring of the chip; from far away the note says it."""
        canvas = self._canvas
        if canvas.scene_.detail == "far":
            return
        around = exposed.adjusted(-SIZE, -SIZE, SIZE, SIZE)
        for node_id in canvas.scene_.placed.nodes_near(around):
            if canvas.context.views.nodes[node_id].weight:
                box = canvas.scene_.placed.boxes[node_id]
                self._sign(painter, "ring", box, RING, theme().colours.text3)

    def _sign(self, painter: QPainter, sign: Sign, box: QRectF, size: float, colour: QColor) -> None:
        colours = theme().colours
        size *= max(1.0, LEAST / self._canvas.zoom)
        area = QRectF(box.right() - FROM_RIGHT - size / 2, box.top() - size / 2, size, size)
        painter.setPen(colours.canvas)
        painter.setBrush(colours.panel)
        painter.drawEllipse(area.adjusted(-2, -2, 2, 2))
        paint_sign(painter, sign, area, colour, colours.panel)
