"""The map of importance, and the map over the picture; bars for an input that is a list of numbers."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QSizePolicy, QStackedWidget, QVBoxLayout, QWidget

from explorer import words
from explorer.style import colours
from explorer.style.colours import Array
from explorer.style.theme import follow, theme
from explorer.ui.attribution import maps as attribution_maps
from explorer.ui.attribution.maps import Importance
from explorer.ui.features.units import UnitBars
from explorer.ui.widgets.bar_code import BarCode
from explorer.ui.widgets.colour_scale import ColourScale
from explorer.ui.widgets.elided_label import ElidedLabel
from explorer.ui.widgets.map_view import MapView
from explorer.ui.widgets.text import label


class ImportanceStage(QWidget):
    """The middle of the attribution panel."""

    def __init__(self) -> None:
        super().__init__()
        self._title = ElidedLabel.styled(weight="semibold")
        self._scale = ColourScale(colours.map_for("signed"), 92)
        self._map, self._over = MapView("Importance"), MapView("Importance over the picture")
        for view in (self._map, self._over):
            view.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
            view.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
            view.hovered.connect(self._read)
            view.picked.connect(self._pick)
            view.left.connect(self._unread)
        self._map_title, self._over_title = label(tone="2"), label("Over the picture", tone="2")
        self._value = label(tone="2")
        self._values: Array = np.zeros((1, 1))
        self._importance: Importance | None = None
        self._codes, self._bars = BarCode("Importance", 36), UnitBars("Importance of each number")
        self._bars.hovered.connect(self._read_unit)
        self._bars.picked.connect(self._read_unit)
        self._arrange()
        follow(self._space)
        theme().changed.connect(self._show_over)

    def _arrange(self) -> None:
        self._head = QHBoxLayout()
        self._head.addWidget(self._title, 1)
        self._head.addWidget(self._value)
        self._head.addWidget(self._scale)
        maps = QWidget()
        self._grid = QGridLayout(maps)
        self._grid.setContentsMargins(0, 0, 0, 0)
        for column, (title, view) in enumerate(
            ((self._map_title, self._map), (self._over_title, self._over))
        ):
            self._grid.addWidget(title, 0, column)
            self._grid.addWidget(view, 1, column)
            self._grid.setColumnStretch(column, 1)
        self._grid.setRowStretch(1, 1)
        numbers = QWidget()
        column_of_numbers = QVBoxLayout(numbers)
        column_of_numbers.setContentsMargins(0, 0, 0, 0)
        column_of_numbers.addWidget(self._codes)
        column_of_numbers.addWidget(self._bars, 1)
        self._pages = QStackedWidget()
        self._pages.addWidget(maps)
        self._pages.addWidget(numbers)
        self._column = QVBoxLayout(self)
        self._column.addLayout(self._head)
        self._column.addWidget(self._pages, 1)

    def show_importance(self, importance: Importance) -> None:
        """Show the values."""
        self._importance = importance
        values = importance.map
        name = colours.map_for("signed" if importance.is_signed else "attention")
        low, high = colours.limits(values, name)
        self._title.setText(importance.title())
        self._scale.set_scale(name, words.number(low, 2), words.number(high, 2))
        self._map_title.setText("Red for, blue against" if importance.is_signed else "Where it looks")
        self._values = values
        self._unread()
        if importance.is_row:
            self._pages.setCurrentIndex(1)
            self._codes.set_values(values, name)
            self._bars.set_units(values.reshape(-1), range(values.size))
            return
        self._pages.setCurrentIndex(0)
        self._map.set_map(values, name, low, high)
        self._show_over()

    def _show_over(self) -> None:
        """Show the map over the picture, in the colours of the theme."""
        if self._importance is None or self._importance.is_row:
            return
        over: Array | None = attribution_maps.over_picture(self._importance)
        self._over.setVisible(over is not None)
        self._over_title.setVisible(over is not None)
        if over is not None:
            self._over.set_picture(over, self._importance.map)

    def _read(self, row: int, column: int, value: float) -> None:
        self._value.setText(f"row {row}, column {column}: {words.number(value, 2)}")
        self._mark((row, column))

    def _read_unit(self, unit: int) -> None:
        self._value.setText(f"number {unit}: {words.number(float(self._values[0, unit]), 2)}")

    def _pick(self, row: int, column: int) -> None:
        self._mark((row, column))

    def _unread(self) -> None:
        self._value.setText("")
        self._mark(None)

    def _mark(self, cell: tuple[int, int] | None) -> None:
        self._map.set_cell(cell)
        self._over.set_cell(cell, white=True)

    def _space(self) -> None:
        px = theme().px
        self._column.setContentsMargins(px(14), px(8), px(14), px(10))
        self._column.setSpacing(px(6))
        self._head.setSpacing(px(10))
        self._grid.setHorizontalSpacing(px(16))
        self._grid.setVerticalSpacing(px(4))
