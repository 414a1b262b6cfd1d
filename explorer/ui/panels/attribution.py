"""The attribution panel: which pixels speak for a class and which against it."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import (
    QGridLayout,
    QHBoxLayout,
    QLayout,
    QSizePolicy,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from explorer.ui import colours, words
from explorer.ui.colours import Array
from explorer.ui.panels import attribution_maps
from explorer.ui.panels.attention_facts import FactColumn
from explorer.ui.panels.attribution_maps import Importance
from explorer.ui.panels.features_units import UnitBars
from explorer.ui.panels.looking import LookPanel
from explorer.ui.theme import follow, theme
from explorer.ui.widgets.bar_code import BarCode
from explorer.ui.widgets.choice import Choice
from explorer.ui.widgets.class_bars import ClassBars
from explorer.ui.widgets.colour_scale import ColourScale
from explorer.ui.widgets.elided_label import ElidedLabel
from explorer.ui.widgets.map_view import MapView
from explorer.ui.widgets.segmented import Segmented
from explorer.ui.widgets.text import label, rule

NOTHING = "Choose an input to see what the answer depends on."
MOST_LIKELY = -1


class AttributionPanel(LookPanel):
    """Shows an `Importance`.

    Signals:
        asked: (method, target) are wanted; target is None for the most likely class.
    """

    asked = Signal(str, object)

    def __init__(self) -> None:
        self._importance: Importance | None = None
        self._method = Segmented("Method", attribution_maps.METHODS)
        self._method.set_value("integrated_gradients")
        self._class = Choice("Class", [(MOST_LIKELY, "most likely")], "Class: ")
        self._side = ImportancePane()
        self._stage = ImportanceStage()
        body = QWidget()
        row = QHBoxLayout(body)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        row.addWidget(self._stage, 1)
        row.addWidget(rule("down"))
        row.addWidget(self._side)
        super().__init__("Attribution", (self._method, self._class), body, NOTHING)
        self._method.chosen.connect(self._ask)
        self._class.chosen.connect(self._ask)

    def method(self) -> str:
        """Return the chosen method."""
        return self._method.value()

    def target(self) -> int | None:
        """Return the chosen class, None for the most likely one."""
        value = self._class.value()
        return value if isinstance(value, int) and value != MOST_LIKELY else None

    def set_classes(self, names: Sequence[tuple[int, str]]) -> None:
        """Offer classes to explain, besides the most likely one."""
        self._class.set_options([(MOST_LIKELY, "most likely"), *names])

    def set_method(self, method: str) -> None:
        """Choose a method without telling anybody."""
        self._method.set_value(method)

    def set_method_enabled(self, method: str, reason: str | None) -> None:
        """Enable a method, or say why it cannot be used."""
        self._method.set_enabled(method, reason)

    def show_importance(self, importance: Importance) -> None:
        """Show the importance of an input's values."""
        self._importance = importance
        self._stage.show_importance(importance)
        self._side.show_importance(importance)
        self.show_body()

    def _ask(self, _value: object) -> None:
        self.asked.emit(self.method(), self.target())


class ImportanceStage(QWidget):
    """The map, and the map over the picture; bars for an input that is a list of numbers."""

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
        self._codes, self._bars = BarCode("Importance", 36), UnitBars("Importance of each number")
        self._bars.hovered.connect(self._read_unit)
        self._bars.picked.connect(self._read_unit)
        self._arrange()
        follow(self._space)

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
        over: Array | None = attribution_maps.over_picture(importance)
        self._over.setVisible(over is not None)
        self._over_title.setVisible(over is not None)
        if over is not None:
            self._over.set_picture(over, values)

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


class ImportancePane(QWidget):
    """The right column: the answer, the largest values, and what they mean."""

    def __init__(self) -> None:
        super().__init__()
        self._answer, self._facts = ClassBars(), FactColumn()
        self._meaning = label(tone="2", wrap=True)
        self._meaning.setAlignment(Qt.AlignmentFlag.AlignTop)
        self._column = QVBoxLayout(self)
        self._column.setSizeConstraint(QLayout.SizeConstraint.SetNoConstraint)
        self._column.addWidget(label("Answer", tone="2", weight="semibold"))
        self._column.addWidget(self._answer)
        self._column.addWidget(self._meaning)
        self._column.addWidget(self._facts)
        self._column.addStretch(1)
        follow(self._space)

    def show_importance(self, importance: Importance) -> None:
        """Show figures and words."""
        self._answer.set_answers(importance.answers)
        self._facts.set_facts(attribution_maps.extremes(importance))
        self._meaning.setText(attribution_maps.explanation(importance))

    def minimumSizeHint(self) -> QSize:
        """Allow a low dock: the figures are cut first."""
        return QSize(self.minimumWidth(), theme().px(120))

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Leave the figures out when they would be cut."""
        self._facts.setVisible(self.height() >= theme().px(300))

    def _space(self) -> None:
        px = theme().px
        self.setFixedWidth(px(232))
        self._column.setContentsMargins(px(14), px(10), px(14), px(8))
        self._column.setSpacing(px(8))
