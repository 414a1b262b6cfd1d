"""The card of a block: what it does, a live picture, formula, figures, uses, limits, source."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QVBoxLayout, QWidget

from explorer.blocks.card import SECTIONS, Card
from explorer.style.theme import follow, theme
from explorer.ui.inspector.card_picture import CardPicture
from explorer.ui.inspector.card_structure import CardStructure
from explorer.ui.inspector.formula import FormulaView
from explorer.ui.widgets.text import label, restyle

HEADINGS = {"Correction": "In the source texts", "Compile": "torch.compile"}


class CardPage(QWidget):
    """Sections one below the other; those without words stay away."""

    def __init__(self) -> None:
        super().__init__()
        self._column = QVBoxLayout(self)
        self._what = _text()
        self.picture = CardPicture()
        self.structure = CardStructure()
        self.formula = FormulaView(size=16)
        self._sections: dict[str, tuple[QLabel, QLabel, QLabel]] = {}
        self._column.addWidget(self._what)
        self._column.addWidget(self.structure)
        self._column.addWidget(self.picture)
        self._column.addWidget(self.formula)
        for name in SECTIONS:
            parts = (label(HEADINGS.get(name, name), tone="2", weight="semibold"), _text(), _text())
            restyle(parts[2], tone="accent")
            self._sections[name] = parts
            section = QVBoxLayout()
            section.setSpacing(2)
            for part in parts:
                section.addWidget(part)
            self._column.addLayout(section)
        self._column.addStretch(1)
        self.set_numbers({})
        follow(self._restyle)

    def _restyle(self) -> None:
        px = theme().px
        self._column.setContentsMargins(px(14), px(12), px(14), px(16))
        self._column.setSpacing(px(12))

    def set_card(self, card: Card) -> None:
        """Show another card; numbers and picture are those of the block before until new ones come."""
        self._what.setText("\n\n".join(card.what))
        self.formula.set_formula(card.formula)
        for name, (head, body, _) in self._sections.items():
            text = card.section(name)
            body.setText(text)
            head.setVisible(bool(text))
            body.setVisible(bool(text))

    def set_numbers(self, numbers: Mapping[str, str]) -> None:
        """Put the present numbers below a section's formula; sections without any have none."""
        for name, (_, _, line) in self._sections.items():
            words = numbers.get(name, "")
            line.setText(words)
            line.setVisible(bool(words))


def _text() -> QLabel:
    result = label(wrap=True)
    result.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
    result.setAlignment(Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignLeft)
    return result
