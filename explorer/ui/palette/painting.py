"""How lines of the palette are drawn: blocks, headings, chapters, and the card of what comes first."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRect, QRectF, Qt
from PySide6.QtGui import QColor, QPainter

from explorer.style import icons
from explorer.style.theme import theme
from explorer.ui.palette.rows import PaletteRow

RIGHT = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight


def paint_card(painter: QPainter, area: QRect) -> None:
    """The sunken ground of what a first network needs."""
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(theme().colours.sunken)
    painter.drawRoundedRect(QRectF(area), theme().radius("card"), theme().radius("card"))


def paint_block(painter: QPainter, row: PaletteRow, rect: QRect, marked: QColor | None) -> None:
    """A tile with the title, what the block does at the right; the letters that matched are bold."""
    assert row.block is not None
    px = theme().px
    if marked is not None:
        _ground(painter, rect, marked)
    size = px(18)
    left = px(14)
    painter.drawPixmap(left, _middle(rect, size), icons.tile(row.block.icon, row.block.family, size))
    place = rect.adjusted(px(40), 0, -px(14 if row.word else 8), 0)
    if row.word:
        painter.setPen(theme().colours.text2)
        painter.setFont(theme().font("caption"))
        painter.drawText(place, RIGHT, row.word)
    _title(painter, row, place)


def paint_tile(painter: QPainter, row: PaletteRow, rect: QRect, marked: QColor | None) -> None:
    """Where there is room for tiles only: a block, or a chapter by its colour and number of blocks."""
    px, colours = theme().px, theme().colours
    if marked is not None:
        _ground(painter, rect, marked)
    if row.block is not None:
        size = px(20)
        tile = icons.tile(row.block.icon, row.block.family, size)
        painter.drawPixmap(rect.left() + (rect.width() - size) // 2, _middle(rect, size), tile)
        return
    swatch = QRectF(0, 0, px(22), px(8))
    swatch.moveCenter(QPointF(rect.center().x() + 0.5, rect.top() + px(9)))
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(theme().family_colour(row.colour) if row.colour else colours.text3)
    painter.drawRoundedRect(swatch, px(2), px(2))
    painter.setPen(colours.text2)
    painter.setFont(theme().font("caption"))
    painter.drawText(rect.adjusted(0, px(12), 0, 0), Qt.AlignmentFlag.AlignCenter, str(row.count))


def paint_heading(
    painter: QPainter, row: PaletteRow, rect: QRect, *, folded: bool, marked: QColor | None
) -> None:
    """A chapter has its colour and stands out; the headings below it are quieter."""
    colours, px = theme().colours, theme().px
    is_large = bool(row.chapter) or row.start
    if marked is not None:
        _ground(painter, rect, marked)
    left = px(10 if is_large else 24)
    chevron = icons.icon_pixmap("chevron_right" if folded else "chevron_down", colours.text3, px(11))
    painter.drawPixmap(left, _middle(rect, px(11)), chevron)
    left += px(16)
    if row.colour:
        swatch = QRectF(left, _middle(rect, px(10)), px(10), px(10))
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(theme().family_colour(row.colour))
        painter.drawRoundedRect(swatch, px(3), px(3))
        left += px(17)
    count = str(row.count)
    painter.setFont(theme().font("label"))
    room = painter.fontMetrics().horizontalAdvance(count) + px(20)
    painter.setPen(colours.text2)
    painter.drawText(rect.adjusted(0, 0, -px(14), 0), RIGHT, count)
    painter.setFont(theme().font("label", 600 if row.start else 500))
    painter.setPen(colours.text if is_large else colours.text2)
    place = rect.adjusted(left, 0, -room, 0)
    shown = painter.fontMetrics().elidedText(row.name, Qt.TextElideMode.ElideRight, place.width())
    painter.drawText(place, Qt.AlignmentFlag.AlignVCenter, shown)


def _ground(painter: QPainter, rect: QRect, colour: QColor) -> None:
    px = theme().px
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(colour)
    painter.drawRoundedRect(QRectF(rect).adjusted(px(6), 1, -px(6), -1), px(6), px(6))


def _middle(rect: QRect, size: int) -> int:
    return rect.top() + (rect.height() - size) // 2


def _title(painter: QPainter, row: PaletteRow, rect: QRect) -> None:
    title = row.block.title if row.block else ""
    painter.setPen(theme().colours.text)
    painter.setFont(theme().font("body"))
    if not row.places:
        shown = painter.fontMetrics().elidedText(title, Qt.TextElideMode.ElideRight, rect.width())
        painter.drawText(rect, Qt.AlignmentFlag.AlignVCenter, shown)
        return
    left = rect.left()
    for index, letter in enumerate(title):
        painter.setFont(theme().font("body", 600 if index in row.places else 400))
        place = QRect(left, rect.top(), rect.width(), rect.height())
        painter.drawText(place, Qt.AlignmentFlag.AlignVCenter, letter)
        left += painter.fontMetrics().horizontalAdvance(letter)
