"""The features panel: all maps of one layer, one of them large, and where in the input it looks."""

from __future__ import annotations

from typing import cast

from PySide6.QtCore import Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QWidget

from explorer.style.theme import theme
from explorer.ui.features import maps as features_maps
from explorer.ui.features.channel import ChannelPane
from explorer.ui.features.maps import FeatureMaps, Order
from explorer.ui.features.stage import FeatureStage
from explorer.ui.probing.panel import LookPanel
from explorer.ui.widgets.choice import Choice
from explorer.ui.widgets.segmented import Segmented
from explorer.ui.widgets.text import rule

NOTHING = "Choose a layer to see its maps."
_ORDERS = (
    ("strongest", "strongest"),
    ("variance", "variance"),
    ("likeness", "likeness"),
    ("number", "channel number"),
)


class FeaturesPanel(LookPanel):
    """Shows `FeatureMaps`; keeps order, scale, chosen channel and cell.

    Signals:
        pointed: (row, column) of the value that is looked at, None without one. For sequences the row
            is the token, for vectors the unit with column 0.
    """

    pointed = Signal(object)

    def __init__(self) -> None:
        self._maps: FeatureMaps | None = None
        self._channel, self._cell = 0, (0, 0)
        self._mode = Segmented("Show", [("maps", "Maps"), ("histograms", "Histograms")])
        self._sort = Choice("Sort", _ORDERS, "Sort: ")
        self._scale = Segmented("Scale", [("one", "One scale"), ("own", "Own scale")])
        self._stage, self._pane = FeatureStage(), ChannelPane()
        body = QWidget()
        row = QHBoxLayout(body)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        row.addWidget(self._stage, 1)
        row.addWidget(rule("down"))
        row.addWidget(self._pane)
        super().__init__("Features", (self._mode, self._sort, self._scale), body, NOTHING)
        self._mode.chosen.connect(self._refill)
        self._sort.chosen.connect(self._refill)
        self._scale.chosen.connect(self._refill)
        self._stage.picked.connect(self._choose)
        self._stage.pinned.connect(self._pin)
        self._stage.pointed.connect(self._follow)
        self._pane.pointed.connect(self._follow)
        self._pane.picked.connect(self._pin)

    # what is shown

    def show_maps(self, maps: FeatureMaps) -> None:
        """Show a layer; the chosen channel stays while the layer does."""
        before, self._maps = self._maps, maps
        same = (
            before is not None
            and before.address == maps.address
            and before.values.shape == maps.values.shape
            and not self.is_empty()
        )
        is_stack = maps.form == "maps"
        reason = None if is_stack else "Only maps can be shown in this way."
        for segments, value in ((self._mode, "histograms"), (self._scale, "own")):
            segments.set_enabled(value, reason)
        self._sort.setEnabled(maps.form != "sequence")
        if not same:  # before anything is drawn: what was chosen may lie outside of what is there now
            self._channel, self._cell = 0, (0, 0)
        self._refill()
        if not same:
            self._start(maps)
        self._write(self._cell)
        self.show_body()

    def _start(self, maps: FeatureMaps) -> None:
        if maps.form == "vector":
            self._channel = self._stage.first()
            self._cell = (self._channel, 0)
            return
        if maps.form == "sequence":
            self._cell = features_maps.strongest_cell(maps.values)
            self._channel = self._cell[0]
            return
        self._channel = self._stage.first()
        self._cell = features_maps.strongest_cell(maps.channel(self._channel))

    def show_empty(self, words: str = NOTHING) -> None:
        """Show words in place of the maps."""
        self.samples.set_box(None)
        super().show_empty(words)

    def cell(self) -> tuple[int, int]:
        """Return the pinned cell."""
        return self._cell

    def channel(self) -> int:
        """Return the chosen channel, row or unit."""
        return self._channel

    # view state

    def _refill(self, _value: object = None) -> None:
        maps = self._maps
        if maps is None:
            return
        own = self._scale.value() == "own" and maps.form == "maps"
        histograms = self._mode.value() == "histograms"
        self._stage.show_maps(maps, cast("Order", self._sort.value()), own, histograms)
        self._stage.set_chosen(self._channel, self._cell[1])
        if not self.is_empty():
            self._write(self._cell)

    def _choose(self, channel: int) -> None:
        self._channel = channel
        if self._maps is not None and self._maps.form != "maps":
            self._cell = (channel, 0)
        self._write(self._cell)

    def _pin(self, row: int, column: int) -> None:
        self._cell = (row, column)
        if self._maps is not None and self._maps.form == "sequence":
            self._channel = row
        self._write(self._cell)

    def _follow(self, cell: tuple[int, int] | None) -> None:
        """Look at another value while the mouse is on it."""
        self._write(self._cell if cell is None else cell)

    def _write(self, cell: tuple[int, int]) -> None:
        maps = self._maps
        if maps is None or not features_maps.holds(maps, self._channel, cell):
            return
        name = features_maps.map_of(maps)
        self._stage.set_chosen(self._channel, self._cell[1])
        if maps.form == "maps":
            own = self._scale.value() == "own"
            limits = features_maps.ranges(maps, own)[self._channel]
            self._pane.show_map(f"Channel {self._channel}", maps.channel(self._channel), limits, cell, name)
        elif maps.form == "sequence":
            place = f"feature {cell[1]}"
            self._pane.show_row(f"Row {cell[0]}", maps.channel(cell[0]), cell[1], place, name)
        else:
            place = f"of {maps.total}"
            self._pane.show_unit(f"Unit {cell[0]}", maps.values, cell[0], place)
        self.pointed.emit(cell)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Give the chosen channel more room in a large panel."""
        super().resizeEvent(event)
        px = theme().px
        self._pane.set_tall(self.width() >= px(1000) and self.height() >= px(420))
