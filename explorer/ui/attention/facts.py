"""Facts in a narrow column: a word, and below it the value in bold."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtWidgets import QLabel, QVBoxLayout, QWidget

from explorer.style.theme import follow, theme
from explorer.ui.widgets.text import label


class FactColumn(QWidget):
    """Pairs of words and values; the labels are kept, so that numbers change without a flicker."""

    def __init__(self) -> None:
        super().__init__()
        self._labels: list[tuple[QLabel, QLabel]] = []
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.addStretch(1)
        follow(self._space)

    def set_facts(self, facts: Sequence[tuple[str, str]]) -> None:
        """Show other facts."""
        while len(self._labels) < len(facts):
            pair = label(tone="2"), label(weight="semibold")
            for one in pair:
                self._column.insertWidget(self._column.count() - 1, one)
            self._labels.append(pair)
        for index, (word, value) in enumerate(self._labels):
            shown = index < len(facts)
            word.setVisible(shown)
            value.setVisible(shown)
            if shown:
                word.setText(facts[index][0])
                value.setText(facts[index][1])

    def facts(self) -> dict[str, str]:
        """Return what is shown."""
        return {word.text(): value.text() for word, value in self._labels if not word.isHidden()}

    def _space(self) -> None:
        self._column.setSpacing(theme().px(3))
