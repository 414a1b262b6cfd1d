"""A figure painted with Qt: on images, PDF pages and screens."""

from __future__ import annotations

from functools import singledispatch

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QBrush, QPainter, QPainterPath, QPen, QPolygonF

from explorer.figures.networks import corners, measure
from explorer.figures.networks.inks import GROUND, colour
from explorer.figures.networks.shapes import Box, Card, Disc, Figure, Icon, Ink, Line, Polygon, Shape, Text
from explorer.style import icons
from explorer.style.tokens import Palette

_ANCHOR = {"start": 0.0, "middle": 0.5, "end": 1.0}


def paint(painter: QPainter, figure: Figure, palette: Palette) -> None:
    """Paint a figure in its own units; the painter is scaled by who calls."""
    painter.setRenderHints(QPainter.RenderHint.Antialiasing | QPainter.RenderHint.TextAntialiasing)
    painter.fillRect(QRectF(0, 0, figure.width, figure.height), getattr(palette, GROUND))
    for shape in figure.shapes:
        draw(shape, painter, palette)


@singledispatch
def draw(shape: Shape, painter: QPainter, palette: Palette) -> None:
    """Paint one shape."""
    raise TypeError(f"no shape of a figure: {shape!r}")


def _rect(box: Box) -> QRectF:
    return QRectF(*box)


def _pen(ink: Ink | None, width: float, palette: Palette) -> QPen:
    if ink is None:
        return QPen(Qt.PenStyle.NoPen)
    pen = QPen(colour(ink, palette), width)
    pen.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
    return pen


@draw.register
def _card(shape: Card, painter: QPainter, palette: Palette) -> None:
    painter.setPen(_pen(shape.line, shape.width, palette))
    painter.setBrush(colour(shape.fill, palette))
    painter.drawRoundedRect(_rect(shape.box), shape.radius, shape.radius)


@draw.register
def _polygon(shape: Polygon, painter: QPainter, palette: Palette) -> None:
    painter.setPen(_pen(shape.line, shape.width, palette))
    painter.setBrush(colour(shape.fill, palette))
    painter.drawPolygon(QPolygonF([QPointF(*point) for point in shape.points]))


@draw.register
def _line(shape: Line, painter: QPainter, palette: Palette) -> None:
    path = QPainterPath()
    for step in corners.steps(shape):
        points = [QPointF(*point) for point in step.points]
        if step.kind == "move":
            path.moveTo(points[0])
        elif step.kind == "line":
            path.lineTo(points[0])
        else:
            path.quadTo(points[0], points[1])
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.setPen(_pen(shape.ink, shape.width, palette))
    painter.drawPath(path)
    if tip := corners.head(shape):
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(colour(shape.ink, palette))
        painter.drawPolygon(QPolygonF([QPointF(*point) for point in tip]))


@draw.register
def _disc(shape: Disc, painter: QPainter, palette: Palette) -> None:
    painter.setPen(_pen(shape.line, shape.width, palette))
    painter.setBrush(colour(shape.fill, palette))
    painter.drawEllipse(QPointF(*shape.centre), shape.radius, shape.radius)


@draw.register
def _text(shape: Text, painter: QPainter, palette: Palette) -> None:
    font = measure.font(shape.size, shape.weight)
    at = QPointF(shape.at[0] - shape.length * _ANCHOR[shape.anchor], shape.at[1])
    if shape.halo:
        painter.fillRect(_rect(shape.room), getattr(palette, GROUND))
    painter.setFont(font)
    painter.setPen(colour(shape.ink, palette))
    painter.setBrush(QBrush())
    painter.drawText(at, shape.words)


@draw.register
def _icon(shape: Icon, painter: QPainter, palette: Palette) -> None:
    icons.draw(painter, shape.name, _rect(shape.box), colour(shape.ink, palette))
