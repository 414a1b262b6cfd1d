"""The bar at the bottom left: zoom out, zoom in, fit all, tidy."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QEnterEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QWidget

from explorer.style.theme import follow, theme
from explorer.ui.widgets.buttons import Button
from explorer.ui.widgets.keys import with_key

BUTTONS: dict[str, tuple[str, Callable[[str], str]]] = {
    "zoom_out": ("Zoom out", lambda words: with_key(words, "view.zoom_out", "Ctrl+-")),
    "zoom_in": ("Zoom in", lambda words: with_key(words, "view.zoom_in", "Ctrl+=")),
    "fit": ("Fit all", lambda words: with_key(words, "view.fit", "Home")),
    "wand": ("Tidy all", lambda words: with_key(words, "edit.tidy_all", "Shift+L")),
}
"""By icon: the words of a button, and what adds the key in force to them."""


class ZoomBar(QWidget):
    """Four buttons on one card; `pressed` names the icon."""

    pressed = Signal(str)

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        row = QHBoxLayout(self)
        row.setSpacing(0)
        self.buttons: dict[str, Button] = {}
        for name, (words, *_) in BUTTONS.items():
            button = Button(kind="plain-icon", icon=name, name=words)
            button.setFocusPolicy(Qt.FocusPolicy.NoFocus)
            button.clicked.connect(lambda _checked=False, name=name: self.pressed.emit(name))
            row.addWidget(button)
            self.buttons[name] = button
        follow(self._restyle)

    def enterEvent(self, event: QEnterEvent) -> None:
        """Tell the keys that are in force now."""
        for name, (words, with_its_key) in BUTTONS.items():
            self.buttons[name].setToolTip(with_its_key(words))
        super().enterEvent(event)

    def _restyle(self) -> None:
        self.setContentsMargins(0, 0, 0, 0)
        if layout := self.layout():
            layout.setContentsMargins(*(theme().px(n) for n in (3, 1, 3, 2)))
        for button in self.buttons.values():
            button.setFixedSize(QSize(theme().px(30), theme().px(26)))
        self.adjustSize()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the card."""
        colours, radius = theme().colours, theme().radius("control")
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(colours.line)
        painter.setBrush(colours.panel)
        painter.drawRoundedRect(self.rect().toRectF().adjusted(0.5, 0.5, -0.5, -0.5), radius, radius)
