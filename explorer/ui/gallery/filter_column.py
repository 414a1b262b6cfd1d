"""The left side of the gallery: tasks, years, sizes, trained weights; counts follow the other filters."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from math import log10

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from explorer import words
from explorer.style.theme import follow, theme
from explorer.ui.gallery.entry import Entry
from explorer.ui.gallery.filters import TRAINED, Filters, about, counts, decades, task_words
from explorer.ui.widgets.buttons import Button
from explorer.ui.widgets.range_slider import RangeSlider
from explorer.ui.widgets.segmented import Segmented
from explorer.ui.widgets.text import label
from explorer.ui.widgets.tick_box import TickBox

STEPS = 3
"""Steps of the size in a power of ten."""


class FilterColumn(QWidget):
    """Follows the filters it is given and tells of others.

    Signals:
        changed: the filters shall be these.
    """

    changed = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        self._entries: Sequence[Entry] = ()
        self._filters = Filters()
        self._years = range(1979, 1981)
        self._decades = (1.0, 10.0)
        self.tasks: dict[str, TaskRow] = {}
        self.clear = Button("Clear", kind="link", name="Take all filters away")
        self._task_rows = QVBoxLayout()
        self._task_rows.setSpacing(0)
        self.years = RangeSlider("Years", lambda *steps: "{:.0f} to {:.0f}".format(*self._year_ends(*steps)))
        self.year_words = label(tone="2")
        self.parameters = RangeSlider("Parameters", lambda *steps: self._sizes(*steps))
        self.parameter_words = label(tone="2")
        self.trained = Segmented("Trained weights", TRAINED)
        self._column = QVBoxLayout(self)
        self._column.addLayout(_line(label("Task", weight="semibold"), self.clear))
        self._column.addLayout(self._task_rows)
        self._column.addLayout(_line(label("Year", weight="semibold"), self.year_words))
        self._column.addWidget(self.years)
        self._column.addLayout(_line(label("Parameters", weight="semibold"), self.parameter_words))
        self._column.addWidget(self.parameters)
        self._column.addWidget(label("Trained weights", weight="semibold"))
        self._column.addWidget(self.trained)
        self._column.addWidget(label("Here: with the program, works offline.", tone="2", wrap=True))
        self._column.addStretch(1)
        self.clear.clicked.connect(lambda: self.changed.emit(Filters()))
        self.years.changed.connect(self._years_moved)
        self.parameters.changed.connect(self._parameters_moved)
        self.trained.chosen.connect(lambda value: self.changed.emit(replace(self._filters, trained=value)))
        follow(self._restyle)

    def _restyle(self) -> None:
        px = theme().px
        self._column.setContentsMargins(px(4), px(4), px(4), px(4))
        self._column.setSpacing(px(8))

    def set_entries(self, entries: Sequence[Entry]) -> None:
        """Filter these networks."""
        self._entries = entries
        years = [entry.year for entry in entries] or [1979]
        self._years = range(min(years), max(years) + 2)[: max(2, max(years) - min(years) + 1)]
        self._decades = decades(entries)
        for row in self.tasks.values():
            self._task_rows.removeWidget(row)
            row.deleteLater()
        self.tasks = {task: TaskRow(task) for task in counts(entries, Filters())}
        for task, row in self.tasks.items():
            self._task_rows.addWidget(row)
            row.box.clicked.connect(lambda on, task=task: self._task_clicked(task, on=on))
        self.set_filters(self._filters)

    def set_filters(self, filters: Filters) -> None:
        """Show these filters, with what each would leave of the others."""
        self._filters = filters
        for task, left in counts(self._entries, filters).items():
            self.tasks[task].show_count(left, chosen=task in filters.tasks)
        years = Counter(entry.year for entry in filters.without("years").keep(self._entries))
        self.years.set_counts([years[year] for year in self._years])
        first, last = filters.years or (self._years[0], self._years[-1])
        self.years.set_ends(self._years.index(int(first)), self._years.index(int(last)))
        self.year_words.setText(f"{first:.0f} – {last:.0f}")
        sizes = Counter(self._step(entry) for entry in filters.without("parameters").keep(self._entries))
        self.parameters.set_counts([sizes[step] for step in range(self._last_step() + 1)])
        low, high = filters.parameters or self._decades
        self.parameters.set_ends(self._step_of(low), self._step_of(high))
        self.parameter_words.setText(self._sizes(*self.parameters.ends()))
        self.trained.set_value(filters.trained)
        self.clear.setVisible(bool(filters.chips))

    # years and sizes as steps of the sliders

    def _year_ends(self, low: int, high: int) -> tuple[float, float]:
        return float(self._years[low]), float(self._years[high])

    def _years_moved(self, low: int, high: int) -> None:
        ends = self._year_ends(low, high)
        whole = ends == (self._years[0], self._years[-1])
        self.changed.emit(replace(self._filters, years=None if whole else ends))

    def _last_step(self) -> int:
        low, high = self._decades
        return round((log10(high) - log10(low)) * STEPS)

    def _step_of(self, parameters: float) -> int:
        step = round((log10(max(1.0, parameters)) - log10(self._decades[0])) * STEPS)
        return max(0, min(self._last_step(), step))

    def _step(self, entry: Entry) -> int:
        return self._step_of(entry.parameters)

    def _size(self, step: int) -> float:
        return float(10 ** (log10(self._decades[0]) + step / STEPS))

    def _sizes(self, low: int, high: int) -> str:
        return f"{about(self._size(low))} – {about(self._size(high))}"

    def _parameters_moved(self, low: int, high: int) -> None:
        if (low, high) == (0, self._last_step()):
            self.changed.emit(replace(self._filters, parameters=None))
            return
        least = 1.0 if low == 0 else self._size(low)  # those without a count stay with the smallest
        self.changed.emit(replace(self._filters, parameters=(least, self._size(high))))

    def _task_clicked(self, task: str, *, on: bool) -> None:
        tasks = self._filters.tasks | {task} if on else self._filters.tasks - {task}
        self.changed.emit(replace(self._filters, tasks=tasks))


class TaskRow(QWidget):
    """A task to be ticked, with how many networks it would leave."""

    def __init__(self, task: str) -> None:
        super().__init__()
        self._name = task_words(task)
        self.box = TickBox(self._name)
        self.count = label(tone="3")
        line = QHBoxLayout(self)
        line.setContentsMargins(0, 0, 0, 0)
        line.addWidget(self.box, 1)
        line.addWidget(self.count)

    def show_count(self, left: int, *, chosen: bool) -> None:
        """Show whether it is ticked and what it would leave."""
        self.box.setChecked(chosen)
        self.box.setEnabled(chosen or left > 0)
        self.box.setAccessibleName(f"{self._name}, {words.plural(left, 'network')}")
        self.count.setText(str(left))


def _line(left: QWidget, right: QWidget) -> QHBoxLayout:
    line = QHBoxLayout()
    line.addWidget(left)
    line.addStretch(1)
    line.addWidget(right)
    return line
