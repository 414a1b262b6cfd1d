"""A text as the picture of an input: as large as it fits, in the colours of the theme."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QFontMetricsF, QPainter, QPixmap

from explorer.style.theme import theme
from explorer.text.vocabulary import END, START

SIDE = 224
SIZES = (40, 34, 29, 25, 21, 18)
"""Pixels of the letters, the largest that fits is taken; of what still is too long the end is shown."""


def text_tile(tokens: Sequence[str]) -> QPixmap:
    """Draw the tokens of a text in a square: characters in a row, words with blanks between them."""
    tokens = [token for token in tokens if token not in (START, END)]
    letters = all(len(token) == 1 for token in tokens)
    text = "".join(tokens).replace("␣", " ").replace("↵", "\n") if letters else " ".join(tokens)
    pixmap = QPixmap(SIDE, SIDE)
    pixmap.fill(theme().colours.sunken)
    room = QRectF(8, 8, SIDE - 16, SIDE - 16)
    painter = QPainter(pixmap)
    font = theme().font("label", 500)
    flags = Qt.TextFlag.TextWordWrap | Qt.AlignmentFlag.AlignCenter
    for size in SIZES:
        font.setPixelSize(size)
        needed = QFontMetricsF(font).boundingRect(room, flags, text)
        if room.contains(needed):
            break
    else:
        lines = int(room.height() / QFontMetricsF(font).lineSpacing())
        across = int(room.width() / QFontMetricsF(font).averageCharWidth())
        text = "…" + text[-max(1, lines * across * 3 // 4) :]
    painter.setFont(font)
    painter.setPen(theme().colours.text)
    painter.drawText(room, flags, text)
    painter.end()
    return pixmap
