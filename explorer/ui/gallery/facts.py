"""Everything about the chosen network, and the button that opens it."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from explorer import words
from explorer.architectures.architecture import OptionProblem
from explorer.client.weights.publishers import published
from explorer.style.theme import follow, theme
from explorer.ui.forms.fields import FieldsForm
from explorer.ui.gallery.entry import Entry
from explorer.ui.gallery.variant import Variant
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
        self.trained = label(role="caption", weight="semibold")
        self.facts = FactsTable()
        self.variant: Variant | None = None
        self.options_title = label("Options", tone="2", weight="semibold")
        self.options = FieldsForm()
        self.options_words = label(tone="2", role="caption", wrap=True)
        self._parts = {
            name: (label(name, tone="2", weight="semibold"), label(wrap=True)) for name in _SECTIONS
        }
        line = QHBoxLayout()
        line.addWidget(self.open)
        line.addStretch(1)
        self._column = QVBoxLayout(self)
        for part in (self.title, self.source, self.trained, self.about):
            self._column.addWidget(part)
        self._column.addLayout(line)
        self._column.addWidget(rule())
        self._column.addWidget(self.facts)
        self._column.addWidget(rule())
        self._column.addWidget(self.options_title)
        self._column.addWidget(self.options)
        self._column.addWidget(self.options_words)
        self._column.addWidget(rule())
        for head, body in self._parts.values():
            self._column.addWidget(head)
            self._column.addWidget(body)
        restyle(self._parts["What the texts say"][1], tone="warning")
        self._column.addStretch(1)
        self.open.clicked.connect(self.opened)
        self.options.committed.connect(self._vary)
        follow(self._restyle)

    def _restyle(self) -> None:
        px = theme().px
        self._column.setContentsMargins(px(16), px(16), px(16), px(16))
        self._column.setSpacing(px(8))

    def show_entry(self, entry: Entry) -> None:
        """Show a network."""
        self.entry, self.variant = entry, Variant(entry.id)
        self.title.setText(entry.title)
        self.source.setText(entry.source)
        self.about.setText(entry.about)
        self.trained.setText(TRAINED.get(entry.trained, "No weights are known; it opens untrained"))
        restyle(self.trained, tone="ok" if entry.trained == "here" else "2")
        self._show_facts(entry, (entry.parameters, entry.macs))
        self._show_options()
        texts = (entry.contribution, entry.texts, entry.form, entry.strengths, entry.gaps)
        for (head, body), text in zip(self._parts.values(), texts, strict=True):
            body.setText(text[:1].upper() + text[1:].replace("`", ""))
            head.setVisible(bool(text))
            body.setVisible(bool(text))

    def _show_facts(self, entry: Entry, costs: tuple[int, int]) -> None:
        largest, share = entry.largest
        facts = [Fact("Year", str(entry.year)), Fact("Input", entry.input)]
        facts += [Fact("Output", text) for text in entry.outputs[:4]]
        facts += [
            _cost("Parameters", entry.parameters, costs[0], words.count),
            _cost("MACs", entry.macs, costs[1], words.short),
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

    def _show_options(self) -> None:
        assert self.entry is not None
        assert self.variant is not None
        self.options.set_fields(self.entry.id, self.variant.fields())
        usual = self.variant.is_usual
        lost = "The shipped weights are of another network; it opens untrained."
        self.options_words.setText(lost if not usual and self.entry.trained == "here" else "")
        self.options_words.setVisible(bool(self.options_words.text()))

    def _vary(self, name: str, value: object) -> None:
        """Work the costs out with another value, or say below its field why it cannot be."""
        assert self.entry is not None
        assert self.variant is not None
        tried = self.variant.changed(name, value)
        try:
            costs = tried.costs
        except OptionProblem as problem:
            self.options.refuse(name, str(problem))
            return
        self.variant = tried
        self._show_facts(self.entry, costs)
        self._show_options()


def _cost(name: str, usual: int, now: int, written: Callable[[int], str]) -> Fact:
    if usual == now:
        return Fact(name, written(usual), "computed")
    return Fact(name, f"{written(usual)} → {written(now)}")


TRAINED = {"here": "✓ Trained, works offline", "fetch": "Weights at the publisher, File › Download"}
_SECTIONS = ("What was new", "What the texts say", "Form", "Strengths", "Gaps")
