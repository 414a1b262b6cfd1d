"""Paints the cells of a treemap and the legend of families."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QPen

from explorer import words
from explorer.style import icons
from explorer.style.families import FAMILIES
from explorer.style.ink import ink_on
from explorer.style.theme import theme
from explorer.ui.summary.treemap import HEAD, Cell

LEAST_NAME = 26
"""Pixels of width from which a name is written, cut if need be."""


def cells(painter: QPainter, shown: Sequence[Cell]) -> None:
    """Draw cells, those that hold others first."""
    for cell in shown:
        (_group if cell.holds else _leaf)(painter, cell)


def ring(painter: QPainter, cell: Cell, colour: QColor, wide: float) -> None:
    """Draw a line round a cell, apart from its colour."""
    inside = cell.area.adjusted(wide / 2, wide / 2, -wide / 2, -wide / 2)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.setPen(QPen(theme().colours.panel, wide + 2))
    painter.drawRect(inside)
    painter.setPen(QPen(colour, wide))
    painter.drawRect(inside)


def _group(painter: QPainter, cell: Cell) -> None:
    colours, px = theme().colours, theme().px
    painter.setPen(QPen(colours.line, 1))
    painter.setBrush(colours.sunken)
    painter.drawRect(cell.area.adjusted(0.5, 0.5, -0.5, -0.5))
    if cell.headed:
        head = QRectF(cell.area.left() + px(5), cell.area.top(), cell.area.width() - px(10), HEAD)
        _name_and_share(painter, cell, head, colours.text)


def _leaf(painter: QPainter, cell: Cell) -> None:
    px, ground = theme().px, theme().family_colour(cell.row.family)
    gap = 0.5 if min(cell.area.width(), cell.area.height()) > 4 else 0.0
    painter.fillRect(cell.area.adjusted(gap, gap, -gap, -gap), ground)
    if cell.area.width() < px(LEAST_NAME) or cell.area.height() < px(15):
        return
    ink = ink_on(ground)
    left, top = cell.area.left() + px(5), cell.area.top() + px(3)
    room = cell.area.width() - px(8)
    if cell.area.height() >= px(36) and room >= px(60):
        size = px(14)
        painter.drawPixmap(QPointF(left, top + 1), icons.icon_pixmap(cell.row.icon, ink, size))
        head = QRectF(left + size + px(4), top, room - size - px(4), px(16))
        _line(painter, cell.row.name, head, ink, 600)
        share = f"{words.percent(cell.row.share)} · {words.short(cell.row.parameters)}"
        if QFontMetricsF(theme().font("caption")).horizontalAdvance(share) > room:
            share = words.percent(cell.row.share)
        _line(painter, share, QRectF(left, top + px(16), room, px(16)), ink, 400)
    else:
        _name_and_share(painter, cell, QRectF(left, top - 1, room, px(16)), ink)


def _name_and_share(painter: QPainter, cell: Cell, area: QRectF, ink: QColor) -> None:
    painter.setFont(theme().font("caption"))
    share = words.percent(cell.row.share)
    wide = painter.fontMetrics().horizontalAdvance(share) + theme().px(6)
    names = area.adjusted(0, 0, -wide, 0) if area.width() > 2 * wide else area
    _line(painter, cell.row.name, names, ink, 600)
    if names is not area:
        painter.setFont(theme().font("caption"))
        right = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        painter.drawText(area, right, share)


def _line(painter: QPainter, said: str, area: QRectF, ink: QColor, weight: int) -> None:
    painter.setFont(theme().font("caption", weight))
    painter.setPen(ink)
    short = painter.fontMetrics().elidedText(said, Qt.TextElideMode.ElideRight, int(area.width()))
    painter.drawText(area, Qt.AlignmentFlag.AlignVCenter, short)


def legend(painter: QPainter, shown: Sequence[Cell], area: QRectF) -> None:
    """Name the colours of families, with their shares."""
    px, colours = theme().px, theme().colours
    shares: dict[str, float] = {}
    for cell in shown:
        if not cell.holds:
            shares[cell.row.family] = shares.get(cell.row.family, 0.0) + cell.row.share
    x, y = area.left(), area.center().y()
    painter.setFont(theme().font("caption"))
    for family in sorted(shares, key=lambda name: -shares[name]):
        said = f"{FAMILIES.get(family, family)} {words.percent(shares[family])}"
        wide = painter.fontMetrics().horizontalAdvance(said)
        if x + wide + px(18) > area.right():
            return
        painter.fillRect(QRectF(x, y - px(5), px(10), px(10)), theme().family_colour(family))
        painter.setPen(colours.text2)
        box = QRectF(x + px(15), y - px(9), wide + 2, px(18))
        painter.drawText(box, Qt.AlignmentFlag.AlignVCenter, said)
        x += wide + px(32)
