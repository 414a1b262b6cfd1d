"""All maps of a layer, or their histograms; one picture of a sequence; the bars of a vector."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QStackedWidget, QVBoxLayout, QWidget

from explorer import words
from explorer.style import colours
from explorer.style.theme import follow, theme
from explorer.ui.features import histograms as features_histograms
from explorer.ui.features import maps as features_maps
from explorer.ui.features.maps import FeatureMaps, Order
from explorer.ui.features.units import UnitBars
from explorer.ui.widgets.bar_code import BarCode
from explorer.ui.widgets.colour_scale import ColourScale
from explorer.ui.widgets.elided_label import ElidedLabel
from explorer.ui.widgets.map_grid import MapGrid
from explorer.ui.widgets.map_view import MapView
from explorer.ui.widgets.text import label

LARGEST, SMALLEST, READABLE = 168, 50, 60


def fitting_side(count: int, proportion: float, width: float, height: float) -> int:
    """Return the largest side at which all maps are in sight at once; a readable one when none is.

    Args:
        count: number of maps. proportion: height of a map to its width.
        width, height: the room at text scale 1.

    """
    for side in range(LARGEST, SMALLEST - 1, -2):
        columns = max(1, int((width + 6) // (side + 8)))
        if -(-count // columns) * (side * proportion + 26) + 2 <= height:
            return side
    return READABLE


class FeatureStage(QWidget):
    """The middle of the features panel.

    Signals:
        picked: a map or unit was chosen.
        pinned: (row, column) of a sequence was chosen.
        pointed: (row, column) of a sequence under the mouse, None when the mouse left.
    """

    picked = Signal(int)
    pinned = Signal(int, int)
    pointed = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        self._maps: FeatureMaps | None = None
        self._order: list[int] = []
        self._own = self._histograms = False
        self._name = colours.map_for("activation")
        self._title = ElidedLabel.styled(weight="semibold")
        self._title.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Fixed)
        self._facts = ElidedLabel.styled(tone="2")
        self._scale = ColourScale(self._name, 92)
        self._grid = MapGrid("Maps of the layer")
        self._picture = MapView("Values, a row each", 200)
        self._picture.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self._picture.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self._codes, self._bars = BarCode("All numbers of the layer", 36), UnitBars("Numbers of the layer")
        self._grid.picked.connect(self.picked)
        self._bars.picked.connect(self.picked)
        self._bars.hovered.connect(self._point_unit)
        self._bars.left.connect(self._unpoint)
        self._codes.hovered.connect(self._point_unit)
        self._picture.hovered.connect(self._point)
        self._picture.left.connect(self._unpoint)
        self._picture.picked.connect(self.pinned)
        self._arrange()
        follow(self._restyle)

    def _arrange(self) -> None:
        self._head = QHBoxLayout()
        self._head.addWidget(self._title)
        self._head.addWidget(self._facts, 1)
        self._head.addWidget(self._scale)
        vector = QWidget()
        self._vector = QVBoxLayout(vector)
        self._vector.setContentsMargins(0, 0, 0, 0)
        self._vector.addWidget(self._codes)
        self._vector.addWidget(label("The same numbers as bars, in the chosen order", tone="3"))
        self._vector.addWidget(self._bars, 1)
        self._pages = QStackedWidget()
        for page in (self._grid, self._picture, vector):
            self._pages.addWidget(page)
        self._column = QVBoxLayout(self)
        self._column.addLayout(self._head)
        self._column.addWidget(self._pages, 1)

    def show_maps(self, maps: FeatureMaps, by: Order, own: bool, histograms: bool) -> None:
        """Show a layer in an order, on one scale or each map on its own."""
        self._maps, self._own, self._histograms = maps, own, histograms
        self._order, self._name = features_maps.order(maps, by), features_maps.map_of(maps)
        self._title.setText(maps.address)
        self._facts.setText(features_maps.headline(maps, own))
        low, high = features_maps.ranges(maps, False)[0]
        is_own = own and maps.form == "maps"
        ends = (
            ("smallest" if low < 0 else "0", "largest")
            if is_own
            else (words.number(low, 2), words.number(high, 2))
        )
        self._scale.set_scale(self._name, *ends)
        self._scale.setVisible(not (histograms and maps.form == "maps"))
        self._pages.setCurrentIndex(("maps", "sequence", "vector").index(maps.form))
        if maps.form == "maps":
            self._fill_grid(maps)
        elif maps.form == "sequence":
            self._picture.set_map(maps.values, self._name, low, high)
        else:
            self._codes.set_values(maps.values, self._name)
            self._bars.set_units(maps.values, self._order)

    def first(self) -> int:
        """Return the channel that stands first."""
        return self._order[0] if self._order else -1

    def set_chosen(self, channel: int, column: int = 0) -> None:
        """Mark the chosen channel, row or unit."""
        self._grid.set_selected(channel)
        self._bars.set_selected(channel)
        self._picture.set_cell((channel, column))

    def _fill_grid(self, maps: FeatureMaps) -> None:
        self._fit()
        ranges = features_maps.ranges(maps, self._own)
        remarks = [features_maps.remark_on(channel) for channel in maps.values]
        if self._histograms:
            tints = theme().colours
            shown = features_histograms.pictures(
                maps.values, ranges, theme().px(80), tints.accent, tints.sunken, tints.line_strong
            )
            self._grid.set_maps(shown, [(0.0, 1.0)] * len(shown), remarks, self._order, "gray")
        else:
            self._grid.set_maps(maps.values, ranges, remarks, self._order, self._name)

    def _fit(self) -> None:
        if self._maps is None or self._maps.form != "maps":
            return
        rows, columns = self._maps.values.shape[1:]
        proportion = 1.0 if self._histograms else min(1.0, rows / columns)
        scale = theme().scale
        width, height = self._pages.width() / scale, self._pages.height() / scale
        self._grid.set_side(fitting_side(self._maps.channels, proportion, width, height))

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Make the maps as large as lets all be seen."""
        self._column.activate()
        self._fit()

    def _restyle(self) -> None:
        px = theme().px
        self._column.setContentsMargins(px(14), px(8), px(14), px(6))
        self._column.setSpacing(px(6))
        self._head.setSpacing(px(10))
        self._vector.setSpacing(px(6))
        if self._maps is not None and self._maps.form == "maps":
            self._fill_grid(self._maps)

    def _point(self, row: int, column: int, value: float) -> None:
        self.pointed.emit((row, column))

    def _point_unit(self, unit: int) -> None:
        self.pointed.emit((unit, 0))

    def _unpoint(self) -> None:
        self.pointed.emit(None)
