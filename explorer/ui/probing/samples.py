"""The input all views are about: large, with samples to choose from, drawing and opening a file."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QBoxLayout, QFileDialog, QLayout, QSizePolicy, QVBoxLayout, QWidget

from explorer.protocol.records import Sample
from explorer.style.colours import Array
from explorer.style.theme import follow, theme
from explorer.ui.probing.drawing import DrawCard
from explorer.ui.probing.sample_picture import as_picture, map_name, show_in
from explorer.ui.widgets.buttons import Button
from explorer.ui.widgets.map_strip import MapStrip
from explorer.ui.widgets.map_view import MapView
from explorer.ui.widgets.popover import Popover
from explorer.ui.widgets.text import label

IN_A_ROW = 4
TALL = 320
WIDTH = 196


@dataclass(frozen=True)
class Offer:
    """A sample that can be chosen: what to ask the engine for, its values, and a line about it."""

    sample: Sample
    values: Array
    words: str


def ask_file(parent: QWidget) -> str:
    """Let the user choose a picture file; empty when none was chosen."""
    filters = "Pictures (*.png *.jpg *.jpeg *.bmp *.gif *.webp)"
    return QFileDialog.getOpenFileName(parent, "Open picture", "", filters)[0]


class SamplesPane(QWidget):
    """The chosen input above a strip of others.

    Signals:
        chosen: an `explorer.protocol.records.Sample`.
        more: the samples after those of the strip are wanted.
    """

    chosen = Signal(object)
    more = Signal()

    ask = staticmethod(ask_file)
    """Asks for a file; tests put another function in its place."""

    def __init__(self) -> None:
        super().__init__()
        self._offers: tuple[Offer, ...] = ()
        self._first, self._selected = 0, -1
        self._words, self._moment = "", ""
        self._popover: Popover | None = None
        self._title = label("Input", tone="2", weight="semibold")
        self._view = MapView("Input", 96)
        self._view.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self._line = label(tone="2", wrap=True)
        self._line.setAlignment(Qt.AlignmentFlag.AlignTop)
        self._strips = [MapStrip(name, 37, 6, selectable=True) for name in ("Samples", "More samples")]
        for row, strip in enumerate(self._strips):
            strip.picked.connect([self._pick_upper, self._pick_lower][row])
        self._draw = Button("Draw", "chip", name="Draw an input")
        self._open = Button("Open…", "chip", name="Open picture…")
        self._another = Button("Another", "chip", name="Another sample")
        self._draw.clicked.connect(self._show_pad)
        self._open.clicked.connect(self._choose_file)
        self._another.clicked.connect(self._go_on)
        self._arrange()
        follow(self._measure)
        self.set_drawable(True)
        self.set_offers(())

    def _arrange(self) -> None:
        self._buttons = QBoxLayout(QBoxLayout.Direction.TopToBottom)
        for button in (self._draw, self._open, self._another):
            self._buttons.addWidget(button)
        self._buttons.addStretch(1)
        self._top = QBoxLayout(QBoxLayout.Direction.LeftToRight)
        self._top.addWidget(self._view, 0, Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignLeft)
        self._top.addLayout(self._buttons, 1)
        self._column = QVBoxLayout(self)
        self._column.setSizeConstraint(QLayout.SizeConstraint.SetNoConstraint)
        self._column.addWidget(self._title)
        self._column.addLayout(self._top)
        self._column.addWidget(self._line)
        for strip in self._strips:
            self._column.addWidget(strip)
        self._column.addStretch(1)

    # what is shown

    def set_input(self, values: Array | None, words: str = "") -> None:
        """Show the present input and a line about it."""
        show_in(self._view, values)
        self._words = words
        self._write()

    def set_box(self, box: QRectF | None, words: str = "") -> None:
        """Draw a box over the input, in its pixels; its words replace the line while it is there."""
        self._view.set_box(box)
        self._moment = words if box is not None else ""
        self._write()

    def set_offers(self, offers: Sequence[Offer]) -> None:
        """Replace the samples of the strip."""
        self._offers, self._first = tuple(offers), 0
        self._another.setEnabled(bool(self._offers))
        self._fill()

    def set_selected(self, sample: Sample) -> None:
        """Outline the sample in use, if it is one of the strip."""
        mine = (i for i, offer in enumerate(self._offers) if _key(offer.sample) == _key(sample))
        self._selected = next(mine, -1) if sample.dataset and sample.values is None else -1
        if self._selected >= 0:
            self._first = self._selected // self._shown() * self._shown()
        self._fill()

    def set_drawable(self, drawable: bool, reason: str = "") -> None:
        """Allow drawing and picture files, or say why not."""
        for button, words in ((self._draw, "Draw an input"), (self._open, "Open picture…")):
            button.setEnabled(drawable)
            button.setToolTip(words if drawable else reason)

    def offers(self) -> tuple[Offer, ...]:
        """Return the samples of the strip."""
        return self._offers

    def words(self) -> str:
        """Return the line about the input."""
        return self._line.text()

    # view state

    def _shown(self) -> int:
        return IN_A_ROW * (2 if self._is_tall() else 1)

    def _is_tall(self) -> bool:
        return self.height() >= theme().px(TALL)

    def _write(self) -> None:
        self._line.setText(self._moment or self._words)

    def _fill(self) -> None:
        shown = self._offers[self._first : self._first + self._shown()]
        for row, strip in enumerate(self._strips):
            pictures = [as_picture(offer.values) for offer in shown[row * IN_A_ROW : (row + 1) * IN_A_ROW]]
            strip.set_maps(pictures, map_name(pictures[0]) if pictures else "gray")
            strip.set_selected(self._selected - self._first - row * IN_A_ROW if self._selected >= 0 else -1)

    def _measure(self) -> None:
        px, tall = theme().px, self._is_tall()
        self.setFixedWidth(px(WIDTH))
        self._column.setContentsMargins(px(12), px(10), px(12), px(8))
        self._column.setSpacing(px(6))
        self._top.setSpacing(px(8))
        self._buttons.setSpacing(px(4))
        directions = QBoxLayout.Direction
        self._top.setDirection(directions.TopToBottom if tall else directions.LeftToRight)
        self._buttons.setDirection(directions.LeftToRight if tall else directions.TopToBottom)
        self._line.setFixedHeight(2 * self._line.fontMetrics().lineSpacing())
        self._strips[1].setVisible(tall)
        # the title gives way first, then the picture shrinks
        short = self.height() < px(226)
        self._title.setVisible(not short)
        # then buttons, before they run into each other; the strip below still offers other samples
        self._another.setVisible(self.height() >= px(160))
        self._open.setVisible(self.height() >= px(125))
        room = self.height() / theme().scale - 109
        self._view.set_side(172 if tall else max(48, min(96, round(room)) if short else 96))

    def minimumSizeHint(self) -> QSize:
        """Allow a low dock: what does not fit gives way."""
        return QSize(theme().px(WIDTH), theme().px(120))

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Stand upright when there is height for it."""
        self._measure()
        if self._selected >= 0:
            self._first = self._selected // self._shown() * self._shown()
        self._fill()

    # intents

    def _pick_upper(self, index: int) -> None:
        self._pick(self._first + index)

    def _pick_lower(self, index: int) -> None:
        self._pick(self._first + IN_A_ROW + index)

    def _pick(self, index: int) -> None:
        if index >= len(self._offers):
            return
        self._selected = index
        self._fill()
        self.chosen.emit(self._offers[index].sample)

    def _go_on(self) -> None:
        following = self._first + self._shown()
        if following < len(self._offers):
            self._first = following
            self._pick(following)
        else:
            self.more.emit()

    def _show_pad(self) -> None:
        if self._popover is not None:
            self._popover.deleteLater()
        card = DrawCard()
        card.drawn.connect(self._take_drawing)
        self._popover = Popover(self.window(), card)
        self._popover.show_below(self._draw)
        card.start()

    def _take_drawing(self, picture: Array) -> None:
        self.chosen.emit(Sample(values=picture[None]))

    def _choose_file(self) -> None:
        path = self.ask(self)
        if path:
            self.chosen.emit(Sample(path=path))


def _key(sample: Sample) -> tuple[str, int, str]:
    return sample.dataset, sample.index, sample.path
