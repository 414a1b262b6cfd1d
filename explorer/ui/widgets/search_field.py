"""A search line with a lens at its left and the key that reaches it at its right."""

from __future__ import annotations

from PySide6.QtCore import QRectF, Qt, Signal
from PySide6.QtGui import QKeyEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QLineEdit

from explorer.style import icons
from explorer.style.theme import follow, theme


class SearchField(QLineEdit):
    """Typing emits ``textChanged``; Down, Up and Enter are passed on to the list below it.

    Signals:
        moved: how many rows down. taken: the marked row is meant. left: Esc in an empty line.
        erased: Backspace in an empty line.
        goneOn: Shift+Enter, the marked row is meant and another will be.
    """

    moved = Signal(int)
    taken = Signal()
    left = Signal()
    erased = Signal()
    goneOn = Signal()

    def __init__(self, placeholder: str, key: str = "", name: str = "") -> None:
        super().__init__()
        self._key = key
        self.setPlaceholderText(placeholder)
        self.setAccessibleName(name or placeholder)
        follow(self._restyle)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Send moves and Enter to the list; Esc empties the line, then leaves it."""
        steps = {Qt.Key.Key_Down: 1, Qt.Key.Key_Up: -1}
        key = Qt.Key(event.key())
        if key in steps:
            self.moved.emit(steps[key])
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            (self.goneOn if event.modifiers() & Qt.KeyboardModifier.ShiftModifier else self.taken).emit()
        elif key == Qt.Key.Key_Escape and self.text():
            self.clear()
        elif key == Qt.Key.Key_Escape:
            self.left.emit()
            super().keyPressEvent(event)
        elif key == Qt.Key.Key_Backspace and not self.text():
            self.erased.emit()
        else:
            super().keyPressEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw lens and key over the line."""
        super().paintEvent(event)
        colours, px = theme().colours, theme().px
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        size = px(14)
        lens = icons.icon_pixmap("search", colours.text2, size)
        painter.drawPixmap(px(9), (self.height() - size) // 2, lens)
        if not self._key or self.text():
            return
        painter.setFont(theme().font("caption"))
        width = painter.fontMetrics().horizontalAdvance(self._key) + px(10)
        chip = QRectF(self.width() - width - px(8) + 0.5, (self.height() - px(17)) // 2 + 0.5, width, px(17))
        painter.setPen(colours.line)
        painter.drawRoundedRect(chip, px(4), px(4))
        painter.setPen(colours.text2)
        painter.drawText(chip, Qt.AlignmentFlag.AlignCenter, self._key)

    def _restyle(self) -> None:
        key = theme().px(24) + self.fontMetrics().horizontalAdvance(self._key) if self._key else 0
        self.setTextMargins(theme().px(20), 0, key, 0)
