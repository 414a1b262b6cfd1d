"""A row of tabs of which one is open; a closed one may say why it cannot be opened."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QButtonGroup, QFrame, QHBoxLayout, QPushButton

from explorer.style.theme import follow, theme
from explorer.ui.widgets.text import box


class TabRow(QFrame):
    """Tabs 34 high with a line below; Left and Right move between them."""

    chosen = Signal(str)

    def __init__(self, name: str, options: Sequence[tuple[str, str]]) -> None:
        """``options`` are pairs of value and words; the first is open."""
        super().__init__()
        self.setAccessibleName(name)
        self.setProperty("ground", box("panel").property("ground"))
        self.setProperty("line", "bottom")
        self._buttons: dict[str, QPushButton] = {}
        self._group = QButtonGroup(self)
        self._line = QHBoxLayout(self)
        self._line.setSpacing(0)
        for value, words in options:
            button = QPushButton(words)
            button.setCheckable(True)
            button.setAutoDefault(False)
            button.setProperty("kind", "tab")
            button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
            button.setAccessibleName(f"{name}: {words}")
            self._buttons[value] = button
            self._group.addButton(button)
            self._line.addWidget(button)
        self._line.addStretch(1)
        self._group.buttonClicked.connect(self._tell)
        self._buttons[options[0][0]].setChecked(True)
        follow(self._restyle)

    def _restyle(self) -> None:
        self._line.setContentsMargins(theme().px(4), 0, theme().px(4), 0)
        for button in self._buttons.values():
            button.setFixedHeight(theme().px(34))

    def value(self) -> str:
        """Return the open tab."""
        return next((value for value, button in self._buttons.items() if button.isChecked()), "")

    def set_value(self, value: str) -> None:
        """Open a tab without telling anybody."""
        self._buttons[value].setChecked(True)

    def set_reason(self, value: str, reason: str) -> None:
        """Close a tab with a reason, or open it again with none."""
        self._buttons[value].setEnabled(not reason)
        self._buttons[value].setToolTip(reason)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Open the neighbour with Left and Right."""
        step = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1}.get(Qt.Key(event.key()), 0)
        usable = [value for value, button in self._buttons.items() if button.isEnabled()]
        if not step or self.value() not in usable:
            super().keyPressEvent(event)
            return
        value = usable[(usable.index(self.value()) + step) % len(usable)]
        self.set_value(value)
        self._buttons[value].setFocus()
        self.chosen.emit(value)

    def _tell(self) -> None:
        self.chosen.emit(self.value())
