"""One line that says what just happened, with at most one thing to do about it."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QPoint, Qt, QTimer
from PySide6.QtGui import QPaintEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QWidget

from explorer.style.theme import theme
from explorer.ui.widgets.buttons import Button
from explorer.ui.widgets.floating import paint_floating
from explorer.ui.widgets.text import label

WIDEST = 640
LETTERS_A_SECOND = 20
"""Long words stay long enough to be read."""


class Toast(QFrame):
    """A line over the bottom (or top) of its parent; goes by itself, stays while the mouse rests on it."""

    def __init__(self, parent: QWidget, *, at_top: bool = False) -> None:
        super().__init__(parent)
        self._over, self._at_top = parent, at_top
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
        self._wrap()
        self.setAccessibleName(words)
        self._run = run
        self._button.setText(action)
        self._button.setVisible(bool(action))
        self.adjustSize()
        self.place()
        self.show()
        self.raise_()
        self._timer.start(round(max(seconds, len(words) / LETTERS_A_SECOND) * 1000))

    def _wrap(self) -> None:
        """A long line breaks, so that it stays inside the parent."""
        widest = min(theme().px(WIDEST), self._over.width() - theme().px(64))
        self._words.ensurePolished()
        line = self._words.fontMetrics().horizontalAdvance(self._words.text()) + theme().px(4)
        self._words.setWordWrap(line > widest)
        self._words.setFixedWidth(min(line, widest))
        if line > widest:
            self._words.setFixedHeight(self._words.heightForWidth(widest))
        else:
            self._words.setFixedHeight(self._words.fontMetrics().height())

    def place(self) -> None:
        """Stand in the middle of the parent, at its lower edge or at its upper one."""
        parent, px = self._over, theme().px
        left = (parent.width() - self.width()) // 2
        self.move(QPoint(left, px(16) if self._at_top else parent.height() - self.height() - px(40)))

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
