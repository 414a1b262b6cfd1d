"""One output of the network, drawn as it is read: bars, boxes, regions, a picture, frames, rows, maps."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QStackedWidget, QVBoxLayout, QWidget

from explorer import words
from explorer.meaning import scales
from explorer.protocol.records import Output
from explorer.style import colours
from explorer.style.colours import Array
from explorer.style.theme import follow, theme
from explorer.ui.answer import forms
from explorer.ui.features.units import UnitBars
from explorer.ui.probing.sample_picture import as_picture, is_picture, show_in
from explorer.ui.widgets.box_view import BoxView
from explorer.ui.widgets.class_bars import ClassBars
from explorer.ui.widgets.elided_label import ElidedLabel
from explorer.ui.widgets.map_grid import MapGrid
from explorer.ui.widgets.map_view import MapView
from explorer.ui.widgets.scrolling import scrolling
from explorer.ui.widgets.text import label

PAGES = ("bars", "pictures", "maps", "units")
"""What the middle shows: bars alone, one or two pictures with bars, a grid of maps, numbers as bars."""


class AnswerStage(QWidget):
    """The body of the answer panel."""

    def __init__(self) -> None:
        super().__init__()
        self._output: Output | None = None
        self._title = ElidedLabel.styled(weight="semibold")
        self._title.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Fixed)
        self._facts = ElidedLabel.styled(tone="2")
        self._read = label(tone="2")
        self._large, self._side = ClassBars("Answer", 24), ClassBars("Beside the picture", 22)
        self._picture, self._other = BoxView("Answer"), MapView("Input")
        for view in (self._picture, self._other):
            view.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self._picture.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self._maps, self._units = MapGrid("Maps of the answer", 96), UnitBars("Numbers of the answer")
        self._picture.hovered.connect(self._point)
        self._picture.picked.connect(lambda row, column: self._point(row, column, 0.0))
        self._picture.left.connect(self._leave)
        self._arrange()
        follow(self._space)

    def _arrange(self) -> None:
        self._head = QHBoxLayout()
        self._head.addWidget(self._title)
        self._head.addWidget(self._facts, 1)
        self._head.addWidget(self._read)
        alone = QWidget()
        column = QVBoxLayout(alone)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self._large)
        column.addStretch(1)
        pictures = QWidget()
        self._pictures = QHBoxLayout(pictures)
        self._pictures.setContentsMargins(0, 0, 0, 0)
        self._pictures.addWidget(self._picture, 3)
        self._pictures.addWidget(self._other, 3)
        column_of_bars = QWidget()
        beside = QVBoxLayout(column_of_bars)
        beside.setContentsMargins(0, 0, 0, 0)
        beside.addWidget(self._side)
        beside.addStretch(1)
        self._pictures.addWidget(scrolling(column_of_bars), 2)
        self._pages = QStackedWidget()
        for page in (scrolling(alone), pictures, self._maps, self._units):
            self._pages.addWidget(page)
        self._column = QVBoxLayout(self)
        self._column.addLayout(self._head)
        self._column.addWidget(self._pages, 1)

    def show_output(self, output: Output, picture: Array, truth: str) -> None:
        """Show one output; `picture` is the input, `truth` the sample's own class or empty."""
        self._output = output
        self._title.setText(output.name)
        said = f" · the sample is {truth}" if truth and output.form in ("classes", "shares") else ""
        self._facts.setText(forms.headline(output) + said)
        self._leave()
        form = "classes" if output.form == "next" else output.form
        getattr(self, f"_show_{form}")(output, picture)

    def page(self) -> str:
        """Return which of `PAGES` is in sight."""
        return PAGES[self._pages.currentIndex()]

    # forms

    def _show_classes(self, output: Output, picture: Array) -> None:
        self._large.set_answers(forms.bars(output))
        self._turn_to("bars")

    def _show_shares(self, output: Output, picture: Array) -> None:
        self._show_classes(output, picture)

    def _show_words(self, output: Output, picture: Array) -> None:
        self._show_classes(output, picture)

    def _show_boxes(self, output: Output, picture: Array) -> None:
        self._put(as_picture(picture) if is_picture(picture) else np.zeros((8, 8)))
        sides = picture.shape[1:] if picture.ndim == 3 else (1, 1)
        self._picture.set_found(forms.found(output), (int(sides[0]), int(sides[1])))
        self._beside(output)

    def _show_regions(self, output: Output, picture: Array) -> None:
        self._put(forms.washed(picture, output.values, _rgb))
        self._beside(output)

    def _show_picture(self, output: Output, picture: Array) -> None:
        self._put(as_picture(output.values))
        show_in(self._other, picture)
        self._beside(output, other=True)

    def _show_rows(self, output: Output, picture: Array) -> None:
        low, high = _ends(output.values)
        self._picture.set_found((), (1, 1))
        self._picture.set_map(output.values, colours.map_of(low, high), *scales.ends(low, high))
        self._beside(output)

    def _show_film(self, output: Output, picture: Array) -> None:
        frames = output.values.mean(axis=0)
        self._maps.set_maps(frames, [_ends(frames)] * len(frames), name=colours.map_for("image"))
        self._turn_to("maps")

    def _show_maps(self, output: Output, picture: Array) -> None:
        maps = output.values
        low, high = _ends(maps)
        self._maps.set_maps(maps, [scales.ends(low, high)] * len(maps), name=colours.map_of(low, high))
        self._turn_to("maps")

    def _show_numbers(self, output: Output, picture: Array) -> None:
        self._units.set_units(output.values.reshape(-1), range(output.values.size))
        self._turn_to("units")

    def _put(self, picture: Array) -> None:
        self._picture.set_found((), (1, 1))
        if picture.ndim == 3:
            self._picture.set_picture(picture)
        else:
            self._picture.set_map(picture, colours.map_for("image"))

    def _beside(self, output: Output, *, other: bool = False) -> None:
        bars = forms.bars(output)
        self._side.set_answers(bars)
        self._side.setVisible(bool(bars))
        self._other.setVisible(other)
        self._turn_to("pictures")

    def _turn_to(self, page: str) -> None:
        self._pages.setCurrentIndex(PAGES.index(page))

    # reading

    def _point(self, row: int, column: int, value: float) -> None:
        output = self._output
        if output is None:
            return
        if output.form == "boxes":
            number = self._picture.found_at(row, column)
            self._picture.choose(number)
            self._read.setText(forms.found(output)[number].words if number is not None else "")
        elif output.form == "regions":
            kind = int(output.values[row, column])
            self._read.setText(f"row {row}, column {column}: {forms.class_name(output, kind)}")
        else:
            self._read.setText(f"row {row}, column {column}: {words.number(value, 2)}")

    def _leave(self) -> None:
        self._read.setText("")
        self._picture.choose(None)

    def _space(self) -> None:
        px = theme().px
        self._column.setContentsMargins(px(14), px(8), px(14), px(10))
        self._column.setSpacing(px(8))
        self._head.setSpacing(px(10))
        self._pictures.setSpacing(px(16))
        self._large.setMaximumWidth(px(560))
        if self._output is not None and self._output.form == "regions":
            self._picture.update()


def _rgb(kind: int) -> tuple[int, int, int]:
    colour = theme().class_colour(kind)
    return colour.red(), colour.green(), colour.blue()


def _ends(values: Array) -> tuple[float, float]:
    known = values[np.isfinite(values)]
    return (float(known.min()), float(known.max())) if known.size else (0.0, 0.0)
