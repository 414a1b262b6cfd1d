"""The first tab of the inspector: problem, fields, facts, what the node computes, filters."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from explorer.style.theme import follow, theme
from explorer.ui.forms.fields import FieldsForm
from explorer.ui.inspector.fit_box import FitBox
from explorer.ui.inspector.formula import FormulaView
from explorer.ui.inspector.weights_page import FilterStrip
from explorer.ui.problems.box import ProblemBox
from explorer.ui.widgets.buttons import Button
from explorer.ui.widgets.facts import FactsTable
from explorer.ui.widgets.text import label, rule


class NodePage(QWidget):
    """Sections parted by rules; an empty one takes its rule with it."""

    open_card = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.problem = ProblemBox()
        self.reason = label(tone="2", wrap=True)
        self.form = FieldsForm()
        self.fit = FitBox()
        self.facts = FactsTable()
        self.formula = FormulaView()
        self.what = label(tone="2", wrap=True)
        self.card_link = Button("Open card", kind="link")
        self.filters = FilterStrip()
        self.card_link.clicked.connect(self.open_card)
        head = QHBoxLayout()
        head.addWidget(label("What it computes", tone="2", weight="semibold"), 1)
        head.addWidget(self.card_link)
        computes = QWidget()
        self._computes = QVBoxLayout(computes)
        self._computes.setContentsMargins(0, 0, 0, 0)
        self._computes.addLayout(head)
        self._computes.addWidget(self.formula)
        self._computes.addWidget(self.what)
        self._column = QVBoxLayout(self)
        self._sections: list[tuple[QWidget, QWidget, QWidget | None]] = []
        self._add(self.problem, ruled=False)
        self._add(self.reason, ruled=False)
        self._add(self.form, ruled=False)
        self._add(self.fit)
        self._add(self.facts)
        self._add(computes)
        self._add(self.filters)
        self._column.addStretch(1)
        self.set_reason("")
        follow(self._restyle)

    def _add(self, part: QWidget, ruled: bool = True) -> None:
        line = rule() if ruled else None
        if line is not None:
            self._column.addWidget(line)
        holder = QWidget()
        column = QVBoxLayout(holder)
        column.addWidget(part)
        self._column.addWidget(holder)
        self._sections.append((part, holder, line))

    def _restyle(self) -> None:
        px = theme().px
        self._column.setContentsMargins(0, px(6), 0, px(12))
        self._column.setSpacing(px(4))
        self._computes.setSpacing(px(8))
        for _, holder, _ in self._sections:
            layout = holder.layout()
            if layout is not None:
                layout.setContentsMargins(px(14), px(4), px(14), px(4))

    def set_reason(self, reason: str) -> None:
        """Say why the fields cannot be changed; no words when they can."""
        self.reason.setText(reason)
        self.reason.setVisible(bool(reason))

    def arrange(self) -> None:
        """Show what has something to show, with a rule above it where anything stands above."""
        self.form.setVisible(bool(self.form.rows))
        above = False
        for part, holder, line in self._sections:
            there = not part.isHidden()
            holder.setVisible(there)
            if line is not None:
                line.setVisible(there and above)
            above = above or there
