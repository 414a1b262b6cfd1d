"""Paints costs over the nodes of a canvas, near and far; figures stand in them, so colour is not alone."""

from __future__ import annotations

from collections.abc import Iterable

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen

from explorer.figures.canvas.level_view import NodeView
from explorer.figures.canvas.painting import body, ports, text
from explorer.figures.canvas.painting.look import Look
from explorer.graph.model import NodeId
from explorer.style import colours as maps
from explorer.style.ink import ink_on
from explorer.style.theme import theme
from explorer.ui.canvas.canvas import CanvasView
from explorer.ui.heat.costs import Heat

STEPS = 64
"""Colours told apart when very many nodes are drawn at once."""
FREE = -1
CLOSE = 600
"""Nodes in sight up to which each is drawn by itself."""
LEAST_WIDE, LEAST_TALL = 30.0, 14.0
"""Pixels of a far rectangle in which a share can be read."""


def colour_at(place: float) -> QColor:
    """Return the colour of a place on the scale, 0 to 1."""
    red, green, blue = maps.table(maps.map_for("cost"))[round(min(max(place, 0.0), 1.0) * 255)]
    return QColor(int(red), int(green), int(blue))


class HeatPainter:
    """Draws one heat over a canvas; `lit` is a node that is pointed at in the legend."""

    def __init__(self, canvas: CanvasView) -> None:
        self._canvas = canvas
        self.heat: Heat | None = None
        self.lit: NodeId = ""
        self._kept: tuple[Heat, dict[int, list[QRectF]]] | None = None
        canvas.context.changed.connect(self._forget)

    def _forget(self) -> None:
        """Nodes may stand elsewhere."""
        self._kept = None

    def paint(self, painter: QPainter, exposed: QRectF) -> None:
        """Paint what lies in an area of the scene."""
        heat, scene = self.heat, self._canvas.scene_
        if heat is None:
            return
        kept = self._canvas.context.in_focus
        near = scene.placed.nodes_near(exposed)
        if scene.detail == "far" and len(near) > CLOSE and not kept:
            self._draw_far(painter, self._batches(heat))
            return
        ids = [node_id for node_id in near if node_id in heat.values and (not kept or node_id in kept)]
        if scene.detail == "far":
            self._far(painter, heat, ids)
        else:
            views = self._canvas.context.views
            for node_id in sorted(ids, key=views.order.__getitem__):
                spot = scene.placed.spot(node_id)
                self._node(painter, heat, views.nodes[node_id], spot.box)
                ports.paint(painter, spot.view, Look(scene.detail), spot.inputs, spot.outputs)
        if self.lit in heat.values:
            self._ring(painter, scene.placed.boxes[self.lit])

    def _ring(self, painter: QPainter, box: QRectF) -> None:
        pen = QPen(theme().colours.text, 2.5)
        pen.setCosmetic(True)
        painter.setPen(pen)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRoundedRect(box.adjusted(-5, -5, 5, 5), body.RADIUS + 5, body.RADIUS + 5)

    # near and middle

    def _node(self, painter: QPainter, heat: Heat, view: NodeView, box: QRectF) -> None:
        value = heat.values[view.id]
        small = view.form in ("glyph", "merge", "bar")
        radius = box.width() / 2 if view.form == "merge" else body.RADIUS
        painter.save()
        if value <= 0:
            self._costs_nothing(painter, box, radius)
        else:
            ground = colour_at(heat.place(value))
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(ground)
            painter.drawRoundedRect(box, radius, radius)
            (self._small if small else self._card)(painter, heat, view, box, ground)
        painter.restore()

    @staticmethod
    def _costs_nothing(painter: QPainter, box: QRectF, radius: float) -> None:
        colours = theme().colours
        veil = QColor(colours.node)
        veil.setAlphaF(0.6)
        painter.setPen(QPen(colours.line_strong, 1, Qt.PenStyle.DashLine))
        painter.setBrush(veil)
        painter.drawRoundedRect(box, radius, radius)

    def _small(self, painter: QPainter, heat: Heat, view: NodeView, box: QRectF, ground: QColor) -> None:
        look = Look(zoom=self._canvas.zoom)
        side = min(20.0, box.width() - 8)
        body.tile(painter, view, box.center().x() - side / 2, box.center().y() - side / 2, side, look)
        said = heat.percent(heat.values[view.id])
        below = box.bottom() + (26 if view.form == "glyph" and self._canvas.scene_.detail == "near" else 12)
        ink = theme().colours.text
        text.draw(painter, said, box.center().x(), below, "caption", 600, ink, align=0.5)

    def _card(self, painter: QPainter, heat: Heat, view: NodeView, box: QRectF, ground: QColor) -> None:
        value, ink = heat.values[view.id], ink_on(ground)
        look = Look(zoom=self._canvas.zoom)
        share = heat.percent(value)
        if self._canvas.scene_.detail == "middle":
            middle, room = box.center().y(), box.width() - 10
            text.draw(
                painter, view.title, box.center().x(), middle - 14, "19", 600, ink, room=room, align=0.5
            )
            text.draw(painter, share, box.center().x(), middle + 12, "19", 500, ink, room=room, align=0.5)
            return
        left, top, room = box.left() + 8, box.top() + 8, box.width() - 16
        painter.setPen(QPen(QColor("white"), 1))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRoundedRect(QRectF(left - 0.5, top - 0.5, 21, 21), 5.5, 5.5)
        body.tile(painter, view, left, top, 20, look)
        text.draw(painter, view.title, left + 26, top + 10, "body", 600, ink, room=room - 26)
        written = heat.text(value)
        if box.height() < 62:
            wide = text.width(share, "summary")
            text.draw(painter, written, left, top + 30, "summary", 600, ink, room=room - wide - 6)
            text.draw(painter, share, box.right() - 8, top + 30, "summary", 400, ink, align=1)
            return
        text.draw(painter, written, left, top + 33, "summary", 600, ink, room=room)
        text.draw(painter, share, left, top + 51, "summary", 400, ink, room=room)

    # far

    def _far(self, painter: QPainter, heat: Heat, ids: list[NodeId]) -> None:
        is_close = len(ids) <= CLOSE
        boxes = {node_id: self._box(node_id, exact=is_close) for node_id in ids}
        self._draw_far(painter, _by_colour(heat, boxes.items()))
        if is_close:
            self._shares(painter, heat, boxes.items())

    def _batches(self, heat: Heat) -> dict[int, list[QRectF]]:
        """The whole level by colour: kept, as panning a large design must not go through it each time."""
        if self._kept is not None and self._kept[0] is heat and self._canvas.is_idle:
            return self._kept[1]
        rooms = self._canvas.context.views.rooms
        there = (node_id for node_id in heat.values if node_id in rooms)
        found = _by_colour(heat, ((node_id, self._box(node_id, exact=False)) for node_id in there))
        self._kept = (heat, found)
        return found

    @staticmethod
    def _draw_far(painter: QPainter, by_colour: dict[int, list[QRectF]]) -> None:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
        painter.setPen(Qt.PenStyle.NoPen)
        for step, rectangles in by_colour.items():
            if step != FREE:
                painter.setBrush(colour_at(step / (STEPS - 1)))
                painter.drawRects(rectangles)
        if FREE in by_colour:
            pen = QPen(theme().colours.line_strong, 1, Qt.PenStyle.DashLine)
            pen.setCosmetic(True)
            painter.setPen(pen)
            painter.setBrush(theme().colours.canvas)
            painter.drawRects(by_colour[FREE])
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, True)

    def _box(self, node_id: NodeId, *, exact: bool) -> QRectF:
        placed = self._canvas.scene_.placed
        if exact:
            return placed.boxes[node_id]
        room, area = placed.views.rooms[node_id], placed.room(node_id)
        return QRectF(area.left, area.top, room.wide, room.tall)

    def _shares(self, painter: QPainter, heat: Heat, boxes: Iterable[tuple[NodeId, QRectF]]) -> None:
        """Write shares in constant size where there is room, with the name where there is more."""
        zoom = self._canvas.zoom
        for node_id, box in boxes:
            value, wide, tall = heat.values[node_id], box.width() * zoom, box.height() * zoom
            if value <= 0 or wide < LEAST_WIDE or tall < LEAST_TALL:
                continue
            ink, share = ink_on(colour_at(heat.place(value))), heat.percent(value)
            painter.save()
            painter.translate(box.center())
            painter.scale(1 / zoom, 1 / zoom)
            named = tall >= 2 * LEAST_TALL and text.width(node_id, "caption", 600) <= wide - 4
            if named:
                text.draw(painter, node_id, 0, -7, "caption", 600, ink, align=0.5)
            text.draw(painter, share, 0, 7 if named else 0, "caption", 500, ink, room=wide - 2, align=0.5)
            painter.restore()


def _by_colour(heat: Heat, boxes: Iterable[tuple[NodeId, QRectF]]) -> dict[int, list[QRectF]]:
    """Rectangles by their step on the scale; `FREE` holds those that cost nothing."""
    found: dict[int, list[QRectF]] = {}
    for node_id, box in boxes:
        value = heat.values[node_id]
        step = round(heat.place(value) * (STEPS - 1)) if value > 0 else FREE
        found.setdefault(step, []).append(box)
    return found
