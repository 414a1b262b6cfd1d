"""The card of an own block in the palette: what it is made of, as a picture, and what it costs."""

from __future__ import annotations

import html

from PySide6.QtCore import QBuffer, QByteArray, QIODevice, QRectF, Qt
from PySide6.QtGui import QPainter, QPixmap

from explorer.blocks.registry import Registry
from explorer.figures.structure import Structure, can_be_shown
from explorer.graph.resolve import Resolver
from explorer.library.block_file import OwnBlock
from explorer.style.theme import theme
from explorer.ui.library.rows import parameters

WIDTH, TALLEST = 260, 320


def card(block: OwnBlock, catalogue: Registry) -> str:
    """The card as rich text; every word of the file stands in it as text."""
    lines = [f"<b>{html.escape(block.title)}</b>"]
    lines += [html.escape(words) for words in (block.about, parameters(block, catalogue)) if words]
    picture = structure(block, catalogue)
    if picture is not None:
        lines.append(f'<img src="data:image/png;base64,{_encoded(picture)}">')
    return "<br>".join(lines)


def structure(block: OwnBlock, catalogue: Registry) -> QPixmap | None:
    """The structure of a block as composites have it; None where it is too much for a card."""
    flow = Resolver(catalogue).resolve(block.document)
    inner = flow.nodes[block.use].inner
    if flow.problems or inner is None or not can_be_shown(inner):
        return None
    figure, px = Structure(inner, block.title), theme().px
    height = min(figure.height_for(px(WIDTH)), px(TALLEST))
    picture = QPixmap(px(WIDTH), round(height))
    picture.fill(Qt.GlobalColor.transparent)
    painter = QPainter(picture)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    figure.paint(painter, QRectF(0, 0, px(WIDTH), height))
    painter.end()
    return picture


def _encoded(picture: QPixmap) -> str:
    data = QByteArray()
    buffer = QBuffer(data)
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    picture.save(buffer, "PNG")
    return bytes(data.toBase64().data()).decode()
