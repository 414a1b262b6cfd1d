"""A table of facts: what it is called, the figure, how it comes about."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QLabel, QWidget

from explorer.ui.theme import follow, theme
from explorer.ui.widgets.elided_label import ElidedLabel
from explorer.ui.widgets.text import label, restyle


@dataclass(frozen=True)
class Fact:
    """One row; `tone` is `error` where the figure is at fault, `3` where nothing is known yet."""

    name: str
    value: str
    remark: str = ""
    tone: str = "1"


class FactsTable(QWidget):
    """Rows 24 high; the remark gives way first when the panel is narrow."""

    def __init__(self) -> None:
        super().__init__()
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setSpacing(0)
        self._grid.setColumnStretch(2, 1)
        self._rows: list[tuple[QLabel, QLabel, ElidedLabel]] = []
        self._shown = 0
        follow(self._restyle)

    def set_facts(self, facts: Sequence[Fact]) -> None:
        """Show other rows; labels are used again."""
        while len(self._rows) < len(facts):
            self._add_row()
        self._shown = len(facts)
        for number, row in enumerate(self._rows):
            for part in row:
                part.setVisible(number < len(facts))
        for (name, value, remark), fact in zip(self._rows, facts, strict=False):
            name.setText(fact.name)
            value.setText(fact.value)
            remark.setText(fact.remark)
            restyle(value, tone=fact.tone, weight="regular" if fact.tone == "3" else "semibold")
            value.setAccessibleName(f"{fact.name}: {fact.value} {fact.remark}".strip())
        self._restyle()

    def texts(self) -> list[tuple[str, str, str]]:
        """Return what is written, row by row."""
        rows = self._rows[: self._shown]
        return [(name.text(), value.text(), remark.text()) for name, value, remark in rows]

    def _add_row(self) -> None:
        remark = ElidedLabel.styled("", tone="3")
        remark.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        row = (label(tone="2"), label(weight="semibold"), remark)
        row[1].setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        number = len(self._rows)
        for column, part in enumerate(row):
            self._grid.addWidget(part, number, column)
        self._rows.append(row)

    def _restyle(self) -> None:
        px = theme().px
        self._grid.setColumnMinimumWidth(0, px(112))
        self._grid.setHorizontalSpacing(0)
        for number in range(len(self._rows)):
            self._grid.setRowMinimumHeight(number, px(24) if number < self._shown else 0)
        for _, value, remark in self._rows:
            remark.setContentsMargins(px(8), 0, 0, 0)
            value.setMinimumHeight(0)
