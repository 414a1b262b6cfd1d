"""Fitting a layer that is not trained by gradients: a button, progress, and cancel."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QProgressBar, QVBoxLayout, QWidget

from explorer.style.theme import follow, theme
from explorer.ui.widgets.buttons import Button
from explorer.ui.widgets.text import label


class FitBox(QWidget):
    """Says what fitting means, and how far it is.

    Signals:
        wanted: the layer shall be fitted. given_up: it shall not after all.
    """

    wanted = Signal()
    given_up = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.words = label(tone="2", wrap=True)
        self.button = Button("Fit to data", kind="accent", name="")
        self.bar = QProgressBar()
        self.bar.setTextVisible(False)
        self.bar.setAccessibleName("Progress of fitting")
        self._running = False
        line = QHBoxLayout()
        line.addWidget(self.button)
        line.addWidget(self.bar, 1)
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.addWidget(label("Fitting", tone="2", weight="semibold"))
        self._column.addWidget(self.words)
        self._column.addLayout(line)
        self.button.clicked.connect(self._press)
        self.setVisible(False)
        self.show_idle("", True)
        follow(self._restyle)

    def _restyle(self) -> None:
        self._column.setSpacing(theme().px(6))
        self.bar.setFixedHeight(theme().px(6))

    def _press(self) -> None:
        (self.given_up if self._running else self.wanted).emit()

    def show_idle(self, words: str, can: bool) -> None:
        """Say what can be done, or why it cannot."""
        self._running = False
        self.words.setText(words)
        self.button.setText("Fit to data")
        self.button.set_kind("accent")
        self.button.setAccessibleName("Fit this layer to data")
        self.button.setEnabled(can)
        self.bar.setVisible(False)

    def show_running(self, words: str, done: int, total: int) -> None:
        """Say how far it is (a `total` of 0 is not known yet); the button cancels."""
        self._running = True
        self.words.setText(words)
        self.button.setText("Cancel")
        self.button.set_kind("normal")
        self.button.setAccessibleName("Cancel fitting")
        self.button.setEnabled(True)
        self.bar.setRange(0, total)
        self.bar.setValue(done)
        self.bar.setVisible(True)
