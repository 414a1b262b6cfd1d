"""One choice of a few, side by side."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QFontMetrics
from PySide6.QtWidgets import QButtonGroup, QFrame, QPushButton, QSizePolicy

from explorer.style.theme import follow, theme
from explorer.ui.widgets.wrapping_row import WrappingRow


class Segmented(QFrame):
    """Joined buttons, one down, in several lines where it must be; arrow keys move between them."""

    chosen = Signal(str)

    def __init__(self, name: str, options: Sequence[tuple[str, str]]) -> None:
        """``options`` are pairs of value and words; the first is chosen."""
        super().__init__()
        self.setProperty("segmented", "true")
        self.setAccessibleName(name)
        self.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Fixed)
        self._group = QButtonGroup(self)
        self._buttons: dict[str, QPushButton] = {}
        row = WrappingRow(self)
        row.setSpacing(0)
        for index, (value, words) in enumerate(options):
            button = QPushButton(words)
            button.setCheckable(True)
            button.setAutoDefault(False)
            button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
            button.setProperty("kind", "segment")
            button.setProperty("place", _place(index, len(options)))
            button.setAccessibleName(f"{name}: {words}")
            self._group.addButton(button)
            self._buttons[value] = button
            row.addWidget(button)
        self._group.buttonClicked.connect(self._tell)
        follow(self._reserve)
        if options:
            self.set_value(options[0][0])

    def value(self) -> str:
        """Return the value of the chosen option."""
        return next((value for value, button in self._buttons.items() if button.isChecked()), "")

    def set_value(self, value: str) -> None:
        """Choose an option without telling anybody."""
        self._buttons[value].setChecked(True)

    def set_enabled(self, value: str, reason: str | None) -> None:
        """Enable an option, or disable it with the reason as its tip."""
        self._buttons[value].setEnabled(reason is None)
        self._buttons[value].setToolTip(reason or "")

    def _reserve(self) -> None:
        """Keep room for the bold words of the chosen option, so that choosing moves nothing."""
        metrics = QFontMetrics(theme().font("label", 600))
        for button in self._buttons.values():
            button.setMinimumWidth(metrics.horizontalAdvance(button.text()) + theme().px(26))

    def _tell(self) -> None:
        self.chosen.emit(self.value())


def _place(index: int, total: int) -> str:
    if total == 1:
        return "only"
    return "first" if index == 0 else "last" if index == total - 1 else "middle"
