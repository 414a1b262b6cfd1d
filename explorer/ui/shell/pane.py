"""The place of the canvas: the design in front, under a line that says where on the way down we are."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from explorer.style.theme import follow, theme
from explorer.ui.canvas.canvas import CanvasView
from explorer.ui.widgets.buttons import Button
from explorer.ui.widgets.elided_label import ElidedLabel
from explorer.ui.widgets.text import label, restyle, rule

HEAD = 32


class LevelPath(QWidget):
    """Where on the way down we are; every step is a button back.

    Signals:
        climbed: how many levels of the path shall stay.
    """

    climbed = Signal(int)

    def __init__(self) -> None:
        super().__init__()
        self.is_at_top = True
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
        self.is_at_top = not path
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


class PaneHead(QWidget):
    """The line above a canvas: in a split view letter, name, file and totals; inside a level the way back."""

    def __init__(self) -> None:
        super().__init__()
        self.setProperty("ground", "panel")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.path = LevelPath()
        self._letter = label("", "caption", weight="semibold")
        self._letter.setProperty("letter", "other")
        self._letter.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._name = ElidedLabel.styled("", weight="semibold")
        self._file = ElidedLabel.styled("", tone="2")
        self._totals = label("", tone="2")
        row = QHBoxLayout(self)
        row.setContentsMargins(8, 0, 12, 0)
        row.setSpacing(8)
        for part in (self._letter, self._name, self._file, self.path):
            row.addWidget(part)
        row.addStretch(1)
        row.addWidget(self._totals)
        self._is_split = False
        follow(self._restyle)
        self.describe("", "", "", "")

    def _restyle(self) -> None:
        self.setFixedHeight(theme().px(HEAD))
        side = theme().px(18)
        self._letter.setFixedSize(side, side)

    def describe(self, letter: str, name: str, file: str, totals: str) -> None:
        """Say what is shown below; without a letter there is one design only and the bar names it."""
        self._is_split = bool(letter)
        self._letter.setText(letter)
        for part, words in ((self._name, name), (self._file, file), (self._totals, totals)):
            part.setText(words)
        for shown in (self._letter, self._name, self._file, self._totals):
            shown.setVisible(self._is_split)

    def set_focused(self, focused: bool) -> None:
        """Mark the pane that keys and buttons are about."""
        restyle(self._letter, letter="focused" if focused else "other")

    @property
    def is_wanted(self) -> bool:
        """Whether there is something to say."""
        return self._is_split or not self.path.is_at_top


class Pane(QWidget):
    """Shows the canvas of one of the open designs.

    Signals:
        climbed: how many levels of the path shall stay.
    """

    climbed = Signal(int)

    def __init__(self) -> None:
        super().__init__()
        self.head = PaneHead()
        self.path = self.head.path
        self.path.climbed.connect(self.climbed)
        self._line = rule()
        self.stack = QStackedWidget()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        for part in (self.head, self._line, self.stack):
            column.addWidget(part)
        self.set_path(())

    def describe(self, letter: str, name: str = "", file: str = "", totals: str = "") -> None:
        """Say above the canvas what it shows; see `PaneHead.describe`."""
        self.head.describe(letter, name, file, totals)
        self._show_head()

    def set_path(self, path: tuple[str, ...]) -> None:
        """Say which level is shown."""
        self.path.set_path(path)
        self._show_head()

    def _show_head(self) -> None:
        self.head.setVisible(self.head.is_wanted)
        self._line.setVisible(self.head.is_wanted)

    @property
    def canvas(self) -> CanvasView | None:
        """The canvas in front."""
        shown = self.stack.currentWidget()
        return shown if isinstance(shown, CanvasView) else None

    def show_canvas(self, canvas: CanvasView) -> None:
        """Bring a canvas to the front."""
        if self.stack.indexOf(canvas) < 0:
            self.stack.addWidget(canvas)
        self.stack.setCurrentWidget(canvas)
        canvas.show()
        self.set_path(canvas.context.path)
