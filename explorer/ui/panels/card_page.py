"""The card of a block: what it computes, formula, shapes, parameters, source."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QVBoxLayout, QWidget

from explorer.ui.panels.card import Card
from explorer.ui.panels.formula import FormulaView
from explorer.ui.theme import follow, theme
from explorer.ui.widgets.text import label


class CardPage(QWidget):
    """Sections one below the other; those without words stay away."""

    def __init__(self) -> None:
        super().__init__()
        self._column = QVBoxLayout(self)
        self._what = _text()
        self.formula = FormulaView(size=16)
        self._sections: dict[str, tuple[QLabel, QLabel]] = {}
        self._column.addWidget(self._what)
        self._column.addWidget(self.formula)
        for name in ("Shapes", "Parameters", "Source"):
            pair = (label(name, tone="2", weight="semibold"), _text())
            self._sections[name] = pair
            section = QVBoxLayout()
            section.setSpacing(2)
            section.addWidget(pair[0])
            section.addWidget(pair[1])
            self._column.addLayout(section)
        self._column.addStretch(1)
        follow(self._restyle)

    def _restyle(self) -> None:
        px = theme().px
        self._column.setContentsMargins(px(14), px(12), px(14), px(16))
        self._column.setSpacing(px(12))

    def set_card(self, card: Card) -> None:
        """Show another card."""
        self._what.setText("\n\n".join(card.what))
        self.formula.set_formula(card.formula)
        for name, text in (
            ("Shapes", card.shapes),
            ("Parameters", card.parameters),
            ("Source", card.source),
        ):
            head, body = self._sections[name]
            body.setText(text)
            head.setVisible(bool(text))
            body.setVisible(bool(text))


def _text() -> QLabel:
    result = label(wrap=True)
    result.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
    result.setAlignment(Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignLeft)
    return result
