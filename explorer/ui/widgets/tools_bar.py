"""The switches of a panel: in a bar of its own, until a dock takes them into its row of tabs."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtWidgets import QFrame, QHBoxLayout, QWidget

from explorer.style.theme import follow, theme
from explorer.ui.widgets.text import box
from explorer.ui.widgets.wrapping_row import WrappingRow


class ToolsBar(QFrame):
    """A bar 34 high; empty and hidden once its parts were taken away."""

    def __init__(self, parts: Sequence[QWidget]) -> None:
        super().__init__()
        style = box("panel", "bottom")
        for name in ("ground", "line"):
            self.setProperty(name, style.property(name))
        self.tools = QWidget()
        self._row = WrappingRow(self.tools)
        for part in parts:
            self._row.addWidget(part)
        self._bar = QHBoxLayout(self)
        self._bar.addStretch(1)
        self._bar.addWidget(self.tools)
        follow(self._restyle)

    def take(self) -> QWidget:
        """Give the parts away."""
        self.hide()
        return self.tools

    def _restyle(self) -> None:
        px = theme().px
        self._row.setContentsMargins(0, 0, 0, 0)
        self._row.setSpacing(px(14))
        self._bar.setContentsMargins(px(12), px(3), px(12), px(3))
