"""One channel of a layer: large, with the value under the mouse and what its values look like together."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QLayout, QSizePolicy, QVBoxLayout, QWidget

from explorer import words
from explorer.style.colours import Array
from explorer.style.theme import follow, theme
from explorer.ui.features.maps import finite, is_dead, without_zeros, zero_share
from explorer.ui.widgets.bar_code import BarCode
from explorer.ui.widgets.elided_label import ElidedLabel
from explorer.ui.widgets.histogram import Histogram
from explorer.ui.widgets.map_view import MapView
from explorer.ui.widgets.text import label, restyle


class ChannelPane(QWidget):
    """The right column of the features panel.

    Signals:
        pointed: (row, column) of the map under the mouse, or None when the mouse left.
        picked: (row, column) that was clicked or reached by arrow keys.
    """

    pointed = Signal(object)
    picked = Signal(int, int)

    def __init__(self) -> None:
        super().__init__()
        self._tall = False
        self._title = ElidedLabel.styled(weight="semibold")
        self._place = label(tone="3")
        self._view = MapView("Chosen channel", 104)
        self._view.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self._view.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self._view.hovered.connect(self._point)
        self._view.left.connect(self._unpoint)
        self._view.picked.connect(self.picked)
        self._strip = BarCode("Chosen row", 28)
        self._caption, self._value = label("value", tone="2"), label(role="section", weight="semibold")
        self._mean, self._zeros = label(tone="2"), label(tone="2")
        self._count = label(tone="2")
        self._histogram = Histogram("Values of the channel")
        self._arrange()
        follow(self._measure)

    def _arrange(self) -> None:
        head = QHBoxLayout()
        head.addWidget(self._title, 1)
        head.addWidget(self._place)
        self._facts = QVBoxLayout()
        for line in (self._caption, self._value, self._mean, self._zeros):
            self._facts.addWidget(line)
        self._facts.addStretch(1)
        self._body = QHBoxLayout()
        self._body.addWidget(self._view, 0, Qt.AlignmentFlag.AlignTop)
        self._body.addLayout(self._facts, 1)
        self._column = QVBoxLayout(self)
        self._column.setSizeConstraint(QLayout.SizeConstraint.SetNoConstraint)
        self._column.addLayout(head)
        self._column.addWidget(self._strip)
        self._column.addLayout(self._body)
        self._column.addWidget(self._count)
        self._column.addWidget(self._histogram)
        self._column.addStretch(1)

    def show_map(
        self, title: str, values: Array, limits: tuple[float, float], cell: tuple[int, int], map_name: str
    ) -> None:
        """Show a map with one of its cells."""
        self._view.show()
        self._strip.hide()
        self._view.set_map(values, map_name, *limits)
        self._view.set_cell(cell)
        self._write(title, f"row {cell[0]}, col {cell[1]}", values, float(values[cell]))

    def show_row(self, title: str, values: Array, index: int, place: str, map_name: str) -> None:
        """Show a row of a sequence with one of its numbers."""
        self._view.hide()
        self._strip.show()
        self._strip.set_values(values, map_name)
        self._write(title, place, values, float(values[index]))

    def show_unit(self, title: str, values: Array, index: int, place: str) -> None:
        """Show one number of a vector among the others."""
        self._view.hide()
        self._strip.hide()
        self._write(title, place, values, float(values[index]))

    def _write(self, title: str, place: str, values: Array, value: float) -> None:
        self._title.setText(title)
        self._place.setText(place)
        self._value.setText(words.number(value))
        restyle(self._value, tone="error" if np.isnan(value) else "1")
        broken = int(np.isnan(values).sum())
        if broken:
            self._mean.setText(f"{words.count(broken)} NaN")
            restyle(self._mean, tone="error")
        else:
            self._mean.setText(f"mean {words.number(float(finite(values).mean()), 2)}")
            restyle(self._mean, tone="2")
        dead = is_dead(values)
        self._zeros.setText("dead: all zero" if dead else f"zero {words.percent(zero_share(values))}")
        restyle(self._zeros, tone="warning" if dead else "2")
        counted, left_out = without_zeros(values)
        note = ", zeros left out" if left_out else ""
        self._count.setText(f"{words.plural(int(counted.size), 'value')}{note}")
        self._histogram.set_values(counted)
        self._histogram.set_marked(None if left_out and value == 0 else value)

    def minimumSizeHint(self) -> QSize:
        """Allow a low dock: the histogram is cut first."""
        return QSize(self.minimumWidth(), theme().px(120))

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Low, the words that explain themselves give way before figures are squeezed."""
        super().resizeEvent(event)
        roomy = self.height() >= theme().px(215)
        self._caption.setVisible(roomy)
        self._count.setVisible(roomy)

    def set_tall(self, tall: bool) -> None:
        """Use more room, for a large panel."""
        if tall != self._tall:
            self._tall = tall
            self._measure()

    def _measure(self) -> None:
        px = theme().px
        self.setFixedWidth(px(300 if self._tall else 214))
        self._view.set_side(180 if self._tall else 104)
        self._column.setContentsMargins(px(14), px(10), px(14), px(8))
        self._column.setSpacing(px(6))
        self._body.setSpacing(px(12))
        self._facts.setSpacing(px(2))

    def _point(self, row: int, column: int, value: float) -> None:
        self.pointed.emit((row, column))

    def _unpoint(self) -> None:
        self.pointed.emit(None)
