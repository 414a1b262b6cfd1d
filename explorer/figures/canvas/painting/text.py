"""Text on the canvas: bundled fonts at their own size, laid out once and kept."""

from __future__ import annotations

from functools import cache, lru_cache
from math import ceil

from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainter, QStaticText

from explorer.style import fonts, tokens

NO_LIMIT = 1e6


@cache
def font(role: str, weight: int = 400) -> QFont:
    """Return the font of a role, or of a size written as digits, in canvas units.

    The text scale acts through the zoom.
    """
    size = tokens.raw()["font"]["size"].get(role)
    return fonts.make(float(role) if size is None else size, weight)


@cache
def metrics(role: str, weight: int = 400) -> QFontMetricsF:
    """Return the metrics of a role."""
    return QFontMetricsF(font(role, weight))


@lru_cache(maxsize=20_000)
def width(text: str, role: str, weight: int = 400) -> float:
    """Return how wide a text is."""
    return metrics(role, weight).horizontalAdvance(text)


@lru_cache(maxsize=20_000)
def _laid_out(text: str, role: str, weight: int, room: int) -> tuple[QStaticText, float]:
    if room < NO_LIMIT:
        text = metrics(role, weight).elidedText(text, Qt.TextElideMode.ElideRight, room)
    made = QStaticText(text)
    made.setTextFormat(Qt.TextFormat.PlainText)
    made.setPerformanceHint(QStaticText.PerformanceHint.AggressiveCaching)
    made.prepare(font=font(role, weight))
    return made, width(text, role, weight)


def draw(
    painter: QPainter,
    text: str,
    x: float,
    middle: float,
    role: str,
    weight: int,
    colour: QColor,
    *,
    room: float = NO_LIMIT,
    align: float = 0.0,
) -> float:
    """Draw one line of text and return its width.

    Args:
        painter: where to. text: what; too long a text ends in “…”.
        x, middle: left end and the height of its middle.
        role, weight, colour: how. room: how wide it may be.
        align: 0 begins at `x`, 0.5 is centred on it, 1 ends there.

    """
    made, wide = _laid_out(text, role, weight, ceil(min(room, NO_LIMIT)))
    measured = metrics(role, weight)
    painter.setFont(font(role, weight))
    painter.setPen(colour)
    painter.drawStaticText(QPointF(x - wide * align, middle - measured.height() / 2), made)
    return wide
