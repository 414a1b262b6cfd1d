"""What the panels that look inside have in common: controls, the input at the left, a body, a note."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from explorer.style.theme import follow, theme
from explorer.ui.probing.samples import SamplesPane
from explorer.ui.probing.texts import TextsPane
from explorer.ui.widgets.elided_label import ElidedLabel
from explorer.ui.widgets.text import box, label, restyle, rule
from explorer.ui.widgets.wrapping_row import WrappingRow


class LookPanel(QWidget):
    """A panel of the dock about one input.

    Attributes:
        samples: the chooser of the input. texts: the one that stands in its place where it is a text.
        controls: the row of switches. A dock may take it into its row of tabs; the panel closes the gap.

    """

    def __init__(self, name: str, controls: Sequence[QWidget], body: QWidget, empty: str) -> None:
        super().__init__()
        self.setAccessibleName(name)
        self.samples = SamplesPane()
        self.texts = TextsPane()
        self.texts.hide()
        self._given = False
        self.controls = QWidget()
        self._row = WrappingRow(self.controls)
        for control in controls:
            self._row.addWidget(control)
        self._bar = box("panel", "bottom")
        bar = QHBoxLayout(self._bar)
        bar.setContentsMargins(0, 0, 0, 0)
        bar.addWidget(self.controls)
        bar.addStretch(1)
        self._empty = label(empty, tone="2", wrap=True)
        self._empty.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._note = ElidedLabel.styled(tone="3")
        self._note.hide()
        self._stack = QStackedWidget()
        self._stack.addWidget(self._empty)
        self._stack.addWidget(body)
        self._arrange()
        follow(self._space)

    def _arrange(self) -> None:
        right = QVBoxLayout()
        right.setSpacing(0)
        right.addWidget(self._note)
        right.addWidget(self._stack, 1)
        across = QHBoxLayout()
        across.setSpacing(0)
        across.addWidget(self.samples)
        across.addWidget(self.texts)
        across.addWidget(rule("down"))
        across.addLayout(right, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self._bar)
        column.addLayout(across, 1)

    def set_reads_text(self, reads_text: bool) -> None:
        """Choose between a place to type and the chooser of pictures and other samples."""
        self.texts.setVisible(reads_text)
        self.samples.setVisible(not reads_text)

    def take_controls(self) -> QWidget:
        """Give the row of switches away, to stand in the row of tabs."""
        self._bar.hide()
        self._given = True
        self._space()
        return self.controls

    def set_note(self, words: str, tone: str = "3") -> None:
        """Say something quietly above the body, for example that the pictures are old; empty hides it."""
        self._note.setText(words)
        restyle(self._note, tone=tone)
        self._note.setVisible(bool(words))

    def note(self) -> str:
        """Return the note in sight."""
        return self._note.text()

    def show_empty(self, words: str) -> None:
        """Show words in place of the body."""
        self._empty.setText(words)
        self._stack.setCurrentIndex(0)

    def show_body(self) -> None:
        """Show the body."""
        self._stack.setCurrentIndex(1)

    def is_empty(self) -> bool:
        """Return whether words stand in place of the body."""
        return self._stack.currentIndex() == 0

    def empty_words(self) -> str:
        """Return the words that stand in place of the body."""
        return self._empty.text()

    def _space(self) -> None:
        px = theme().px
        # in the row of tabs there is no height to spare
        across, down = (0, 0) if self._given else (px(12), px(5))
        self._row.setContentsMargins(across, down, across, down)
        self._row.setSpacing(px(10))
        self._empty.setContentsMargins(px(24), px(8), px(24), px(8))
        self._note.setContentsMargins(px(14), px(6), px(14), 0)
