"""The bar at the bottom left: zoom out, zoom in, fit all, tidy."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QWidget

from explorer.style.theme import follow, theme
from explorer.ui.widgets.buttons import Button
from explorer.ui.widgets.keys import native

BUTTONS = (
    ("zoom_out", f"Zoom out ({native('Ctrl+-')})"),
    ("zoom_in", f"Zoom in ({native('Ctrl+=')})"),
    ("fit", "Fit all (Home)"),
    ("wand", "Tidy all (Shift+L)"),
)


class ZoomBar(QWidget):
    """Four buttons on one card; `pressed` names the icon."""

    pressed = Signal(str)

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        row = QHBoxLayout(self)
        row.setSpacing(0)
        self.buttons: dict[str, Button] = {}
        for name, words in BUTTONS:
            button = Button(kind="plain-icon", icon=name, name=words)
            button.setFocusPolicy(Qt.FocusPolicy.NoFocus)
            button.clicked.connect(lambda _checked=False, name=name: self.pressed.emit(name))
            row.addWidget(button)
            self.buttons[name] = button
        follow(self._restyle)

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
