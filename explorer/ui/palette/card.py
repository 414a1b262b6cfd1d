"""The card that hangs at the mouse while a block is dragged."""

from __future__ import annotations

from PySide6.QtCore import QByteArray, QMimeData, QPoint, QRect, QRectF, Qt
from PySide6.QtGui import QDrag, QPainter, QPixmap
from PySide6.QtWidgets import QWidget

from explorer.style import icons
from explorer.style.theme import theme
from explorer.ui.palette.rows import PaletteBlock

MIME = "application/x-explorer-block"


def drag_block(source: QWidget, block: PaletteBlock) -> None:
    """Let a block be dragged to where it shall stand; returns when it was let go."""
    drag = QDrag(source)
    data = QMimeData()
    data.setData(MIME, QByteArray(block.id.encode()))
    drag.setMimeData(data)
    drag.setPixmap(card_pixmap(block))
    drag.setHotSpot(QPoint(theme().px(20), theme().px(20)))
    drag.exec(Qt.DropAction.CopyAction)


def card_pixmap(block: PaletteBlock) -> QPixmap:
    """The card that hangs at the mouse while a block is dragged, at 60 %."""
    px, colours = theme().px, theme().colours
    ratio = icons.screen_ratio()
    pixmap = QPixmap(round(px(128) * ratio), round(px(44) * ratio))
    pixmap.setDevicePixelRatio(ratio)
    pixmap.fill(Qt.GlobalColor.transparent)
    painter = QPainter(pixmap)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setOpacity(0.6)
    painter.setPen(colours.line)
    painter.setBrush(colours.node)
    painter.drawRoundedRect(QRectF(0.5, 0.5, px(128) - 1, px(44) - 1), px(8), px(8))
    painter.drawPixmap(px(10), px(12), icons.tile(block.icon, block.family, px(20)))
    painter.setPen(colours.text)
    painter.setFont(theme().font("body", 600))
    painter.drawText(QRect(px(38), 0, px(88), px(44)), Qt.AlignmentFlag.AlignVCenter, block.title)
    painter.end()
    return pixmap
