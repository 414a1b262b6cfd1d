"""A switch for on and off."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QAbstractButton, QSizePolicy

from explorer.style.theme import theme


class Toggle(QAbstractButton):
    """A checkable pill; the knob's side says the state, not only the colour."""

    def __init__(self, name: str, checked: bool = False) -> None:
        super().__init__()
        self._is_mixed = False
        self.setCheckable(True)
        self.setChecked(checked)
        self.setAccessibleName(name)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    def set_mixed(self, mixed: bool) -> None:
        """Stand in the middle: some are on, some off. The first click switches all on."""
        self._is_mixed = mixed
        self.update()

    def nextCheckState(self) -> None:
        """Change over; out of the middle it goes to on."""
        self._is_mixed = False
        super().nextCheckState()

    def sizeHint(self) -> QSize:
        """Return the pill with room for the focus ring and a target of 24."""
        return QSize(theme().px(34), theme().px(24))

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw pill, knob and focus ring."""
        colours, px = theme().colours, theme().px
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        pill = QRectF(2, (self.height() - px(17)) / 2, px(30), px(17))
        on = self.isChecked()
        painter.setPen(Qt.PenStyle.NoPen)
        strong = colours.text2 if self._is_mixed else colours.accent if on else colours.line_strong
        painter.setBrush(strong if self.isEnabled() else colours.line)
        painter.drawRoundedRect(pill, pill.height() / 2, pill.height() / 2)
        knob = pill.height() - px(4)
        left = pill.right() - knob - px(2) if on else pill.left() + px(2)
        if self._is_mixed:
            left = pill.center().x() - knob / 2
        painter.setBrush(colours.on_accent if on else colours.panel)
        painter.drawEllipse(QRectF(left, pill.top() + px(2), knob, knob))
        if self.hasFocus():
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(colours.focus)
            ring = pill.adjusted(-1.5, -2.5, 1.5, 2.5)
            painter.drawRoundedRect(ring, ring.height() / 2, ring.height() / 2)
