"""The ground: dots, frames and notes."""

from __future__ import annotations

from functools import lru_cache

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen, QPixmap

from explorer.figures.canvas import geometry
from explorer.figures.canvas.level_view import FrameView, NoteView
from explorer.figures.canvas.painting import text
from explorer.figures.canvas.painting.look import Detail
from explorer.style import tokens
from explorer.style.theme import theme

STEP = float(tokens.raw()["canvas"]["dotStep"])
DOT = int(tokens.raw()["canvas"]["dot"])
CLOSEST = 14.0
RADIUS = float(tokens.raw()["radius"]["frame"])


def grid(painter: QPainter, exposed: QRectF, zoom: float, origin: QPointF) -> None:
    """Draw the dots in device pixels; painter has no transform.

    Args:
        painter: where to. exposed: what has to be drawn.
        zoom: device pixels per canvas unit. origin: where the canvas point 0, 0 lies.

    """
    step = STEP * zoom
    while step < CLOSEST:
        step *= 2
    row = _row(
        round(exposed.width() + step),
        step,
        (origin.x() - exposed.left()) % step,
        theme().colours.grid_dot.rgba(),
    )
    y = exposed.top() + (origin.y() - exposed.top()) % step - step
    while y < exposed.bottom():
        painter.drawPixmap(round(exposed.left()), round(y), row)
        y += step


@lru_cache(maxsize=8)
def _row(wide: int, step: float, phase: float, colour: int) -> QPixmap:
    row = QPixmap(max(1, wide), DOT)
    row.fill(Qt.GlobalColor.transparent)
    painter = QPainter(row)
    tone = QColor.fromRgba(colour)
    x = phase - step
    while x < wide:
        painter.fillRect(round(x), 0, DOT, DOT, tone)
        x += step
    painter.end()
    return row


def frame(
    painter: QPainter, view: FrameView, box: QRectF, detail: Detail, *, hovered: bool, selected: bool
) -> None:
    """Draw a frame with its name and its sum of parameters."""
    colours = theme().colours
    wide = 3.0 if selected else 1.0
    painter.setPen(
        QPen(colours.accent if selected else colours.line_strong if hovered else colours.line, wide)
    )
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.drawRoundedRect(box, RADIUS, RADIUS)
    middle, pad = box.top() + 17, geometry.FRAME_PADDING
    names, small = ("label", "caption") if detail == "near" else ("18", "16")
    remark = text.width(view.remark, small)
    room = box.width() - 2 * pad
    used = text.draw(painter, view.title, box.left() + pad, middle, names, 600, colours.text2, room=room)
    if used + remark + 12 <= room:
        text.draw(painter, view.remark, box.right() - pad, middle, small, 400, colours.text3, align=1)


def note(painter: QPainter, view: NoteView, box: QRectF, *, selected: bool) -> None:
    """Draw a note: text on the ground of a hint."""
    colours = theme().colours
    painter.setPen(QPen(colours.accent, 3) if selected else Qt.PenStyle.NoPen)
    painter.setBrush(colours.warning_ground)
    painter.drawRoundedRect(box, 4, 4)
    y = box.top() + geometry.NOTE_PADDING + geometry.NOTE_LINE / 2
    for line in wrap(view.text):
        text.draw(painter, line, box.left() + geometry.NOTE_PADDING, y, "label", 400, colours.text)
        y += geometry.NOTE_LINE


@lru_cache(maxsize=2000)
def wrap(words: str) -> tuple[str, ...]:
    """Break a note into lines."""
    room = geometry.NOTE_WIDTH - 2 * geometry.NOTE_PADDING
    lines = []
    for paragraph in words.split("\n"):
        line = ""
        for word in paragraph.split(" "):
            longer = f"{line} {word}" if line else word
            if line and text.width(longer, "label") > room:
                lines.append(line)
                line = word
            else:
                line = longer
        lines.append(line)
    return tuple(lines)
