"""The place of the canvas: the design in front, under a line that says where on the way down we are."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from explorer.style.theme import follow, theme
from explorer.ui.canvas.canvas import CanvasView
from explorer.ui.widgets.buttons import Button
from explorer.ui.widgets.text import label, rule

HEAD = 32


class LevelPath(QWidget):
    """Where on the way down we are; every step is a button back.

    Signals:
        climbed: how many levels of the path shall stay.
    """

    climbed = Signal(int)

    def __init__(self) -> None:
        super().__init__()
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(0, 0, 0, 0)
        self._row.setSpacing(0)
        self.setAccessibleName("Level")

    def set_path(self, path: tuple[str, ...]) -> None:
        """Show a path; the top level has none."""
        while (item := self._row.takeAt(0)) is not None:
            if (old := item.widget()) is not None:
                old.hide()  # it may still be there for a moment
                old.deleteLater()
        if path:
            self._add("top", 0, "Back to the top level")
        for depth, name in enumerate(path, 1):
            self._row.addWidget(label("›", "label", "3"))
            self._add(name, depth).setEnabled(depth < len(path))

    def _add(self, words: str, depth: int, name: str = "") -> Button:
        button = Button(words, "plain", name=name)
        button.clicked.connect(lambda: self.climbed.emit(depth))
        self._row.addWidget(button)
        return button


class Pane(QWidget):
    """Shows the canvas of one of the open designs.

    Signals:
        climbed: how many levels of the path shall stay.
    """

    climbed = Signal(int)

    def __init__(self) -> None:
        super().__init__()
        self.path = LevelPath()
        self.path.climbed.connect(self.climbed)
        self.head = QWidget()
        self.head.setProperty("ground", "panel")
        self.head.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        row = QHBoxLayout(self.head)
        row.setContentsMargins(8, 0, 12, 0)
        row.addWidget(self.path)
        row.addStretch(1)
        self._line = rule()
        self.stack = QStackedWidget()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        for part in (self.head, self._line, self.stack):
            column.addWidget(part)
        self.set_path(())
        follow(self._restyle)

    def _restyle(self) -> None:
        self.head.setFixedHeight(theme().px(HEAD))

    def set_path(self, path: tuple[str, ...]) -> None:
        """Say which level is shown; the line goes away at the top."""
        self.path.set_path(path)
        self.head.setVisible(bool(path))
        self._line.setVisible(bool(path))

    def show_canvas(self, canvas: CanvasView) -> None:
        """Bring a canvas to the front."""
        if self.stack.indexOf(canvas) < 0:
            self.stack.addWidget(canvas)
        self.stack.setCurrentWidget(canvas)
        self.set_path(canvas.context.path)
