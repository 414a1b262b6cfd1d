"""A table of facts: what it is called, the figure, how it comes about."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from explorer.style.theme import follow, theme
from explorer.ui.widgets.elided_label import ElidedLabel
from explorer.ui.widgets.text import label, restyle


@dataclass(frozen=True)
class Fact:
    """One row; `tone` is `error` where the figure is at fault, `3` where nothing is known yet."""

    name: str
    value: str
    remark: str = ""
    tone: str = "1"


class FactRow(QWidget):
    """One row 24 high; the remark gives way first when the panel is narrow."""

    def __init__(self) -> None:
        super().__init__()
        self.name = label(tone="2")
        self.value = label(weight="semibold")
        self.value.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.remark = ElidedLabel.styled("", role="caption", tone="3")
        self.remark.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self._line = QHBoxLayout(self)
        self._line.setContentsMargins(0, 0, 0, 0)
        self._line.addWidget(self.name)
        self._line.addWidget(self.value)
        self._line.addWidget(self.remark, 1)
        follow(self._restyle)

    def _restyle(self) -> None:
        px = theme().px
        self._line.setSpacing(px(6))
        self.name.setFixedWidth(px(98))
        self.setFixedHeight(px(24))

    def set_fact(self, fact: Fact) -> None:
        """Show another fact."""
        self.name.setText(fact.name)
        self.value.setText(fact.value)
        self.remark.setText(fact.remark)
        restyle(self.value, tone=fact.tone, weight="regular" if fact.tone == "3" else "semibold")
        self.value.setAccessibleName(f"{fact.name}: {fact.value} {fact.remark}".strip())


class FactsTable(QWidget):
    """Facts one below the other; rows are used again."""

    def __init__(self) -> None:
        super().__init__()
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(0)
        self._rows: list[FactRow] = []
        self._facts: tuple[Fact, ...] = ()

    def set_facts(self, facts: Sequence[Fact]) -> None:
        """Show other facts."""
        if tuple(facts) == self._facts:
            return
        self._facts = tuple(facts)
        while len(self._rows) < len(facts):
            row = FactRow()
            self._rows.append(row)
            self._column.addWidget(row)
        for row, fact in zip(self._rows, facts, strict=False):
            row.set_fact(fact)
        for number, row in enumerate(self._rows):
            row.setVisible(number < len(facts))

    def texts(self) -> list[tuple[str, str, str]]:
        """Return what is written, row by row."""
        rows = self._rows[: len(self._facts)]
        return [(row.name.text(), row.value.text(), row.remark.text()) for row in rows]
