"""A panel that floats over the window beside what called it."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, QPoint, QRect, Qt, Signal
from PySide6.QtGui import QKeyEvent, QPaintEvent
from PySide6.QtWidgets import QApplication, QFrame, QVBoxLayout, QWidget

from explorer.style.theme import theme
from explorer.ui.widgets.floating import paint_floating


class Popover(QFrame):
    """A child of the window, not a dialog: it blocks nothing, Esc or a click elsewhere closes it."""

    closed = Signal()

    def __init__(self, window: QWidget, content: QWidget) -> None:
        super().__init__(window)
        self._frame, self._content = window, content
        column = QVBoxLayout(self)
        column.setContentsMargins(1, 1, 1, 3)
        column.addWidget(content)
        self.hide()

    def show_at(self, area: QRect) -> None:
        """Show the content in an area of the window, kept within it."""
        bounds = self._frame.rect().adjusted(8, 8, -8, -8)
        area = QRect(area)
        area.setSize(area.size().boundedTo(bounds.size()))
        area.moveLeft(min(max(area.left(), bounds.left()), bounds.right() - area.width() + 1))
        area.moveTop(min(max(area.top(), bounds.top()), bounds.bottom() - area.height() + 1))
        self.setGeometry(area)
        self.show()
        self.raise_()
        QApplication.instance().installEventFilter(self)  # type: ignore[union-attr]

    def show_below(self, widget: QWidget) -> None:
        """Show the content at its own size below a widget of the window."""
        corner = widget.mapTo(self._frame, QPoint(0, widget.height() + 4))
        self.show_at(QRect(corner, self.sizeHint()))

    def close_it(self) -> None:
        """Hide and tell."""
        if self.isVisible():
            QApplication.instance().removeEventFilter(self)  # type: ignore[union-attr]
            self.hide()
            self.closed.emit()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Close on a press outside."""
        outside = (
            event.type() == QEvent.Type.MouseButtonPress
            and isinstance(watched, QWidget)
            and watched is not self
            and not self.isAncestorOf(watched)
            and watched.window() is self.window()
        )
        if outside:
            self.close_it()
        return False

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Close on Esc."""
        if event.key() == Qt.Key.Key_Escape:
            self.close_it()
        else:
            super().keyPressEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the card, with its offset copy two pixels below in light."""
        paint_floating(self, "popover", theme().colours.line)
