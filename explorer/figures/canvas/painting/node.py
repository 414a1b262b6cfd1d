"""Which painter draws which node."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QPainter

from explorer.figures.canvas import geometry
from explorer.figures.canvas.level_view import NodeView
from explorer.figures.canvas.painting import body, card, ports, small
from explorer.figures.canvas.painting.look import Look


def bounds(view: NodeView, box: QRectF) -> QRectF:
    """Return all that may be painted: rings, ports, sheets, the name of a glyph."""
    room = body.RING_ROOM
    around = box.adjusted(
        -room, -room - (8 if view.badge > 1 else 0), room + (8 if view.badge > 1 else 0), room
    )
    return geometry.with_label(view, around).adjusted(-34, 0, 34, 6) if view.form == "glyph" else around


def paint(
    painter: QPainter,
    view: NodeView,
    box: QRectF,
    look: Look,
    inputs: Mapping[str, QPointF],
    outputs: Mapping[str, QPointF],
) -> None:
    """Draw a node in its form, at the detail of the zoom."""
    if view.form == "glyph":
        small.glyph(painter, view, box, look)
    elif view.form == "merge":
        small.merge(painter, view, box, look)
    elif view.form == "bar":
        small.bar(painter, view, box, look)
    elif view.collapsed:
        card.collapsed(painter, view, box, look)
    elif look.detail == "near":
        card.paint(painter, view, box, look)
    else:
        card.middle(painter, view, box, look)
    ports.paint(painter, view, look, inputs, outputs)
