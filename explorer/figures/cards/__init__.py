"""Drawing what the engine computed for the card of a block; one file for each kind of picture."""

from __future__ import annotations

from PySide6.QtCore import QRectF
from PySide6.QtGui import QPainter

from explorer.figures.cards import cube, curve, panels, unrolled
from explorer.protocol.pictures import Cube, Curve, Panels, Picture, Unrolled


def height_for(picture: Picture, width: float) -> float:
    """Height that a picture wants when it is so wide."""
    match picture:
        case Panels():
            return panels.height_for(picture, width)
        case Curve():
            return curve.height_for(width)
        case Cube():
            return cube.height_for(width)
        case Unrolled():
            return unrolled.height_for(picture)


def paint(painter: QPainter, area: QRectF, picture: Picture) -> None:
    """Draw a picture into an area."""
    match picture:
        case Panels():
            panels.paint(painter, area, picture)
        case Curve():
            curve.paint(painter, area, picture)
        case Cube():
            cube.paint(painter, area, picture)
        case Unrolled():
            unrolled.paint(painter, area, picture)
