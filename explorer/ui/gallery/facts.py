"""Everything about the chosen network, and the button that opens it."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from explorer import words
from explorer.client.weights.publishers import published
from explorer.style.theme import follow, theme
from explorer.ui.gallery.entry import Entry
from explorer.ui.widgets.buttons import Button
from explorer.ui.widgets.facts import Fact, FactsTable
from explorer.ui.widgets.text import label, restyle, rule


class FactsPanel(QWidget):
    """Title, source, two sentences, figures that were computed, what the texts print, strengths and gaps.

    Signals:
        opened: the network shall be opened.
    """

    opened = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.entry: Entry | None = None
        self.title = label(role="section", weight="semibold", wrap=True)
        self.source = label(tone="2", wrap=True)
        self.about = label(wrap=True)
        self.open = Button("Open", kind="accent", name="Open this network on the canvas")
        self.facts = FactsTable()
        self._parts = {
            name: (label(name, tone="2", weight="semibold"), label(wrap=True)) for name in _SECTIONS
        }
        line = QHBoxLayout()
        line.addWidget(self.open)
        line.addStretch(1)
        self._column = QVBoxLayout(self)
        for part in (self.title, self.source, self.about):
            self._column.addWidget(part)
        self._column.addLayout(line)
        self._column.addWidget(rule())
        self._column.addWidget(self.facts)
        self._column.addWidget(rule())
        for head, body in self._parts.values():
            self._column.addWidget(head)
            self._column.addWidget(body)
        restyle(self._parts["What the texts say"][1], tone="warning")
        self._column.addStretch(1)
        self.open.clicked.connect(self.opened)
        follow(self._restyle)

    def _restyle(self) -> None:
        px = theme().px
        self._column.setContentsMargins(px(16), px(16), px(16), px(16))
        self._column.setSpacing(px(8))

    def show_entry(self, entry: Entry) -> None:
        """Show a network."""
        self.entry = entry
        self.title.setText(entry.title)
        self.source.setText(entry.source)
        self.about.setText(entry.about)
        largest, share = entry.largest
        facts = [Fact("Year", str(entry.year)), Fact("Input", entry.input)]
        facts += [Fact("Output", text) for text in entry.outputs[:4]]
        facts += [
            Fact("Parameters", words.count(entry.parameters), "computed"),
            Fact("MACs", words.short(entry.macs), "computed"),
            Fact("Weighted layers", str(entry.weighted), "computed"),
            Fact("Convolutions", words.percent(entry.convolutional), "of the parameters"),
            Fact("Largest layer", words.percent(share), largest),
        ]
        facts = facts if entry.parameters else facts[:2]
        facts += [
            Fact("" if number else "Weights", f"{weights.mebibytes:.0f}{words.NBSP}MiB", weights.figure)
            for number, weights in enumerate(published(entry.id))
        ]
        self.facts.set_facts(tuple(facts))
        texts = (entry.contribution, entry.texts, entry.form, entry.strengths, entry.gaps)
        for (head, body), text in zip(self._parts.values(), texts, strict=True):
            body.setText(text[:1].upper() + text[1:].replace("`", ""))
            head.setVisible(bool(text))
            body.setVisible(bool(text))


_SECTIONS = ("What was new", "What the texts say", "Form", "Strengths", "Gaps")
