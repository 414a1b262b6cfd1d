"""Marks on the canvas: which layers were drawn anew, wholly or partly, since the network was trained."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from PySide6.QtCore import QRectF
from PySide6.QtGui import QPainter

from explorer.style.theme import theme
from explorer.ui.canvas.canvas import CanvasView
from explorer.ui.weights.sign import paint_sign

SIZE, FROM_RIGHT = 14.0, 24.0
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
    """Paints the marks over a canvas; give it to the canvas as one of its foregrounds."""

    def __init__(self, canvas: CanvasView, marks: Callable[[], Mapping[str, str]]) -> None:
        self._canvas, self._marks = canvas, marks

    def paint(self, painter: QPainter, exposed: QRectF) -> None:
        """Paint the marks of what lies in an area of the scene."""
        marks = self._marks()
        if not marks:
            return
        colours, boxes = theme().colours, self._canvas.scene_.placed.boxes
        size = SIZE * max(1.0, LEAST / self._canvas.zoom)
        for node_id, mark in marks_of_level(marks, self._canvas.context.level.prefix).items():
            if node_id not in self._canvas.context.graph or not boxes[node_id].intersects(exposed):
                continue
            box = boxes[node_id]
            area = QRectF(box.right() - FROM_RIGHT - size / 2, box.top() - size / 2, size, size)
            painter.setPen(colours.canvas)
            painter.setBrush(colours.panel)
            painter.drawEllipse(area.adjusted(-2, -2, 2, 2))
            paint_sign(painter, "dashed" if mark == "new" else "half", area, colours.text, colours.panel)
