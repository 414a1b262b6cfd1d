"""The text that is written: the beginning in grey, what is new on a darker ground where it was unlikely."""

from __future__ import annotations

import math
from collections.abc import Sequence

from PySide6.QtGui import QColor, QTextCharFormat, QTextCursor
from PySide6.QtWidgets import QTextEdit

from explorer.protocol.records import Piece
from explorer.style.theme import follow, theme

DARKEST, AT = 0.62, 3.2
"""Share of the ground's colour for a token that is unlikely, and from how many nats on it is that."""


def surprise(probability: float) -> float:
    """How much of the ground a token gets: 0 expected, `DARKEST` at 4 % and less."""
    return DARKEST * min(1.0, -math.log(max(probability, 1e-9)) / AT)


class WrittenPage(QTextEdit):
    """Read, not edited; tokens are added as they come."""

    def __init__(self) -> None:
        super().__init__()
        self.setReadOnly(True)
        self.setAccessibleName("Written text")
        self._prompt = ""
        self._pieces: list[Piece] = []
        follow(self._again)

    def begin(self, prompt: str) -> None:
        """Start anew behind a text."""
        self._prompt, self._pieces = prompt, []
        self._again()

    def add(self, pieces: Sequence[Piece]) -> None:
        """Write more; the page stays where a hand has scrolled it."""
        bar = self.verticalScrollBar()
        follows = bar.value() >= bar.maximum() - theme().px(8)
        place = bar.value()
        self._pieces += pieces
        for piece in pieces:
            self._put(piece)
        bar.setValue(bar.maximum() if follows else place)

    def written(self) -> str:
        """Return what was added."""
        return "".join(piece.text for piece in self._pieces)

    def _again(self) -> None:
        self.clear()
        self._insert(self._prompt, theme().colours.text3, None)
        for piece in self._pieces:
            self._put(piece)

    def _put(self, piece: Piece) -> None:
        ground = QColor(theme().run_colour(1))
        ground.setAlphaF(surprise(piece.probability))
        self._insert(piece.text, theme().colours.text, ground)

    def _insert(self, text: str, ink: QColor, ground: QColor | None) -> None:
        form = QTextCharFormat()
        form.setForeground(ink)
        if ground is not None and ground.alphaF() > 0.02:
            form.setBackground(ground)
        cursor = QTextCursor(self.document())
        cursor.movePosition(QTextCursor.MoveOperation.End)
        cursor.insertText(text, form)
