"""The line in which a name is typed, in place on the canvas."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QEvent, QRectF, Qt
from PySide6.QtGui import QFocusEvent, QKeyEvent
from PySide6.QtWidgets import QLineEdit, QWidget

from explorer.style.theme import theme


class RenameField(QLineEdit):
    """Enter or a click elsewhere takes the name, Esc leaves it."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._done: Callable[[str], object] | None = None
        self.setAccessibleName("Name")
        self.hide()

    def ask(self, text: str, box: QRectF, done: Callable[[str], object]) -> None:
        """Ask for a name in a rectangle of the window."""
        self._done = done
        self.setFont(theme().font("body", 600))
        self.setText(text)
        wide = max(box.width(), self.fontMetrics().horizontalAdvance(text) + theme().px(28), theme().px(90))
        self.setGeometry(
            round(box.left()), round(box.top()), round(wide), max(theme().px(26), round(box.height()))
        )
        self.show()
        self.selectAll()
        self.setFocus()

    def _end(self, *, take: bool) -> None:
        done, self._done = self._done, None
        self.hide()
        if done is not None:
            if parent := self.parentWidget():
                parent.setFocus()
            if take:
                done(self.text())

    def event(self, event: QEvent) -> bool:
        """Keep every key: Enter ends the name, it does not open the block below."""
        if event.type() == QEvent.Type.ShortcutOverride:
            event.accept()
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """End on Enter and Esc."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._end(take=True)
        elif event.key() == Qt.Key.Key_Escape:
            self._end(take=False)
        else:
            super().keyPressEvent(event)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Take the name when something else is clicked."""
        super().focusOutEvent(event)
        self._end(take=True)
