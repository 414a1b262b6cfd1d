"""Ports: dots where wires begin and end."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QPainter, QPen

from explorer.figures.canvas.level_view import NodeView, PortView
from explorer.figures.canvas.painting.look import Look
from explorer.style.theme import theme

RADIUS, GROWN, HALO = 4.0, 5.0, 2.0
FADED = 0.35


def paint(
    painter: QPainter,
    view: NodeView,
    look: Look,
    inputs: Mapping[str, QPointF],
    outputs: Mapping[str, QPointF],
) -> None:
    """Draw all ports of a node."""
    for port in view.inputs:
        if port.name in inputs:
            _paint(painter, view, port, look, inputs[port.name], is_output=False)
    for port in view.outputs:
        if port.name in outputs:
            _paint(painter, view, port, look, outputs[port.name], is_output=True)


def _paint(
    painter: QPainter, view: NodeView, port: PortView, look: Look, at: QPointF, *, is_output: bool
) -> None:
    colours = theme().colours
    may = None if look.wiring is None else look.wiring.get((port.name, is_output), False)
    if port.spare and not (look.hovered or may) and any(p.connected for p in view.inputs):
        return
    faded = may is False
    if faded:
        painter.setOpacity(painter.opacity() * FADED)
    grown = may or (look.hovered and look.wiring is None)
    radius = GROWN if grown else RADIUS
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(colours.canvas)
    painter.drawEllipse(at, radius + HALO, radius + HALO)
    if grown:
        colour = colours.accent
    elif view.state == "problem" and not is_output:
        colour = colours.error
    else:
        colour = colours.wire
    if port.connected or grown:
        painter.setBrush(colour)
        painter.drawEllipse(at, radius, radius)
    else:
        missing = view.state == "open" and not is_output and not port.spare
        painter.setPen(QPen(colours.warning if missing else colours.line_strong, 1.6))
        painter.setBrush(colours.node)
        painter.drawEllipse(at, radius - 0.6, radius - 0.6)
    if faded:
        painter.setOpacity(painter.opacity() / FADED)
