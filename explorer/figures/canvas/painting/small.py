"""Small nodes: glyphs of blocks that keep the shape, and the circles where wires meet."""

from __future__ import annotations

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QPainter, QPen

from explorer.figures.canvas.level_view import NodeView
from explorer.figures.canvas.painting import body, text
from explorer.figures.canvas.painting.look import Look
from explorer.style.theme import theme

GLYPH_TILE, MERGE_ICON = 20.0, 16.0
PART, PART_GAP, MARGIN = 4.0, 2.0, 5.0
"""Width of the parts of a bar, between them, and from its edge."""


def glyph(painter: QPainter, view: NodeView, box: QRectF, look: Look) -> None:
    """Draw a tile in a small card, its name beneath."""
    body.paint(painter, view, box, look)
    if view.muted:
        painter.setOpacity(painter.opacity() * body.FADED)
    size = GLYPH_TILE if look.detail == "near" else 26.0
    body.tile(painter, view, box.center().x() - size / 2, box.center().y() - size / 2, size, look)
    if look.detail == "near":
        _name(painter, view, box)
    _mark(painter, view, box, look)
    if view.muted:
        painter.setOpacity(painter.opacity() / body.FADED)


def merge(painter: QPainter, view: NodeView, box: QRectF, look: Look) -> None:
    """Draw a circle with its sign."""
    colours = theme().colours
    painter.setPen(body.outline(view, look))
    painter.setBrush(colours.node)
    painter.drawEllipse(box)
    size = MERGE_ICON
    colour = theme().family_colour(view.family)
    body.icon(
        painter, view.icon, colour, box.center().x() - size / 2, box.center().y() - size / 2, size, look
    )
    if look.selected:
        painter.setPen(QPen(colours.accent, body.RING))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawEllipse(box.adjusted(-1.5, -1.5, 1.5, 1.5))
    if look.focused:
        body.rings(painter, box, Look(focused=True, selected=False), box.width() / 2)
    _mark(painter, view, box, look)


def bar(painter: QPainter, view: NodeView, box: QRectF, look: Look) -> None:
    """Draw a join with a row for each wire, parted at the right by the channels that they bring."""
    body.paint(painter, view, box, look)
    size = MERGE_ICON
    middle = box.center().x() - (PART + PART_GAP) / 2
    colour = theme().family_colour(view.family)
    body.icon(painter, view.icon, colour, middle - size / 2, box.center().y() - size / 2, size, look)
    whole, room = sum(view.parts), box.height() - 2 * MARGIN - PART_GAP * (len(view.parts) - 1)
    if whole and all(view.parts):
        top = box.top() + MARGIN
        for part in view.parts:
            tall = room * part / whole
            painter.fillRect(QRectF(box.right() - MARGIN - PART, top, PART, tall), colour)
            top += tall + PART_GAP
    _mark(painter, view, box, look)


def _name(painter: QPainter, view: NodeView, box: QRectF) -> None:
    tone = theme().colours.error if view.state == "problem" else theme().colours.text2
    x, y = box.center().x(), box.bottom() + 12
    text.draw(painter, view.title, x, y, "caption", 400, tone, room=96, align=0.5)


def _mark(painter: QPainter, view: NodeView, box: QRectF, look: Look) -> None:
    if found := body.mark(view):
        body.corner_mark(painter, found, box, look)
