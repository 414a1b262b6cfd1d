"""What stands in the popover in which an input is drawn."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from explorer.style.theme import theme
from explorer.ui.widgets.buttons import Button
from explorer.ui.widgets.draw_pad import DrawPad
from explorer.ui.widgets.text import label


class DrawCard(QWidget):
    """A pad to draw on and a way to start anew; emits what is drawn, 28 × 28 in 0 … 1."""

    drawn = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        px = theme().px
        self._pad = DrawPad("Draw an input", 168)
        self._pad.drawn.connect(self.drawn)
        again = Button("Start anew", "chip")
        again.clicked.connect(self._pad.clear)
        row = QHBoxLayout()
        row.addWidget(label("Esc closes", role="caption", tone="3"))
        row.addStretch(1)
        row.addWidget(again)
        column = QVBoxLayout(self)
        column.setContentsMargins(px(12), px(12), px(12), px(10))
        column.setSpacing(px(8))
        column.addWidget(self._pad)
        column.addLayout(row)

    def start(self) -> None:
        """Put the keyboard on the pad."""
        self._pad.setFocus()
