"""The text panel: the beginning at the left, what may come next, and what is written."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QBoxLayout, QGridLayout, QHBoxLayout, QVBoxLayout, QWidget

from explorer.protocol.events import NextTokens
from explorer.protocol.records import Drawing, Piece
from explorer.style.theme import follow, theme
from explorer.text.drawing import HOTTEST
from explorer.ui.probing.panel import LookPanel
from explorer.ui.widgets.buttons import Button
from explorer.ui.widgets.elided_label import ElidedLabel
from explorer.ui.widgets.number_field import NumberField
from explorer.ui.widgets.scrolling import scrolling
from explorer.ui.widgets.text import label, rule
from explorer.ui.writing.next_bars import NextBars
from explorer.ui.writing.page import WrittenPage

NOTHING = "Open a design that reads a text and says what comes next, such as Small GPT on Shakespeare."
MOST_TOKENS = 10_000
NARROW = 900
"""Width of the panel, before the text scale, below which the fields stand under the bars."""
HINTS = {
    "temperature": "0 takes the likeliest each time, 1 is the network as it is, more is bolder.",
    "top_k": "Only the k likeliest are drawn from; 0 for all.",
    "top_p": "Only the likeliest that reach this share together; 1 for all.",
    "seed": "The same seed and settings write the same.",
    "tokens": "At most so many are written at a time.",
}


class WritingPanel(LookPanel):
    """Shows the next token and the written text; emits what is wanted.

    Signals:
        asked: write on. stopped: write no more. drawn: other settings of the draw.
    """

    asked = Signal()
    stopped = Signal()
    drawn = Signal()

    def __init__(self) -> None:
        self._writes, self._word = False, "Generate"
        self._next_title = label("Next token", weight="semibold")
        self._next_after = ElidedLabel.styled(tone="2")
        self._bars = NextBars()
        self._sentence = label(tone="2", wrap=True)
        self._fields = {
            "temperature": NumberField("Temperature", 0.8, whole=False, low=0, high=HOTTEST),
            "top_k": NumberField("Top-k", 0, low=0, high=1_000_000),
            "top_p": NumberField("Top-p", 1.0, whole=False, low=0.01, high=1),
            "seed": NumberField("Seed", 0, low=0, high=2**32 - 1),
            "tokens": NumberField("Tokens", 200, low=1, high=MOST_TOKENS),
        }
        self._page = WrittenPage()
        self._page_title = label("It writes", weight="semibold")
        self._page_note = ElidedLabel.styled(tone="2")
        self._go = Button("Generate", "accent")
        super().__init__("Text", (), self._make_body(), NOTHING)
        self._go.clicked.connect(self._on_go)
        for field in self._fields.values():
            field.committed.connect(self._on_drawn)
        follow(self._space_body)

    def _make_body(self) -> QWidget:
        head = QHBoxLayout()
        head.addWidget(self._next_title)
        head.addSpacing(8)
        head.addWidget(self._next_after, 1)
        self._grid = QGridLayout()
        for row, (name, field) in enumerate(self._fields.items()):
            words = label(field.accessibleName(), tone="2")
            words.setBuddy(field)
            self._grid.addWidget(words, row, 0)
            self._grid.addWidget(field, row, 1)
            field.setToolTip(HINTS[name])
        self._grid.setRowStretch(len(self._fields), 1)
        bars = QWidget()
        self._beside = QBoxLayout(QBoxLayout.Direction.LeftToRight, bars)
        column = QVBoxLayout()
        column.addWidget(self._bars)
        column.addWidget(self._sentence)
        column.addStretch(1)
        self._beside.addLayout(column, 1)
        self._beside.addLayout(self._grid)
        left = QWidget()
        self._left = QVBoxLayout(left)
        self._left.addLayout(head)
        self._left.addWidget(scrolling(bars), 1)
        written = QHBoxLayout()
        written.addWidget(self._page_title)
        written.addSpacing(8)
        written.addWidget(self._page_note, 1)
        written.addWidget(self._go)
        self._right = QVBoxLayout()
        self._right.addLayout(written)
        self._right.addWidget(self._page, 1)
        body = QWidget()
        across = QHBoxLayout(body)
        across.setContentsMargins(0, 0, 0, 0)
        across.setSpacing(0)
        across.addWidget(left, 1)
        across.addWidget(rule("down"))
        across.addLayout(self._right, 1)
        return body

    # what is shown

    def show_next(self, found: NextTokens, after: str, of: str) -> None:
        """Show what may come behind a text; `of` says what the tokens are: letter, word."""
        self._next_title.setText(f"Next {of}")
        self._next_after.setText(f"after “{after}”")
        self._next_after.setToolTip(
            "Outlined and first number: the network. Filled and second: as it is drawn."
        )
        self._bars.set_likely(found.likely)
        self._sentence.setText(
            f"As unsure as between {found.unsure:.1f} of {found.vocabulary:,} equally likely ones; "
            f"as it is drawn {found.unsure_drawn:.1f}. The settings change the draw, not the network."
        )
        self.show_body()

    def set_words(self, title: str, button: str) -> None:
        """Say what is written: a text that goes on, or a translation."""
        self._page_title.setText(title)
        self._go.setText("Stop" if self._writes else button)
        self._go.setAccessibleName(self._go.text())
        self._word = button

    def begin(self, prompt: str) -> None:
        """A text begins to be written."""
        self._page.begin(prompt)
        self.set_writes(True, "")

    def add(self, pieces: Sequence[Piece]) -> None:
        """Tokens have come."""
        self._page.add(pieces)

    def set_writes(self, writes: bool, note: str) -> None:
        """Show whether it writes, and a line about what was written."""
        self._writes = writes
        self._go.set_kind("normal" if writes else "accent")
        self._go.setText("Stop" if writes else self._word)
        self._page_note.setText(note)

    def page(self) -> WrittenPage:
        """Return the page that is written on."""
        return self._page

    def bars(self) -> NextBars:
        """Return the bars of the next token."""
        return self._bars

    def drawing(self) -> Drawing:
        """Return how tokens are drawn."""
        value = {name: field.value() for name, field in self._fields.items()}
        return Drawing(
            float(value["temperature"]),  # type: ignore[arg-type]
            int(value["top_k"]),  # type: ignore[call-overload]
            float(value["top_p"]),  # type: ignore[arg-type]
            int(value["seed"]),  # type: ignore[call-overload]
        )

    def count(self) -> int:
        """Return how many tokens are wanted."""
        return int(self._fields["tokens"].value())  # type: ignore[call-overload, no-any-return]

    def field(self, name: str) -> NumberField:
        """Return a field of the draw: temperature, top_k, top_p, seed or tokens."""
        return self._fields[name]

    # intents

    def _on_go(self) -> None:
        (self.stopped if self._writes else self.asked).emit()

    def _on_drawn(self, _value: object) -> None:
        self.drawn.emit()

    def _space_body(self) -> None:
        px = theme().px
        self._left.setContentsMargins(px(14), px(8), px(12), px(8))
        self._right.setContentsMargins(px(14), px(8), px(12), px(8))
        self._beside.setContentsMargins(0, px(4), px(8), 0)
        self._beside.setSpacing(px(16))
        self._grid.setVerticalSpacing(px(6))
        self._grid.setHorizontalSpacing(px(8))
        for field in self._fields.values():
            field.setFixedWidth(px(72))

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Put the fields under the bars where there is no room beside them."""
        super().resizeEvent(event)
        directions = QBoxLayout.Direction
        is_narrow = self.width() < theme().px(NARROW)
        self._beside.setDirection(directions.TopToBottom if is_narrow else directions.LeftToRight)
