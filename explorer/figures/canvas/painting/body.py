"""Outlines of nodes: ground, line, shadow, rings, and how states change them."""

from __future__ import annotations

from PySide6.QtCore import QLineF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen

from explorer.figures.canvas.level_view import NodeView
from explorer.figures.canvas.painting.look import Look
from explorer.style import icons, tokens
from explorer.style.theme import theme

RADIUS = float(tokens.raw()["radius"]["card"])
STROKE = tokens.raw()["stroke"]
RING = float(STROKE["selection"])
RING_ROOM = 8.0
"""How far rings and ports reach beyond a node's rectangle."""
MARK_SIZE = 14
FADED = 0.5


def outline(view: NodeView, look: Look) -> QPen:
    """Return the pen of a node's line."""
    colours = theme().colours
    if view.state == "problem":
        return QPen(colours.error, STROKE["problem"])
    if view.muted:
        return QPen(colours.line_strong, 1, Qt.PenStyle.DashLine)
    if view.form == "composite":
        return QPen(theme().family_colour(view.family), 1.5)
    return QPen(colours.line_strong if look.hovered else colours.line, 1)


def paint(painter: QPainter, view: NodeView, box: QRectF, look: Look, radius: float = RADIUS) -> None:
    """Draw ground, line and rings of a node with corners."""
    colours = theme().colours
    # of the offset copy 1 px below only its lower edge is seen
    painter.setPen(QPen(colours.shadow, 1.5))
    y = box.bottom() + 1
    painter.drawLine(QLineF(box.left() + radius * 0.6, y, box.right() - radius * 0.6, y))
    if view.badge > 1:
        sheets(painter, view, box, radius)
    painter.setPen(outline(view, look))
    painter.setBrush(colours.node)
    painter.drawRoundedRect(box, radius, radius)
    rings(painter, box, look, radius)


def sheets(painter: QPainter, view: NodeView, box: QRectF, radius: float) -> None:
    """Draw the two sheets behind a block that is repeated."""
    offset = float(tokens.raw()["node"]["repeatOffset"])
    painter.setPen(QPen(theme().colours.line, 1))
    painter.setBrush(theme().colours.node)
    for step in (2, 1):
        painter.drawRoundedRect(box.translated(step * offset, -step * offset), radius, radius)


def rings(painter: QPainter, box: QRectF, look: Look, radius: float) -> None:
    """Draw what shows that a node is selected or has the keyboard."""
    colours = theme().colours
    painter.setBrush(Qt.BrushStyle.NoBrush)
    if look.selected:
        wide = 4.0 if theme().contrast else RING
        grown = box.adjusted(-wide / 2, -wide / 2, wide / 2, wide / 2)
        painter.setPen(QPen(colours.accent, wide))
        painter.drawRoundedRect(grown, radius + wide / 2, radius + wide / 2)
    if look.focused:
        away = 4.0 + STROKE["focus"] / 2 + (RING if look.selected else 0)
        pen = QPen(colours.focus, STROKE["focus"], Qt.PenStyle.CustomDashLine)
        pen.setDashPattern([1, 1.5])
        painter.setPen(pen)
        painter.drawRoundedRect(box.adjusted(-away, -away, away, away), radius + away, radius + away)


def mark(view: NodeView) -> tuple[str, QColor] | None:
    """Return the icon in the corner that says a state, with its colour."""
    colours = theme().colours
    if view.state == "problem":
        return "warning", colours.error
    if view.muted:
        return "crossed_eye", colours.text3
    if view.state == "waits":
        return "clock", colours.text3
    if view.frozen:
        return "snowflake", colours.text2
    if view.linked:
        return "link", colours.text2
    return ("turning_arrow", colours.text2) if view.stale else None


def sharpness(look: Look) -> float:
    """Return the pixel ratio at which icons are rendered: a power of two, so that few are kept."""
    for ratio in (1.0, 2.0, 4.0):
        if look.zoom <= ratio:
            return ratio
    return 8.0


def tile(painter: QPainter, view: NodeView, x: float, y: float, size: float, look: Look) -> None:
    """Draw the coloured tile of a block."""
    pixmap = icons.tile(view.icon, view.family, round(size), sharpness(look))
    painter.drawPixmap(QRectF(x, y, size, size), pixmap, QRectF(pixmap.rect()))


def icon(painter: QPainter, name: str, colour: QColor, x: float, y: float, size: float, look: Look) -> None:
    """Draw an icon in one colour."""
    pixmap = icons.icon_pixmap(name, colour, round(size), sharpness(look))
    painter.drawPixmap(QRectF(x, y, size, size), pixmap, QRectF(pixmap.rect()))


def corner_mark(painter: QPainter, found: tuple[str, QColor], box: QRectF, look: Look) -> None:
    """Draw the mark of a state on the upper right corner, on a patch of the canvas."""
    patch = QRectF(box.right() - 9, box.top() - 8, 17, 17)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(theme().colours.canvas)
    painter.drawEllipse(patch)
    icon(painter, *found, patch.left() + 1.5, patch.top() + 1, MARK_SIZE, look)
