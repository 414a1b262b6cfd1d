"""Focus on a path: what lies on no way between two nodes fades until Esc."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QRectF, Qt
from PySide6.QtGui import QColor, QPainter

from explorer import words
from explorer.graph.between import between
from explorer.graph.model import NodeId
from explorer.style.theme import theme
from explorer.ui.canvas.context import Context

if TYPE_CHECKING:
    from explorer.ui.canvas.canvas import CanvasView

VEIL = 0.8
"""How much of the canvas colour lies over what is faded."""


def focus(context: Context) -> bool:
    """Let everything fade that lies on no way between the two selected nodes."""
    ids = context.selected_nodes()
    if len(ids) != 2:
        context.said.emit("Select the two blocks between which the path is wanted.")
        return False
    found = between(context.graph, *ids)
    if not found:
        context.said.emit(f"No path leads from {ids[0]} to {ids[1]}, or back.")
        return False
    _set(context, found)
    context.said.emit(f"{words.plural(len(found), 'block')} on the path. Esc shows all again.")
    return True


def end(context: Context) -> bool:
    """Show everything again; returns whether something had faded."""
    if not context.in_focus:
        return False
    _set(context, frozenset())
    return True


def _set(context: Context, nodes: frozenset[NodeId]) -> None:
    context.in_focus = nodes
    context.focused.emit()


class PathFocus(QObject):
    """Paints a veil over the canvas, and what is in focus again on top of it."""

    def __init__(self, canvas: CanvasView) -> None:
        super().__init__(canvas)
        self._canvas = canvas
        canvas.foregrounds.append(self.paint)
        canvas.context.focused.connect(canvas.viewport().update)

    def paint(self, painter: QPainter, exposed: QRectF) -> None:
        """Paint veil and focus in an area of the scene."""
        kept = self._canvas.context.in_focus
        if not kept:
            return
        scene, colour = self._canvas.scene_, QColor(theme().colours.canvas)
        colour.setAlphaF(VEIL)
        painter.fillRect(exposed, colour)
        near = scene.placed.near(exposed)
        wires = [edge for edge in near.wires if edge.src in kept and edge.dst in kept]
        nodes = [node_id for node_id in reversed(near.nodes) if node_id in kept]
        if scene.detail == "far":
            self._paint_far(painter, nodes)
            return
        for edge in wires:
            painter.save()
            scene.draw_wire(painter, edge)
            painter.restore()
        for node_id in nodes:
            painter.save()
            scene.draw_node(painter, node_id)
            painter.restore()

    def _paint_far(self, painter: QPainter, nodes: list[NodeId]) -> None:
        views = self._canvas.context.views
        painter.setPen(Qt.PenStyle.NoPen)
        for node_id in nodes:
            room, area = views.rooms[node_id], self._canvas.scene_.placed.room(node_id)
            painter.setBrush(theme().family_colour(room.family))
            painter.drawRect(QRectF(area.left, area.top, room.wide, room.tall))
