"""The top level of a design painted as the canvas draws it, without a window and without items."""

from __future__ import annotations

from PySide6.QtCore import QRectF
from PySide6.QtGui import QPainter

from explorer.figures.canvas import automatic_places, read_level
from explorer.figures.canvas.painting import ground, node, wires
from explorer.figures.canvas.painting.look import Look
from explorer.figures.canvas.placement import Placed
from explorer.figures.canvas.read_node import Live
from explorer.graph.layout.spacing import Size
from explorer.graph.workspace import Workspace
from explorer.style.theme import theme

ROOM = 1100.0, 2000.0
"""Rows of a design that has no places of its own break here, as on the canvas."""


class LevelPicture:
    """A level that is laid out once and can be painted on any device.

    Attributes:
        bounds: the rectangle round everything that is painted, in canvas units.

    """

    def __init__(self, workspace: Workspace, room: Size = ROOM) -> None:
        level, reader = workspace.level(), read_level.LevelReader(workspace)
        reader.follow(level, Live(), automatic_places.NO_PLACES)
        shown, unplaced = reader.views, reader.unplaced
        places = automatic_places.Places().of(level.graph, shown, unplaced, room, ())
        reader.follow(level, Live(), places)
        self._views = reader.views
        self._placed = Placed()
        self._placed.show(self._views)
        self.bounds = self._bounds()

    def _bounds(self) -> QRectF:
        placed, views = self._placed, self._views
        area = QRectF()
        for key, box in placed.boxes.items():
            area = area.united(node.bounds(views.nodes[key], box))
        for edge, route in placed.routes.items():
            area = area.united(route.bounds.united(wires.label_bounds(views.wires[edge], route)))
        for box in (*placed.frames.values(), *placed.notes.values()):
            area = area.united(box)
        return area

    def paint(self, painter: QPainter, target: QRectF, area: QRectF) -> None:
        """Paint `area` of the level into `target` of the device, on the ground of the canvas."""
        placed, views = self._placed, self._views
        painter.setRenderHints(QPainter.RenderHint.Antialiasing | QPainter.RenderHint.TextAntialiasing)
        painter.fillRect(target, theme().colours.canvas)
        zoom = min(target.width() / area.width(), target.height() / area.height())
        painter.save()
        painter.translate(target.topLeft())
        painter.scale(zoom, zoom)
        painter.translate(-area.topLeft())
        for key, box in placed.frames.items():
            ground.frame(painter, views.frames[key], box, "near", hovered=False, selected=False)
        for key, box in placed.notes.items():
            ground.note(painter, views.notes[key], box, selected=False)
        for edge, route in placed.routes.items():
            wires.paint(painter, views.wires[edge], route, "near", hovered=False, selected=False)
        look = Look("near", zoom, total=views.total)
        for key, view in views.nodes.items():
            node.paint(painter, view, placed.boxes[key], look, placed.inputs[key], placed.outputs[key])
        painter.restore()
