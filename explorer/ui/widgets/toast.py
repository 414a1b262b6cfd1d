"""One line that says what just happened, with at most one thing to do about it."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QPoint, Qt, QTimer
from PySide6.QtGui import QPaintEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QWidget

from explorer.ui.theme import theme
from explorer.ui.widgets.buttons import Button
from explorer.ui.widgets.floating import paint_floating
from explorer.ui.widgets.text import label


class Toast(QFrame):
    """A line over the bottom of its parent; goes by itself, stays while the mouse rests on it."""

    def __init__(self, parent: QWidget, above: int = 40) -> None:
        super().__init__(parent)
        self._over, self._above = parent, above
        self._words = label()
        self._button = Button(kind="link")
        self._run: Callable[[], None] | None = None
        row = QHBoxLayout(self)
        row.setContentsMargins(theme().px(14), theme().px(8), theme().px(14), theme().px(10))
        row.setSpacing(theme().px(12))
        row.addWidget(self._words)
        row.addWidget(self._button)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self._expire)
        self._button.clicked.connect(self._act)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.hide()

    def say(
        self, words: str, action: str = "", run: Callable[[], None] | None = None, seconds: float = 6
    ) -> None:
        """Show words; ``action`` is a link that calls ``run``."""
        self._words.setText(words)
        self.setAccessibleName(words)
        self._run = run
        self._button.setText(action)
        self._button.setVisible(bool(action))
        self.adjustSize()
        self.place()
        self.show()
        self.raise_()
        self._timer.start(round(seconds * 1000))

    def place(self) -> None:
        """Stand at the bottom middle of the parent."""
        parent = self._over
        left = (parent.width() - self.width()) // 2
        self.move(QPoint(left, parent.height() - self.height() - theme().px(self._above)))

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the card."""
        paint_floating(self, "card", theme().colours.line_strong)

    def _expire(self) -> None:
        if self.underMouse():
            self._timer.start(1000)
        else:
            self.hide()

    def _act(self) -> None:
        self.hide()
        if self._run is not None:
            self._run()
