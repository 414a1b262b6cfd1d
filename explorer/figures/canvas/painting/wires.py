"""Wires: line styles by tensor, labels, the mark of a problem, the stroke that cuts."""

from __future__ import annotations

from collections.abc import Container

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPainterPath, QPen

from explorer.figures.canvas.level_view import WireView
from explorer.figures.canvas.painting import body, text
from explorer.figures.canvas.painting.look import Detail, Look
from explorer.figures.canvas.routes import Route
from explorer.style import tokens
from explorer.style.theme import theme

_DASHES = tokens.raw()["wire"]["dash"]
MARK = 22.0
DOT, CHOSEN, RING = 4.0, 7.0, 2.0
"""Radius of a dot, of the ring round one that is selected, and how thick that is."""
SKIP_OPACITY = 0.85
THINNEST_RAIL, RAILS = 4.0, 2.6


def pen_of(wire: WireView, *, hovered: bool, selected: bool) -> QPen:
    """Return the pen of a wire."""
    colours = theme().colours
    if wire.kind == "problem":
        colour = colours.error
    elif selected:
        colour = colours.accent
    elif hovered:
        colour = colours.text
    else:
        colour = QColor(colours.accent if wire.skip else colours.wire)
        if wire.skip:
            colour.setAlphaF(SKIP_OPACITY)
    wide = max(wire.width, 2.5) if wire.kind == "problem" else wire.width + (0.6 if hovered else 0)
    if wire.kind == "vector":
        wide = max(wide, THINNEST_RAIL)
    pen = QPen(colour, wide)
    pen.setCapStyle(Qt.PenCapStyle.RoundCap if wire.kind == "problem" else Qt.PenCapStyle.FlatCap)
    pen.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
    dashes = _DASHES.get(wire.kind)
    if isinstance(dashes, list) and dashes:
        pen.setDashPattern([max(0.1, length / wide) for length in dashes])
    return pen


def paint(
    painter: QPainter,
    wire: WireView,
    route: Route,
    detail: Detail,
    *,
    hovered: bool,
    selected: bool,
    chosen: Container[int] = (),
) -> None:
    """Draw a wire with its dots and its label; `chosen` are the numbers of the dots that are selected."""
    pen = pen_of(wire, hovered=hovered, selected=selected)
    _stroke(painter, route, pen)
    if wire.kind == "vector":
        core = QPen(theme().colours.canvas, pen.widthF() - RAILS)
        core.setCapStyle(Qt.PenCapStyle.FlatCap)
        _stroke(painter, route, core)
    for number, at in enumerate(route.dots):
        if number in chosen:
            painter.setPen(QPen(theme().colours.accent, RING))
            painter.setBrush(theme().colours.canvas)
            painter.drawEllipse(at, CHOSEN - RING / 2, CHOSEN - RING / 2)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(theme().colours.accent if number in chosen else pen.color())
        painter.drawEllipse(at, DOT, DOT)
    if route.leaves is not None:
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(pen.color())
        painter.drawEllipse(route.leaves, DOT, DOT)
    if wire.kind == "problem":
        mark(painter, route.label if route.on_line else route.path.pointAtPercent(0.5))
        return
    words = label_of(wire, route, detail, hovered=hovered)
    if words:
        label(painter, words, route, detail, strong=hovered, wide=pen.widthF())


def _stroke(painter: QPainter, route: Route, pen: QPen) -> None:
    painter.setPen(pen)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    if len(route.points) == 2 and route.points[0].y() == route.points[1].y():
        painter.drawLine(*route.points)
    else:
        painter.drawPath(route.path)


def label_of(wire: WireView, route: Route, detail: Detail, *, hovered: bool) -> str:
    """Return what is written on a wire: the shape where there is room, at hover also its memory."""
    if hovered:
        return f"{wire.shape} · {wire.size}" if wire.shape else ""
    size = "caption" if detail == "near" else "16"
    return wire.label if wire.label and text.width(wire.label, size, 500) <= route.room else ""


def label(painter: QPainter, words: str, route: Route, detail: Detail, *, strong: bool, wide: float) -> None:
    """Write a shape above the middle of a wire, or into it where the wire turns."""
    colours = theme().colours
    role = "caption" if detail == "near" else "16"
    measured = text.width(words, role, 500)
    tall = text.metrics(role, 500).height()
    off = 0.0 if route.on_line else -(tall / 2 + wide / 2 + 1.5)
    middle = route.label + QPointF(0, off)
    if route.on_line or strong:
        halo = QRectF(middle.x() - measured / 2 - 4, middle.y() - tall / 2, measured + 8, tall)
        painter.fillRect(halo, colours.canvas)
    tone = colours.text if strong else colours.text2
    text.draw(painter, words, middle.x(), middle.y(), role, 500, tone, align=0.5)


def label_bounds(wire: WireView, route: Route) -> QRectF:
    """Return the room that a label may need, at hover too."""
    wide = max(60.0, 8.0 * (len(wire.shape) + len(wire.size) + 3))
    return QRectF(route.label.x() - wide / 2, route.label.y() - 28, wide, 44)


def mark(painter: QPainter, at: QPointF) -> None:
    """Draw the sign at the middle of a wire that does not fit."""
    colours = theme().colours
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(colours.canvas)
    painter.drawEllipse(at, MARK / 2 + 2, MARK / 2 + 2)
    painter.setBrush(colours.error)
    painter.drawEllipse(at, MARK / 2, MARK / 2)
    look = Look(zoom=painter.worldTransform().m11())
    body.icon(painter, "warning", colours.on_family, at.x() - 7, at.y() - 7.5, 14, look)


def loose(painter: QPainter, path: QPainterPath, *, fits: bool | None) -> None:
    """Draw the wire that is being dragged."""
    colours = theme().colours
    pen = QPen(colours.error if fits is False else colours.accent, 2.5)
    if fits is None:
        pen.setDashPattern([3, 2.4])
    pen.setCapStyle(Qt.PenCapStyle.RoundCap)
    painter.setPen(pen)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.drawPath(path)
