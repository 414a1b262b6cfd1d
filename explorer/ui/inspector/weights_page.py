"""The weights of one layer: filters, and the distribution of every tensor."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from explorer import words
from explorer.style import colours
from explorer.style.colours import Array
from explorer.style.theme import follow, theme
from explorer.ui.widgets.elided_label import ElidedLabel
from explorer.ui.widgets.histogram import Histogram
from explorer.ui.widgets.map_strip import MapStrip
from explorer.ui.widgets.text import label, rule

FILTERS = 6


@dataclass(frozen=True, eq=False)
class Weights:
    """Weight tensors of one node by name; `total` counts the filters when fewer were sent."""

    address: str
    tensors: tuple[tuple[str, Array], ...]
    total: int = 0

    @property
    def filters(self) -> Array | None:
        """The kernels of a convolution on its first input channel, (filters, h, w), or None."""
        for name, values in self.tensors:
            if name == "weight" and values.ndim == 4 and min(values.shape[2:]) > 1:
                return values[:, 0]
        return None


class FilterStrip(QWidget):
    """The first filters in one signed scale, with their range."""

    def __init__(self) -> None:
        super().__init__()
        self.title = label(tone="2", weight="semibold")
        self.range = label(role="caption", tone="3")
        self.strip = MapStrip("Filters", side=37)
        head = QHBoxLayout()
        head.addWidget(self.title, 1)
        head.addWidget(self.range)
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.addLayout(head)
        self._column.addWidget(self.strip)
        self.setVisible(False)
        follow(self._restyle)

    def _restyle(self) -> None:
        self._column.setSpacing(theme().px(6))

    def set_weights(self, weights: Weights | None) -> None:
        """Show the filters of a convolution; other layers have none."""
        filters = weights.filters if weights else None
        self.setVisible(filters is not None)
        if filters is None or weights is None:
            return
        shown = filters[:FILTERS]
        bound = float(np.nanmax(np.abs(shown))) if np.isfinite(shown).any() else 1.0
        name = colours.map_for("signed")
        self.strip.set_maps(list(shown), name, -bound, bound)
        total = max(weights.total, len(filters))
        size = " × ".join(map(str, filters.shape[1:]))
        self.title.setText(f"Filters {size}" + (f", {FILTERS} of {total}" if total > FILTERS else ""))
        end = words.number(bound, 1)
        self.range.setText(f"{words.MINUS}{end} … {end}")
        self.strip.setToolTip("Weights on the first input channel; red is positive, blue negative")


class _Tensor(QWidget):
    """Name, shape, distribution and figures of one tensor."""

    def __init__(self, name: str, values: Array) -> None:
        super().__init__()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(theme().px(4))
        head = QHBoxLayout()
        head.addWidget(ElidedLabel.styled(name, weight="semibold", mono=True), 1)
        head.addWidget(label(words.shape(values.shape), tone="3"))
        column.addLayout(head)
        histogram = Histogram(f"Values of {name}", height=46)
        histogram.set_values(values)
        column.addWidget(histogram)
        column.addWidget(label(_figures(values), role="caption", tone="2", wrap=True))


class WeightsPage(QWidget):
    """Every tensor of a layer; says so while nothing is known."""

    def __init__(self) -> None:
        super().__init__()
        self._column = QVBoxLayout(self)
        self._column.setAlignment(Qt.AlignmentFlag.AlignTop)
        self._words = label(tone="3", wrap=True)
        self._column.addWidget(self._words)
        self._parts: list[QWidget] = []
        self.set_weights(None, "The engine has not sent the weights yet.")
        follow(self._restyle)

    def _restyle(self) -> None:
        px = theme().px
        self._column.setContentsMargins(px(14), px(12), px(14), px(16))
        self._column.setSpacing(px(12))

    def set_weights(self, weights: Weights | None, reason: str = "") -> None:
        """Show tensors, or why there are none."""
        for part in self._parts:
            self._column.removeWidget(part)
            part.hide()
            part.deleteLater()
        self._parts = []
        tensors: Sequence[tuple[str, Array]] = weights.tensors if weights else ()
        self._words.setText(reason or "This layer has no weights.")
        self._words.setVisible(not tensors)
        for number, (name, values) in enumerate(tensors):
            if number:
                self._add(rule())
            self._add(_Tensor(name, values))

    def _add(self, part: QWidget) -> None:
        self._parts.append(part)
        self._column.addWidget(part)


def _figures(values: Array) -> str:
    finite = values[np.isfinite(values)]
    if finite.size == 0:
        return "No value is a number."
    missing = values.size - finite.size
    said = f"mean {words.number(float(finite.mean()), 2)} · spread {words.number(float(finite.std()), 2)}"
    return said + (f" · {words.plural(missing, 'value')} NaN or infinite" if missing else "")
