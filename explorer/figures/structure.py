"""What a composite is made of, small enough for its card: boxes, laid out the way that reads best."""

from __future__ import annotations

from PySide6.QtCore import QRectF
from PySide6.QtGui import QPainter

from explorer.figures.networks import boxes
from explorer.figures.networks.paint import paint
from explorer.figures.networks.shapes import Figure
from explorer.graph.flow import Flow
from explorer.style.theme import theme

MOST_NODES = 40
"""More nodes than these cannot be told apart at the size of a card."""
LARGEST = 0.9
"""Units of the figure are drawn at this many pixels at most."""
TALLEST = 1.1
"""Height by width of the largest picture; taller figures are drawn smaller."""


class Structure:
    """The level inside one node, laid out once across and once down."""

    def __init__(self, inner: Flow, title: str) -> None:
        self._figures = [boxes.figure(inner, title, direction=way, depth=1) for way in ("right", "down")]

    def _best(self, width: float) -> tuple[Figure, float]:
        """The layout that can be drawn larger, and its scale."""
        tall = TALLEST * width

        def scale(figure: Figure) -> float:
            return min(LARGEST * theme().scale, width / figure.width, tall / figure.height)

        figure = max(self._figures, key=scale)
        return figure, scale(figure)

    def height_for(self, width: float) -> float:
        """The height at a width, in pixels."""
        figure, scale = self._best(width)
        return figure.height * scale

    def paint(self, painter: QPainter, target: QRectF) -> None:
        """Paint it in the middle of `target`."""
        figure, scale = self._best(target.width())
        painter.save()
        painter.translate(
            target.center().x() - figure.width * scale / 2, target.center().y() - figure.height * scale / 2
        )
        painter.scale(scale, scale)
        paint(painter, figure, theme().colours)
        painter.restore()


def can_be_shown(inner: Flow | None) -> bool:
    """Whether a card has room for what is inside a node, and whether there is something to see."""
    return inner is not None and not inner.faults and 3 < len(inner.nodes) <= MOST_NODES
