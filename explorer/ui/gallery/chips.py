"""The filters that are set, as chips that take them away."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QWidget

from explorer.style.theme import theme
from explorer.ui.gallery.filters import Filters
from explorer.ui.widgets.buttons import Button


class Chips(QWidget):
    """A row of chips.

    Signals:
        removed: name of a filter that shall go.
    """

    removed = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self.chips: dict[str, Button] = {}
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(0, 0, 0, 0)
        self._row.setSpacing(theme().px(6))

    def set_filters(self, filters: Filters) -> None:
        """Show a chip for each filter that is set."""
        for chip in self.chips.values():
            self._row.removeWidget(chip)
            chip.hide()
            chip.deleteLater()
        self.chips = {}
        for name, text in filters.chips:
            chip = self.chips[name] = Button(f"{text}  ×", kind="chip", name=f"Take away: {text}")
            chip.clicked.connect(lambda _=False, name=name: self.removed.emit(name))
            self._row.addWidget(chip)
